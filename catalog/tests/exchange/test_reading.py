import io
import tracemalloc
import zipfile
from contextlib import suppress

import openpyxl
import pytest
from django.utils import translation

from catalog.exchange import Unreadable, read, reading, workbook
from catalog.tests.exchange.files import as_csv, as_xlsx
from catalog.tests.exchange.zips import lying

HEAD = ["code", "price", "name_zh"]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def cells_of(content):
    return [texts for _line, texts in read(content, "x").rows]


def refusal_of(content):
    with pytest.raises(Unreadable) as caught:
        read(content, "x")
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_excel_saves_it(encoding, delimiter):
    content = as_csv(
        HEAD, ["A-1", "1.00", "极光，轻薄"], encoding=encoding, delimiter=delimiter
    )
    assert cells_of(content) == [
        {"code": "A-1", "price": "1.00", "name_zh": "极光，轻薄"}
    ]


def test_bytes_that_are_no_text():
    assert "neither UTF-8 nor GBK" in refusal_of(b"code,price\r\n\xff\xff\x80,1\r\n")


def test_quotes_line_ends_and_blank_lines():
    content = b'code,name_zh\r\nA-1,"two\nlines, ""quoted"""\r\n\r\nA-2,x\r\n'
    sheet = read(content, "x")
    assert [line for line, _ in sheet.rows] == [2, 4]
    assert sheet.rows[0][1]["name_zh"] == 'two\nlines, "quoted"'


def test_a_quote_that_never_ends():
    assert "cannot be read" in refusal_of(b'code,name_zh\r\nA-1,"never ends\r\n')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", 'no column "code"'),
        (b"price,stock\r\n1,2\r\n", 'no column "code"'),
        (b"code,price,price\r\nA,1,2\r\n", "line 1, column price: is there twice"),
        (b"code,,price\r\nA,1,2\r\n", "has no name"),
        (b"code,price\r\n", "no row"),
    ],
)
def test_headers_that_will_not_do(content, said):
    assert said in refusal_of(content)


def test_more_cells_than_names_is_told_with_its_line():
    sheet = read(as_csv(HEAD, ["A-1", "1", "x", "y"]), "x")
    assert str(sheet.problems[0]).startswith("line 2, column name_zh: There are more")


def test_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert "more than 2 rows" in refusal_of(as_csv(HEAD, *[["A", "1", "x"]] * 3))
    assert "more than 2 rows" in refusal_of(as_xlsx(HEAD, *[["A", "1", "x"]] * 3))
    monkeypatch.setattr(reading, "MOST_COLUMNS", 2)
    assert "more than 2 columns" in refusal_of(as_csv(HEAD, ["A", "1", "x"]))
    assert "more than 2 columns" in refusal_of(as_xlsx(HEAD, ["A", "1", "x"]))
    monkeypatch.setattr(reading, "MOST_MEBIBYTES", 0)
    assert "larger than" in refusal_of(as_csv(HEAD))


def test_a_text_that_is_too_long_is_told(monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_CELL", 5)
    sheet = read(as_xlsx(HEAD, ["A-1", 1, "123456"]), "x")
    assert "longer than 5" in str(sheet.problems[0])


def test_xlsx_numbers_lose_their_dust():
    content = as_xlsx(HEAD, [100123, 6999.0, 0.1 + 0.2], ["A-2", 0.07, True])
    assert cells_of(content) == [
        {"code": "100123", "price": "6999", "name_zh": "0.3"},
        {"code": "A-2", "price": "0.07", "name_zh": "yes"},
    ]


def test_xlsx_cells_that_are_no_text():
    import_day = openpyxl.utils.datetime.from_excel(45000)
    content = as_xlsx(HEAD, [import_day, "=1+1", 1e300], ["A-2", "#REF!", "x"])
    told = [str(problem) for problem in read(content, "x").problems]
    assert told == [
        "line 2, column code: The spreadsheet made a date of it."
        " Format the cell as text.",
        "line 2, column price: There is a formula. Paste its value instead.",
        "line 2, column name_zh: The number has too many digits."
        " Format the cell as text.",
        "line 3, column price: The cell shows an error.",
    ]


def test_merged_cells_are_refused():
    content = as_xlsx(HEAD, ["A-1", 1, "x"], change=lambda s: s.merge_cells("A2:B2"))
    assert "merged" in refusal_of(content)


def test_a_cell_far_away_costs_nothing():
    def change(sheet):
        sheet["XFD1048576"] = "far"

    assert cells_of(as_xlsx(HEAD, ["A-1", 1, "x"], change=change)) == [
        {"code": "A-1", "price": "1", "name_zh": "x"}
    ]


def repacked(content, changes):
    """Return an XLSX with other bytes in some of its members."""
    buffer = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *changes}:
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 1024 * 1024)
    content = repacked(as_xlsx(HEAD, ["A", 1, "x"]), {"xl/media/a.bin": b"0" * 2**21})
    assert len(content) < 20_000
    assert "unpacks to more" in refusal_of(content)


