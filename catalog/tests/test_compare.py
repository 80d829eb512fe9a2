"""Products side by side (row B11)."""

import re

import pytest
from django.conf import settings as shop_settings
from django.test import Client

from catalog.models import Product, SpecChoice, SpecDefinition, VariantSpec
from catalog.tests.factories import make_brand, make_product, make_spec, make_variant

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
COOKIE = shop_settings.COMPARE_COOKIE_NAME


def address(*keys, prefix="/en", more=""):
    query = "&".join(f"p={getattr(key, 'pk', key)}" for key in keys)
    return f"{prefix}/compare/?{query}{more}"


def compared(html):
    rows = re.findall(r'data-test="compared" data-product-id="(\d+)"', html)
    return [int(pk) for pk in rows]


def rows(html, kind="compare-row"):
    """Return {name: (differs, [values])} of the specifications."""
    found = {}
    cut = rf'<tr data-test="{kind}" data-differs="(\d)".*?</tr>'
    for match in re.finditer(cut, html, re.DOTALL):
        name = re.search(r'<th scope="row">(.*?)( <span|</th>)', match[0])[1]
        cells = re.findall(r"<td>(.*?)</td>", match[0], re.DOTALL)
        values = [re.sub(r"<.*?>", "", cell).strip() for cell in cells]
        found[name] = (match[1] == "1", values)
    return found


def pick(client, product, headers=None, **fields):
    body = {"product": getattr(product, "pk", product), **fields}
    return client.post("/en/compare/pick/", body, headers=headers)


def keys(*products):
    return [product.pk for product in products]


def test_products_stand_side_by_side_in_the_order_of_the_address(client):
    one, two, three = (make_product(category=2) for _ in range(3))
    response = client.get(address(two, three, one))
    assert response.status_code == 200
    assert compared(response.text) == keys(two, three, one)
    assert '<meta name="robots" content="noindex">' in response.text
    assert "left-out" not in response.text


def test_rows_align_and_say_where_products_differ(client):
    one, two = make_product(price="10.00"), make_product(stock=0)
    for product, memory in ((one, "16"), (two, "8.5")):
        make_spec(product=product, key="ram", number=memory)
        make_spec(product=product, key="net", text_zh="五", text_en="5G")
    SpecDefinition.objects.filter(key="ram").update(unit="GB", position=1)
    SpecDefinition.objects.filter(key="net").update(position=2)
    make_spec(product=two, key="pen", text_zh="有", text_en="included")
    SpecDefinition.objects.filter(key="pen").update(position=3)
    html = client.get(address(one, two)).text
    assert list(rows(html).items()) == [
        ("ram", (True, ["16 GB", "8.5 GB"])),
        ("net", (False, ["5G", "5G"])),
        ("pen", (True, ["—not said", "included"])),
    ]
    # Not by colour only: a sign, and words for those who listen.
    assert html.count('<span class="compare-sign" aria-hidden="true">≠</span>') == 2
    assert html.count("(different)") == 2
    assert "¥10.00" in html
    assert "Sold out" in html
    assert "No reviews yet" in html


def test_what_variants_say_comes_before_the_product_and_all_of_it(client):
    one, two = make_product(), make_product()
    for product in (one, two):
        make_spec(product=product, key="storage", number="64")
    definition = SpecDefinition.objects.get(key="storage")
    dear = make_variant(product=one, price="300.00")
    for variant, number in ((one.variants.first(), 128), (dear, 256)):
        VariantSpec.objects.create(
            variant=variant, definition=definition, number=number
        )
    html = client.get(address(one, two)).text
    assert rows(html) == {"storage": (True, ["128, 256", "64"])}
    assert html.count("and up") == 1


def test_several_choices_stand_in_one_cell(client):
    product, other = make_product(), make_product()
    definition = SpecDefinition.objects.create(
        category=product.category,
        key="ports",
        name_en="Ports",
        name_zh="接口",
        type="choice",
        is_many=True,
    )
    for name in ("HDMI", "USB-C"):
        choice = SpecChoice.objects.create(
            definition=definition, value=name.lower(), name_zh=name, name_en=name
        )
        for each in (product, other):
            each.specs.create(definition=definition, choice=choice)
    html = client.get(address(product, other)).text
    assert rows(html) == {"Ports": (False, ["HDMI, USB-C"] * 2)}


def test_a_switch_leaves_the_differences(client):
    one, two = make_product(), make_product()
    for product, number in ((one, "1"), (two, "2")):
        make_spec(product=product, key="same", number="5")
        make_spec(product=product, key="other", number=number)
    html = client.get(address(one, two)).text
    assert set(rows(html)) == {"same", "other"}
    link = re.search(r'href="([^"]*)"[^>]*data-test="only-differences"', html)[1]
    assert link == f"/en/compare/?p={one.pk}&amp;p={two.pk}&amp;only=differences"
    html = client.get(address(one, two, more="&only=differences")).text
    assert set(rows(html)) == {"other"}
    assert 'aria-current="true" data-test="only-differences"' in html
    # Of one product there is nothing to leave out.
    html = client.get(address(one, more="&only=differences")).text
    assert set(rows(html)) == {"same", "other"}


