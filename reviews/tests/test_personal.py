import json

import pytest
from django.test import Client

from accounts.services import closing
from accounts.tests.factories import make_bob, make_user
from catalog.tests.factories import make_product
from orders.tests.factories import make_order
from reviews.models import Review
from reviews.services import Opinion, write_review

pytestmark = pytest.mark.django_db


def reviewed(user, body, is_anonymous=False):
    product = make_product()
    order = make_order(user, product, status="completed")
    review = Review.objects.get(item__order=order)
    write_review(
        review=review,
        opinion=Opinion(rating=4, body=body, is_anonymous=is_anonymous),
    )
    return product, order


def test_ones_reviews_are_in_the_export_and_nobody_elses(client):
    alice, bob = make_user(nickname="Alice"), make_bob()
    _product, order = reviewed(alice, "Runs quietly.")
    reviewed(bob, "Bob thinks otherwise.")
    client.force_login(alice)
    text = client.post("/accounts/export/").content.decode()
    [review] = json.loads(text)["reviews"]
    assert (review["order"], review["rating"]) == (order.number, 4)
    assert review["body"] == "Runs quietly."
    assert "Bob thinks" not in text


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_a_review_outlives_its_author_nameless(is_anonymous):
    alice = make_user(nickname="Alice")
    product, _order = reviewed(alice, "Runs quietly.", is_anonymous)
    closing.close_account(user=alice)
    page = Client().get(f"/en/p/{product.pk}/").text
    assert "Runs quietly." in page
    assert "Closed account" in page
    assert "Alice" not in page
    product.refresh_from_db()
    assert product.rating_count == 1


def test_the_review_list_of_the_admin_bears_a_closed_account(client):
    alice = make_user(nickname="Alice")
    reviewed(alice, "Runs quietly.")
    closing.close_account(user=alice)
    root = make_user(is_staff=True, is_superuser=True, language="en")
    client.force_login(root)
    assert "closed account" in client.get("/admin/reviews/review/").text
