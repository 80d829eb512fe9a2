"""What a product's page shows of its reviews, and what it never shows."""

import re

import pytest
from PIL import Image

from accounts.tests.factories import make_user
from catalog.tests.factories import make_product
from reviews.templatetags import reviews as tags
from reviews.tests.factories import make_pending, make_written

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return make_product()


@pytest.fixture
def look(client, product):
    def read(prefix="/en"):
        return client.get(f"{prefix}/p/{product.pk}/").content.decode()

    return read


def test_without_reviews(look, alice, product):
    make_pending(alice, product)
    assert 'data-average="0.00" data-count="0" data-silent="0"' in look()
    assert 'data-test="review"' not in look()
    assert "Nobody has reviewed this product yet" in look()


def test_average_histogram_and_reviews(look, alice, product, client):
    for rating in (5, 5, 4, 2):
        make_written(alice, product, rating=rating, body=f"I give it {rating} stars.")
    make_pending(alice, product)
    make_written(alice, rating=1, body="Another product.")
    for shown in (look(), look("")):
        assert 'data-average="4.00" data-count="4" data-silent="0"' in shown
        ratings = re.findall(r'data-test="review" data-rating="(\d)"', shown)
        assert ratings == ["2", "4", "5", "5"]  # the newest first
        bars = re.findall(
            r'data-test="rating-bar" data-stars="(\d)" data-count="(\d)"', shown
        )
        expected = [("5", "2"), ("4", "1"), ("3", "0"), ("2", "1"), ("1", "0")]
        assert bars == expected
        assert "Another product." not in shown
        assert "style=" not in shown
    card = client.get("/en/search/", {"q": product.name_en}).content.decode()
    assert f'data-product-id="{product.pk}"' in card
    assert 'data-rating="4.00"' in card


def test_a_review_says_what_was_bought(look, alice, product):
    review = make_written(alice, product, pictures=[Image.new("RGB", (30, 20))])
    shown = look()
    assert "Alice" in shown
    assert ">Bought</span>" in shown
    assert review.item.options_en in shown
    assert review.item.options_zh in look("")
    photo = review.photos.get().stored
    assert f'href="{photo.large}"' in shown
    assert f'src="{photo.small}" width="240" height="240" loading="lazy"' in shown


def test_nothing_of_an_anonymous_buyer_is_in_the_page(look, product):
    user = make_user(nickname="zhangsan", email="zhangsan@example.com", id=987_654_321)
    user.avatar = "avatars/secret.webp"
    user.save()
    make_written(user, product, is_anonymous=True)
    for shown in (look(), look("")):
        assert "z***n" in shown
        for secret in (
            "zhangsan",
            "avatars/",
            user.masked_phone,
            str(user.phone)[3:],
            "example.com",
            str(user.pk),
        ):
            assert secret not in shown.partition('id="reviews"')[2], secret


def test_a_name_too_short_to_mask(look, product):
    make_written(make_user(nickname="李雷"), product, is_anonymous=True)
    assert "Anonymous" in look()
    assert "李雷" not in look()


def test_a_named_buyer_without_nickname_shows_no_phone(look, product):
    user = make_user()
    make_written(user, product)
    assert user.masked_phone not in look()
    assert "Buyer" in look()


def test_the_newest_twenty(look, alice, product, monkeypatch):
    monkeypatch.setattr(tags, "NEWEST", 2)
    for rating in (1, 2, 3):
        make_written(alice, product, rating=rating)
    shown = re.findall(r'data-test="review" data-rating="(\d)"', look())
    assert shown == ["3", "2"]
    assert 'data-count="3"' in look()


def test_it_asks_as_much_for_many_as_for_one(look, product, connection_queries):
    def write():
        make_written(make_user(), product, pictures=[Image.new("RGB", (9, 9))] * 2)

    write()
    look()
    few = connection_queries(look)
    for _ in range(6):
        write()
    assert connection_queries(look) == few


def test_the_stars_speak(look, alice, product):
    make_written(alice, product, rating=1)
    assert 'role="img" aria-label="1 star"' in look()
