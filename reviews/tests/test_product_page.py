"""What a product's page shows of its reviews, and what it never shows."""

import re

import pytest
from PIL import Image

from accounts.tests.factories import make_user
from catalog.tests.factories import make_product
from orders.tests.factories import make_order
from reviews import product_reviews
from reviews.services import Opinion, write_follow_up, write_review
from reviews.tests.factories import make_pending, make_praised, make_written

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


@pytest.fixture
def many(product, alice, monkeypatch):
    """Give the product reviews of all kinds; two fit on a page."""
    monkeypatch.setattr(product_reviews, "PER_PAGE", 2)
    first = make_written(alice, product, rating=1, body="First of all, in English.")
    make_written(alice, product, rating=5, body="第二个，中文。")
    photo = [Image.new("RGB", (30, 20))]
    make_written(alice, product, rating=5, body="With a photo.", pictures=photo)
    write_follow_up(review=first, body="It lasted, though.")
    praised = make_praised(make_user(nickname="zhangsan"), product)
    write_follow_up(review=praised, body="Forgot about it, fine.")
    make_praised(make_user(nickname="silentone"), product)
    return product


def shown(page):
    return re.findall(r'data-test="(review|default-praise)" data-rating="(\d)"', page)


W, P = "review", "default-praise"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [(W, "5"), (W, "5")]),
        ("page=2", [(W, "1")]),
        ("page=99", [(W, "1")]),
        ("page=0", [(W, "5"), (W, "5")]),
        ("page=x&stars=9&language=fr&sort=odd&photos=2", [(W, "5"), (W, "5")]),
        ("stars=1", [(W, "1")]),
        ("stars=3", []),
        ("photos=1", [(W, "5")]),
        ("language=zh", [(W, "5")]),
        ("language=en", [(W, "5"), (W, "1")]),
        ("language=en&stars=1", [(W, "1")]),
        ("follow_up=1", [(P, "5"), (W, "1")]),
        ("follow_up=1&stars=5", []),
        ("follow_up=1&silent=1", [(P, "5")]),
        ("silent=1", [(P, "5"), (P, "5")]),
        ("sort=worst", [(W, "1"), (W, "5")]),
        ("sort=best", [(W, "5"), (W, "5")]),
        ("stars=5&photos=1&sort=best", [(W, "5")]),
    ],
)
def test_filters_sorts_and_pages(client, many, query, expected):
    page = client.get(f"/en/p/{many.pk}/?{query}").content.decode()
    assert sorted(shown(page)) == sorted(expected)
    if "sort" in query:
        assert shown(page) == expected


def test_the_numbers_beside_the_filters_are_what_is_found(client, many):
    page = client.get(f"/en/p/{many.pk}/").content.decode()
    chips = re.findall(
        r'href="([^"]*)#reviews"[^>]*data-test="review-filter" data-count="(\d+)"', page
    )
    assert len(chips) == 6
    for href, count in chips:
        found = client.get(f"/en/p/{many.pk}/{href.replace('&amp;', '&')}")
        pages = re.search(r'"review-pages" data-page="1" data-pages="(\d)"', found.text)
        number = len(shown(found.text))
        assert int(count) == (number if not pages else int(count))
        assert number == min(2, int(count))


def test_links_keep_what_is_chosen(client, many):
    variant = many.variants.get().pk
    page = client.get(f"/en/p/{many.pk}/?variant={variant}&language=en&page=1").text
    assert f"?variant={variant}&amp;language=en&amp;sort=worst#reviews" in page
    assert f"?variant={variant}&amp;language=en&amp;stars=1#reviews" in page
    # What is chosen is given back by its own link.
    assert f'href="?variant={variant}#reviews" rel="nofollow" data-test' in page
    assert f'<link rel="canonical" href="http://testserver/en/p/{many.pk}/"' in page


def test_default_praise_stands_alone(client, many):
    """Who wrote nothing gave neither stars nor a language to filter by."""
    page = client.get(f"/en/p/{many.pk}/?stars=5&language=en").text
    assert 'href="?silent=1#reviews"' in page
    page = client.get(f"/en/p/{many.pk}/?silent=1").text
    assert 'href="?photos=1#reviews"' in page
    assert 'href="?stars=5#reviews"' in page


def test_default_praise_is_greyed_labelled_and_never_a_review(client, many):
    page = client.get(f"/en/p/{many.pk}/?silent=1").content.decode()
    assert 'data-average="3.67" data-count="3" data-silent="2"' in page
    assert "from 3 written reviews, 2 silent" in page
    assert page.count('class="review is-silent"') == 2
    assert "Default praise by the system" in page
    assert "no review written" in page
    assert "zhangsan" not in page  # who said nothing gave no leave to be named
    assert "z***n" in page
    bars = re.findall(r'data-stars="5" data-count="(\d)"', page)
    assert bars == ["2"]


def test_the_first_page_costs_one_query_and_any_other_three(
    client, many, connection_queries
):
    def ask(query):
        return connection_queries(lambda: client.get(f"/en/p/{many.pk}/?{query}"))

    ask("")
    usual = ask("")
    assert ask("page=2") == usual + 1
    assert ask("stars=5") == usual + 1
    assert ask("stars=5&photos=1") == usual + 2


def test_only_silent_buyers(client, alice, product):
    make_praised(alice, product)
    page = client.get(f"/en/p/{product.pk}/").content.decode()
    assert 'data-average="0.00" data-count="0" data-silent="1"' in page
    assert "1 buyer was silent" in page
    assert "aggregateRating" not in page


def test_search_engines_read_the_same_numbers(client, many):
    page = client.get(f"/en/p/{many.pk}/").text
    assert '"ratingValue": "3.67", "reviewCount": 3' in page


def test_reviews_of_one_order_cannot_be_put_together(client):
    """Neither by a number that counts up, nor by the second they were written."""
    user = make_user(nickname="zhangsan")
    products = [make_product(), make_product()]
    order = make_order(user, products, status="completed")
    for anonymous, item in zip((True, False), order.items.order_by("pk"), strict=True):
        opinion = Opinion(rating=4, body="Fine for me.", is_anonymous=anonymous)
        write_review(review=item.review, opinion=opinion)
    page = client.get(f"/en/p/{products[0].pk}/").text.partition('id="reviews"')[2]
    review = order.items.order_by("pk").first().review
    assert review.public_id in page
    assert f"/{review.pk}/" not in page
    assert f"{review.written_at:%H:%M:%S}" not in page
    assert re.search(r'datetime="\d{4}-\d\d-\d\d"', page)


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
