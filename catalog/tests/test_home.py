"""The home page: banners and blocks with dates, in two languages (row H4)."""

import io
import re
from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation
from PIL import Image

from accounts.tests.factories import make_user
from catalog.demo.banners import load_banners
from catalog.models import Banner, Category, HomeBlock, Product
from catalog.tests.factories import make_product
from shop import clock, demo, images

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ADD = "/admin/catalog/banner/add/"


def make_banner(**changes):
    fields = {
        "title_zh": "开学季",
        "title_en": "Back to school",
        "stem_zh": "banners/aa/zh",
        "category": Category.objects.get(pk=2),
        "starts_at": clock.now() - HOUR,
    }
    return Banner.objects.create(**fields | changes)


def shown(client, address="/"):
    return [
        int(pk)
        for pk in re.findall(r'data-banner-id="(\d+)"', client.get(address).text)
    ]


def blocks(client):
    found = re.findall(
        r'data-test="home-block" data-kind="(\w+)"(?: data-category="(\w+)")?',
        client.get("/").text,
    )
    return [category or kind for kind, category in found]


def tiles(html, category):
    panel = html.partition(f'data-kind="category" data-category="{category}"')[2]
    panel = panel.partition("</section>")[0]
    found = re.findall(r'data-test="product-tile" data-product-id="(\d+)"', panel)
    return [int(pk) for pk in found]


def picture_file(name="a.png", size=(800, 400), form="PNG"):
    buffer = io.BytesIO()
    Image.new("RGB", size, "#336699").save(buffer, form)
    return SimpleUploadedFile(name, buffer.getvalue())


@pytest.fixture
def as_carol(db):
    """Carol looks after the catalogue."""
    call_command("create_roles")
    carol = make_user(is_staff=True)
    carol.groups.add(Group.objects.get(name="catalogue"))
    client = Client()
    client.force_login(carol)
    return client


def typed(**changes):
    fields = {
        "title_zh": "开学季",
        "category": "2",
        "path": "",
        "is_captioned": "on",
        "is_visible": "on",
        "position": "0",
        "starts_at_0": "2026-01-01",
        "starts_at_1": "08:00:00",
    }
    return fields | changes


class TestBanners:
    def test_begin_and_end_by_the_clock_with_no_command_running(self, client):
        now = clock.now()
        banner = make_banner(starts_at=now + HOUR, ends_at=now + 2 * HOUR)
        seen = []
        for moment in (
            now,
            now + HOUR - timedelta(seconds=1),
            now + HOUR,
            now + 2 * HOUR - timedelta(seconds=1),
            now + 2 * HOUR,
        ):
            with clock.at(moment):
                seen.append(shown(client) == [banner.pk])
        assert seen == [False, False, True, True, False]

    def test_stay_without_an_end(self, client):
        banner = make_banner()
        with clock.at(clock.now() + timedelta(days=3650)):
            assert shown(client) == [banner.pk]

    def test_come_in_their_order(self, client):
        last = make_banner(position=2)
        first, second = make_banner(position=1), make_banner(position=1)
        make_banner(position=0, is_visible=False)
        assert shown(client) == [first.pk, second.pk, last.pk]

    @pytest.mark.parametrize("prefix", ["", "/en"])
    def test_one_in_one_language_is_shown_in_the_other(self, client, prefix):
        make_banner(title_en="", tagline_zh="只有中文", stem_en="")
        make_banner(title_zh="", stem_zh="", stem_en="banners/bb/en")
        html = client.get(f"{prefix}/").text
        assert "开学季" in html
        assert "Back to school" in html
        assert "banners/aa/zh-640.webp" in html
        assert "banners/bb/en-640.webp" in html

    def test_each_language_has_its_own_words_and_picture(self, client):
        make_banner(stem_en="banners/bb/en")
        for address, words, stem in (
            ("/", "开学季", "banners/aa/zh"),
            ("/en/", "Back to school", "banners/bb/en"),
        ):
            html = client.get(address).text
            slide = html.partition('data-test="banner"')[2].partition("</a>")[0]
            assert words in slide
            assert f"{stem}-1600.webp 1600w" in slide
            assert slide.count("banners/") == 4

    def test_words_that_are_in_the_picture_are_its_alternative(self, client):
        make_banner(is_captioned=False)
        html = client.get("/en/").text
        assert 'alt="Back to school"' in html
        assert "<strong>Back to school" not in html

    @pytest.mark.parametrize(
        ("target", "in_chinese", "in_english"),
        [
            ({"path": "/search/?q=a"}, "/search/?q=a", "/en/search/?q=a"),
            ({"path": "/"}, "/", "/en/"),
            ({"category": 3}, "/c/tablets/", "/en/c/tablets/"),
        ],
    )
    def test_lead_to_a_page_in_the_same_language(
        self, client, target, in_chinese, in_english
    ):
        category = target.pop("category", None)
        make_banner(
            category=Category.objects.get(pk=category) if category else None, **target
        )
        for address, expected in (("/", in_chinese), ("/en/", in_english)):
            html = client.get(address).text
            slide = re.search(r'<a class="hero-slide"[^>]*>', html)[0]
            assert f'href="{expected}"' in slide

    def test_lead_to_a_product(self, client):
        product = make_product()
        banner = make_banner(category=None, product=product)
        assert banner.get_absolute_url() == f"/p/{product.pk}/"
        with translation.override("en"):
            assert banner.get_absolute_url() == f"/en/p/{product.pk}/"

    def test_that_would_lead_nowhere_are_left_out(self, client):
        product = make_product(category=3)
        make_banner(category=None, product=product)
        make_banner(category=Category.objects.get(pk=2))
        assert len(shown(client)) == 2
        Category.objects.filter(pk=2).update(is_visible=False)
        Product.objects.update(status=Product.Status.OFF_SHELF)
        assert shown(client) == []

    def test_that_lead_to_a_list_go_with_its_category(self, client):
        for path in ("/c/phones/", "/c/phones/?sort=newest", "/c/tablets/", "/search/"):
            make_banner(category=None, path=path)
        assert len(shown(client)) == 4
        Category.objects.filter(slug="phones").update(is_visible=False)
        assert len(shown(client)) == 2

    def test_words_of_staff_are_shown_as_text(self, client):
        make_banner(title_zh="<script>x</script>", is_captioned=False)
        html = client.get("/").text
        assert "<script>x" not in html

    def test_without_any_the_categories_introduce_themselves(self, client):
        html = client.get("/").text
        assert html.count('class="hero-slide') == 5
        make_banner()
        assert client.get("/").text.count('class="hero-slide') == 1

    @pytest.mark.parametrize(
        "changes",
        [
            {"title_zh": "", "title_en": ""},
            {"stem_zh": ""},
            {"category": None},
            {"path": "/search/"},
            {"category": None, "path": "https://elsewhere.example/"},
            {"category": None, "path": "//elsewhere.example/"},
            {"ends_at": clock.now() - 2 * HOUR},
        ],
    )
    def test_that_make_no_sense_cannot_be_written(self, changes):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_banner(**changes)