def test_what_is_promised_is_compared_too(client):
    brand = make_brand(name_en="Aurora")
    one = make_product(brand=brand, warranty_months=24)
    two = make_product(brand=brand, warranty_months=0, has_seven_day_return=False)
    facts = rows(client.get(address(one, two)).text, "compare-fact")
    assert facts == {
        "Brand": (False, ["Aurora", "Aurora"]),
        "Returns": (
            True,
            ["Seven days to return it without a reason", "Returns only if faulty"],
        ),
        "Warranty": (True, ["24-month warranty", "—not said"]),
        "Sending": (False, ["Ships within 48 hours"] * 2),
    }
    html = client.get(address(one, two, more="&only=differences")).text
    assert set(rows(html, "compare-fact")) == {"Returns", "Warranty"}


def test_a_fifth_is_left_out_with_a_sentence(client):
    products = [make_product() for _ in range(9)]
    html = client.get(address(*products)).text
    assert compared(html) == keys(*products[:4])
    assert "Four products fit side by side" in html


def test_another_category_is_left_out_with_a_sentence(client):
    phone, tablet = make_product(category=2), make_product(category=3)
    html = client.get(address(phone, tablet, make_product(category=2))).text
    assert tablet.pk not in compared(html)
    assert len(compared(html)) == 2
    assert "1 product is left out: it is of another category." in html


@pytest.mark.parametrize(
    "key", ["abc", "", "0", "-1", 10**9, "9" * 40, "1.5", "%00", "²", "1%20OR%201"]
)
def test_what_is_no_product_is_left_out_with_a_sentence(client, key):
    product = make_product()
    html = client.get(address(key, product)).text
    assert compared(html) == keys(product)
    assert "1 product is left out: it is not for sale any more." in html


@pytest.mark.parametrize(
    "changes",
    [{"status": Product.Status.DRAFT}, {"status": Product.Status.OFF_SHELF}],
)
def test_hidden_products_are_left_out_and_nothing_of_them_told(client, changes):
    hidden, product = make_product(name_en="Secret", **changes), make_product()
    make_spec(product=hidden, key="secret", text_en="Secret")
    html = client.get(address(hidden, product)).text
    assert compared(html) == keys(product)
    assert "ecret" not in html
    assert "1 product is left out" in html


def test_the_same_one_twice_is_one_and_a_flood_is_cut(client):
    product = make_product()
    html = client.get(address(product, product, product)).text
    assert compared(html) == keys(product)
    assert "left-out" not in html
    assert client.get(address(*range(10**9, 10**9 + 500))).status_code == 200


def test_nothing_to_compare_is_a_page_that_helps(client):
    for path in ("/compare/", "/en/compare/?p=abc", "/compare/?p=&only=differences"):
        response = client.get(path)
        assert response.status_code == 200
        assert 'data-test="no-comparison"' in response.text


def test_texts_of_staff_are_shown_as_text(client):
    product, other = make_product(name_en="<b>x</b>"), make_product()
    for each in (product, other):
        make_spec(product=each, key="k", text_en="<script>alert(1)</script>")
    html = client.get(address(product, other)).text
    assert "<b>x</b>" not in html
    assert "<script>alert" not in html


def test_queries_do_not_grow_with_what_is_said(client, connection_queries):
    def compare_some():
        products = [make_product() for _ in range(4)]
        for product in products:
            for number in range(n):
                make_spec(product=product, key=f"k{number}", number=number)
                make_variant(product=product)
        return connection_queries(lambda: client.get(address(*products)))

    n = 1
    few = compare_some()
    n = 6
    assert compare_some() == few <= 7


def offered(html):
    form = html.partition('data-test="compare-add"')[2].partition("</form>")[0]
    options = re.findall(r'<option value="(\d+)">(.*?)</option>', form)
    kept = re.findall(r'type="hidden" name="(p|only)" value="(.*?)"', form)
    return [int(pk) for pk, _name in options], kept


def test_another_can_be_added_to_a_shared_comparison(client):
    one, two, best, other = (make_product(category=2) for _ in range(4))
    Product.objects.filter(pk=best.pk).update(sales_count=9)
    make_product(category=3)
    make_product(category=2, stock=0)
    make_product(category=2, status=Product.Status.DRAFT)
    options, kept = offered(client.get(address(one, two)).text)
    assert options == keys(best, other)
    assert kept == [("p", f"{one.pk}"), ("p", f"{two.pk}")]
    # Which is the address of all three, with nothing kept anywhere.
    assert compared(client.get(address(one, two, best)).text) == keys(one, two, best)
    assert COOKIE not in client.cookies
    # Four are full.
    full = client.get(address(one, two, best, other)).text
    assert "compare-add" not in full


