"""The heart of a product, and the list of one's favourites (row B10)."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.parallel import in_processes
from catalog.models import Favourite, Product
from catalog.refusals import FavouritesFull
from catalog.services.favourites import set_favourite
from catalog.tests.factories import make_product
from shop import policy

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


def heart(client, product, headers=None, prefix="/en", **fields):
    pk = getattr(product, "pk", product)
    return client.post(f"{prefix}/p/{pk}/favourite/", fields, headers=headers)


def listed(html):
    return re.findall(r'data-test="favourite" data-product-id="(\d+)"', html)


def favour(user, *products):
    for product in products:
        set_favourite(user_id=user.pk, product=product, wish=True)


def test_the_heart_is_set_and_taken_back(as_alice, alice):
    product = make_product(price="30.00")
    response = heart(as_alice, product, on=1)
    assert response.status_code == 302
    assert response["Location"] == f"/en/p/{product.pk}/"
    favourite = Favourite.objects.get()
    assert (favourite.user, favourite.product) == (alice, product)
    assert f"{favourite.price_when_added}" == "30.00"
    heart(as_alice, product, on=0)
    assert not Favourite.objects.exists()


@pytest.mark.parametrize(("on", "expected"), [("1", [1, 1, 1]), ("0", [0, 0, 0])])
def test_saying_it_twice_changes_nothing(as_alice, on, expected):
    product = make_product()
    answers = [heart(as_alice, product, JSON, on=on).json() for _ in range(3)]
    assert [answer["count"] for answer in answers] == expected
    assert {answer["is_favourite"] for answer in answers} == {on == "1"}


def test_without_a_word_it_turns_round(as_alice):
    product = make_product()
    answers = [heart(as_alice, product, JSON).json() for _ in range(3)]
    assert [answer["is_favourite"] for answer in answers] == [True, False, True]
    assert answers[0]["ok"] is True


@pytest.mark.parametrize("on", ["2", "x", "-1", "1" * 400, "是"])
def test_another_word_is_refused(as_alice, on):
    response = heart(as_alice, make_product(), JSON, on=on)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid"
    assert not Favourite.objects.exists()


def test_the_way_back_is_the_page_that_one_came_from(as_alice):
    headers = {"Referer": "http://testserver/en/c/phones/?page=2"}
    response = heart(as_alice, make_product(), headers)
    assert response["Location"] == "/en/c/phones/?page=2"
    headers = {"Referer": "https://evil.example/"}
    assert "evil" not in heart(as_alice, make_product(), headers)["Location"]


def test_the_heart_needs_a_token(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert heart(client, make_product(), on=1).status_code == 403
    assert not Favourite.objects.exists()


@pytest.mark.parametrize("key", [999999, 10**9, 10**30, 0])
def test_what_does_not_exist_is_not_found(as_alice, key):
    assert heart(as_alice, key, on=1).status_code == 404
    assert heart(as_alice, key, JSON, on=1).json()["error"] == "not_found"


def test_what_is_hidden_cannot_be_had_but_be_given_back(as_alice, alice):
    product, other = make_product(), make_product(status=Product.Status.DRAFT)
    favour(alice, product)
    Product.objects.filter(pk=product.pk).update(status=Product.Status.OFF_SHELF)
    for on in ("", "1", "0"):
        assert heart(as_alice, other, on=on).status_code == 404
    assert heart(as_alice, product, on="0").status_code == 302
    assert not Favourite.objects.exists()
    assert heart(as_alice, product, on="1").status_code == 404


def test_a_strangers_favourites_are_not_seen_or_touched(as_bob, alice):
    product = make_product()
    favour(alice, product)
    assert listed(as_bob.get("/favourites/").text) == []
    assert heart(as_bob, product, JSON, on=0).json()["count"] == 0
    assert Favourite.objects.get().user == alice
    html = as_bob.get(f"/p/{product.pk}/").text
    assert 'data-favourites=""' in html
    assert 'aria-pressed="true"' not in html


def test_a_visitors_heart_waits_for_the_login(client):
    product, alice = make_product(), make_user()
    response = heart(client, product, on=1)
    assert response.status_code == 302
    assert response["Location"].startswith("/en/accounts/login/?next=")
    login = {"identifier": str(alice.phone), "password": PASSWORD}
    after = client.post(response["Location"], login)
    assert after["Location"] == f"/en/p/{product.pk}/"
    assert Favourite.objects.get().product == product
    assert "one of your favourites" in client.get(after["Location"]).text


def test_a_wish_is_granted_once_and_not_after_taking_back(client):
    product, alice = make_product(), make_user()
    assert heart(client, product, JSON, on=1).status_code == 401
    client.force_login(alice)
    heart(client, product, on=0)
    client.logout()
    heart(client, product, on=0)
    client.force_login(alice)
    assert not Favourite.objects.exists()


@pytest.mark.parametrize("key", ["hidden", 10**30])
def test_a_wish_that_cannot_be_granted_lets_one_sign_in(client, key):
    hidden = make_product(status=Product.Status.DRAFT)
    heart(client, hidden if key == "hidden" else key, on=1)
    client.force_login(make_user())
    assert client.get("/favourites/").status_code == 200
    assert not Favourite.objects.exists()


def test_the_list_shows_todays_price_and_stock(as_alice, alice):
    cheaper, gone, hidden = (
        make_product(price="80.00", stock=2),
        make_product(stock=0),
        make_product(name_en="Hidden thing"),
    )
    favour(alice, cheaper, gone, hidden)
    Favourite.objects.filter(product=cheaper).update(price_when_added="100.00")
    Product.objects.filter(pk=hidden.pk).update(status=Product.Status.OFF_SHELF)
    html = as_alice.get("/en/favourites/").text
    assert listed(html) == [str(p.pk) for p in (hidden, gone, cheaper)]
    rows = html.split('data-test="favourite"')[1:]
    assert "off the shelf" in rows[0]
    assert "Hidden thing" in rows[0]
    assert f'href="/en/p/{hidden.pk}/"' not in rows[0]
    assert "quick-add" not in rows[0]
    assert "Sold out" in rows[1]
    assert "quick-add" not in rows[1]
    assert 'data-price="80.00" data-stock="2"' in rows[2]
    assert "The price fell ¥20.00" in rows[2]
    assert "Only 2 left" in rows[2]
    assert html.count('data-test="price-fell"') == 1


def test_a_price_that_rose_is_no_news(as_alice, alice):
    favour(alice, make_product(price="80.00"))
    Favourite.objects.update(price_when_added="70.00")
    assert "price-fell" not in as_alice.get("/en/favourites/").text


def test_the_list_has_pages_and_is_only_read(as_alice, alice, connection_queries):
    favour(alice, *[make_product() for _ in range(2)])
    few = connection_queries(lambda: as_alice.get("/favourites/"))
    favour(alice, *[make_product() for _ in range(24)])
    many = connection_queries(lambda: as_alice.get("/favourites/"))
    assert few == many
    assert len(listed(as_alice.get("/favourites/").text)) == 24
    for page in ("2", "99", "9" * 40):
        assert len(listed(as_alice.get(f"/favourites/?page={page}").text)) == 2
    assert len(listed(as_alice.get("/favourites/?page=x").text)) == 24
    assert as_alice.post("/favourites/").status_code == 405


def test_an_empty_list_helps(as_alice):
    assert 'data-test="no-favourites"' in as_alice.get("/en/favourites/").text


def test_no_more_than_the_rule_allows(as_alice, alice):
    policy.change("favourites_limit", "2")
    first, second, third = (make_product() for _ in range(3))
    favour(alice, first, second)
    response = heart(as_alice, third, JSON, on=1)
    assert response.status_code == 409
    assert response.json()["error"] == "favourites_full"
    assert response.json()["limit"] == 2
    with pytest.raises(FavouritesFull):
        favour(alice, third)
    assert heart(as_alice, first, JSON, on=1).status_code == 200
    assert heart(as_alice, first, JSON, on=0).status_code == 200
    assert heart(as_alice, third, JSON, on=1).status_code == 200


def test_the_database_keeps_one_row_whoever_writes(alice):
    product = make_product()
    favour(alice, product)
    with pytest.raises(IntegrityError), transaction.atomic():
        Favourite.objects.create(user=alice, product=product, price_when_added="1.00")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_clicks_at_once_make_one_row_and_keep_the_rule(many):
    alice = make_user()
    limit = many(quick=15, thorough=100)
    products = [make_product() for _ in range(limit + 5)]
    policy.change("favourites_limit", f"{limit}")

    def click(n):
        refused = 0
        for product in products:
            try:
                favour(alice, product)
            except FavouritesFull:
                refused += 1
        return refused

    # All want the same ones, in the same order: the last five do not fit.
    assert in_processes(click, 6) == [5] * 6
    assert Favourite.objects.count() == limit


def test_a_card_is_the_same_for_everybody(client, as_alice, alice):
    product = make_product(category=2)
    favour(alice, product)
    own, other = (c.get("/en/c/phones/").text for c in (as_alice, client))
    cut = re.compile(r"<article.*?</article>", re.DOTALL)
    assert cut.findall(own) == cut.findall(other) != []
    assert "csrfmiddlewaretoken" not in cut.search(own)[0]
    assert f'data-favourites="{product.pk}"' in own
    # The button names its address and the one form that has the token.
    assert f'form="favourite" formaction="/en/p/{product.pk}/favourite/"' in own


def test_the_products_page_knows_the_heart(as_alice, alice):
    product = make_product()
    button = re.compile(r'<button class="button heart-button".*?>', re.DOTALL)
    before = button.search(as_alice.get(f"/p/{product.pk}/").text)[0]
    assert 'value="1" aria-pressed="false"' in before
    favour(alice, product)
    after = button.search(as_alice.get(f"/p/{product.pk}/").text)[0]
    assert 'value="0" aria-pressed="true"' in after