class TestBlocks:
    @pytest.fixture(autouse=True)
    def products(self, db):
        for category in (1, 2):
            make_product(category=category)

    def test_usual_ones(self, client):
        assert blocks(client) == ["best_sellers", "newest", "computers", "phones"]

    def test_staff_decide_which_and_in_which_order(self, client):
        HomeBlock.objects.filter(kind="newest").update(is_visible=False)
        HomeBlock.objects.filter(category=2).update(position=0)
        assert blocks(client) == ["phones", "best_sellers", "computers"]

    def test_begin_and_end_by_the_clock(self, client):
        now = clock.now()
        HomeBlock.objects.exclude(kind="newest").delete()
        HomeBlock.objects.update(starts_at=now + HOUR, ends_at=now + 2 * HOUR)
        assert blocks(client) == []
        with clock.at(now + HOUR):
            assert blocks(client) == ["newest"]
        with clock.at(now + 2 * HOUR):
            assert blocks(client) == []

    def test_a_title_of_its_own(self, client):
        HomeBlock.objects.filter(category=1).update(title_zh="宿舍装备")
        HomeBlock.objects.filter(kind="newest").update(title_en="Fresh")
        html = client.get("/en/").text
        assert '<span lang="zh-Hans">宿舍装备</span>' in html
        assert "<h2>Fresh</h2>" in html

    def test_a_category_shows_its_own_best_four(self, client):
        best = [
            make_product(category=3, sales_count=number, stock=number % 7)
            for number in range(1, 9)
        ]
        expected = [best[n - 1].pk for n in (8, 6, 5, 4)]
        assert tiles(client.get("/").text, "tablets") == expected

    def test_nothing_of_a_hidden_category(self, client):
        product = make_product(category=5, sales_count=99)
        marker = f'data-product-id="{product.pk}"'
        assert marker in client.get("/").text
        Category.objects.filter(pk=5).update(is_visible=False)
        assert marker not in client.get("/").text
        assert "hardware" not in blocks(client)

    @pytest.mark.parametrize(
        "changes",
        [
            {"kind": "category"},
            {"kind": "newest", "category_id": 1},
            {"kind": "newest", "ends_at": clock.now() - HOUR},
        ],
    )
    def test_that_make_no_sense_cannot_be_written(self, changes):
        with pytest.raises(IntegrityError), transaction.atomic():
            HomeBlock.objects.create(**changes)


@pytest.mark.parametrize("number", [2, 20])
def test_home_costs_a_visitor_at_most_six_queries(
    client, django_assert_num_queries, number
):
    for place in range(number):
        make_product(category=1 + place % 5)
        if place < 8:
            make_banner()
    client.get("/")
    # Overdue holds, categories, banners, blocks, the keys of all blocks, their cards.
    with django_assert_num_queries(6):
        client.get("/")


