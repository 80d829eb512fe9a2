"""A whole address line is read (row A10). All people and houses are invented."""

import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import regions
from accounts.address_line import FIELDS, read


def cases():
    """Read the table: a line, indented below it what is read in it."""
    text = (Path(__file__).parent / "address_lines.txt").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if row and not row.startswith("#")]
    for line, found in zip(rows[::2], rows[1::2], strict=True):
        yield pytest.param(
            re.sub(r"\\(n|t|u[0-9a-f]{4})", unescaped, line),
            [part.strip() for part in found.split("|")],
            id=line[:40],
        )


def unescaped(match):
    return {"n": "\n", "t": "\t"}.get(match[1]) or chr(int(match[1][1:], 16))


CASES = list(cases())


@pytest.mark.parametrize(("line", "found"), CASES)
def test_a_line_is_read(line, found):
    guess = read(line)
    assert [getattr(guess, name) for name in FIELDS] == found


@pytest.mark.parametrize(
    "phone", ["010-12345678转801", "010-12345678-801", "010 12345678 ext 801"]
)
def test_an_extension_goes_where_the_courier_reads_it(phone):
    guess = read(f"李雷 {phone} 浙江省杭州市西湖区竹影路1号")
    assert (guess.phone, guess.extension) == ("010 1234 5678", "801")
    assert guess.fields["street"] == "竹影路1号 转801"


def test_what_was_not_found_is_named():
    guess = read("李雷 杭州西湖区")
    assert guess.missing == ("phone", "street")
    assert set(guess.fields) | set(guess.missing) == set(FIELDS)


def folded(line):
    """Return the line as it is read, without any white space."""
    line = unicodedata.normalize("NFKC", line)
    return "".join(
        c
        for c in line
        if not c.isspace() and not unicodedata.category(c).startswith("C")
    )


def digits(text):
    return "".join(c for c in text if c.isdigit())


PIECES = st.sampled_from(
    [piece for case in CASES for piece in re.split("[ ,，]", case.values[0])]
)
MESS = st.lists(
    st.one_of(PIECES, st.sampled_from(" ，,;\n\t/"), st.text(max_size=8)), max_size=40
).map("".join)


@given(MESS)
def test_whatever_is_pasted_is_read_without_inventing(line):
    guess = read(line)
    cities = regions.cities(guess.province)
    assert guess.province in ("", *regions.provinces())
    assert guess.city in ("", *cities)
    assert guess.district in ("", *regions.districts(guess.province, guess.city))
    assert digits(guess.phone) in digits(folded(line))
    for part in (*guess.recipient.split(), *guess.street.split()):
        assert part in folded(line)


@pytest.mark.parametrize(
    "piece", ["上海", "浙江杭州西湖", "李 ", "138 ", "A ", "1", "-", "张北县"]
)
def test_the_longest_line_takes_no_time(piece):
    line = (piece * 300)[:300]
    read(line)
    # It takes 4 ms; a pattern that backtracks takes seconds, and a busy machine
    # has a quiet moment in ten.
    best = min(timed(read, line) for _ in range(10))
    assert best < 0.05


def timed(call, *arguments):
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def test_no_line_is_read_beyond_its_bound():
    assert read(" " * 300 + "13800138000").phone == ""
