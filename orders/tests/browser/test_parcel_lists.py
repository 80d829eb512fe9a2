"""Many orders shipped at once, in a real browser: looked at, then sent."""

import pytest
from playwright.sync_api import expect

from orders.models import Parcel
from orders.tests.browser.test_after_sale import sign_in
from orders.tests.factories import make_order
from orders.tests.test_admin import staff
from shop.tests.browser.test_accessibility import (
    assert_is_sound,
    assert_shows_a_sound_page,
)

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_list_is_looked_at_and_sent(page, live_server, scheme):
    # axe-core itself writes styles into this page, of which the browser complains.
    page.emulate_media(color_scheme=scheme)
    orders = [make_order(status="paid") for _ in range(2)]
    sign_in(page, live_server, staff("orders").user)
    assert_is_sound(page, f"{live_server.url}/admin/orders/order/ship-many/")
    page.locator("[data-test=look]").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    assert_shows_a_sound_page(page)
    ready, unclear = (order.number for order in orders)
    typed = f"{ready},sf,SF1234567890123\n{unclear}\n1,sf,2"
    page.locator("[name=lines]").fill(typed)
    page.locator("[data-test=look]").click()
    lines = page.locator("[data-test=ship-line]")
    expect(lines).to_have_count(3)
    assert_shows_a_sound_page(page)
    # The reason stands beside or below its order, and no column of single letters.
    reason = lines.nth(2).locator(".is-refused")
    assert reason.bounding_box()["width"] > 120
    page.locator("[data-test=apply]").click()
    expect(page.locator(".messagelist")).to_contain_text("1 order shipped.")
    expect(lines).to_have_count(2)
    assert Parcel.objects.get().tracking_number == "SF1234567890123"