def test_an_empty_shop_has_a_page_that_says_so(client):
    HomeBlock.objects.all().delete()
    html = client.get("/en/").text
    assert "Nothing is on the shelf yet." in html
    assert html.count('data-test="category-link"') >= 5


class TestDesk:
    def test_pictures_are_kept_re_encoded_in_three_widths(self, as_carol):
        response = as_carol.post(ADD, typed(upload_zh=picture_file(form="PNG")))
        assert response.status_code == 302, response.context["errors"]
        banner = Banner.objects.get()
        for width in (640, 1120, 1600):
            path = images.file_of(banner.stem_zh, width)
            with Image.open(path) as image:
                assert image.format == "WEBP"
                assert image.size == (width, width * 3 // 8)
        assert banner.stem_en == ""

    def test_what_is_no_picture_is_refused(self, as_carol):
        upload = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>")
        response = as_carol.post(ADD, typed(upload_zh=upload))
        assert response.status_code == 200
        assert not Banner.objects.exists()

    def test_a_banner_needs_a_picture(self, as_carol):
        response = as_carol.post(ADD, typed())
        assert response.status_code == 200
        assert "upload_zh" in response.context["adminform"].form.errors

    @pytest.mark.parametrize(
        ("path", "stored"),
        [
            ("/search/?q=thinkpad&sort=price", "/search/?q=thinkpad&sort=price"),
            ("/en/c/phones/?sort=newest", "/c/phones/?sort=newest"),
            ("https://elsewhere.example/", None),
            ("//elsewhere.example/", None),
            ("/\\elsewhere.example/", None),
            ("javascript:alert(1)", None),
            ("search/", None),
            ("/no/such/page/", None),
            ("/admin/", None),
            ("/healthz", None),
            ("/cart/add/", None),
            ("/p/1/?variant=1", None),
        ],
    )
    def test_a_page_is_one_of_this_shop(self, as_carol, path, stored):
        fields = typed(category="", path=path, upload_zh=picture_file())
        response = as_carol.post(ADD, fields)
        found = Banner.objects.values_list("path", flat=True).first()
        assert found == stored
        assert response.status_code == (302 if stored else 200)

    @pytest.mark.parametrize(
        "changes",
        [
            {"path": "/search/"},
            {"category": ""},
            {"ends_at_0": "2025-01-01", "ends_at_1": "00:00:00"},
            {"starts_at_0": "9999-12-31"},
            {"title_zh": ""},
        ],
    )
    def test_what_makes_no_sense_comes_back(self, as_carol, changes):
        fields = typed(upload_zh=picture_file()) | changes
        response = as_carol.post(ADD, fields)
        assert response.status_code == 200
        assert not Banner.objects.exists()

    def test_the_list_tells_what_is_on_coming_and_over(self, as_carol):
        now = clock.now()
        states = {
            make_banner().pk: "now",
            make_banner(starts_at=now + HOUR).pk: "coming",
            make_banner(ends_at=now - HOUR / 2).pk: "over",
            make_banner(is_visible=False).pk: "hidden",
        }
        html = as_carol.get("/admin/catalog/banner/").text
        told = re.findall(r'data-test="state" data-state="(\w+)"', html)
        assert told == list(states.values())
        for pk, state in states.items():
            html = as_carol.get(f"/admin/catalog/banner/?state={state}").text
            assert f"/admin/catalog/banner/{pk}/change/" in html
            assert html.count('data-test="state"') == 1

    def test_blocks_are_ordered_in_the_list(self, as_carol):
        html = as_carol.get("/admin/catalog/homeblock/").text
        assert html.count('data-test="state" data-state="now"') == 7

    @pytest.mark.parametrize("role", ["support", "readonly", "orders"])
    def test_others_only_look(self, as_carol, role):
        banner = make_banner()
        dave = make_user(is_staff=True)
        dave.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(dave)
        assert client.get(f"/admin/catalog/banner/{banner.pk}/change/").text
        assert client.post(ADD, typed()).status_code == 403


def test_the_audit_knows_the_files_of_banners(as_carol, capsys):
    as_carol.post(ADD, typed(upload_zh=picture_file()))
    call_command("audit")
    banner = Banner.objects.get()
    images.file_of(banner.stem_zh, 640).unlink()
    with pytest.raises(CommandError):
        call_command("audit")
    assert f"files catalog.Banner {banner.pk}: is missing" in capsys.readouterr().out


def test_the_demo_has_banners_in_every_state():
    wishes = demo.Wishes(products=0, orders=0, random=Random(0))  # noqa: S311
    for _again in range(2):
        load_banners(wishes)
    states = {banner.state_at(clock.now()) for banner in Banner.objects.all()}
    assert states == {"now", "coming", "over"}
    assert Banner.objects.count() == 7
