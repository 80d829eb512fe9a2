"""Writing a review with photos, filtering without leaving, finding one helpful."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from catalog.tests.factories import make_product
from orders.tests.factories import buyer
from reviews import services
from reviews.models import HelpfulVote, Review
from reviews.tests.browser.test_whole_trade import PHONE, assert_fits, sign_in
from reviews.tests.factories import (
    make_held,
    make_pending,
    make_praised,
    make_written,
    picture,
)
from shop.tests.browser.test_accessibility import assert_is_sound

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def product():
    product = make_product(name_zh="极光", stock=50)
    for rating in (5, 4, 1):
        make_written(buyer(nickname="Zhang San"), product, rating=rating)
    make_praised(buyer(), product)
    return product


@pytest.mark.usefixtures("quiet")
def test_a_review_with_photos(page, live_server, product, tmp_path):
    alice = buyer(phone=PHONE, nickname="zhangsan")
    review = make_pending(alice, product)
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(picture(size=(600, 400)))
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/reviews/?status=pending")
    assert_fits(page)
    page.locator("[data-test=review-pending] .button").click()
    # The keyboard is enough for the stars.
    page.locator("[name=rating][value='1']").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.locator("[name=body]").fill("屏幕清晰，做工也好。")
    page.locator("[name=photos]").set_input_files(
        [tmp_path / "a.png", tmp_path / "b.png"]
    )
    page.locator("[name=anonymous]").check()
    page.locator("main form .button.primary").click()
    expect(page.locator("[data-test=my-review]")).to_have_attribute("data-rating", "4")
    assert_fits(page)
    page.goto(f"{live_server.url}/p/{product.pk}/")
    first = page.locator("[data-test=review]").first
    expect(first).to_contain_text("z***n")
    expect(first.locator("img")).to_have_count(2)
    assert "zhangsan" not in page.locator("#reviews").inner_html()
    assert_fits(page)
    review.refresh_from_db()
    assert review.photos.count() == 2


@pytest.mark.usefixtures("quiet")
def test_filters_and_votes_without_leaving_the_page(page, live_server, product):
    buyer(phone=PHONE, nickname="Alice")
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/p/{product.pk}/")
    page.evaluate("window.isStillHere = true")
    page.locator("[data-test=rating-bar][data-stars='1'] a").click()
    expect(page.locator("[data-test=review]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"[?&]stars=1"))
    page.locator("[data-test=helpful] button").click()
    expect(page.locator("[data-test=helpful] button")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator("[data-test=helpful]")).to_have_attribute("data-count", "1")
    assert HelpfulVote.objects.get().review.rating == 1
    page.locator("[data-test=helpful] button").click()
    expect(page.locator("[data-test=helpful]")).to_have_attribute("data-count", "0")
    page.locator("[data-test=review-filter]").last.click()
    expect(page.locator("[data-test=review]")).to_have_count(0)
    praised = page.locator("[data-test=default-praise]")
    expect(praised).to_have_attribute("data-source", "system")
    assert page.evaluate("window.isStillHere")
    assert Review.objects.written().count() == 3
    page.go_back()
    expect(page.locator("[data-test=review]")).to_have_count(1)


def test_every_state_of_a_review_is_sound(page, live_server, product):
    alice = buyer(phone=PHONE, nickname="Alice")
    photo = [Image.new("RGB", (300, 200), (30, 90, 160))]
    written = make_written(alice, product, pictures=photo, rating=2)
    services.write_follow_up(review=written, body="Still the same.")
    staff = buyer(nickname="Carol", is_staff=True)
    services.write_reply(review_id=written.pk, body="We are sorry.", by_id=staff.pk)
    held, praised = make_held(alice, product), make_praised(alice, product)
    hidden = make_written(alice, product)
    services.hide_review(review_id=hidden.pk, reason="It advertises.")
    sign_in(page, live_server)
    for path in (
        "/reviews/",
        f"/en/reviews/{written.pk}/",
        f"/en/reviews/{written.pk}/edit/",
        f"/reviews/{held.pk}/",
        f"/en/reviews/{hidden.pk}/",
        f"/reviews/{praised.pk}/",
        f"/en/p/{product.pk}/?follow_up=1",
        f"/p/{product.pk}/?silent=1",
    ):
        assert_is_sound(page, f"{live_server.url}{path}")
