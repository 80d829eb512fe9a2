import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache

from accounts.tests.factories import make_user
from catalog.models import Category, Product, SpecDefinition
from catalog.tests.factories import make_product, make_spec, make_variant
from shop import clock

pytestmark = pytest.mark.django_db

LISTS = ["/", "/c/computers/", "/search/", "/search/?q=Product&sort=relevance"]


def cards(html):
    return re.findall(r'data-test="product-card" data-product-id="(\d+)"', html)


def test_home_shows_categories_best_sellers_and_newest(client):
    product = make_product()
    response = client.get("/")
    assert response.status_code == 200
    links = re.findall(
        r'data-test="category-link" data-category="(\w+)"', response.text
    )
    assert links[:5] == ["computers", "phones", "tablets", "accessories", "hardware"]
    assert cards(response.text) == [str(product.pk)] * 2


@pytest.mark.parametrize("address", LISTS)
def test_an_empty_shop_is_a_page_too(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_category_shows_its_products_only(client, prefix):
    computer, _phone = make_product(category=1), make_product(category=2)
    response = client.get(f"{prefix}/c/computers/")
    assert response.status_code == 200
    assert cards(response.text) == [str(computer.pk)]
    assert 'data-test="result-count" data-count="1"' in response.text


@pytest.mark.parametrize(
    "address", ["/c/nothing/", "/p/999999/", "/p/0/", f"/p/{2**63}/"]
)
def test_what_does_not_exist_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_a_hidden_category_and_its_products_are_not_found(client):
    product = make_product(category=5)
    Category.objects.filter(pk=5).update(is_visible=False)
    assert client.get("/c/hardware/").status_code == 404
    assert client.get(f"/p/{product.pk}/").status_code == 404
    assert cards(client.get("/search/").text) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Product.Status.DRAFT},
        {"status": Product.Status.OFF_SHELF},
        {"on_shelf_at": clock.now() + timedelta(days=1)},
    ],
)
def test_only_staff_look_at_what_is_not_on_the_shelf(client, changes):
    product = make_product(**changes)
    address = f"/p/{product.pk}/"
    assert client.get(address).status_code == 404
    client.force_login(make_user())
    assert client.get(address).status_code == 404
    carol = make_user(is_staff=True)
    carol.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(carol)
    response = client.get(address)
    assert response.status_code == 200
    assert 'data-test="preview"' in response.text


def test_card_carries_what_outsiders_rely_on(client):
    product = make_product(price="1234.50", stock=7, category=2)
    make_variant(product=product, price="99.00", stock=0)
    html = client.get("/c/phones/").text
    assert (
        f'data-product-id="{product.pk}" data-price="1234.50" data-stock="7" '
        'data-sales="0" data-rating="0.00" data-category="phones"'
    ) in html
    assert "¥1,234.50" in html


def test_product_shows_the_cheapest_variant_in_stock(client):
    product = make_product(price="30.00", stock=5)
    make_variant(product=product, price="10.00", stock=0)
    cheapest = make_variant(product=product, price="20.00", stock=3)
    html = client.get(f"/p/{product.pk}/").text
    assert 'data-test="price" data-price="20.00"' in html
    assert 'data-test="stock" data-stock="3"' in html
    assert len(re.findall(r'data-test="variant"', html)) == 3
    assert f'data-variant-id="{cheapest.pk}" data-code="{cheapest.code}"' in html


def test_the_address_chooses_a_variant(client):
    product = make_product(price="30.00", stock=5)
    other = make_variant(product=product, price="10.00", stock=0)
    html = client.get(f"/p/{product.pk}/?variant={other.pk}").text
    assert 'data-test="price" data-price="10.00"' in html
    assert 'data-test="stock" data-stock="0"' in html


@pytest.mark.parametrize("variant", ["abc", "0", "-1", "9" * 40, "%00", "1.5"])
def test_a_variant_that_is_none_shows_the_cheapest(client, variant):
    product = make_product(price="30.00")
    response = client.get(f"/p/{product.pk}/?variant={variant}")
    assert 'data-test="price" data-price="30.00"' in response.text


