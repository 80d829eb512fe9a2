import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import translation
from PIL import Image

from catalog import pictures
from catalog.exchange import Refused, Unreadable
from catalog.models import Picture, Product
from catalog.tests.exchange.files import (
    as_csv,
    bring_in,
    new_row,
    plan_of,
    problems_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def picture(colour="red"):
    buffer = io.BytesIO()
    Image.new("RGB", (90, 60), colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(params=["folder", "zip"])
def make_source(request, tmp_path):
    """Put files into a folder or a ZIP; return its path."""

    def make(**files):
        named = {name.replace("__", "."): content for name, content in files.items()}
        if request.param == "folder":
            folder = tmp_path / "pictures"
            folder.mkdir()
            for name, content in named.items():
                (folder / name).write_bytes(content)
            return folder
        return zipped(tmp_path, {f"shop/{name}": c for name, c in named.items()})

    return make


def zipped(folder, files):
    path = folder / "pictures.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def stored_files():
    return sorted(settings.MEDIA_ROOT.rglob("*.webp"))


def test_pictures_by_file_name(make_source):
    source = make_source(a__png=picture("red"), b__png=picture("blue"))
    row = new_row(pictures="b.png|a.png", pictures_zh="蓝|红", picture="a.png")
    bring_in(as_csv(row), pictures=source)
    product = Product.objects.get()
    first, second = product.pictures.in_order()
    assert (first.alt_zh, second.alt_zh) == ("蓝", "红")
    assert product.main_picture == first.stem
    assert product.variants.get().picture == second
    assert Image.open(stored_files()[0]).format == "WEBP"
    # Once more: the same pictures, nothing new.
    assert plan_of(as_csv(row), pictures=source).counts["unchanged"] == 1
    bring_in(as_csv(row), pictures=source)
    assert Picture.objects.count() == 2
    # And in another order, without one of them.
    bring_in(as_csv(row | {"pictures": "a.png", "pictures_zh": "红"}), pictures=source)
    product.refresh_from_db()
    assert product.main_picture == second.stem
    assert product.variants.get().picture == second


def test_other_pictures_leave_each_description_with_its_own(make_source):
    source = make_source(
        a__png=picture("red"), b__png=picture("blue"), c__png=picture("green")
    )
    row = new_row(pictures="a.png|b.png|c.png", pictures_zh="红|蓝|绿")
    bring_in(as_csv(row), pictures=source)
    again = {"code": row["code"], "pictures": "c.png|a.png"}
    bring_in(as_csv(again), pictures=source)
    kept = Product.objects.get().pictures.in_order()
    assert [each.alt_zh for each in kept] == ["绿", "红"]


def test_a_picture_that_is_wrong_says_nothing_of_descriptions(make_source):
    row = new_row(pictures="a.png", pictures_zh="红")
    bring_in(as_csv(row), pictures=make_source(a__png=picture()))
    again = {"code": row["code"], "pictures": "gone.png"}
    assert [at for at in problems_of(as_csv(again)) if "pictures_zh" in str(at)] == []
    again["pictures_zh"] = "红"
    assert [at for at in problems_of(as_csv(again)) if "pictures_zh" in str(at)] == []


def test_a_dry_run_stores_no_file(make_source):
    source = make_source(a__png=picture())
    plan = plan_of(as_csv(new_row(pictures="a.png")), pictures=source)
    assert not plan.problems
    assert stored_files() == []


def test_a_refused_import_takes_its_files_away(make_source):
    kept = pictures.store(ContentFile(picture("green")))
    source = make_source(a__png=picture(), c__png=picture("green"))
    row = new_row(pictures="a.png|c.png", price="x")
    with pytest.raises(Refused):
        bring_in(as_csv(row), pictures=source)
    assert {path.name.split("-")[0] for path in stored_files()} == {kept.split("/")[-1]}


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg/>", b"%PDF-1.4", picture()[:60], b"GIF89a" + b"\0" * 50],
)
def test_what_is_no_picture_is_told(make_source, content):
    source = make_source(a__png=content)
    told = problems_of(as_csv(new_row(pictures="a.png")), pictures=source)
    assert told == [
        "line 2, column pictures: "
        "This is not a JPEG, PNG or WebP picture, or it is damaged."
    ]


def test_too_large_a_file_is_not_even_read(make_source, monkeypatch):
    source = make_source(a__png=b"\0" * (5 * 1024 * 1024 + 1))
    monkeypatch.setattr(Path, "read_bytes", lambda path: 1 / 0)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda archive, member: 1 / 0)
    told = problems_of(as_csv(new_row(pictures="a.png")), pictures=source)
    assert told == ["line 2, column pictures: The picture is larger than 5 MB."]


def test_the_same_picture_under_two_names_is_told(make_source):
    source = make_source(a__png=picture(), b__png=picture())
    told = problems_of(as_csv(new_row(pictures="a.png|b.png")), pictures=source)
    assert told == ["line 2, column pictures: The same picture stands there twice."]


def test_a_variants_picture_is_one_of_its_product(make_source):
    source = make_source(a__png=picture(), b__png=picture("blue"))
    row = new_row(pictures="a.png", picture="b.png")
    assert problems_of(as_csv(row), pictures=source) == [
        "line 2, column picture: It is not among the product's pictures."
    ]


@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/secret.png", "..\\secret.png", ".secret"]
)
def test_a_name_is_no_path(tmp_path, name):
    (tmp_path / "secret.png").write_bytes(picture())
    (tmp_path / "in").mkdir()
    row = new_row(pictures=name.replace("\\", "\\\\"))
    told = problems_of(as_csv(row), pictures=tmp_path / "in")
    # In a list a backslash keeps the mark that follows it: it is written twice.
    said = "Write the name of the file alone, no path."
    assert told == [f"line 2, column pictures: {said}"]


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret.png").write_bytes(picture())
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.png").symlink_to(tmp_path / "secret.png")
    told = problems_of(as_csv(new_row(pictures="a.png")), pictures=folder)
    assert told == ["line 2, column pictures: There is no picture “a.png”."]


@pytest.mark.parametrize(
    "name", ["../a.png", "/a.png", "x/../../a.png", "..\\a.png", "C:/a.png"]
)
def test_a_zip_that_leads_outside_is_refused_whole(tmp_path, name):
    source = zipped(tmp_path, {name: picture()})
    with pytest.raises(Unreadable, match="leads outside"):
        plan_of(as_csv(new_row(pictures="a.png")), pictures=source)
    assert [path.name for path in tmp_path.rglob("a.png")] == []


def test_a_zip_of_zips_is_no_picture(tmp_path):
    inner = zipped(tmp_path, {"0.dll": b"\0" * 10**6}).read_bytes()
    source = zipped(tmp_path, {"lib.zip": inner})
    told = problems_of(as_csv(new_row(pictures="lib.zip")), pictures=source)
    assert "This is not a JPEG" in told[0]


def test_two_files_of_one_name_are_refused(tmp_path):
    source = zipped(tmp_path, {"x/a.png": picture(), "y/a.png": picture("blue")})
    with pytest.raises(Unreadable):
        plan_of(as_csv(new_row()), pictures=source)


def test_chinese_names_of_windows(tmp_path):
    path = zipped(tmp_path, {"aaaa.png": picture()})
    renamed = path.read_bytes().replace(b"aaaa.png", "红鞋".encode("gbk") + b".png")
    path.write_bytes(renamed)
    assert not problems_of(as_csv(new_row(pictures="红鞋.png")), pictures=path)


def test_neither_folder_nor_zip(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"no zip")
    with pytest.raises(Unreadable):
        plan_of(as_csv(new_row()), pictures=path)
