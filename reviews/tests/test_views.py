"""The pages of reviews, as buyer, stranger and visitor (rows G5, G6)."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.tests.factories import make_carol
from accounts.tests.test_avatars import ATTACKS
from catalog.models import Product
from catalog.tests.factories import make_product
from orders.tests.factories import make_order
from reviews.models import Review
from reviews.tests.factories import (
    BODY,
    make_pending,
    make_written,
    photo_files,
    picture,
    upload,
)

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
TYPED = {"rating": "4", "body": BODY}


def address(review):
    return f"/en/reviews/{review.pk}/"


def text(response):
    return response.content.decode()


@pytest.fixture
def review(alice):
    return make_pending(alice)


# The list -------------------------------------------------------------------


def test_review_list_has_a_row_for_each_received_item(as_alice, alice, bob):
    make_order(alice, status="shipped")
    make_pending(bob)
    waiting, said = make_pending(alice), make_written(alice)
    page = text(as_alice.get("/en/reviews/"))
    pending = f'data-test="review-pending" data-item-id="{waiting.pk}"'
    written = f'data-test="review-written" data-item-id="{said.pk}"'
    assert page.index(pending) < page.index(written)
    assert page.count("data-item-id") == 2
    assert BODY in page


def test_review_list_empty(as_alice):
    page = text(as_alice.get("/en/reviews/"))
    assert "Nothing to review yet" in page
    assert "data-item-id" not in page


def test_review_list_is_paged(as_alice, alice, monkeypatch):
    monkeypatch.setattr("reviews.views.PAGE_SIZE", 2)
    for _ in range(3):
        make_pending(alice)
    assert text(as_alice.get("/en/reviews/")).count("data-item-id") == 2
    second = text(as_alice.get("/en/reviews/?page=2"))
    assert second.count("data-item-id") == 1
    assert 'data-page="2" data-pages="2"' in second
    for odd in ("0", "99", "-1", "x", "9" * 40):
        assert as_alice.get("/en/reviews/", {"page": odd}).status_code == 200


def test_review_list_asks_as_much_for_many_as_for_two(
    as_alice, alice, connection_queries
):
    def ask():
        return connection_queries(lambda: as_alice.get("/en/reviews/"))

    make_pending(alice)
    make_written(alice, pictures=[Image.new("RGB", (9, 9))])
    ask()
    few = ask()
    for _ in range(5):
        make_pending(alice)
        make_written(alice, pictures=[Image.new("RGB", (9, 9))])
    assert ask() == few


def test_only_products_that_are_still_there_are_linked(as_alice, alice):
    review = make_written(alice)
    product = Product.objects.filter(pk=review.product_id)
    link = f'href="/en/p/{review.product_id}/'
    pages = ("/en/reviews/", address(review), f"{address(review)}edit/")
    for page in pages:
        assert link in text(as_alice.get(page))
    product.update(status=Product.Status.OFF_SHELF)
    for page in pages:
        shown = as_alice.get(page)
        assert shown.status_code == 200
        assert link not in text(shown)
        assert review.item.name_en in text(shown)


def test_review_list_is_for_get(as_alice):
    assert as_alice.post("/en/reviews/").status_code == 405


# Who may --------------------------------------------------------------------


def test_a_visitor_signs_in_first(client, review):
    for path in ("/en/reviews/", address(review)):
        response = client.get(path)
        assert response.status_code == 302
        assert "/login/?next=" in response.url
        assert client.get(path, headers=JSON).status_code == 401
    assert client.post(address(review), TYPED).status_code == 302
    assert Review.objects.get().state == "pending"


def test_a_stranger_and_staff_find_nothing(as_bob, review):
    staff = Client()
    staff.force_login(make_carol(is_superuser=True))
    for client in (as_bob, staff):
        assert client.get(address(review)).status_code == 404
        assert client.post(address(review), TYPED).status_code == 404
        response = client.post(address(review), TYPED, headers=JSON)
        assert (response.status_code, response.json()["ok"]) == (404, False)
    assert Review.objects.get().state == "pending"


@pytest.mark.parametrize("status", ["pending_payment", "paid", "shipped", "closed"])
def test_before_receipt_there_is_nothing(as_alice, alice, status):
    item = make_order(alice, status=status).items.get()
    path = f"/en/reviews/{item.pk}/"
    assert as_alice.get(path).status_code == 404
    assert as_alice.post(path, TYPED).status_code == 404
    assert not Review.objects.exists()


@pytest.mark.parametrize("number", ["0", "999999", "9" * 19, "9" * 40])
def test_a_number_that_is_nobodys_is_404(as_alice, number):
    assert as_alice.get(f"/en/reviews/{number}/").status_code == 404


def test_a_post_needs_its_token(plain_client, alice, review):
    plain_client.force_login(alice)
    assert plain_client.post(address(review), TYPED).status_code == 403


# Writing --------------------------------------------------------------------


def test_the_form_can_be_used_without_a_mouse(as_alice, review):
    page = text(as_alice.get(address(review)))
    assert page.count('type="radio" name="rating"') == 5
    assert "<legend>How do you like it?</legend>" in page
    assert 'enctype="multipart/form-data"' in page


def test_a_review_is_written_and_shown(as_alice, review):
    response = as_alice.post(
        address(review),
        {**TYPED, "photos": [upload(), upload(name="b.png")], "anonymous": "on"},
    )
    assert (response.status_code, response.url) == (302, address(review))
    page = text(as_alice.get(address(review)))
    assert 'data-level="success"' in page
    assert 'data-test="my-review" data-state="written" data-rating="4"' in page
    assert BODY in page
    assert 'name="rating"' not in page
    assert page.count("/media/reviews/") == 4
    review.refresh_from_db()
    assert (review.rating, review.is_anonymous) == (4, True)
    assert len(photo_files()) == 4


def test_json(as_alice, review):
    response = as_alice.post(address(review), TYPED, headers=JSON)
    assert response.status_code == 200
    assert response.json()["ok"] is True
    assert response.json()["url"] == address(review)
    response = as_alice.post(address(review), TYPED, headers=JSON)
    assert response.status_code == 409
    assert response.json()["error"] == "already_written"


def test_json_names_the_fields(as_alice, review):
    typed = {"rating": "9", "body": "no"}
    body = as_alice.post(address(review), typed, headers=JSON).json()
    assert (body["ok"], body["error"]) == (False, "invalid")
    assert set(body["fields"]) == {"rating", "body"}


def test_a_second_post_is_refused(as_alice, alice):
    review = make_written(alice)
    response = as_alice.post(address(review), {"rating": "1", "body": "Changed it."})
    assert (response.status_code, response.url) == (302, address(review))
    assert 'data-level="error"' in text(as_alice.get(address(review)))
    review.refresh_from_db()
    assert (review.rating, review.body) == (5, BODY)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("rating", {"rating": ""}),
        ("rating", {"rating": "0"}),
        ("rating", {"rating": "6"}),
        ("rating", {"rating": "-1"}),
        ("rating", {"rating": "4.5"}),
        ("rating", {"rating": "five"}),
        ("rating", {"rating": "9" * 400}),
        ("body", {"body": ""}),
        ("body", {"body": "good"}),
        ("body", {"body": "     \n\n    "}),
        ("body", {"body": "\u200b" * 20}),
        ("body", {"body": "\u200d" * 20}),
        ("body", {"body": "\u115f\u1160\u3164\uffa0\u2800"}),
        ("body", {"body": "x" * 501}),
    ],
)
def test_bad_input_is_told_at_its_field(as_alice, review, field, typed):
    response = as_alice.post(address(review), {**TYPED, "anonymous": "on", **typed})
    assert response.status_code == 200
    page = text(response)
    assert f'id="id_{field}_error" role="alert"' in page
    # What was typed well is still there.
    if field != "rating":
        assert 'name="rating" value="4" id="id_rating_3" required checked' in page or (
            'value="4"' in page and "checked" in page
        )
    if field != "body":
        assert BODY in page
    review.refresh_from_db()
    assert review.state == "pending"


@pytest.mark.parametrize(
    "body",
    ["五个字刚好", "x" * 500, "12\r\n45", "null\x00byte", "👨‍👩‍👧 ok!", "a\tb cd"],
)
def test_bodies_that_are_fine(as_alice, review, body):
    response = as_alice.post(address(review), {**TYPED, "body": body})
    assert response.status_code == 302


def test_a_new_line_counts_as_one_character(as_alice, review):
    body = "ab\r\n" * 200  # 600 on the wire, 599 without the last one
    response = as_alice.post(address(review), {**TYPED, "body": body[: 4 * 166]})
    assert response.status_code == 302
    review.refresh_from_db()
    assert review.body.count("\n") == 165
    assert "\r" not in review.body


def test_what_was_written_is_only_text(as_alice, client, review):
    body = '<script>alert(1)</script> <img src=x onerror="x"> {{ 7|add:7 }} \u202egnp'
    as_alice.post(address(review), {**TYPED, "body": body})
    for page in (
        text(as_alice.get(address(review))),
        text(as_alice.get("/en/reviews/")),
        text(client.get(f"/en/p/{review.product_id}/")),
    ):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page


def test_nobody_writes_what_the_form_does_not_ask(as_alice, alice, bob, review):
    extra = {"user": bob.pk, "product": 0, "state": "pending", "helpful_opening": 99}
    as_alice.post(address(review), {**TYPED, **extra})
    review.refresh_from_db()
    assert (review.user_id, review.state) == (alice.pk, "written")
    assert review.helpful_opening == 0


# Photos ---------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in ATTACKS if name != "empty"])
def test_an_attack_is_told_at_the_field(as_alice, review, name):
    files = [upload(), SimpleUploadedFile("x.png", ATTACKS[name])]
    response = as_alice.post(address(review), {**TYPED, "photos": files})
    assert response.status_code == 200
    page = text(response)
    assert 'id="id_photos_error" role="alert"' in page
    assert "Photo 2: " in page
    assert BODY in page
    assert photo_files() == []
    review.refresh_from_db()
    assert review.state == "pending"


def test_nine_photos_are_fine_and_ten_are_not(as_alice, review):
    ten = [upload(name=f"{n}.png") for n in range(10)]
    response = as_alice.post(address(review), {**TYPED, "photos": ten})
    assert 'id="id_photos_error" role="alert"' in text(response)
    nine = [upload(name=f"{n}.png") for n in range(9)]
    response = as_alice.post(address(review), {**TYPED, "photos": nine})
    assert response.status_code == 302
    assert len(photo_files()) == 18


def test_each_faulty_one_of_nine_is_named_and_what_was_typed_stays(as_alice, review):
    nine = [upload(name=f"{n}.png") for n in range(9)]
    nine[3] = SimpleUploadedFile("3.png", b"no picture")
    nine[7] = SimpleUploadedFile("7.png", picture()[:40])
    typed = {**TYPED, "photos": nine, "anonymous": "on"}
    page = text(as_alice.post(address(review), typed))
    assert page.count("Photo 4: ") == 1
    assert page.count("Photo 8: ") == 1
    assert page.count("Photo ") == 2
    assert BODY in page
    assert 'name="anonymous" id="id_anonymous" checked' in page
    assert photo_files() == []


def test_photos_are_asked_for_once_more_after_another_error(as_alice, review):
    bad = {"rating": "", "body": BODY, "photos": [upload()]}
    assert "choose your photos once more" in text(as_alice.post(address(review), bad))
    assert photo_files() == []


def test_where_it_was_taken_stays_private(as_alice, review, settings):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 49.0)  # GPS latitude
    exif[0x010F] = "SecretCam"
    buffer = io.BytesIO()
    Image.new("RGB", (200, 200)).save(buffer, "JPEG", exif=exif)
    content = buffer.getvalue() + b"<script>alert(1)</script>"
    files = [upload(content, "../../13800138000.php.jpg")]
    as_alice.post(address(review), {**TYPED, "photos": files})
    assert len(photo_files()) == 2
    for path in photo_files():
        stored = Image.open(path)
        assert not stored.getexif()
        assert not {"exif", "icc_profile", "xmp"} & set(stored.info)
        content = path.read_bytes()
        assert b"SecretCam" not in content
        assert b"<script>" not in content
        assert path.is_relative_to(Path(settings.MEDIA_ROOT) / "reviews")
        assert "13800138000" not in str(path.name)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_served(as_alice, client, review, kind):
    files = [upload(picture(kind, (600, 300)))]
    as_alice.post(address(review), {**TYPED, "photos": files})
    stored = review.photos.get().stored
    for url in (stored.small, stored.large):
        response = client.get(url)
        assert response["Content-Type"] == "image/webp"


def test_a_full_disk_is_a_message(as_alice, review, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    response = as_alice.post(address(review), {**TYPED, "photos": [upload()]})
    assert (response.status_code, response.url) == (302, address(review))
    review.refresh_from_db()
    assert (review.state, photo_files()) == ("pending", [])
    response = as_alice.post(
        address(review), {**TYPED, "photos": [upload()]}, headers=JSON
    )
    assert response.json()["error"] == "photos_not_saved"


def test_two_products_of_one_order_are_reviewed_apart(as_alice, alice):
    order = make_order(alice, [make_product(), make_product()], status="completed")
    first, second = Review.objects.filter(item__order=order).order_by("pk")
    as_alice.post(address(first), TYPED)
    second.refresh_from_db()
    assert second.state == "pending"
    counts = Product.objects.order_by("pk").values_list("rating_count", flat=True)
    assert list(counts) == [1, 0]