def test_a_variant_of_another_product_shows_nothing_of_it(client):
    product, other = make_product(price="30.00"), make_product(price="77.00")
    variant = other.variants.get()
    response = client.get(f"/p/{product.pk}/?variant={variant.pk}")
    assert 'data-price="77.00"' not in response.text


@pytest.mark.parametrize(
    ("stock", "words"), [(0, "Sold out"), (1, "Only 1 left"), (5, "Only 5 left")]
)
def test_stock_is_told_in_words(client, stock, words):
    product = make_product(stock=stock)
    assert words in client.get(f"/en/p/{product.pk}/").text


def test_plenty_is_just_in_stock(client):
    html = client.get(f"/en/p/{make_product(stock=6).pk}/").text
    assert "In stock" in html
    assert "left" not in html


def test_a_missing_translation_shows_the_other_language_and_says_so(client):
    product = make_product(name_zh="只有中文", name_en="")
    html = client.get(f"/en/p/{product.pk}/").text
    assert '<span lang="zh-Hans">只有中文</span>' in html
    assert "<span lang" not in client.get(f"/p/{product.pk}/").text.split("<main")[1]


def test_texts_of_staff_are_shown_as_text(client):
    product = make_product(
        name_zh="<script>alert(1)</script>", description_zh="<img src=x onerror=y>"
    )
    html = client.get(f"/p/{product.pk}/").text
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_nothing_found_offers_the_best_sellers(client):
    product = make_product()
    html = client.get("/search/?q=zzzzzz").text
    assert 'data-test="no-results"' in html
    assert 'data-test="guess-you-like"' in html
    assert cards(html) == [str(product.pk)]


def test_guess_you_like_shows_no_hit_of_the_page(client):
    for number in range(30):
        make_product(name_en=f"Phone {number}", category=2)
    html = client.get("/search/?q=phone").text
    hits, _, guess = html.partition('data-test="guess-you-like"')
    assert len(cards(hits)) == 24
    assert 0 < len(cards(guess)) <= 8
    assert not set(cards(hits)) & set(cards(guess))


def test_links_keep_filters_and_sort(client):
    for _ in range(30):
        make_product(category=2)
    html = client.get("/c/phones/?sort=price&in_stock=1").text
    assert re.search(r'href="\?sort=price&amp;in_stock=1&amp;page=2" rel="next"', html)
    chips = re.findall(r'href="([^"]*)" data-test="filter-chip"', html)
    assert chips == ["?sort=price"]


def test_nothing_in_a_category_offers_to_take_it_away(client):
    make_product(name_en="Lantern", category=1)
    html = client.get("/en/search/?q=lantern&category=nothing").text
    assert '<a class="button" href="?q=lantern">Clear all filters</a>' in html


def offered(html, key):
    """Return the values that a filter of a page offers, in their order."""
    group = html.split(f'data-filter="{key}"')[1].split("</fieldset>")[0]
    group = group.split('data-test="filter"')[0]
    return re.findall(r'data-test="filter-option"[^>]*>(.+?) <span', group), group


def test_numbers_are_offered_in_their_order(client):
    for memory in (128, 128, 16, 8):
        make_spec(product=make_product(category=2), key="gb", number=Decimal(memory))
    assert offered(client.get("/c/phones/").text, "gb")[0] == ["8", "16", "128"]


def test_a_chosen_number_does_not_hide_behind_a_button(client):
    for memory in range(1, 11):
        make_spec(product=make_product(category=2), key="gb", number=Decimal(memory))
    closed, opened = (
        '<details class="filter-more">',
        '<details class="filter-more" open>',
    )
    assert closed in offered(client.get("/c/phones/?spec=gb:1").text, "gb")[1]
    assert opened in offered(client.get("/c/phones/?spec=gb:10").text, "gb")[1]


def test_a_key_may_be_a_number_here_and_text_there(client):
    five = make_product(category=1)
    make_spec(product=five, key="size", number=Decimal(5))
    for category in (2, 3):
        make_spec(product=make_product(category=category), key="size", text_en="large")
    address = "/search/?spec=size:large"
    assert offered(client.get(address).text, "size")[0] == ["5", "large"]
    Product.objects.filter(pk=five.pk).update(status=Product.Status.DRAFT)
    assert offered(client.get(address).text, "size")[0] == ["large"]


