"""The next visitor sees what a deed has changed."""

from inspect import isgeneratorfunction

import pytest
from django.test import Client

from accounts.tests.factories import make_staff
from catalog import services
from catalog.models import Category, Product, SpecDefinition, Synonym
from catalog.tests.factories import make_product, make_spec
from catalog.tests.kept_pages.visits import body, edit, is_hit, see, without_tokens
from orders.tests.factories import buyer, cancel, make_order
from reviews import services as review_services
from reviews.tests.factories import make_pending, make_written
from shop import clock, policy

pytestmark = pytest.mark.django_db


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