def test_so_is_a_zip_of_zips():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.dll", b"\0" * 100_000)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        for number in range(16):
            archive.writestr(f"lib {number}.zip", inner.getvalue())
    assert "no XLSX file" in refusal_of(outer.getvalue())


def test_a_member_that_lies_about_its_size_is_damaged():
    content = as_xlsx(HEAD, ["A", 1, "x" * 5000])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    lied = content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lied != content
    assert "damaged" in refusal_of(lied)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@pytest.mark.parametrize("member", ["xl/styles.xml", "xl/workbook.xml", "a.bin"])
def test_a_bomb_that_says_it_is_small_is_not_unpacked(member, method):
    with zipfile.ZipFile(io.BytesIO(as_xlsx(HEAD, ["A", 1, "x"]))) as good:
        beside = [(n, good.read(n)) for n in good.namelist() if n != member]
    bomb = lying(member, b" " * 100_000_000, says=10, method=method, beside=beside)
    assert len(bomb) < 200_000
    tracemalloc.start()
    try:
        assert "damaged" in refusal_of(bomb)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_crowd_of_members_is_not_even_listed(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_MEMBERS", 3)
    monkeypatch.setattr(zipfile, "ZipFile", lambda file: 1 / 0)
    assert "unpacks to more" in refusal_of(b"PK\x01\x02" * 4)


ENTITY = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>&e;</t></is></c></row>
</sheetData></worksheet>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding):
    body = ENTITY.decode().replace('"1.0"', f'"1.0" encoding="{encoding}"')
    content = repacked(as_xlsx(HEAD, ["A", 1, "x"]), {SHEET: body.encode(encoding)})
    assert refusal_of(content)


def test_openpyxl_has_defusedxml_below_it():
    assert openpyxl.DEFUSEDXML
    assert not openpyxl.LXML


def test_a_link_to_another_workbook_is_not_followed():
    content = repacked(
        as_xlsx(HEAD, ["A", 1, "x"]),
        {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"},
    )
    assert cells_of(content)[0]["code"] == "A"


@pytest.mark.parametrize(
    "content", [b"PK", b"PK\x03\x04" + b"\0" * 100, b"PK\x05\x06" + b"\0" * 18]
)
def test_what_only_begins_like_an_xlsx(content):
    assert "no XLSX file" in refusal_of(content)


def test_a_cut_off_xlsx_is_refused_wherever_it_is_cut():
    content = as_xlsx(HEAD, *[["A-1", 1, "x"]] * 50)
    for length in range(2, len(content), 97):
        assert refusal_of(content[:length])


@pytest.mark.parametrize(
    "member",
    [
        SHEET,
        "xl/workbook.xml",
        "xl/sharedStrings.xml",
        "[Content_Types].xml",
        "xl/styles.xml",
    ],
)
@pytest.mark.parametrize("body", [b"", b"<", b"<a/>", b"\xff\xfe"])
def test_a_member_that_is_rubbish(member, body):
    content = repacked(as_xlsx(HEAD, ["A", 1, "x"]), {member: body})
    # A clear answer, or the rest of it; anything else that is raised fails the test.
    with suppress(Unreadable):
        read(content, "x")
