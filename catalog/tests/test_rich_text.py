import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog import rich_text
from catalog.models import Product
from catalog.tests.exchange.files import as_csv, bring_in, exported, new_row
from catalog.tests.factories import make_product

OWN = "/media/catalog/ab/abcdef-800.webp"

#: What is written, and what is left of it.
CASES = [
    ("<p>Hi <script>alert(1)</script>you</p>", "<p>Hi you</p>"),
    ("<SCRIPT SRC=//evil.example/x.js></SCRIPT>", ""),
    ("<scr<script>ipt>alert(1)</script>", "<p>ipt&gt;alert(1)</p>"),
    ('<p onclick="x" style="color:red" class="a" id="b">t</p>', "<p>t</p>"),
    ("<img src=x onerror=alert(1)>", ""),
    (f'<img src="{OWN}" onload="x">', f'<img src="{OWN}" loading="lazy">'),
    (f'<img srcset="{OWN} 2x">', ""),
    ('<img src="https://evil.example/pixel.png">', ""),
    ('<img src="//evil.example/media/pixel.png">', ""),
    ('<img src="/media/../accounts/logout/">', ""),
    ('<img src="/media/x.webp?delete=1">', ""),
    ('<img src="/media/x.svg">', ""),
    ('<img src="data:image/png;base64,AAAA">', ""),
    ("<iframe src=https://evil.example></iframe>", ""),
    ("<object data=x></object><embed src=x>", ""),
    ("<svg><script>alert(1)</script></svg>", ""),
    ("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", ""),
    ("<style>body{display:none}</style><p>t</p>", "<p>t</p>"),
    ("<template><h1>big</h1></template><p>t</p>", "<p>t</p>"),
    ("<form action=/x><input name=y><button>Go</button></form>", "<p>Go</p>"),
    ("<base href=//evil.example><meta http-equiv=refresh>", ""),
    ("<b>bold</b> <u>under</u>", "<b>bold</b> under"),
    ("<!-- note --><p>t</p>", "<p>t</p>"),
    ("<td width=1 colspan=2>t</td><p>x</p>", "t<p>x</p>"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "left"), CASES)
def test_what_is_left(written, left):
    assert rich_text.clean(written) == left
    assert rich_text.shown(written) == left


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("https://example.com/a", True),
        ("http://example.com/a", True),
        ("/p/1/", True),
        ("#top", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("java&#10;script:alert(1)", False),
        ("&#106;avascript:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
    ],
)
def test_links(address, is_kept):
    link = rich_text.clean(f'<a href="{address}" target="_blank">x</a>')
    rel = 'rel="nofollow noopener noreferrer"'
    href = f'href="{address}" ' if is_kept else ""
    assert link == f"<a {href}{rel}>x</a>"


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("<h1>a</h1><h2>b</h2><h1>c</h1>", "343"),
        ("<h4>a</h4><p>t</p><h4>b</h4>", "33"),
        ("<h5>a</h5><h2>b</h2><h6>c</h6>", "334"),
        ("<H3>a</H3><h4>b</h4>", "34"),
    ],
)
def test_headings_follow_the_pages_own(written, levels):
    cleaned = rich_text.clean(written)
    assert "".join(re.findall(r"<h(\d)", cleaned)) == levels
    assert rich_text.clean(cleaned) == cleaned


def test_a_table_keeps_its_shape():
    row = '<tr><th scope="col" colspan="2">a</th></tr>'
    table = f"<table><caption>c</caption>{row}</table>"
    kept = table.replace("<tr>", "<tbody><tr>").replace("</tr>", "</tr></tbody>")
    assert rich_text.clean(table) == kept


@pytest.mark.parametrize("text", ["one\ntwo\n\nthree", "a < b & c > d", "I <3 it", ""])
def test_plain_text_stays_as_it_is(text):
    assert rich_text.clean(text) == text


def test_plain_text_keeps_its_lines_on_the_page():
    assert rich_text.shown("1 < 2\ntwo\n\nthree") == (
        "<p>1 &lt; 2<br>two</p>\n\n<p>three</p>"
    )


PIECES = st.sampled_from(
    ["<p>", "</p>", "<h1>", "</h2>", "<a href='x'>", "<script>", "</script>", "<", ">",
     "&lt;", "&", "<img src=/media/a.webp>", "<td>", "<table>", "<svg>", "<!--", "-->",
     '"', "x", "\n", "<b", "<template>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
@example("<h1><table><h1>")
def test_cleaning_again_changes_nothing(text):
    once = rich_text.clean(text)
    assert rich_text.clean(once) == once
    assert "<script" not in rich_text.shown(text)


@pytest.mark.django_db
def test_the_page_trusts_no_stored_description(client):
    product = make_product(description_zh="<p>好<img src=x onerror=alert(1)></p>")
    html = client.get(f"/p/{product.pk}/").text
    assert "<p>好</p>" in html
    assert "onerror" not in html


@pytest.mark.django_db
def test_an_import_stores_no_harm_and_exports_what_is_stored():
    description = "<p>好<script>alert(1)</script></p>"
    bring_in(as_csv(new_row(description_zh=description, description_en="a\nb")))
    product = Product.objects.get(code="NEW-1")
    assert (product.description_zh, product.description_en) == ("<p>好</p>", "a\nb")
    before = exported()
    bring_in(before)
    assert exported() == before
