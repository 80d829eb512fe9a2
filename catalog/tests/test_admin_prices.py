"""Limited-time prices and the price history in the admin."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.tests.factories import make_user
from catalog.models import LimitedPrice, Variant
from catalog.tests.factories import make_limited_price, make_product
from orders.tests.pages import marked
from shop import clock
from shop.models import JournalEntry

pytestmark = pytest.mark.django_db

PAGE = "/admin/catalog/limitedprice/"
BEGIN = datetime(2026, 6, 1, 8, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def still():
    with clock.at(BEGIN):
        yield


@pytest.fixture
def variant():
    return make_product(price="100.00").variants.get()


def sign_in(client, role):
    call_command("create_roles", verbosity=0)
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


@pytest.fixture
def carol(client):
    """Carol looks after the catalogue."""
    return sign_in(client, "catalogue")


def sent(code, **changes):
    # 17:00 to 18:00 in the shop's zone.
    fields = {
        "code": code,
        "price": "80.00",
        "starts_at_0": "2026-06-01",
        "starts_at_1": "17:00:00",
        "ends_at_0": "2026-06-01",
        "ends_at_1": "18:00:00",
    }
    return fields | changes


def test_staff_set_one_and_that_is_written_down(client, carol, variant):
    response = client.post(f"{PAGE}add/", sent(variant.code.lower()))
    assert response.status_code == 302
    limited = LimitedPrice.objects.get()
    assert (limited.starts_at, limited.ends_at) == (BEGIN + HOUR, BEGIN + 2 * HOUR)
    variant.refresh_from_db()
    assert (variant.price, variant.price_due_at) == (100, BEGIN + HOUR)
    [entry] = JournalEntry.objects.filter(kind="price_changed")
    assert (entry.actor_id, entry.object_name) == (carol.pk, variant.code)
    assert entry.note.startswith("limited-time price 80.00, 2026-06-01 17:00:00")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "NONE"}, "There is no variant with this code."),
        ({"price": "100.00"}, "It must be below the regular price."),
        ({"price": "0"}, "greater than or equal to 0.01"),
        ({"ends_at_1": "17:00:00"}, "It must end after it starts."),
        (
            {"starts_at_1": "14:00:00", "ends_at_1": "15:00:00"},
            "That moment is past.",
        ),
        ({"starts_at_1": "16:30:00"}, "Another limited-time price runs in that time."),
    ],
)
def test_what_may_not_be_is_told_at_the_field(client, carol, variant, changes, said):
    if said.startswith("Another"):
        make_limited_price(variant)
    before = LimitedPrice.objects.count()
    carol.language = "en"
    carol.save()
    response = client.post(f"{PAGE}add/", sent(variant.code) | changes)
    assert response.status_code == 200
    assert said in response.text
    assert LimitedPrice.objects.count() == before


def test_of_a_running_one_only_the_end_changes(client, carol, variant):
    limited = make_limited_price(variant)
    with clock.at(BEGIN + SECOND):
        page = client.get(f"{PAGE}{limited.pk}/change/")
        assert 'name="price"' not in page.text
        response = client.post(
            f"{PAGE}{limited.pk}/change/",
            {"price": "1.00", "ends_at_0": "2026-06-01", "ends_at_1": "00:00:00"},
        )
        assert response.status_code == 302
    limited.refresh_from_db()
    assert (limited.price, limited.ends_at) == (80, BEGIN + SECOND)
    assert Variant.objects.get().price == 100


def test_seconds_are_shown_to_be_kept(client, carol, variant):
    start = BEGIN + HOUR + SECOND
    limited = make_limited_price(variant, starts_at=start, ends_at=start + HOUR)
    page = client.get(f"{PAGE}{limited.pk}/change/")
    assert 'value="17:00:01"' in page.text
    assert 'value="18:00:01"' in page.text


def test_a_begun_one_is_not_taken_away_and_an_old_one_not_changed(
    client, carol, variant
):
    limited = make_limited_price(variant)
    address = f"{PAGE}{limited.pk}/"
    assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    with clock.at(BEGIN + HOUR):
        assert client.post(f"{address}change/", sent("x")).status_code == 403
        assert client.get(f"{address}change/").status_code == 200


def test_a_coming_one_is_called_off(client, carol, variant):
    limited = make_limited_price(
        variant, starts_at=BEGIN + SECOND, ends_at=BEGIN + HOUR
    )
    client.post(f"{PAGE}{limited.pk}/delete/", {"post": "yes"})
    assert not LimitedPrice.objects.exists()
    assert Variant.objects.get().price_due_at is None


@pytest.mark.parametrize("state", ["running", "coming", "over"])
def test_the_list_tells_what_runs_comes_and_is_over(client, carol, state):
    codes = {}
    for name, start in (("running", 0), ("coming", 9), ("over", -9)):
        with clock.at(BEGIN + min(start, 0) * HOUR):
            variant = make_product(price="100.00").variants.get()
            begin = BEGIN + start * HOUR
            make_limited_price(variant, starts_at=begin, ends_at=begin + HOUR)
        codes[name] = variant.code
    page = client.get(f"{PAGE}?state={state}")
    assert {name for name, code in codes.items() if code in page.text} == {state}


@pytest.mark.parametrize(
    ("role", "status"), [("catalogue", 200), ("orders", 403), ("readonly", 403)]
)
def test_who_may_set_one(client, role, status):
    sign_in(client, role)
    assert client.get(f"{PAGE}add/").status_code == status
    assert client.get(PAGE).status_code == 200
    assert client.get("/admin/catalog/priceperiod/").status_code == 200
    assert client.get("/admin/catalog/priceperiod/add/").status_code == 403


def test_the_product_s_page_shows_the_history_to_read(client, carol, variant):
    make_limited_price(variant)
    page = client.get(f"/admin/catalog/product/{variant.product_id}/change/")
    assert len(marked(page, "price-period")) == 1  # nobody could see 100.00
    assert len(marked(page, "limited-price")) == 1
    assert f"{PAGE}add/?code={variant.code}" in page.text


def test_who_may_not_set_one_is_not_led_there(client, variant):
    sign_in(client, "readonly")
    page = client.get(f"/admin/catalog/product/{variant.product_id}/change/")
    assert len(marked(page, "price-period")) == 1
    assert f"{PAGE}add/" not in page.text


def test_staff_read_the_code_and_no_key(client, carol, variant):
    response = client.post(f"{PAGE}add/", sent(variant.code), follow=True)
    assert f"{variant.code}: 80.00" in response.text
    assert f"{variant.pk}: 80.00" not in response.text
