"""Provinces, cities and districts of China, by name, as addresses are written."""

import json
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "fixtures" / "regions.json"

#: province: {city: districts}
Tree = dict[str, dict[str, tuple[str, ...]]]


@lru_cache(maxsize=1)
def _tree() -> Tree:
    # A province is [code, name, cities], a city [code, name, districts],
    # a district [code, name].
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        province: {
            city: tuple(name for _code, name in districts)
            for _code, city, districts in cities
        }
        for _code, province, cities in rows
    }


def provinces() -> tuple[str, ...]:
    """Return all provinces, municipalities and regions, in the official order."""
    return tuple(_tree())


def cities(province: str) -> tuple[str, ...]:
    """Return a province's cities; none when there is no such province."""
    return tuple(_tree().get(province, {}))


def districts(province: str, city: str) -> tuple[str, ...]:
    """Return a city's districts; none when the province has no such city."""
    return _tree().get(province, {}).get(city, ())
