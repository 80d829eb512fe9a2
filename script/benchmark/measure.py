"""Asking pages, and reading what they cost the server's processes."""

import http.client
import os
import statistics
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmark.pages import EMPTY, LIST, Page
from benchmark.shop import Server

#: As many ask at once as there are workers.
CLIENTS = 2
ROUNDS = 7
PATIENCE = 20  # seconds for an answer
#: Both workers have loaded their templates by then.
WARM_UP = 16


@dataclass
class Cost:
    """What a page cost, round by round."""

    queries: int = 0
    bytes: int = 0
    #: Milliseconds of CPU a request: of the shop, and of the database's server.
    shop_cpu: list[float] = field(default_factory=list)
    database_cpu: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        """Milliseconds a request of shop and database together, the median round."""
        both = zip(self.shop_cpu, self.database_cpu, strict=True)
        return statistics.median(shop + database for shop, database in both)

    def percentile(self, percent: int) -> float:
        """Return the milliseconds within which so many of a hundred were answered."""
        times = sorted(self.seconds)
        return times[min(len(times) * percent // 100, len(times) - 1)] * 1000


class Visitor:
    """Asks one server over one connection, each time as somebody new."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=PATIENCE
        )

    def ask(self, page: Page, *, counting: bool = False) -> tuple[int, str, str]:
        """Return status, body and the number of queries; status 0: no answer came."""
        headers = {
            "X-Forwarded-Proto": "https",
            "Accept": page.accept,
            # The home page would send a visitor to his language first.
            "Accept-Language": "zh-CN",
        }
        if counting:
            headers["X-Count-Queries"] = "1"
        try:
            self.connection.request("GET", page.path, headers=headers)
            response = self.connection.getresponse()
            body = response.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return 0, "", "0"
        return response.status, body, response.headers.get("X-Queries", "0")


def check(server: Server, page: Page, cost: Cost, times: int = WARM_UP) -> list[str]:
    """Ask a page until its server knows it; return what is wrong with it."""
    visitor = Visitor(server.port)
    for _time in range(times):
        status, body, queries = visitor.ask(page, counting=True)
        if status != 200:
            return [f"{page.name}: answers {status or 'too late'}"]
    cost.queries, cost.bytes = int(queries), len(body.encode())
    wrong = []
    if page.marker not in body:
        wrong.append(f"{page.name}: has no {page.marker}")
    # Of the first page after a change nothing is asked but to be right.
    most = None if server.mode == "changed" else page.most_queries
    if most is not None and cost.queries > most:
        wrong.append(f"{page.name}: {cost.queries} queries, at most {most}")
    return wrong


Costs = dict[tuple[str, Page], Cost]


def measure(servers: Iterable[Server], pages: list[Page], seconds: float) -> Costs:
    """Ask all pages in rounds, so that what else the machine does hits all alike.

    A page without a right answer is named, and left out.
    """
    costs: Costs = {}
    each = []
    for server in servers:
        for page in [EMPTY, LIST, *pages]:
            cost = Cost()
            for complaint in check(server, page, cost):
                print(f"! {server.mode}: {complaint}", flush=True)
            if cost.bytes:
                costs[server.mode, page] = cost
                each.append((server, page))
    for _round in range(ROUNDS):
        for server, page in each:
            ask_for(server, page, costs[server.mode, page], seconds / ROUNDS)
    return costs


def ask_for(server: Server, page: Page, cost: Cost, seconds: float) -> None:
    """Ask one page for so long, and note what it cost."""

    def ask(until: float) -> list[float]:
        visitor, times = Visitor(server.port), []
        while time.perf_counter() < until:
            asked = time.perf_counter()
            visitor.ask(page)
            times.append(time.perf_counter() - asked)
        visitor.connection.close()
        return times

    spend(server, cost, CLIENTS, seconds, ask)


def spend(
    server: Server,
    cost: Cost,
    clients: int,
    seconds: float,
    work: Callable[[float], list[float]],
) -> None:
    """Let so many clients work until a moment, and note what each deed cost."""
    shop_before, database_before = _cpu_of(server.workers()), _database_cpu()
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        spells = pool.map(work, [started + seconds] * clients)
        times = [spent for spell in spells for spent in spell]
    took = time.perf_counter() - started
    shop_after, database_after = _cpu_of(server.workers()), _database_cpu()
    cost.seconds += times
    cost.per_second.append(len(times) / took)
    cost.shop_cpu.append((shop_after - shop_before) / len(times))
    cost.database_cpu.append((database_after - database_before) / len(times))


def _database_cpu() -> float:
    pid = os.environ.get("MARIADB_PID")
    return _cpu_of([int(pid)]) if pid else 0.0


def _cpu_of(pids: Iterable[int]) -> float:
    """Return the CPU milliseconds that these processes have used, system's included."""
    ticks = 0
    for pid in pids:
        # Behind the name, which may have blanks and brackets in it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")