def test_adding_and_taking_out_keep_to_the_differences(client):
    one, two, three = (make_product(category=2) for _ in range(3))
    make_spec(product=one, key="ram", number=8)
    make_product(category=2)
    shown = address(one, two, three, more="&only=differences")
    html = client.get(shown).text
    assert ("only", "differences") in offered(html)[1]
    deeds = html.partition("compare-deeds")[2]
    rest = re.search(r'name="next" value="([^"]*)"', deeds)[1].replace("&amp;", "&")
    assert rest == address(two, three, more="&only=differences")


# Picking


def test_picks_are_kept_and_lead_to_the_comparison(client):
    one, two = make_product(), make_product()
    response = pick(client, one)
    assert response.status_code == 302
    pick(client, two)
    pick(client, one)
    html = client.get("/en/").text
    assert 'data-test="compare-tray" data-count="2"' in html
    assert f'href="/en/compare/?p={one.pk}&amp;p={two.pk}"' in html
    assert client.get("/en/compare/")["Location"] == address(one, two)
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_picking_answers_json(client):
    product = make_product()
    answer = pick(client, product, JSON).json()
    assert answer["ok"] is True
    assert answer["products"] == [product.pk]
    assert answer["url"] == address(product)
    assert pick(client, product, JSON, on=0).json()["products"] == []


def test_a_fifth_pick_is_refused_with_a_sentence(client):
    products = [make_product() for _ in range(5)]
    for product in products[:4]:
        pick(client, product)
    response = pick(client, products[4], JSON)
    assert response.status_code == 409
    assert response.json()["error"] == "compare_full"
    assert pick(client, products[4]).status_code == 302
    assert "Four products fit" in client.get("/en/").text
    assert 'data-count="4"' in client.get("/en/").text
    # Which makes room again once one of them is not for sale any more.
    Product.objects.filter(pk=products[0].pk).update(status="off_shelf")
    assert pick(client, products[4], JSON).json()["products"] == keys(*products[1:])


def test_another_category_is_refused_with_a_sentence(client):
    pick(client, make_product(category=2))
    response = pick(client, make_product(category=3), JSON)
    assert response.status_code == 409
    assert response.json()["error"] == "other_category"
    assert 'data-count="1"' in client.get("/en/").text


@pytest.mark.parametrize("product", ["", "abc", "-1", "9" * 30, "1.5", "٣"])
def test_what_is_no_product_cannot_be_picked(client, product):
    response = pick(client, product, JSON)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid"


def test_hidden_and_unknown_products_cannot_be_picked(client):
    hidden = make_product(status=Product.Status.DRAFT)
    for key in (hidden.pk, 10**9):
        assert pick(client, key).status_code == 404
    assert COOKIE not in client.cookies


def test_taking_one_out_leads_to_the_comparison_of_the_rest(client):
    one, two = make_product(), make_product()
    pick(client, one)
    pick(client, two)
    html = client.get(address(one, two)).text
    row = html.partition("compare-deeds")[2]
    rest = re.search(r'name="next" value="([^"]*)"', row)[1]
    assert rest == address(two)
    response = pick(client, one, on=0, next=rest)
    assert response["Location"] == rest
    assert client.cookies[COOKIE].value == f"{two.pk}"
    evil = pick(client, one, on=0, next="//evil.example/")
    assert "evil" not in evil["Location"]


def test_all_are_put_back(client):
    pick(client, make_product())
    fields = {"next": "/en/compare/"}
    response = client.post("/en/compare/clear/", fields)
    assert response["Location"] == "/en/compare/"
    assert 'data-test="no-comparison"' in client.get("/en/compare/").text


@pytest.mark.parametrize("cookie", ["x.y", "....", "-1.0", "9" * 4000, "é", "1" * 30])
def test_a_forged_cookie_breaks_nothing(client, cookie):
    client.cookies[COOKIE] = cookie
    for path in ("/en/", "/en/compare/", "/en/cart/"):
        response = client.get(path, follow=True)
        assert response.status_code == 200
    assert pick(client, make_product()).status_code == 302


def test_picking_needs_a_token_and_is_never_done_by_get(client):
    strict = Client(enforce_csrf_checks=True)
    assert pick(strict, make_product()).status_code == 403
    assert strict.post("/compare/clear/").status_code == 403
    for path in ("/compare/pick/", "/compare/clear/"):
        assert client.get(path).status_code == 405
    client.get(address(make_product(), make_product()))
    assert COOKIE not in client.cookies
