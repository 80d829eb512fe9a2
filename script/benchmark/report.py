"""The tables of a benchmark, for the terminal and for docs/performance.md."""

import statistics
from collections.abc import Iterator

from benchmark.buying import FlowCosts
from benchmark.flows import Flow
from benchmark.measure import Cost, Costs
from benchmark.pages import EMPTY, LIST, MOST_AGAIN, MOST_GROWTH, Page

HEAD = [
    "page",
    "queries",
    "CPU ms",
    "of it database",
    "× list",
    "at most",
    "met",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "bytes",
]
MODES = {
    "first": "a visitor without cache",
    "changed": "the first visitor after a change of the catalogue",
    "again": "again, unchanged",
}


def tables(costs: Costs, pages: list[Page], *, markdown: bool) -> Iterator[str]:
    """Yield the lines of one table for each mode."""
    for mode, title in MODES.items():
        bare = costs[mode, LIST].cpu
        rows = [
            _row(mode, page, costs[mode, page], bare)
            for page in [EMPTY, LIST, *pages]
            if (mode, page) in costs
        ]
        yield from ("", f"**{title}**" if markdown else title, "")
        yield from _lines([HEAD, *rows], markdown=markdown)


def growth(
    small: Costs, large: Costs, pages: list[Page], *, markdown: bool
) -> Iterator[str]:
    """Yield what pages cost at 10 000 and at 1 000 000 products, without cache."""
    rows = [["page", "× list small", "× list large", "grows by", "at most", "met"]]
    for page in pages:
        if any(("first", page) not in costs for costs in (small, large)):
            continue
        before, after = (
            costs["first", page].cpu / costs["first", LIST].cpu
            for costs in (small, large)
        )
        grown = after / before - 1
        met = _met(grown, MOST_GROWTH)
        most = f"{MOST_GROWTH:.0%}"
        rows.append(
            [page.name, f"{before:.2f}", f"{after:.2f}", f"{grown:.0%}", most, met]
        )
    yield from ("", *_lines(rows, markdown=markdown))


FLOW_HEAD = [
    "flow",
    "clients",
    "queries",
    "CPU ms",
    "of it database",
    "of it hash",
    "× list",
    "at most",
    "met",
    "flows/s",
    "of 1 client's",
    "p50 ms",
    "p99 ms",
    "errors",
]


def flow_table(
    costs: FlowCosts, bare: Cost, hash_cpu: float, *, markdown: bool
) -> Iterator[str]:
    """Yield what flows cost, the payment password's hash counted apart."""
    rows = [
        _flow_row(flow, clients, costs, bare.cpu, hash_cpu) for flow, clients in costs
    ]
    yield from ("", f"**flows**; a bare list {bare.cpu:.2f} ms", "")
    yield from _lines([FLOW_HEAD, *rows], markdown=markdown)
    for flow in dict.fromkeys(flow for flow, _clients in costs):
        queries = costs[flow, 1].queries_of_steps
        steps = zip(flow.steps, queries, strict=False)
        said = ", ".join(f"{step.name} {number}" for step, number in steps)
        yield from ("", f"{flow.name}, queries: {said}")


def _flow_row(
    flow: Flow, clients: int, costs: FlowCosts, bare: float, hash_cpu: float
) -> list[str]:
    cost, alone = costs[flow, clients], costs[flow, 1]
    hashes = flow.hashes * hash_cpu
    ratio = (cost.cpu - hashes) / bare
    per_second = statistics.median(cost.per_second)
    return [
        flow.name,
        str(clients),
        str(alone.queries),
        f"{cost.cpu:.1f}",
        f"{statistics.median(cost.database_cpu):.1f}",
        f"{hashes:.1f}",
        f"{ratio:.2f}",
        f"{flow.most:g}",
        _met(ratio, flow.most),
        f"{per_second:.1f}",
        f"{per_second / statistics.median(alone.per_second):.2f}",
        f"{cost.percentile(50):.0f}",
        f"{cost.percentile(99):.0f}",
        str(len(cost.errors)),
    ]


def _row(mode: str, page: Page, cost: Cost, bare: float) -> list[str]:
    most, limit = page.most, page.most_queries
    if mode == "changed":
        most = limit = None
    elif mode == "again" and most is not None:
        most = MOST_AGAIN
    ratio = cost.cpu / bare
    asked = f"{cost.queries} / {limit}" if limit else str(cost.queries)
    return [
        page.name,
        asked,
        f"{cost.cpu:.2f}",
        f"{statistics.median(cost.database_cpu):.2f}",
        f"{ratio:.2f}",
        "" if most is None else f"{most:g}",
        "" if most is None else _met(ratio, most),
        f"{statistics.median(cost.per_second):.0f}",
        f"{cost.percentile(50):.1f}",
        f"{cost.percentile(99):.1f}",
        str(cost.bytes),
    ]


def _met(value: float, most: float) -> str:
    return "yes" if value <= most else "NO"


def _lines(rows: list[list[str]], *, markdown: bool) -> Iterator[str]:
    if markdown:
        head, *others = [f"| {' | '.join(row)} |" for row in rows]
        yield from (head, "|---" * len(rows[0]) + "|", *others)
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for name, *others in rows:
        cells = [cell.rjust(w) for cell, w in zip(others, widths[1:], strict=True)]
        yield "  ".join([name.ljust(widths[0]), *cells])
