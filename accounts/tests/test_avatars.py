"""Row A8, with the uploads that have hurt other shops."""

import errno
import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image

from accounts import avatars
from accounts.models import User
from accounts.refusals import AvatarNotSaved
from accounts.tests.factories import make_alice
from accounts.tests.parallel import at_once
from shop import policy

ADDRESS = "/en/accounts/avatar/"


def picture(kind="PNG", size=(40, 30), colour=(200, 30, 30), **options):
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, **options)
    return buffer.getvalue()


def upload(client, content, name="me.png"):
    return client.post(ADDRESS, {"avatar": SimpleUploadedFile(name, content)})


def files(settings):
    folder = Path(settings.MEDIA_ROOT) / "avatars"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def stored(settings):
    [path] = files(settings)
    return Image.open(path)


def colour_of(image):
    return image.convert("RGB").getpixel((128, 128))


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")]
)
def test_a_picture_becomes_a_square_webp(as_alice, alice, settings, kind, name):
    response = upload(as_alice, picture(kind, (600, 300)), name)
    assert (response.status_code, response.url) == (302, "/en/accounts/profile/")
    image = stored(settings)
    assert (image.format, image.size) == ("WEBP", (256, 256))
    alice.refresh_from_db()
    page = as_alice.get("/en/accounts/profile/").content.decode()
    assert f'data-test="avatar" src="/media/{alice.avatar}?v=1"' in page


def test_the_picture_is_served(as_alice, alice):
    upload(as_alice, picture())
    alice.refresh_from_db()
    response = as_alice.get(f"/media/{alice.avatar}")
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_new_picture_takes_the_place_of_the_old_one(as_alice, alice, settings):
    upload(as_alice, picture(colour=(255, 0, 0)))
    [before] = files(settings)
    upload(as_alice, picture(colour=(0, 0, 255)))
    [after] = files(settings)
    assert before == after
    assert colour_of(stored(settings))[2] > 200
    alice.refresh_from_db()
    assert alice.avatar_version == 2


def test_two_accounts_have_two_names_that_say_nothing(as_alice, as_bob, settings):
    upload(as_alice, picture(), "../../alice.png")
    upload(as_bob, picture(), "13900139000.php.png")
    names = [path.name for path in files(settings)]
    assert len(set(names)) == 2
    assert all(len(name) == 32 + len(".webp") for name in names)


def test_without_a_picture_the_default_one_is_shown(as_alice):
    page = as_alice.get("/en/accounts/profile/").content.decode()
    assert 'data-test="avatar" src="/static/img/avatar.webp"' in page
    assert finders.find("img/avatar.webp")


def test_the_picture_is_cut_in_the_middle(as_alice, settings):
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste((0, 255, 0), (100, 0, 200, 100))
    buffer = io.BytesIO()
    wide.save(buffer, "PNG")
    upload(as_alice, buffer.getvalue())
    image = stored(settings).convert("RGB")
    for corner in ((20, 20), (235, 235)):
        red, green, _blue = image.getpixel(corner)
        assert green > 200 > 100 > red


def test_where_it_was_taken_stays_private_and_it_stands_upright(as_alice, settings):
    tall = Image.new("RGB", (200, 200), "white")
    tall.paste((255, 0, 0), (0, 0, 200, 100))  # red above, as the camera saw it
    exif = Image.Exif()
    exif[0x0112] = 3  # turned upside down
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 49.0)  # GPS latitude
    exif[0x010F] = "SecretCam"
    buffer = io.BytesIO()
    tall.save(buffer, "JPEG", exif=exif, icc_profile=b"profile" * 20, quality=95)
    assert b"SecretCam" in buffer.getvalue()
    upload(as_alice, buffer.getvalue(), "a.jpg")
    image = stored(settings)
    assert not image.getexif()
    assert not {"exif", "icc_profile", "xmp"} & set(image.info)
    assert b"SecretCam" not in files(settings)[0].read_bytes()
    red, green, _blue = image.convert("RGB").getpixel((128, 230))
    assert red > 200 > 100 > green


def test_of_an_animation_the_first_frame_is_taken(as_alice, settings):
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue", "lime")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:])
    assert upload(as_alice, buffer.getvalue()).status_code == 302
    image = stored(settings)
    assert not getattr(image, "is_animated", False)
    assert colour_of(image)[0] > 200


def test_transparency_is_fine(as_alice, settings):
    buffer = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(buffer, "PNG")
    assert upload(as_alice, buffer.getvalue()).status_code == 302


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16", "CMYK"])
def test_every_kind_of_pixels_is_fine(as_alice, settings, mode):
    buffer = io.BytesIO()
    Image.new(mode, (50, 50)).save(buffer, "JPEG" if mode == "CMYK" else "PNG")
    assert upload(as_alice, buffer.getvalue()).status_code == 302


def png_that_claims(width, height):
    """A few bytes that say they are a huge picture."""

    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\0" + b"\0" * ((width + 7) // 8)
    pixels = zlib.compress(row * min(height, 100))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def gif():
    buffer = io.BytesIO()
    Image.new("P", (10, 10)).save(buffer, "GIF")
    return buffer.getvalue()


