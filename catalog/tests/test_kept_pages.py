"""Kept pages: personal where they must be, right the moment something changes."""

import re
from datetime import timedelta
from decimal import Decimal
from inspect import isgeneratorfunction

import pytest
from django.core.cache import cache, caches
from django.test import Client

from accounts.tests.factories import make_alice, make_staff
from catalog import services, versions
from catalog.models import (
    Banner,
    CatalogChange,
    Category,
    Companion,
    HistoryEntry,
    Product,
    SearchCount,
    SpecDefinition,
    Synonym,
    Variant,
)
from catalog.search import log
from catalog.services import settling
from catalog.tests.factories import make_limited_price, make_product, make_spec
from catalog.views import pages
from orders.tests.factories import buyer, cancel, make_order
from reviews import services as review_services
from reviews.tests.factories import make_pending, make_written
from shop import clock, due, kept_pages, policy
from shop.kept import KeptText

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')
NOW = clock.now()
YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture(autouse=True)
def pages_are_kept(settings, monkeypatch):
    settings.KEEP_PAGES = True
    # Searches are written down every few seconds, in the middle of a count otherwise.
    monkeypatch.setattr(log, "PAUSE", float("inf"))
    versions.forget()


@pytest.fixture
def product():
    names = {"name_zh": "极光手机", "name_en": "Aurora phone"}
    return make_product(category=2, on_shelf_at=YESTERDAY, **names)


def addresses(product):
    return ["/", "/c/phones/", "/search/?q=极光", f"/p/{product.pk}/"]


