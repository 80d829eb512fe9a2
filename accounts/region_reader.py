"""Finds a province, city and district in running text, by their full or short names."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from accounts import regions

#: (province,), (province, city) or (province, city, district)
Place = tuple[str, ...]

#: What a copied line or an official list says where a level has no name.
NAMELESS = r"(?:省|自治区)直辖县级行政(?:区划|单位)|市辖区|县(?=\s)"
GAP = re.compile(rf"[\s,;/|>·-]*(?:(?:{NAMELESS})[\s,;/|>·-]*)?")
#: After a short name these make another word of it: 南京西路, 朝阳门, 苏州市…
ANOTHER_WORD = re.compile(
    r"[东南西北中前后上下内外一二三四五六七八九十\d]{0,3}[环支横纵]?"
    r"(?:[省市区县州盟旗路街巷弄里村镇乡桥站号门]|大街|大道|道|胡同|新村|公园|广场|大厦|"
    r"大学|医院|机场|火车|国际|文化|体育|饭店|宾馆|酒店|银行|小区|花园|公寓)"
)
PEOPLES = re.compile(
    r"(?P<head>.{2,}?)(?:(?:蒙古族?|回族|藏族|维吾尔|哈萨克族?|柯尔克孜|塔吉克|锡伯|壮族|苗族|彝族|"
    r"布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|"
    r"东乡族|纳西族|景颇族|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|普米族|怒族|"
    r"裕固族|保安族|独龙族|各族)+)自?治?(?P<rank>州|县|旗|区)"
)
RANK = re.compile(
    r"(?P<head>.{2,}?)(?:特别行政区|自治区|地区|新区|林区|矿区|街道|[省市县区盟旗镇乡])"
)
ZONES = (
    ("高新技术", ("高新区", "高新开发区")),
    ("经济技术", ("经开区", "经济开发区", "经济技术开发区")),
)
FULL, SHORT = 3, 2


@dataclass(frozen=True)
class Name:
    """One spelling of a place; `weight` says how much it proves."""

    place: Place
    weight: int
    #: Whether it says where it is, without a province or city before it.
    stands_alone: bool


@dataclass(frozen=True)
class Spot:
    """A place in a text, from `start` to `end`."""

    place: Place
    start: int
    end: int
    weight: int


def find(text: str, marks: str = "") -> Spot | None:
    """Return where the text names a place best; what is ambiguous is not named.

    Upper levels that were left out are filled in; a city that has no rival too. One
    short name next to one of the `marks` is left alone: it may be a person's.
    """
    best: Spot | None = None
    for start in range(len(text)):
        is_inside = start > 0 and not _separates(text[start - 1])
        for spot in _spots(text, start):
            # In the midst of a word one short name proves nothing: 马上海.
            if spot.weight < FULL and (is_inside or _is_beside(text, spot, marks)):
                continue
            if best is None or spot.weight > best.weight:
                best = spot
    if best is None:
        return None
    return _without_echo(text, _completed(best))


def _is_beside(text: str, spot: Spot, marks: str) -> bool:
    before, after = text[: spot.start], text[spot.end :]
    neighbours = before.rstrip(" ,;\n")[-1:], after.lstrip(" ,;\n")[:1]
    is_whole = after[:1] in (" ", ",", ";", "\n", "")
    return is_whole and any(mark in neighbours for mark in marks)


def _spots(text: str, start: int) -> Iterator[Spot]:
    for level in range(3):
        for name, end in _names(level, text, start, ()):
            if level < 2 or name.stands_alone:
                yield from _onward(text, name, Spot(name.place, start, end, 0))


def _onward(text: str, name: Name, spot: Spot) -> Iterator[Spot]:
    """Go down from a place to those in it, as long as the text names them."""
    here = Spot(spot.place, spot.start, spot.end, spot.weight + name.weight)
    gap = _after_gap(text, here.end)
    for level in range(len(here.place), 3):
        for below, end in _names(level, text, gap, here.place):
            yield from _onward(
                text, below, Spot(below.place, here.start, end, here.weight)
            )
    if name.weight == FULL or not ANOTHER_WORD.match(text, here.end):
        yield here


def _names(
    level: int, text: str, start: int, within: Place
) -> Iterator[tuple[Name, int]]:
    names, longest = _index()[level]
    # From the longest down to two characters: 县 alone names nothing.
    for end in range(min(start + longest, len(text)), start + 1, -1):
        found = [
            name
            for name in names.get(text[start:end], ())
            if name.place[: len(within)] == within
        ]
        if len(found) == 1:
            yield found[0], end


def _completed(spot: Spot) -> Spot:
    """Fill in the city of a municipality."""
    if len(spot.place) != 1:
        return spot
    cities = regions.cities(spot.place[0])
    own = spot.place[0] if spot.place[0] in cities else ""
    if not own and len(cities) == 1:
        own = cities[0]
    place = (*spot.place, own) if own else spot.place
    return Spot(place, spot.start, spot.end, spot.weight)


def _without_echo(text: str, spot: Spot) -> Spot:
    """Take in a place that is named twice: first chosen from lists, then typed."""
    end = spot.end
    while True:
        gap = _after_gap(text, end)
        stop = next(
            (
                stop
                for level in range(3 if gap > end else 1)
                for name, stop in _names(level, text, gap, spot.place[:level])
                if name.weight == FULL and name.place == spot.place[: level + 1]
            ),
            0,
        )
        if not stop:
            return Spot(spot.place, spot.start, end, spot.weight)
        end = _after_chain(text, stop, spot.place)


def _after_chain(text: str, end: int, place: Place) -> int:
    """Return where the names of a place end that began again before `end`."""
    for level in range(1, len(place)):
        for name, stop in _names(
            level, text, _after_gap(text, end), place[: min(level, 2)]
        ):
            if name.place == place[: level + 1]:
                end = stop
                break
    return end


def _after_gap(text: str, start: int) -> int:
    match = GAP.match(text, start)
    return match.end() if match else start


def _separates(character: str) -> bool:
    return not character.isalnum()


@lru_cache(maxsize=1)
def _index() -> tuple[tuple[dict[str, tuple[Name, ...]], int], ...]:
    """Return, for each level, all spellings and the length of the longest."""
    levels: tuple[dict[str, list[Name]], ...] = ({}, {}, {})
    for place in _places():
        for spelling, weight in _spellings(place).items():
            alone = weight == FULL and spelling[-1] in "区县市旗" and len(spelling) > 2
            known = levels[len(place) - 1].setdefault(spelling, [])
            known.append(Name(place, weight, alone))
    return tuple(
        (
            {spelling: tuple(names) for spelling, names in level.items()},
            max(map(len, level)),
        )
        for level in levels
    )


def _places() -> Iterator[Place]:
    for province in regions.provinces():
        yield (province,)
        for city in regions.cities(province):
            yield (province, city)
            for district in regions.districts(province, city):
                yield (province, city, district)


def _spellings(place: Place) -> dict[str, int]:
    """Return how a place is written, the official name first."""
    name = unicodedata.normalize("NFKC", place[-1])
    result = {name: FULL}
    if peoples := PEOPLES.fullmatch(name):
        head = peoples["head"]
        result[head + peoples["rank"]] = FULL
    elif ranked := RANK.fullmatch(name):
        head = ranked["head"]
    else:
        head = ""
    if name.endswith("自治区"):
        head = head.removesuffix("壮族").removesuffix("回族").removesuffix("维吾尔")
        result |= {f"{head}自治区": FULL, f"{head}省": FULL}
    if len(head) > 1 and head not in ("市中", "城中"):
        result.setdefault(head, SHORT)
    if len(place) == 3:
        result |= _zone_spellings(name, place[1])
    return result


def _zone_spellings(name: str, city: str) -> dict[str, int]:
    """Return what a development zone is called within its city."""
    result = {}
    for mark, called in ZONES:
        if mark in name:
            result = dict.fromkeys(called, FULL)
    short = city.removesuffix("市")
    own = name.removeprefix(city) if name.startswith(city) else name.removeprefix(short)
    if own != name and len(own) > 2:
        result[own] = FULL
    return result
