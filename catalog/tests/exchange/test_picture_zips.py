"""ZIPs of pictures, made by strangers (docs/security.md, 39)."""

import io
import stat
import tracemalloc
import unicodedata
import zipfile
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange import Unreadable, picture_sources
from catalog.exchange.picture_sources import PictureArchive
from catalog.tests.exchange.zips import lying, zip_of


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def opened(content):
    return PictureArchive(io.BytesIO(content))


def refusal_of(content):
    with pytest.raises(Unreadable) as caught:
        opened(content)
    return str(caught.value)


def problem_of(content, name):
    with pytest.raises(ValidationError) as caught:
        opened(content).read(name)
    return caught.value.messages[0]


@pytest.mark.parametrize(
    "name",
    [
        "../a.png",
        "x/../../a.png",
        "/etc/a.png",
        "..\\a.png",
        "C:\\a.png",
        "C:/a.png",
        "\\\\host\\share\\a.png",
        "..",
    ],
)
def test_a_path_that_leads_outside_is_refused_and_named(name):
    told = refusal_of(zip_of(("good.png", b"x"), (name, b"x")))
    assert "leads outside" in told
    assert name.replace("\\", "/") in told


def test_a_link_is_refused_and_named():
    link = zipfile.ZipInfo("a.png")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "a link in it, which is no picture: a.png" in refusal_of(
        zip_of((link, b"/etc/passwd"))
    )


def test_two_of_one_name_are_refused_and_named():
    content = zip_of(("x/a.png", b"1"), ("y/a.png", b"2"))
    assert "two files of the same name: a.png" in refusal_of(content)
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zip_of(("a.png", b"1"), ("a.png", b"2"))
    assert "two files of the same name: a.png" in refusal_of(content)


def test_what_systems_put_beside_pictures_is_passed_over():
    archive = opened(
        zip_of(
            ("x/", b""),
            ("x/a.png", b"1"),
            ("x/.DS_Store", b""),
            ("y/.DS_Store", b""),
            ("__MACOSX/x/._a.png", b""),
            ("x/__MACOSX/a.png", b"2"),
            ("x/Thumbs.db", b""),
            ("y/Thumbs.db", b""),
        )
    )
    assert archive.read("a.png") == b"1"
    assert archive.read("Thumbs.db") is None
    assert archive.read(".DS_Store") is None


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_the_utf_8_mark(encoding):
    """Windows in China writes GBK, a Mac UTF-8, and neither says so."""
    spelt = "红色 鞋".encode(encoding)
    plain = "a" * len(spelt)
    content = zip_of((f"{plain}.png", b"1")).replace(plain.encode(), spelt)
    assert opened(content).read("红色 鞋.png") == b"1"


def test_composed_and_decomposed_names_are_one():
    """A Mac takes letters apart, a spreadsheet does not."""
    archive = opened(zip_of((unicodedata.normalize("NFD", "Schlüssel.png"), b"1")))
    assert archive.read(unicodedata.normalize("NFC", "Schlüssel.png")) == b"1"


def test_bytes_that_are_no_name():
    content = zip_of(("é.png", b"1")).replace("é".encode(), b"\xff\xfe")
    assert "neither a folder nor a ZIP" in refusal_of(content)


def test_too_many_files_are_not_even_listed(monkeypatch):
    monkeypatch.setattr(picture_sources, "MOST_MEMBERS", 3)
    monkeypatch.setattr(zipfile, "ZipFile", lambda file: 1 / 0)
    content = zip_without_help([f"{number}.png" for number in range(4)])
    assert "too many files" in refusal_of(content)


def zip_without_help(names):
    return b"".join(b"PK\x01\x02" + name.encode() for name in names)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@pytest.mark.parametrize("says", [10, 4 * 1024 * 1024])
def test_a_bomb_that_says_it_is_small_is_not_unpacked(method, says):
    content = lying("a.png", b"\0" * 100_000_000, says=says, method=method)
    tracemalloc.start()
    try:
        assert problem_of(content, "a.png") == "The ZIP is damaged or locked there."
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_an_honest_bomb_is_too_large():
    content = zip_of(("a.png", b"\0" * (5 * 1024 * 1024 + 1)))
    assert len(content) < 10_000
    assert problem_of(content, "a.png") == "The picture is larger than 5 MB."


def test_a_locked_member_is_told():
    content = bytearray(zip_of(("a.png", b"1")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    assert problem_of(bytes(content), "a.png") == "The ZIP is damaged or locked there."


GOOD = zip_of(("x/红.png", b"1" * 50), ("b.png", b"2" * 50))


@given(
    st.lists(
        st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)),
        min_size=1,
        max_size=6,
    )
)
def test_no_damage_whatever_is_more_than_a_refusal(changes):
    content = bytearray(GOOD)
    for place, value in changes:
        content[place] = value
    with suppress(Unreadable, ValidationError):
        archive = opened(bytes(content))
        for name in ("红.png", "b.png"):
            archive.read(name)