def body(client, address, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    assert "\0" not in answer.content.decode()
    return answer.content.decode()


def without_tokens(html):
    return TOKEN.sub("token", html)


def is_hit(client, address, connection_queries):
    """Nothing but the version was asked for, and on a product's page what is left."""
    most = 2 if address.startswith("/p/") else 1
    return connection_queries(lambda: client.get(address)) == most


def test_the_next_visitor_gets_the_kept_page(product, connection_queries):
    for address in addresses(product):
        first = body(Client(), address)
        assert is_hit(Client(), address, connection_queries), address
        assert without_tokens(body(Client(), address)) == without_tokens(first)


@pytest.mark.parametrize(
    "address",
    ["/c/phones/", "/search/?q=极光", "/search/?q=极光&in_stock=1&spec=ram_gb:8"],
)
def test_a_list_made_anew_asks_little(product, address, connection_queries):
    """What is known of all products is asked for once, not for each page."""
    make_spec(product=product, key="ram_gb", number=Decimal(8))
    body(Client(), address)
    caches["pages"].clear()
    assert connection_queries(lambda: Client().get(address)) <= 6
    services.note_change()
    # What a version knows: its categories, specifications and what is due next.
    assert connection_queries(lambda: Client().get(address)) <= 12


def test_a_kept_page_is_what_a_page_made_anew_is(product, settings, as_alice):
    as_alice.post(f"/p/{product.pk}/favourite/", {"on": "1"})
    as_alice.post("/compare/pick/", {"product": product.pk})
    as_alice.post("/cart/add/", {"variant": product.variants.get().pk})
    as_alice.get("/cart/")
    for prefix in ("", "/en"):
        for address in addresses(product):
            kept = [body(as_alice, prefix + address) for _ in range(2)]
            settings.KEEP_PAGES = False
            anew = without_tokens(body(as_alice, prefix + address))
            settings.KEEP_PAGES = True
            assert [without_tokens(each) for each in kept] == [anew, anew], address


def test_visitors_never_see_each_other(product):
    alice, bob = make_alice(nickname="AliceInChains"), buyer(nickname="BobTheStranger")
    clients = {"": Client(), "AliceInChains": Client(), "BobTheStranger": Client()}
    clients["AliceInChains"].force_login(alice)
    clients["BobTheStranger"].force_login(bob)
    variant = product.variants.get().pk
    clients["AliceInChains"].post("/cart/add/", {"variant": variant, "quantity": 3})
    clients["AliceInChains"].post(f"/p/{product.pk}/favourite/", {"on": "1"})
    clients["BobTheStranger"].post("/compare/pick/", {"product": product.pk})
    seen_tokens = set()
    for address in addresses(product):
        for _round in range(2):
            for name, client in clients.items():
                html = body(client, address)
                names = {n for n in clients if n and n in html}
                assert names == ({name} if name else set())
                assert ('data-count="3"' in html) == (name == "AliceInChains")
                assert (f'data-favourites="{product.pk}"' in html) == (
                    name == "AliceInChains"
                )
                tray = re.search(r'data-test="compare-tray" data-count="(\d)"', html)
                assert tray[1] == ("1" if name == "BobTheStranger" else "0")
                tokens = set(TOKEN.findall(html))
                assert len(tokens) == 1
                assert not tokens & seen_tokens
                seen_tokens |= tokens


def test_the_heart_of_a_kept_product_is_ones_own(product, as_alice):
    as_alice.post(f"/p/{product.pk}/favourite/", {"on": "1"})
    address = f"/p/{product.pk}/"
    for _round in range(2):
        assert 'aria-pressed="true"' in body(as_alice, address)
        assert 'aria-pressed="true"' not in body(Client(), address)


def test_messages_are_shown_once_and_kept_for_nobody(product):
    body(Client(), "/")
    client = Client()
    client.post("/cart/add/", {"variant": product.variants.get().pk})
    assert 'data-test="message"' in body(client, "/")
    assert 'data-test="message"' not in body(client, "/")
    assert 'data-test="message"' not in body(Client(), "/")


def test_the_token_of_a_kept_page_lets_its_own_visitor_post(product, plain_client):
    address = f"/p/{product.pk}/"
    body(Client(), address)
    (token,) = set(TOKEN.findall(body(plain_client, address)))
    wish = {"variant": product.variants.get().pk, "csrfmiddlewaretoken": token}
    assert plain_client.post("/cart/add/", wish).status_code == 302
    stranger = Client(enforce_csrf_checks=True)
    body(stranger, address)
    assert stranger.post("/cart/add/", wish).status_code == 403


def test_headers_that_are_not_in_the_key_change_nothing(product):
    odd = {
        "Accept": "application/json",
        "HX-Request": "true",
        "X-Forwarded-Host": "evil.example",
        "Referer": "https://evil.example/",
        "Accept-Language": "en",
    }
    for address in addresses(product)[1:]:
        odd_client = Client(headers=odd)
        odd_client.cookies["compare"] = f"{product.pk}"
        body(odd_client, address)
        after_it = without_tokens(body(Client(), address))
        assert "evil" not in after_it
        caches["pages"].clear()
        assert without_tokens(body(Client(), address)) == after_it


def test_a_host_neither_poisons_nor_is_let_in(product, settings):
    settings.ALLOWED_HOSTS = ["testserver", "shop.example"]
    one = body(Client(headers={"host": "shop.example"}), "/c/phones/")
    other = body(Client(), "/c/phones/")
    assert "http://shop.example/c/phones/" in one
    assert "shop.example" not in other
    assert Client(headers={"host": "evil.example"}).get("/c/phones/").status_code == 400
    assert "evil.example" not in body(Client(), "/c/phones/")


def test_languages_and_schemes_are_kept_apart(product):
    assert "极光手机" in body(Client(), f"/p/{product.pk}/")
    assert "Aurora phone" in body(Client(), f"/en/p/{product.pk}/")
    assert "Aurora phone" not in body(Client(), f"/p/{product.pk}/")
    secure = Client().get("/", secure=True).content.decode()
    assert 'href="https://testserver/' in secure
    assert 'href="http://testserver/' in body(Client(), "/")


def test_the_order_of_a_query_is_ones_own(product):
    for query in ("q=极光&sort=price", "sort=price&q=极光"):
        html = body(Client(), f"/search/?{query}")
        assert html.count(f'data-product-id="{product.pk}"') == 1


def test_errors_and_long_addresses_are_never_kept(product, connection_queries):
    address = f"/p/{product.pk + 1}/"
    assert Client().get(address).status_code == 404
    made = make_product(category=2)
    assert made.pk == product.pk + 1
    CatalogChange.objects.all().delete()
    assert Client().get(address).status_code == 200
    long = "/c/phones/?x=" + "y" * 600
    body(Client(), long)
    assert not is_hit(Client(), long, connection_queries)


def test_previews_of_staff_are_kept_for_nobody(product):
    hidden = make_product(category=2, status=Product.Status.DRAFT)
    staff = Client()
    staff.force_login(make_staff("catalogue"))
    for _round in range(2):
        assert 'data-test="preview"' in body(staff, f"/p/{hidden.pk}/")
        assert Client().get(f"/p/{hidden.pk}/").status_code == 404


def test_a_kept_page_counts_searches_and_remembers_looks(product, as_alice, alice):
    log._waiting.clear()
    for client in (Client(), Client(), as_alice):
        answer = client.get("/search/?q=极光")
        assert "searches" in answer.cookies
        answer = client.get(f"/p/{product.pk}/")
        assert ("history" in answer.cookies) == (client is not as_alice)
    log.write()
    assert SearchCount.objects.get(word="极光").count == 3
    assert HistoryEntry.objects.of(alice.pk).count() == 1


def test_own_searches_are_ones_own():
    client = Client()
    client.get("/search/?q=secretword")
    assert "secretword" in body(client, "/search/")
    assert "secretword" not in body(Client(), "/search/")


def test_pages_may_be_made_anew_each_time(product, settings, connection_queries):
    settings.KEEP_PAGES = False
    body(Client(), "/")
    Product.objects.filter(pk=product.pk).update(name_zh="别名")
    assert "别名" in body(Client(), "/")


# What changes a page --------------------------------------------------------


def set_stock(product):
    services.set_stock(variant=product.variants.get(), stock=1, by_id=None)


def sell(product):
    make_order(buyer(), product, status="pending_payment")


def give_back(product):
    order = make_order(buyer(), product, status="pending_payment")
    yield
    cancel(order)


def review(product):
    make_written(buyer(), product)


def praise_by_the_clock(product):
    waiting = make_pending(buyer(), product)
    yield
    with clock.at(waiting.item.praise_at):
        review_services.praise(waiting.pk)


def change_a_review(product):
    written = make_written(buyer(), product)
    yield
    opinion = review_services.Opinion(rating=1, body="Changed since.")
    review_services.edit_review(review=written, opinion=opinion)


def add_to_a_review(product):
    written = make_written(buyer(), product)
    yield
    review_services.write_follow_up(review=written, body="Still fine.")


def hide_a_review(product):
    written = make_written(buyer(), product)
    yield
    review_services.hide_review(review_id=written.pk, reason="It advertises.")


def answer_a_review(product):
    written = make_written(buyer(), product)
    yield
    staff = buyer(is_staff=True)
    review_services.write_reply(review_id=written.pk, body="Thanks!", by_id=staff.pk)


def vote_for_a_review(product):
    written, reader = make_written(buyer(), product), buyer()
    yield
    review_services.set_vote(user_id=reader.pk, review_id=written.pk, wish=True)


def rename_the_author(product):
    author = buyer(nickname="Nickname")
    make_written(author, product)
    yield
    client = Client()
    client.force_login(author)
    client.post("/accounts/profile/", {"nickname": "Othername"})


def low_stock(product):
    policy.change("low_stock", "10")


def hide_the_category(product):
    edit(Category.objects.get(pk=1), is_visible="")


def rename_the_category(product):
    edit(product.category, name_zh="改名")


def rename_the_brand(product):
    edit(product.brand, name_zh="改名")


def off_the_shelf(product):
    services.move_to_shelf(product=product, status=Product.Status.OFF_SHELF)


def put_on_the_shelf(product):
    other = make_product(category=2, status=Product.Status.DRAFT, name_zh="极光二")
    yield
    services.move_to_shelf(product=other, status=Product.Status.ON_SHELF)


def a_price(product):
    variant = product.variants.get()
    prices = [services.NewPrice(variant.pk, variant.price + 1, variant.price + 1)]
    services.set_prices(prices=prices)
    services.product_changed(product_ids=[product.pk])


def count_a_sale(product):
    services.count_sale(product_id=product.pk, units=7, is_recent=True)


def the_name_of_a_spec(product):
    edit(SpecDefinition.objects.get(key="told"), name_zh="改名")


def a_synonym(product):
    client = Client()
    client.force_login(make_staff("catalogue"))
    wish = {"word": "北极光机", "meaning": "极光手机", "is_two_way": "on"}
    client.post("/admin/catalog/synonym/add/", wish)
    assert Synonym.objects.exists()


def edit(row, **changes):
    """Save a row's form in the admin, as staff do."""
    client = Client()
    client.force_login(make_staff("superuser"))
    address = f"/admin/catalog/{row._meta.model_name}/{row.pk}/change/"
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    left_out = (None, False)  # as a browser leaves them out; 0 is no such value
    fields = {k: v for k, v in values.items() if not any(v is x for x in left_out)}
    management = {"choices-TOTAL_FORMS": "0", "choices-INITIAL_FORMS": "0"}
    answer = client.post(address, management | fields | changes)
    assert answer.status_code == 302, answer.context["errors"]


def see(product):
    """Look at all pages, so that they are kept."""
    for address in [*addresses(product), "/search/?q=北极光机"]:
        Client().get(address)


CHANGES = [
    (set_stock, "/c/phones/"),
    (set_stock, "/p/"),
    (sell, "/c/phones/"),
    (sell, "/p/"),
    (give_back, "/c/phones/"),
    (give_back, "/p/"),
    (review, "/c/phones/"),
    (review, "/p/"),
    (praise_by_the_clock, "/p/"),
    (change_a_review, "/p/"),
    (add_to_a_review, "/p/"),
    (hide_a_review, "/p/"),
    (hide_a_review, "/c/phones/"),
    (answer_a_review, "/p/"),
    (vote_for_a_review, "/p/"),
    (rename_the_author, "/p/"),
    (low_stock, "/p/"),
    (hide_the_category, "/"),
    (rename_the_category, "/p/"),
    (rename_the_brand, "/p/"),
    (off_the_shelf, "/c/phones/"),
    (put_on_the_shelf, "/"),
    (put_on_the_shelf, "/search/?q=极光"),
    (a_price, "/c/phones/"),
    (a_price, "/p/"),
    (count_a_sale, "/"),
    (the_name_of_a_spec, "/p/"),
    (a_synonym, "/search/?q=北极光机"),
]


@pytest.mark.parametrize(("change", "address"), CHANGES)
def test_the_next_visitor_sees_what_changed(
    product, settings, connection_queries, change, address
):
    make_spec(product=product, key="told", text_zh="说了")
    address = f"/p/{product.pk}/" if address == "/p/" else address
    deed = change(product) if isgeneratorfunction(change) else None
    if deed:
        next(deed)  # what comes before
    see(product)
    before = without_tokens(body(Client(), address))
    assert is_hit(Client(), address, connection_queries)
    list(deed) if deed else change(product)
    after = without_tokens(body(Client(), address))
    assert after != before
    settings.KEEP_PAGES = False
    assert after == without_tokens(body(Client(), address))


def test_a_product_comes_on_the_shelf_by_the_clock(product):
    with clock.at(NOW):
        at = NOW + timedelta(seconds=60)
        make_product(category=2, on_shelf_at=at, name_zh="极光明天")
        services.note_change()
        for address in addresses(product)[:3]:
            assert "极光明天" not in body(Client(), address)
    with clock.at(at):
        for address in addresses(product)[:3]:
            assert "极光明天" in body(Client(), address)


def test_a_price_begins_and_ends_by_the_clock(product):
    start, end = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    addresses_of_prices = [*addresses(product)[1:3], f"/p/{product.pk}/"]
    with clock.at(NOW):
        variant = product.variants.get()
        make_limited_price(variant, price=Decimal(66), starts_at=start, ends_at=end)
    for moment, is_limited in (
        (NOW, False),
        (start - timedelta(seconds=1), False),
        (start, True),
        (end - timedelta(seconds=1), True),
        (end, False),
    ):
        with clock.at(moment):
            for address in addresses_of_prices:
                for _round in range(2):
                    html = body(Client(), address)
                    marks = ("price", "product-card")  # not those of its history
                    prices = re.findall(
                        r'data-test="([a-z-]+)"[^>]* data-price="66', html
                    )
                    shows_it = any(mark in prices for mark in marks)
                    assert shows_it == is_limited, (address, moment)


def hits(html):
    """Return the products of a list in their order, without what it recommends."""
    listed, *_recommended = html.split('data-test="guess-you-like"')
    return [int(pk) for pk in re.findall(r'data-product-id="(\d+)"', listed)]


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("address", ["/c/phones/?", "/search/?q=极光&"])
def test_lists_find_and_sort_by_the_price_of_this_second(
    product, settings, address, is_kept
):
    """No runner has come by, and no page has shown the product yet (row H6)."""
    settings.KEEP_PAGES = is_kept
    start, end = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    second = timedelta(seconds=1)
    with clock.at(NOW):
        make_product(category=2, name_zh="极光便宜", price="90.00")
        variant = product.variants.get()
        make_limited_price(variant, price=Decimal(66), starts_at=start, ends_at=end)
    for moment, is_limited in (
        (start - second, False),
        (start, True),
        (end - second, True),
        (end, False),
    ):
        with clock.at(moment):
            found = hits(body(Client(), f"{address}max_price=70"))
            assert found == ([product.pk] if is_limited else [])
            cheapest, *_rest = hits(body(Client(), f"{address}sort=price"))
            assert (cheapest == product.pk) == is_limited


def test_prices_that_a_dead_runner_left_are_changed_in_batches(monkeypatch):
    monkeypatch.setattr(settling, "BATCH", 2)
    soon, later = NOW + timedelta(minutes=1), NOW + timedelta(minutes=5)
    with clock.at(NOW):
        for _number in range(5):
            variant = make_product(category=2, price="100.00").variants.get()
            make_limited_price(variant, price=Decimal(66), starts_at=soon)
    with clock.at(later):
        late = Variant.objects.filter(price_due_at__lte=later)
        left = []
        for page in range(3):
            body(Client(), f"/c/phones/?max_price={1000 + page}")
            left.append(late.count())
    # A visitor's page settles what it shows as well.
    assert left[0] <= 3
    assert left[-1] == 0


def test_a_banner_comes_and_goes_by_the_clock(product):
    start, end = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    Banner.objects.create(
        title_zh="开学季",
        stem_zh="banners/aa/zh",
        category=product.category,
        starts_at=start,
        ends_at=end,
    )
    for moment, is_there in ((NOW, False), (start, True), (end, False)):
        with clock.at(moment):
            for _round in range(2):
                assert ("开学季" in body(Client(), "/")) == is_there


def test_who_bought_lately_has_lists_of_the_own(product, as_alice, alice):
    bought = make_product(category=2, on_shelf_at=YESTERDAY)
    services.note_purchase(user_id=alice.pk, product_ids=[bought.pk], at=clock.now())
    address = "/c/phones/?min_price=9999"
    mark = f'data-product-id="{bought.pk}"'
    for _round in range(2):
        assert mark in body(Client(), address)
        assert mark not in body(as_alice, address)


def test_units_are_free_the_second_an_order_is_overdue():
    product = make_product(category=2, stock=2, on_shelf_at=YESTERDAY)
    with clock.at(NOW):
        make_order(buyer(), product, status="pending_payment")
        pay_by = product.variants.get().held_until
        assert 'data-stock="1"' in body(Client(), f"/p/{product.pk}/")
    with clock.at(pay_by - timedelta(seconds=1)):
        assert 'data-stock="1"' in body(Client(), f"/p/{product.pk}/")
    with clock.at(pay_by):
        assert 'data-stock="2"' in body(Client(), f"/p/{product.pk}/")


def test_an_order_changes_the_number_left_but_not_the_page(
    product, as_alice, connection_queries
):
    """The page of a product lives on, and says what is left; lists are made anew."""
    other = make_product(category=2, on_shelf_at=YESTERDAY)
    services.set_stock(variant=product.variants.get(), stock=50, by_id=None)
    Companion.objects.create(product=other, other=product)
    shown = {each.pk: f"/p/{each.pk}/" for each in (product, other)}
    for address in [*shown.values(), "/c/phones/"]:
        body(Client(), address)
    make_order(buyer(), product, 8, status="pending_payment")
    for client in (Client(), as_alice):
        html = body(client, shown[product.pk])
        assert 'data-test="stock" data-stock="42"' in html
        assert 'max="42"' in html
        card = re.search(
            rf'data-product-id="{product.pk}"[^>]*', body(client, shown[other.pk])
        )
        assert 'data-stock="42"' in card[0]
    assert is_hit(Client(), shown[product.pk], connection_queries)
    assert not is_hit(Client(), "/c/phones/", connection_queries)


def test_the_last_unit_ends_the_page(product, settings):
    address = f"/p/{product.pk}/"
    services.set_stock(variant=product.variants.get(), stock=2, by_id=None)
    for quantity, mark in ((1, "add-to-cart"), (1, "InStock")):
        assert mark in body(Client(), address)
        make_order(buyer(), product, quantity, status="pending_payment")
    sold_out = body(Client(), address)
    assert "OutOfStock" in sold_out
    settings.KEEP_PAGES = False
    assert without_tokens(sold_out) == without_tokens(body(Client(), address))


def test_a_late_commit_of_a_lower_id_is_another_version():
    CatalogChange.objects.create(pk=100)
    CatalogChange.objects.create(pk=103)
    before = str(versions.read())
    CatalogChange.objects.create(pk=101)
    assert str(versions.read()) != before


def test_only_changes_that_no_version_counts_are_forgotten():
    old = clock.now() - timedelta(hours=2)
    for pk in (1, 2, 1500, 2000):
        CatalogChange.objects.create(pk=pk, changed_at=old)
    before = str(versions.read())
    for _deed in due.run(clock.now(), ["forget_changes"]):
        pass
    assert list(CatalogChange.objects.values_list("pk", flat=True)) == [1500, 2000]
    assert str(versions.read()) == before


def test_what_changes_while_a_page_is_made_ends_it(product, monkeypatch):
    """A product that comes on the shelf after the page's products were read."""
    read = versions.good_until
    with clock.at(NOW):
        at = NOW + timedelta(seconds=1)
        make_product(category=2, on_shelf_at=at, name_zh="极光明天")

    def late(request, *others):
        with clock.at(at):
            return read(request, *others)

    monkeypatch.setattr(pages, "good_until", late)
    with clock.at(NOW):
        assert "极光明天" not in body(Client(), "/c/phones/")
    with clock.at(at):
        assert "极光明天" in body(Client(), "/c/phones/")


def test_a_page_is_not_shown_after_its_moment(product):
    page = kept_pages.KeptPage(KeptText(("",), ()), kept_pages.Keep(NOW, None))
    with clock.at(NOW - timedelta(seconds=1)):
        assert not page.is_over()
    with clock.at(NOW):
        assert page.is_over()


def test_completed_words_are_kept_until_something_changes(client, settings):
    settings.KEEP_PAGES = True
    cache.clear()
    product = make_product(name_en="Glow lantern")

    def suggested():
        response = client.get(
            "/en/search/suggest/?q=glow", headers={"accept": "application/json"}
        )
        return [each["text"] for each in response.json()["suggestions"]]

    assert "Glow lantern" in suggested()
    Product.objects.filter(pk=product.pk).update(name_en="Past the services")
    assert "Glow lantern" in suggested()
    services.product_changed(product_ids=[product.pk])
    assert "Past the services" not in suggested()
    assert "Glow lantern" not in suggested()


def test_all_pages_of_a_category_find_its_order_once_a_version(
    product, connection_queries
):
    for number in range(30):
        make_product(category=2, name_en=f"Phone {number}")
    services.note_change()
    Client().get("/c/phones/")
    # The version, what else one may like, and the cards.
    assert connection_queries(lambda: Client().get("/c/phones/?page=2")) == 3
    make_product(category=2, name_zh="新来的手机", sales_count=9)
    services.note_change()
    assert "新来的手机" in body(Client(), "/c/phones/")