ATTACKS = {
    "empty": b"",
    "text": b"hello",
    "html named png": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "gif": gif(),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "truncated png": picture()[:60],
    "truncated jpeg": picture("JPEG", (300, 300))[:400],
    "truncated webp": picture("WEBP", (300, 300))[:100],
    "half a header": picture()[:12],
    "broken png": picture()[:50] + b"\xff" * 40 + picture()[90:],
    "169 megapixels": png_that_claims(13_000, 13_000),
    "900 megapixels": png_that_claims(30_000, 30_000),
    "41 megapixels": png_that_claims(8_200, 5_000),
    "too many bytes": picture() + b"\0" * (5 * 1024 * 1024),
    "no size at all": png_that_claims(0, 0),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_told_at_the_field(as_alice, alice, settings, name):
    upload(as_alice, picture(colour=(255, 0, 0)))
    before = files(settings)[0].read_bytes()
    response = upload(as_alice, ATTACKS[name])
    assert response.status_code == 200
    assert 'id="id_avatar_error" role="alert"' in response.content.decode()
    # The old picture stays.
    assert [path.read_bytes() for path in files(settings)] == [before]
    alice.refresh_from_db()
    assert alice.avatar_version == 1


def test_what_hides_behind_a_picture_is_not_kept(as_alice, settings):
    upload(as_alice, picture() + b"<script>alert(1)</script>")
    assert b"<script>" not in files(settings)[0].read_bytes()


def test_a_thousand_pictures_do_not_keep_the_machine_busy(as_alice, bob, settings):
    policy.change("avatar_hourly", "3")
    answers = [upload(as_alice, picture()).status_code for _ in range(10)]
    assert answers == [302] * 3 + [429] * 7
    assert len(files(settings)) == 1
    # It is counted for each account.
    as_bob = Client()
    as_bob.force_login(bob)
    assert upload(as_bob, picture()).status_code == 302


def test_no_file_is_told_at_the_field(as_alice):
    response = as_alice.post(ADDRESS, {"avatar": "text"})
    assert response.status_code == 200
    assert 'id="id_avatar_error" role="alert"' in response.content.decode()


def full_disk(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("broken", ["os.fsync", "os.replace", "PIL.Image.Image.save"])
def test_a_full_disk_keeps_the_old_one(as_alice, alice, settings, monkeypatch, broken):
    upload(as_alice, picture(colour=(255, 0, 0)))
    before = files(settings)[0].read_bytes()
    blue = picture(colour=(0, 0, 255))
    with monkeypatch.context() as patch:
        patch.setattr(broken, full_disk)
        response = upload(as_alice, blue)
    assert (response.status_code, response.url) == (302, "/en/accounts/")
    assert b'data-level="error"' in as_alice.get("/en/accounts/").content
    assert [path.read_bytes() for path in files(settings)] == [before]
    alice.refresh_from_db()
    assert alice.avatar_version == 1


def test_a_full_disk_leaves_nothing_of_a_first_picture(
    as_alice, alice, settings, monkeypatch
):
    monkeypatch.setattr("os.fsync", full_disk)
    upload(as_alice, picture())
    assert files(settings) == []
    alice.refresh_from_db()
    assert alice.avatar == ""


def test_a_folder_that_cannot_be_written_is_no_500(as_alice, settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    settings.MEDIA_ROOT = blocked
    assert upload(as_alice, picture()).status_code == 302


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_first_uploads_at_once_leave_one_file(settings):
    alice = make_alice()
    image = Image.open(io.BytesIO(picture()))
    image.load()
    deeds = [lambda: avatars.replace_avatar(user=alice, picture=image.copy())] * 6
    results = at_once(*deeds)
    assert results == [None] * 6
    [path] = files(settings)
    alice.refresh_from_db()
    assert path == avatars.path_of(alice.avatar)
    assert alice.avatar_version == 6


def test_a_first_upload_that_loses_puts_its_picture_in_the_winners_place(
    alice, settings, monkeypatch
):
    """The race of the test above, once and for sure."""
    blue = Image.new("RGB", (40, 40), "blue")
    red = Image.new("RGB", (40, 40), "red")
    save = avatars.images.save_webp

    def save_and_be_overtaken(image, path):
        monkeypatch.setattr(avatars.images, "save_webp", save)
        save(image, path)
        avatars.replace_avatar(user=alice, picture=blue)

    monkeypatch.setattr(avatars.images, "save_webp", save_and_be_overtaken)
    avatars.replace_avatar(user=alice, picture=red)
    assert len(files(settings)) == 1
    assert colour_of(stored(settings))[0] > 200


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_database_that_fails_leaves_no_file(settings, monkeypatch):
    alice = make_alice()

    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(avatars.User.objects, "filter", fail)
    with pytest.raises(ZeroDivisionError):
        avatars.replace_avatar(user=alice, picture=Image.new("RGB", (9, 9)))
    assert files(settings) == []


def test_the_refusal_speaks_to_the_shopper(alice, monkeypatch):
    monkeypatch.setattr(os, "replace", full_disk)
    with translation.override("en"), pytest.raises(AvatarNotSaved, match="old one"):
        avatars.replace_avatar(user=alice, picture=Image.new("RGB", (9, 9)))
    assert User.objects.get().avatar == ""


def test_a_picture_is_changed_by_its_owner_only(alice, bob, settings):
    client = Client()
    client.force_login(bob)
    client.post(ADDRESS, {"avatar": SimpleUploadedFile("a.png", picture()), "user": 1})
    alice.refresh_from_db()
    assert alice.avatar == ""
