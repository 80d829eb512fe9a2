"""`python -m benchmark`, behind script/bench: fill, serve, measure, print."""

import argparse
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

from benchmark import report, shop
from benchmark.measure import Cost, Costs, check, measure
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
    add("--only", default="", metavar="PAGE", help="pages whose name has this in it")
    add("--seconds", type=float, default=7, help="how long each page is asked")
    add("--markdown", action="store_true", help="tables for docs/performance.md")
    add("--check", action="store_true", help="only right answers and few queries")
    return parser.parse_args()


def main() -> int:
    wish = arguments()
    engines = ["sqlite", "mariadb"] if wish.engine == "both" else [wish.engine]
    pages = [page for page in PAGES if wish.only in page.name]
    status = 0
    for engine in engines:
        if engine == "mariadb" and "MARIADB_PID" not in os.environ:
            for size in [FOR_CHECK] if wish.check else _sizes(wish):
                status |= _beside_mariadb(size)
        elif wish.check:
            status |= _check(engine, pages)
        else:
            _measure_all(engine, pages, wish)
    return status


def _sizes(wish: argparse.Namespace) -> list[int]:
    if wish.large:
        return list(dict.fromkeys([SMALL, wish.products, LARGE]))
    return [wish.products]


def _measure_all(engine: str, pages: list[Page], wish: argparse.Namespace) -> None:
    sizes = _sizes(wish)
    found = {}
    for size in sizes:
        found[size] = _measured(engine, size, pages, wish.seconds)
        load = os.getloadavg()[0]
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        print(f"\n{engine}, {size:,} products, {day}, load {load:.1f}")
        print(*report.tables(found[size], pages, markdown=wish.markdown), sep="\n")
    if wish.large:
        lines = report.growth(found[SMALL], found[LARGE], pages, markdown=wish.markdown)
        print(*lines, sep="\n")


def _measured(engine: str, size: int, pages: list[Page], seconds: float) -> Costs:
    variables = _filled(engine, size)
    with shop.servers(variables) as servers:
        return measure(servers, pages, seconds)


def _check(engine: str, pages: list[Page]) -> int:
    """Ask each page; print what is wrong, and return the exit status."""
    wrong = []
    with shop.servers(_filled(engine, FOR_CHECK)) as servers:
        for server in servers:
            for page in [EMPTY, LIST, *pages]:
                wrong += check(server, page, Cost(), times=2)
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
