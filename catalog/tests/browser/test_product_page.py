"""A product's pictures and variants, in a real browser (rows C1, C2)."""

import re

import pytest
from playwright.sync_api import expect

from catalog import services
from catalog.models import Companion, Variant
from catalog.tests.factories import make_product, make_variant
from catalog.tests.test_admin import picture_file
from shop.tests.browser.test_accessibility import AXE, assert_is_sound

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

COLOURS = ("red", "green", "blue")


@pytest.fixture
def product():
    """Three pictures, two variants, a rich description, and something beside it."""
    product = make_product(
        name_en="Phone",
        description_en="<h1>Made well</h1><table><tr><th>A</th></tr></table>",
    )
    for colour in COLOURS:
        file = picture_file(colour=colour)
        services.add_picture(product=product, upload=file, alt_en=colour.title())
    make_variant(product=product, option1_en="Sold out one", stock=0)
    Variant.objects.filter(product=product).exclude(stock=0).update(option1_en="Black")
    Companion.objects.create(product=product, other=make_product())
    return product


@pytest.fixture
def gallery(page, live_server, product, quiet):
    """The page, and which of its pictures is in view."""

    class Gallery:
        stage = page.locator("[data-test=gallery]")
        zoom = page.locator("[data-test=zoom]")

        def shows(self, number, where=stage):
            # Slides take their time.
            figure = where.locator("figure").nth(number - 1)
            expect(figure).to_be_in_viewport(ratio=0.6)
            for other in {1, 2, 3} - {number}:
                expect(where.locator("figure").nth(other - 1)).not_to_be_in_viewport(
                    ratio=0.6
                )

    page.goto(f"{live_server.url}/en/p/{product.pk}/")
    return Gallery()


def test_pictures_are_turned_by_swiping_keys_and_thumbnails(page, gallery):
    gallery.shows(1)
    box = gallery.stage.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    page.mouse.wheel(box["width"] * 0.8, 0)
    gallery.shows(2)
    gallery.stage.focus()
    page.keyboard.press("ArrowRight")
    gallery.shows(3)
    page.keyboard.press("ArrowLeft")
    gallery.shows(2)
    address = page.url
    page.locator(".gallery [data-test=thumbnail]").first.click()
    gallery.shows(1)
    assert page.url == address


def test_a_picture_opens_large_and_gives_the_focus_back(page, gallery):
    opener = page.locator("[data-test=zoom-open]").nth(1)
    gallery.stage.focus()
    page.keyboard.press("ArrowRight")
    gallery.shows(2)
    opener.focus()
    page.keyboard.press("Enter")
    expect(gallery.zoom).to_be_visible()
    strip = gallery.zoom.locator(".gallery-stage")
    gallery.shows(2, strip)
    expect(strip).to_be_focused()
    page.keyboard.press("ArrowRight")
    gallery.shows(3, strip)
    image = gallery.zoom.locator("img[alt=Blue]")
    small = image.bounding_box()["width"]
    gallery.zoom.locator("label").nth(2).click()
    assert image.bounding_box()["width"] >= 1.3 * small
    page.evaluate(AXE)
    assert page.evaluate("axe.run()")["violations"] == []
    page.keyboard.press("Escape")
    expect(gallery.zoom).to_be_hidden()
    expect(opener).to_be_focused()
    # The next time it is small again; the button closes as well.
    opener.click()
    expect(gallery.zoom.locator("input:checked")).to_have_count(0)
    page.locator("[data-test=zoom-close]").click()
    expect(gallery.zoom).to_be_hidden()


def test_the_page_is_sound_with_all_that_it_can_show(page, live_server, product, quiet):
    for prefix in ("", "/en"):
        assert_is_sound(page, f"{live_server.url}{prefix}/p/{product.pk}/")
    levels = page.evaluate(
        "[...document.querySelectorAll('main :is(h1,h2,h3,h4)')].map(h => h.tagName)"
    )
    assert levels[:3] == ["H1", "H2", "H3"]
    # Structured data is no script that the policy would have to allow.
    assert page.locator("script[type='application/ld+json']").count() == 1


def test_a_sold_out_variant_says_so_before_it_is_chosen(page, gallery, product):
    sold_out = page.get_by_role("link", name=re.compile("Sold out one +sold out"))
    sold_out.first.click()
    page.wait_for_url(re.compile(r"\?variant=\d+$"))
    expect(page.locator("[data-test=stock]")).to_have_attribute("data-stock", "0")
    expect(page.locator("[data-test=add-to-cart] .primary")).to_be_disabled()


class TestWithoutScripts:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return browser_context_args | {"java_script_enabled": False}

    def test_a_picture_and_a_variant_are_plain_links(self, page, live_server, product):
        address = f"{live_server.url}/en/p/{product.pk}/"
        page.goto(address)
        page.locator("[data-test=thumbnail]").nth(2).click()
        expect(page).to_have_url(f"{address}#picture-3")
        page.locator("[data-test=zoom-open]").nth(2).click()
        expect(page).to_have_url(re.compile(r"-800\.webp$"))
        page.goto(address)
        page.locator("[data-test=option]").last.click()
        expect(page).to_have_url(re.compile(r"\?variant="))
