"""Pictures that come with a file into the admin."""

import os
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from catalog import pictures
from catalog.admin import exchange_form
from catalog.models import Picture, Product, ProductImport
from catalog.tests.exchange.files import as_csv, new_row
from catalog.tests.exchange.test_admin import IMPORT, seen_of
from catalog.tests.exchange.test_pictures import picture
from catalog.tests.exchange.zips import lying, zip_of
from shop import clock, due

pytestmark = pytest.mark.django_db


@pytest.fixture
def carol(carol):
    """Carol reads English."""
    carol.language = "en"
    carol.save()
    return carol


def send(client, archive, *rows):
    return client.post(
        IMPORT,
        {
            "file": SimpleUploadedFile("shop.csv", as_csv(*rows)),
            "pictures": SimpleUploadedFile("pictures.zip", archive),
        },
    )


def stored_files():
    return sorted(settings.MEDIA_ROOT.rglob("*.webp"))


def problems_of(response):
    return [str(problem) for problem in response.context["plan"].problems]


def test_pictures_of_a_zip(as_carol):
    row = new_row(pictures="b.png | a.png", picture="a.png")
    archive = zip_of(("x/a.png", picture()), ("b.png", picture("blue")))
    path = send(as_carol, archive, row)["Location"]
    # The ZIP is opened once: neither the look nor the yes has to wait for it.
    assert len(stored_files()) == 6
    assert not Picture.objects.exists()
    look = as_carol.get(path)
    assert 'data-new="1"' in look.text
    as_carol.post(path, {"seen": seen_of(look)})
    first, second = Product.objects.get().pictures.in_order()
    assert Product.objects.get().variants.get().picture == second
    assert pictures.is_stored(first.stem)
    assert len(stored_files()) == 6
    assert not ProductImport.objects.exists()


