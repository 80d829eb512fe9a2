"""Staff bring products in with their pictures, in a real browser."""

import pytest
from playwright.sync_api import expect

from catalog.models import Product
from catalog.tests.browser.test_walk import assert_nothing_sticks_out
from catalog.tests.exchange.files import as_csv, exported, new_row, table
from catalog.tests.exchange.people import staff
from catalog.tests.exchange.test_pictures import picture
from catalog.tests.exchange.zips import zip_of
from catalog.tests.factories import make_product
from shop.tests.browser.test_accessibility import sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def desk(page, live_server):
    """The page on which Carol chooses a file; to be called."""

    def desk():
        page.goto(f"{live_server.url}/admin/catalog/product/")
        page.locator("[data-test=import]").click()

    sign_in(page, live_server, staff("catalogue", language="en"))
    return desk


def choose(page, *rows, archive=None):
    files = {"name": "shop.csv", "mimeType": "text/csv", "buffer": as_csv(*rows)}
    page.locator("[name=file]").set_input_files(files)
    if archive:
        named = {"name": "photos.zip", "mimeType": "application/zip"}
        page.locator("[name=pictures]").set_input_files(named | {"buffer": archive})
    page.locator("[data-test=import-form] button").click()


def states(page):
    rows = page.locator("[data-test=import-row]")
    return [row.get_attribute("data-state") for row in rows.all()]


def test_look_mend_and_say_yes(page, desk, problems):
    stored = make_product(stock=5).variants.get()
    changed = table(exported())[0] | {"stock": "7"}
    desk()
    wrong = new_row(pictures="red.png|blue.png", price="cheap")
    choose(page, changed, wrong, archive=zip_of(("red.png", picture())))
    assert states(page) == ["error", "changed"]
    error = page.locator("[data-state=error]")
    expect(error).to_contain_text("price: Enter a number")
    expect(error).to_contain_text("pictures: There is no picture “blue.png”.")
    expect(page.locator("[name=confirm]")).to_have_count(0)
    assert_nothing_sticks_out(page)
    page.locator("[name=cancel]").click()

    desk()
    both = zip_of(("x/red.png", picture()), ("x/blue.png", picture("blue")))
    choose(page, changed, wrong | {"price": "99.00"}, archive=both)
    assert states(page) == ["changed", "new"]
    assert_nothing_sticks_out(page)
    assert Product.objects.count() == 1
    page.locator("[name=confirm]").click()
    expect(page.locator(".messagelist .success")).to_contain_text("1 new, 1 changed")
    stored.refresh_from_db()
    assert stored.stock == 7
    assert Product.objects.get(code="NEW-1").pictures.count() == 2
    assert problems == []


def test_a_zip_that_will_not_do_is_told_beside_its_field(page, desk, problems):
    desk()
    assert_nothing_sticks_out(page)
    choose(page, new_row(pictures="a.png"), archive=zip_of(("../a.png", picture())))
    alert = page.locator("[role=alert]")
    expect(alert).to_contain_text("The ZIP has a path in it that leads outside: ../a")
    field = page.locator("[name=pictures]")
    described = field.get_attribute("aria-describedby").split()
    assert alert.get_attribute("id") in described
    assert field.get_attribute("aria-invalid") == "true"
    assert problems == []
