from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from shop import images


def encoded(image, file_format="PNG", **options):
    buffer = BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def opened(content):
    return images.open_upload(BytesIO(content), len(content))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_takes_three_formats(file_format):
    image = opened(encoded(Image.new("RGB", (20, 10), "red"), file_format))
    assert (image.size, image.mode) == ((20, 10), "RGB")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7",
        encoded(Image.new("RGB", (20, 10)), "GIF"),
        encoded(Image.new("RGB", (20, 10)), "TIFF"),
        encoded(Image.effect_noise((90, 90), 40))[:2000],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
    ],
    ids=["empty", "text", "svg", "html", "pdf", "gif", "tiff", "truncated", "broken"],
)
def test_refuses_what_is_no_picture(content):
    with pytest.raises(ValidationError):
        opened(content)


def test_refuses_too_many_pixels_before_decoding_them():
    bomb = encoded(Image.new("1", (13_000, 13_000)))  # 169 megapixels in some kB
    assert len(bomb) < 100_000
    with pytest.raises(ValidationError):
        opened(bomb)


def test_refuses_too_large_a_file_by_its_size_alone():
    with pytest.raises(ValidationError):
        images.open_upload(BytesIO(b""), 5 * 1024 * 1024 + 1)


def test_drops_what_a_camera_wrote_and_turns_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "at home, 31.2 N 121.4 E"
    content = encoded(Image.new("RGB", (20, 10)), "JPEG", exif=exif)
    image = opened(content)
    assert image.size == (10, 20)
    assert b"at home" not in encoded(image, "WEBP")


def test_sixteen_bits_of_grey_stay_grey():
    grey = Image.new("I;16", (30, 30), 40_000)
    file = BytesIO()
    grey.save(file, "PNG")
    pixels = images.open_upload(file, 100)
    assert pixels.getpixel((3, 3)) == (155, 155, 155)


def test_takes_the_first_frame_of_an_animation():
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    content = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    red, _green, blue = opened(content).getpixel((4, 4))
    assert red > 200 > blue


def test_a_full_disk_leaves_the_old_file_and_no_crumbs(tmp_path, monkeypatch):
    path = tmp_path / "picture.webp"
    images.save_webp(Image.new("RGB", (9, 9), "red"), path)
    before = path.read_bytes()

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        images.save_webp(Image.new("RGB", (9, 9), "blue"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_broken_exif_block_is_no_server_error():
    content = encoded(Image.new("RGB", (20, 10)), "PNG", exif=b"Exif\x00\x00nonsense")
    with pytest.raises(ValidationError):
        opened(content)