def test_a_choice_has_the_name_that_its_own_category_gives_it(client):
    """`keyboard` is a kind of tablet, and a kind of accessory."""
    for category, name in ((3, "Tablet with keyboard"), (4, "Mechanical keyboard")):
        definition = SpecDefinition.objects.create(
            category_id=category, key="kind", type="choice", is_filterable=True
        )
        choice = definition.choices.create(value="keyboard", name_en=name)
        make_spec(product=make_product(category=category), key="kind", choice=choice)
    tablets = client.get("/en/c/tablets/?spec=kind:keyboard").text
    assert offered(tablets, "kind")[0] == ["Tablet with keyboard"]
    assert "Mechanical" not in tablets
    accessories = client.get("/en/c/accessories/").text
    assert offered(accessories, "kind")[0] == ["Mechanical keyboard"]


@pytest.mark.parametrize("address", LISTS)
def test_queries_do_not_grow_with_the_products(
    client, address, connection_queries, monkeypatch
):
    # Counting a search is written now and then, whoever it meets.
    monkeypatch.setattr("catalog.search.log.PAUSE", float("inf"))
    counts = []
    for number in (2, 18):
        for _ in range(number):
            make_product()
        cache.clear()
        counts.append(connection_queries(lambda: client.get(address)))
    assert counts[0] == counts[1]
    # Five or six of them read what is known of all products, which no page keeps here.
    assert counts[1] <= 17


def test_queries_of_a_product_do_not_grow_with_its_variants(client, connection_queries):
    product = make_product()
    make_variant(product=product)
    few = connection_queries(lambda: client.get(f"/p/{product.pk}/"))
    for _ in range(18):
        make_variant(product=product)
    many = connection_queries(lambda: client.get(f"/p/{product.pk}/"))
    assert few == many <= 12


@pytest.mark.parametrize("address", ["/", "/c/phones/", "/search/", "/p/1/"])
def test_pages_are_only_read(client, address):
    for method in (client.post, client.put, client.delete):
        assert method(address).status_code == 405


@pytest.mark.parametrize(
    ("said", "chip"),
    [("32..16", "16 – 32"), ("abc..32", "up to 32"), ("16.50..x", "from 16.5")],
)
def test_a_chip_says_the_range_that_is_meant(client, said, chip):
    make_spec(product=make_product(), key="ram_gb", number=Decimal(24))
    html = client.get(f"/en/search/?spec=ram_gb:{said}").text
    assert chip in re.search(r'data-test="filter-chip".*?</a>', html, re.DOTALL)[0]


@pytest.mark.parametrize("said", ["..", "abc..def", "1e400.."])
def test_a_range_without_a_number_is_no_filter(client, said):
    make_spec(product=make_product(), key="ram_gb", number=Decimal(24))
    other = make_product()
    html = client.get(f"/en/search/?spec=ram_gb:{said}").text
    assert "filter-chip" not in html
    assert str(other.pk) in cards(html)


@pytest.mark.parametrize("filter_", ["brand=gone", "category=gone", "spec=gone:1"])
def test_what_nothing_has_can_be_taken_away_too(client, filter_):
    product = make_product()
    html = client.get(f"/en/search/?{filter_}&sort=price").text
    assert cards(html.partition("guess-you-like")[0]) == []
    chip = re.search(r'<a[^>]*data-test="filter-chip".*?</a>', html, re.DOTALL)[0]
    assert "gone" in chip
    assert 'href="?sort=price"' in chip
    assert str(product.pk) in cards(client.get("/en/search/?sort=price").text)


@pytest.mark.parametrize(
    ("query", "plain"),
    [
        ("", ""),
        ("?page=2", "?page=2"),
        ("?page=2&sort=price", ""),
        ("?in_stock=1&page=2", ""),
        ("?q=Product&utm_source=letter", ""),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_category_has_one_canonical_address(client, prefix, query, plain):
    for _number in range(25):
        make_product(category=2)
    html = client.get(f"{prefix}/c/phones/{query}").text
    address = f"http://testserver{prefix}/c/phones/{plain}"
    assert re.findall(r'<link rel="canonical" href="([^"]*)">', html) == [address]
