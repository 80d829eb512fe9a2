"""`python -m benchmark`, behind script/bench: fill, serve, measure, print."""

import argparse
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

from benchmark import report, shop
from benchmark.buying import Crowd, measure_flows, walk_once
from benchmark.flows import FLOWS, Flow
from benchmark.measure import Cost, check, measure
from benchmark.pages import EMPTY, LIST, PAGES, Page

SMALL, USUAL, LARGE = 10_000, 100_000, 1_000_000
#: Enough for page 24 of each category, and soon filled.
FOR_CHECK = 3_000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    add = parser.add_argument
    add("--engine", choices=["sqlite", "mariadb", "both"], default="sqlite")
    add("--products", type=int, default=USUAL, metavar="N")
    add("--large", action="store_true", help="10 000 against 1 000 000 products too")
    add(
        "--only",
        default="",
        metavar="PAGE",
        help="pages and flows that are named so",
    )
    add("--seconds", type=float, default=7, help="how long each page is asked")
    add("--markdown", action="store_true", help="tables for docs/performance.md")
    add("--check", action="store_true", help="only right answers and few queries")
    return parser.parse_args()


def main() -> int:
    wish = arguments()
    engines = ["sqlite", "mariadb"] if wish.engine == "both" else [wish.engine]
    pages = [page for page in PAGES if wish.only in page.name]
    flows = [flow for flow in FLOWS if wish.only in flow.name]
    status = 0
    for engine in engines:
        if engine == "mariadb" and "MARIADB_PID" not in os.environ:
            for size in [FOR_CHECK] if wish.check else _sizes(wish):
                status |= _beside_mariadb(size)
        elif wish.check:
            status |= _check(engine, pages, flows)
        else:
            status |= _measure_all(engine, pages, flows, wish)
    return status


def _sizes(wish: argparse.Namespace) -> list[int]:
    if wish.large:
        return list(dict.fromkeys([SMALL, wish.products, LARGE]))
    return [wish.products]


def _measure_all(
    engine: str, pages: list[Page], flows: list[Flow], wish: argparse.Namespace
) -> int:
    sizes, status = _sizes(wish), 0
    found = {}
    for size in sizes:
        variables = _filled(engine, size)
        with shop.servers(variables) as servers:
            if pages:
                found[size] = measure(servers, pages, wish.seconds)
                _say(engine, size)
                lines = report.tables(found[size], pages, markdown=wish.markdown)
                print(*lines, sep="\n")
            if flows:
                _say(engine, size)
                status |= _measure_flows(servers[-1], variables, flows, wish)
    if wish.large and pages:
        lines = report.growth(found[SMALL], found[LARGE], pages, markdown=wish.markdown)
        print(*lines, sep="\n")
    return status


def _say(engine: str, size: int) -> None:
    load, day = os.getloadavg()[0], datetime.now(UTC).strftime("%Y-%m-%d")
    print(f"\n{engine}, {size:,} products, {day}, load {load:.1f}")


def _measure_flows(
    server: shop.Server,
    variables: dict[str, str],
    flows: list[Flow],
    wish: argparse.Namespace,
) -> int:
    """Measure flows in a shop that keeps its pages; an error is a failure."""
    crowd = Crowd.gathered(variables)
    costs, bare = measure_flows(server, crowd, flows, wish.seconds)
    lines = report.flow_table(costs, bare, crowd.hash_cpu, markdown=wish.markdown)
    print(*lines, sep="\n")
    errors = [error for cost in costs.values() for error in cost.errors]
    for error, number in Counter(errors).most_common():
        print(f"! {number} times {error}")
    return 1 if errors else 0


def _check(engine: str, pages: list[Page], flows: list[Flow]) -> int:
    """Ask each page, take each flow; print what is wrong, return the exit status."""
    wrong = []
    variables = _filled(engine, FOR_CHECK)
    with shop.servers(variables) as servers:
        for server in servers:
            for page in [EMPTY, LIST, *pages]:
                wrong += check(server, page, Cost(), times=2)
        if flows:
            wrong += walk_once(servers[-1], Crowd.gathered(variables), flows)
    for complaint in wrong:
        print(complaint)
    return 1 if wrong else 0


def _filled(engine: str, size: int) -> dict[str, str]:
    folder = shop.kept_folder(engine, size)
    url = f"sqlite:///{folder}/shop.sqlite3"
    if engine == "mariadb":
        url = os.environ["DATABASE_URL"]
    variables = shop.environment(url)
    shop.fill(folder, size, variables)
    shop.collect_static(variables)
    return variables


def _beside_mariadb(size: int) -> int:
    """Begin again beside a server that keeps its data, one for each size.

    So the growth from size to size is left to the reader.
    """
    folder = shop.kept_folder("mariadb", size)
    given = [word for word in sys.argv[1:] if word != "--large"]
    again = [sys.executable, "-m", "benchmark", *given, "--engine", "mariadb"]
    again += ["--products", str(size)]
    kept = {"MARIADB_FOLDER": str(folder), "MARIADB_BUFFER_POOL": "1G"}
    command = [str(shop.ROOT / "script" / "mariadb"), *again]
    return subprocess.run(command, env=os.environ | kept, check=False).returncode


if __name__ == "__main__":
    # So that a polite end, too, ends the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