def test_pictures_that_no_row_names_are_not_taken(as_carol):
    archive = zip_of(("a.png", picture()), ("b.png", picture("blue")))
    send(as_carol, archive, new_row(pictures="a.png"))
    assert len(stored_files()) == len(pictures.WIDTHS)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg/>", "This is not a JPEG"),
        (zip_of(("a.png", picture())), "This is not a JPEG"),
        (picture()[:60], "This is not a JPEG"),
        (b"\0" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_picture_is_told_with_its_row(as_carol, content, said):
    archive = zip_of(("a.png", content), ("b.png", picture()))
    rows = new_row(pictures="b.png"), new_row(code="N-2", product="N", pictures="a.png")
    look = as_carol.get(send(as_carol, archive, *rows)["Location"], follow=True)
    assert len(problems_of(look)) == 1
    assert problems_of(look)[0].startswith("line 3, column pictures: ")
    assert said in problems_of(look)[0]
    assert 'name="confirm"' not in look.text


def test_a_picture_that_is_not_in_the_zip_is_told(as_carol):
    archive = zip_of(("a.png", picture()))
    look = as_carol.get(send(as_carol, archive, new_row(pictures="c.png"))["Location"])
    assert "c.png" in problems_of(look)[0]


@pytest.mark.parametrize(
    "archive",
    [
        b"no zip",
        b"",
        b"PK\x05\x06" + b"\0" * 17,
        zip_of(("../a.png", picture())),
        zip_of(("x/a.png", picture()), ("y/a.png", picture())),
    ],
)
def test_a_zip_that_will_not_do_comes_back_with_its_reason(as_carol, archive):
    response = send(as_carol, archive, new_row(pictures="a.png"))
    assert response.status_code == 200
    assert response.context["form"].errors["pictures"]
    assert 'role="alert"' in response.text
    assert stored_files() == []
    assert not ProductImport.objects.exists()


def test_a_bomb_is_a_wrong_row(as_carol):
    archive = lying("a.png", b"\0" * 50_000_000, says=10)
    look = as_carol.get(send(as_carol, archive, new_row(pictures="a.png"))["Location"])
    assert len(problems_of(look)) == 1


def test_too_large_a_zip_and_too_many_pictures(as_carol, monkeypatch):
    archive = zip_of(("a.png", picture()), ("b.png", picture("blue")))
    monkeypatch.setattr(exchange_form, "MOST_PICTURES", 1)
    response = send(as_carol, archive, new_row(pictures="a.png|b.png"))
    assert "1" in response.context["form"].errors["pictures"][0]
    # Those that no row names do not count.
    assert send(as_carol, archive, new_row(pictures="a.png")).status_code == 302
    monkeypatch.setattr(exchange_form, "MOST_MEBIBYTES_OF_PICTURES", 0)
    assert send(as_carol, archive, new_row(pictures="a.png")).status_code == 200


def test_a_full_disk_keeps_nothing(as_carol, monkeypatch):
    def store(upload):
        if stored_files():
            raise OSError(28, "No space left on device")
        return written(upload)

    written = pictures.store
    monkeypatch.setattr(pictures, "store", store)
    archive = zip_of(("a.png", picture()), ("b.png", picture("blue")))
    response = send(as_carol, archive, new_row(pictures="a.png|b.png"))
    assert response.status_code == 200
    assert response.context["form"].errors["pictures"]
    assert stored_files() == []
    assert not ProductImport.objects.exists()


def test_what_is_left_takes_its_pictures_away(as_carol):
    archive = zip_of(("a.png", picture()), ("b.png", picture("blue")))
    first = send(as_carol, archive, new_row(pictures="a.png|b.png"))["Location"]
    second = send(as_carol, archive, new_row(pictures="a.png"))["Location"]
    as_carol.post(first, {"cancel": ""})
    # Another file waits with the same picture.
    assert len(stored_files()) == len(pictures.WIDTHS)
    look = as_carol.get(second)
    as_carol.post(second, {"seen": seen_of(look)})
    assert Picture.objects.count() == 1
    # And what a product shows stays, whoever sends it again and leaves it.
    third = send(as_carol, archive, new_row(pictures="a.png"))["Location"]
    as_carol.post(third, {"cancel": ""})
    assert len(stored_files()) == len(pictures.WIDTHS)


def test_the_clock_takes_away_what_nobody_said_yes_to(as_carol, capsys):
    send(as_carol, zip_of(("a.png", picture())), new_row(pictures="a.png"))
    for path in stored_files():
        os.utime(path, (0, 0))
    # While it waits, its files are nobody's mistake.
    call_command("audit")
    now = clock.now()
    assert due.due_by(now + timedelta(minutes=29), {"imports"}) == []
    call_command("run_due", at=(now + timedelta(minutes=31)).isoformat())
    assert stored_files() == []
    assert not ProductImport.objects.exists()


def test_a_file_that_is_gone_by_the_yes_is_told(as_carol):
    archive = zip_of(("a.png", picture()))
    path = send(as_carol, archive, new_row(pictures="a.png"))["Location"]
    look = as_carol.get(path)
    for stored in stored_files():
        stored.unlink()
    again = as_carol.post(path, {"seen": seen_of(look)}, follow=True)
    assert "a.png" in problems_of(again)[0]
    assert not Product.objects.exists()


def test_another_picture_under_the_same_name_is_another_plan(as_carol):
    """The yes is bound to the pictures that were shown, not to their names."""
    row = new_row(pictures="a.png")
    looks = []
    for colour in ("red", "blue"):
        path = send(as_carol, zip_of(("a.png", picture(colour))), row)["Location"]
        looks.append((path, seen_of(as_carol.get(path))))
    (_red, seen_red), (blue, seen_blue) = looks
    assert seen_red != seen_blue
    as_carol.post(blue, {"seen": seen_red})
    assert not Product.objects.exists()
    as_carol.post(blue, {"seen": seen_blue})
    assert Product.objects.exists()
