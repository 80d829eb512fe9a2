import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.exchange import cells

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
@example("=1+1")
@example("'=1+1")
@example("''-1")
@example("'plain")
@example("\t=1")
@example("＝1+1")
def test_a_guarded_text_is_no_formula_and_comes_back(text):
    guarded = cells.guarded(text)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋"))
    assert cells.freed(guarded) == text


def test_what_stands_in_the_cell():
    assert cells.guarded('=HYPERLINK("http://x")') == '\'=HYPERLINK("http://x")'
    assert cells.guarded("-10") == "'-10"
    assert cells.guarded("'quoted'") == "'quoted'"
    assert cells.freed("-10") == "-10"


@given(st.lists(TEXTS.filter(str.strip), max_size=4))
@example(["a|b", "c\\", "\\|"])
def test_a_list_comes_back(parts):
    assert cells.parts_of(cells.joined(parts)) == parts


@given(st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS))
@example(("Wi-Fi=6", "a|b"), ("", "\\"))
def test_options_come_back(first, second):
    pairs = [(name.strip(), value.strip()) for name, value in (first, second)]
    assert cells.options_of(cells.options(pairs)) == pairs


@pytest.mark.parametrize(
    "text", ["1e3", "1,5", "1_000", "NaN", "Infinity", "0x10", "", "９９%"]
)
def test_no_number(text):
    with pytest.raises(ValidationError):
        cells.number(text)


def test_numbers():
    assert str(cells.number("６９９９.00")) == "6999.00"
    assert cells.whole("6.00") == 6
    assert cells.whole("+5") == 5
    with pytest.raises(ValidationError):
        cells.whole("1.5")


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "1999-12-31", "2100-01-01"]
)
def test_no_moment(text):
    with pytest.raises(ValidationError):
        cells.moment(text)


def test_a_moment_without_offset_is_in_the_zone_of_the_shop():
    midnight = cells.shown_moment(cells.moment("2026-03-12"))
    assert midnight == "2026-03-12T00:00:00+08:00"
    utc = cells.shown_moment(cells.moment("2026-03-12T08:00Z"))
    assert utc == "2026-03-12T16:00:00+08:00"


def test_yes_and_no():
    assert cells.flag("是") is cells.flag("TRUE") is True
    assert cells.flag("否") is cells.flag("0") is False
    with pytest.raises(ValidationError):
        cells.flag("perhaps")
