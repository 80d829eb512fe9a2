import pytest

from accounts.models import Address
from accounts.tests.factories import PLACE, make_address, make_bob
from accounts.tests.pages import errors_at

BOOK, NEW = "/en/accounts/addresses/", "/en/accounts/addresses/new/"


def add(client, **changes):
    return client.post(NEW, {**PLACE, **changes})


def chosen(response):
    """What stands in the form's region fields."""
    form = response.context["form"]
    return [form[name].value() for name in ("province", "city", "district")]


def options(response, field):
    return [
        value for value, _label in response.context["form"].fields[field].widget.choices
    ]


def test_one_plain_post_adds_an_address(as_alice, alice):
    response = add(as_alice)
    assert (response.status_code, response.url) == (302, BOOK)
    address = alice.addresses.get()
    assert (address.city, address.is_default) == ("深圳市", True)
    html = as_alice.get(BOOK).content.decode()
    assert f'data-test="address" data-address-id="{address.pk}"' in html
    assert "138****8000" in html
    assert "13800138000" not in html


@pytest.mark.parametrize("phone", ["13800138000", "010-12345678", "0755 8601 3388"])
def test_a_courier_may_call_a_landline(as_alice, alice, phone):
    assert add(as_alice, phone=phone).status_code == 302


def test_a_district_that_the_list_lacks_is_typed(as_alice, alice):
    assert add(as_alice, district="新设的区").status_code == 302
    assert alice.addresses.get().district == "新设的区"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": ""}, "recipient"),
        ({"recipient": "r" * 31}, "recipient"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "+14155552671"}, "phone"),
        ({"province": "Atlantis"}, "province"),
        ({"province": ""}, "province"),
        ({"city": "杭州市"}, "city"),
        ({"city": ""}, "city"),
        ({"district": " "}, "district"),
        ({"district": "d" * 61}, "district"),
        ({"street": ""}, "street"),
        ({"street": "s" * 121}, "street"),
    ],
)
def test_what_will_not_do_is_told_at_its_field(as_alice, alice, changes, field):
    response = add(as_alice, **changes)
    assert response.status_code == 200
    assert errors_at(response, field)
    html = response.content.decode()
    for name, value in {**PLACE, **changes}.items():
        if value and name not in ("province", "city"):
            assert value in html
    assert not alice.addresses.exists()


def test_the_form_offers_cities_without_javascript(as_alice):
    page = as_alice.get(NEW)
    assert options(page, "city") == [""]
    typed = {"recipient": "Al", "province": "广东省", "phone": "12", "refresh": "1"}
    page = as_alice.post(NEW, typed)
    assert page.status_code == 200
    assert 'role="alert"' not in page.content.decode()
    assert "深圳市" in options(page, "city")
    assert 'value="Al"' in page.content.decode()
    assert 'value="12"' in page.content.decode()
    page = as_alice.post(NEW, {**typed, "city": "深圳市"})
    assert '<option value="南山区">' in page.content.decode()
    assert chosen(page) == ["广东省", "深圳市", None]
    assert not Address.objects.exists()


def test_another_province_forgets_the_city(as_alice):
    page = as_alice.post(NEW, {**PLACE, "province": "浙江省", "refresh": "1"})
    assert chosen(page) == ["浙江省", "", "南山区"]


def test_a_municipality_chooses_its_city(as_alice):
    page = as_alice.post(NEW, {"province": "北京市", "refresh": "1"})
    assert chosen(page)[:2] == ["北京市", "北京市"]


def test_choosing_fetches_the_fragment_alone(as_alice):
    headers = {"HX-Request": "true", "HX-Trigger-Name": "province"}
    page = as_alice.post(
        NEW, {**PLACE, "province": "上海市", "refresh": "1"}, headers=headers
    )
    html = page.content.decode()
    assert html.count('id="region-fields"') == 1
    assert "<html" not in html
    assert "HX-Request" in page["Vary"]
    # The district belonged to the choice before.
    assert chosen(page) == ["上海市", "上海市", ""]


def test_a_change_shows_what_is_stored_and_keeps_the_default(as_alice, alice):
    address = make_address(alice, default_of=alice)
    page = as_alice.get(f"{BOOK}{address.pk}/")
    assert chosen(page) == ["广东省", "深圳市", "南山区"]
    assert 'value="13800138000"' in page.content.decode()
    response = as_alice.post(f"{BOOK}{address.pk}/", {**PLACE, "street": "New Road 1"})
    assert response.url == BOOK
    address.refresh_from_db()
    assert (address.street, address.default_of) == ("New Road 1", alice)


def test_a_change_can_be_redrawn_too(as_alice, alice):
    address = make_address(alice)
    page = as_alice.post(
        f"{BOOK}{address.pk}/", {**PLACE, "province": "北京市", "refresh": "1"}
    )
    assert page.status_code == 200
    address.refresh_from_db()
    assert address.province == "广东省"


def test_a_faulty_change_is_told_and_kept(as_alice, alice):
    address = make_address(alice)
    response = as_alice.post(f"{BOOK}{address.pk}/", {**PLACE, "phone": "999"})
    assert errors_at(response, "phone")
    assert 'value="999"' in response.content.decode()


def test_the_default_is_changed_and_the_next_one_promoted(as_alice, alice):
    add(as_alice)
    add(as_alice, recipient="Second")
    second = alice.addresses.get(recipient="Second")
    assert as_alice.post(f"{BOOK}{second.pk}/default/").url == BOOK
    assert Address.objects.get(default_of=alice) == second
    assert as_alice.post(f"{BOOK}{second.pk}/delete/").url == BOOK
    assert Address.objects.get(default_of=alice) == alice.addresses.get()


def test_the_checkbox_makes_the_default(as_alice, alice):
    add(as_alice)
    add(as_alice, recipient="Second", is_default="on")
    assert Address.objects.get(default_of=alice).recipient == "Second"


def test_a_full_book_says_so(as_alice, alice):
    for _number in range(20):
        make_address(alice)
    page = as_alice.get(BOOK).content.decode()
    assert NEW not in page
    response = add(as_alice)
    assert response.status_code == 302
    assert 'data-level="error"' in as_alice.get(response.url).content.decode()
    assert alice.addresses.count() == 20


def test_an_address_cannot_be_given_to_another_account(as_alice, alice):
    bob = make_bob()
    add(as_alice, user=bob.pk, user_id=bob.pk, default_of=bob.pk, id="1", pk="1")
    assert not bob.addresses.exists()
    address = alice.addresses.get()
    as_alice.post(
        f"{BOOK}{address.pk}/", {**PLACE, "user": bob.pk, "default_of": bob.pk}
    )
    address.refresh_from_db()
    assert (address.user, address.default_of) == (alice, alice)


def test_a_new_address_leads_back_to_where_it_was_missing(as_alice):
    page = as_alice.get(f"{NEW}?next=/en/accounts/wallet/").content.decode()
    assert 'name="next" value="/en/accounts/wallet/"' in page
    assert add(as_alice, next="/en/accounts/wallet/").url == "/en/accounts/wallet/"
    assert add(as_alice, next="//evil.example").url == BOOK


def test_the_book_asks_as_much_for_twenty_addresses_as_for_two(
    as_alice, alice, connection_queries
):
    make_address(alice)
    make_address(alice)
    as_alice.get(BOOK)
    two = connection_queries(lambda: as_alice.get(BOOK))
    for _number in range(18):
        make_address(alice)
    assert connection_queries(lambda: as_alice.get(BOOK)) == two
