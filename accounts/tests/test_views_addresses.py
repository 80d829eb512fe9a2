import re

import pytest

from accounts import regions
from accounts.models import Address
from accounts.tests.factories import PLACE, make_address, make_bob
from accounts.tests.pages import errors_at
from shop.tests.plain_browser import PlainBrowser

BOOK, NEW = "/en/accounts/addresses/", "/en/accounts/addresses/new/"


def add(client, **changes):
    return client.post(NEW, {**PLACE, **changes})


def chosen(response):
    """What stands in the form's region fields."""
    form = response.context["form"]
    return [form[name].value() for name in ("province", "city", "district")]


def typed_district(response):
    """Return what is chosen in the list of districts, and typed in the field beside."""
    html = response.content.decode()
    ((before, _name),) = re.findall(
        r'<option value="([^"]*)" selected>([^<]*)', select(html)
    )
    (typed,) = re.findall(r'name="district_other" value="([^"]*)"', html)
    return before, typed


def select(html):
    return html.partition('<select name="district"')[2].partition("</select>")[0]


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


@pytest.mark.parametrize(
    "fields",
    [
        {"district": "新设的区"},
        {"district": "other", "district_other": "新设的区"},
        {"district": "", "district_other": " 新设的区 "},
        {"district": "新设的区", "district_other": "left over"},
    ],
)
def test_a_district_that_the_list_lacks_is_typed(as_alice, alice, fields):
    assert add(as_alice, **fields).status_code == 302
    address = alice.addresses.get()
    assert address.district == "新设的区"
    page = as_alice.get(f"{BOOK}{address.pk}/")
    assert typed_district(page) == ("other", "新设的区")


def test_the_list_goes_before_what_was_typed_beside_it(as_alice, alice):
    add(as_alice, district="福田区", district_other="left over")
    assert alice.addresses.get().district == "福田区"


def test_a_faulty_form_keeps_a_typed_district(as_alice):
    page = add(as_alice, district="新设的区", street="")
    assert typed_district(page) == ("other", "新设的区")
    page = add(as_alice, district="other", district_other="")
    assert errors_at(page, "district")
    assert typed_district(page) == ("other", "")


@pytest.mark.parametrize("city", ["东莞市", "中山市"])
def test_a_city_without_districts_has_its_towns(as_alice, alice, city):
    page = as_alice.post(NEW, {**PLACE, "city": city, "refresh": "1"})
    town = options(page, "district")[1]
    assert add(as_alice, city=city, district=town).status_code == 302
    assert add(as_alice, city=city, district="任意区").status_code == 302
    assert set(alice.addresses.values_list("district", flat=True)) == {town, "任意区"}


def test_a_city_without_any_list_asks_for_the_name(as_alice, alice, monkeypatch):
    monkeypatch.setattr(regions, "districts", lambda province, city: ())
    page = as_alice.post(NEW, {**PLACE, "refresh": "1"})
    assert typed_district(page) == ("other", "")
    assert options(page, "district") == ["", "other"]
    typed = {"district": "other", "district_other": "南山区"}
    assert add(as_alice, **typed).status_code == 302
    assert alice.addresses.get().district == "南山区"


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
        if value.strip() and name not in ("province", "city"):
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
    assert chosen(page) == ["广东省", "深圳市", ""]
    assert not Address.objects.exists()


def test_another_province_forgets_what_hung_on_the_one_before(as_alice):
    page = as_alice.post(NEW, {**PLACE, "province": "浙江省", "refresh": "1"})
    assert chosen(page) == ["浙江省", "", ""]


def test_another_city_forgets_a_typed_district_if_it_is_known_which_changed(as_alice):
    typed = {**PLACE, "district": "other", "district_other": "新区", "refresh": "1"}
    # Without JavaScript the button may come after the district was typed.
    assert chosen(as_alice.post(NEW, typed))[2] == "新区"
    headers = {"HX-Request": "true", "HX-Trigger-Name": "city"}
    assert chosen(as_alice.post(NEW, typed, headers=headers))[2] == ""


def test_a_municipality_chooses_its_city(as_alice):
    page = as_alice.post(NEW, {"province": "北京市", "refresh": "1"})
    assert chosen(page)[:2] == ["北京市", "北京市"]


def test_choosing_fetches_the_fragment_alone(as_alice):
    headers = {"HX-Request": "true", "HX-Trigger-Name": "province"}
    page = as_alice.post(
        NEW, {**PLACE, "province": "上海市", "refresh": "1"}, headers=headers
    )
    html = page.content.decode()
    for fetched in ("below-province", "below-city", "region-news"):
        assert html.count(f'id="{fetched}"') == 1
    assert "16 districts to choose from" in html
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
    assert 'data-test="book-full"' in as_alice.get(NEW).content.decode()
    response = add(as_alice)
    assert response.status_code == 302
    assert 'data-level="error"' in as_alice.get(response.url).content.decode()
    response = as_alice.post(NEW, PLACE, headers={"Accept": "application/json"})
    assert response.status_code == 409
    assert response.json()["error"] == "too_many_addresses"
    assert alice.addresses.count() == 20
    # What is there may still be changed, or make room.
    address = alice.addresses.first()
    assert as_alice.post(f"{BOOK}{address.pk}/", PLACE).url == BOOK
    as_alice.post(f"{BOOK}{address.pk}/delete/")
    assert add(as_alice).url == BOOK
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


LINE = "王芳，010-12345678，浙江省 杭州市 西湖区 竹影路 1号"
JSON = {"Accept": "application/json"}


def values(response):
    """What stands in the form now."""
    form = response.context["form"]
    return {name: form[name].value() for name in PLACE}


READ = {
    "recipient": "王芳",
    "phone": "010 1234 5678",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "竹影路 1号",
}


def test_a_pasted_line_fills_the_form_and_stores_nothing(as_alice):
    page = as_alice.post(NEW, {"line": LINE, "parse": "1", "next": "/en/checkout/"})
    assert page.status_code == 200
    assert values(page) == READ
    html = page.content.decode()
    assert 'data-missing=""' in html
    assert 'name="next" value="/en/checkout/"' in html
    assert LINE in html
    assert 'role="alert"' not in html
    assert not Address.objects.exists()


def test_what_the_line_lacks_stays_as_typed_and_is_named(as_alice):
    typed = {**PLACE, "line": "王芳", "parse": "1", "is_default": "on"}
    page = as_alice.post(NEW, typed)
    assert values(page) == {**PLACE, "recipient": "王芳"}
    assert page.context["form"]["is_default"].value() is True
    html = page.content.decode()
    assert 'data-missing="phone province city district street"' in html
    assert "Phone, Province, City, District, Street and house" in html


def test_another_place_in_the_line_leaves_nothing_of_the_one_before(as_alice):
    typed = {**PLACE, "district": "other", "district_other": "新区", "parse": "1"}
    page = as_alice.post(NEW, {**typed, "line": "江苏省鼓楼区望江路1号"})
    assert chosen(page) == ["江苏省", "", ""]
    # The same city again: what was typed there may well be right.
    page = as_alice.post(NEW, {**typed, "line": "深圳市科苑路1号"})
    assert chosen(page) == ["广东省", "深圳市", "新区"]


def test_a_line_is_read_for_an_address_that_exists(as_alice, alice, as_bob):
    address = make_address(alice)
    book = f"{BOOK}{address.pk}/"
    assert values(as_alice.post(book, {"line": LINE, "parse": "1"})) == READ
    assert as_bob.post(book, {"line": LINE, "parse": "1"}).status_code == 404
    address.refresh_from_db()
    assert address.street == PLACE["street"]


def test_a_script_reads_a_line_too(as_alice):
    page = as_alice.post(NEW, {"line": LINE, "parse": "1"}, headers=JSON)
    assert page.json() == {"ok": True, "fields": READ, "missing": []}
    page = as_alice.post(NEW, {"line": "王芳", "parse": "1"}, headers=JSON)
    assert page.json()["fields"] == {"recipient": "王芳"}
    assert page.json()["missing"] == list(PLACE)[1:]


@pytest.mark.parametrize("line", ["", " \r\n ", "长" * 301, "\x00"])
def test_a_line_that_will_not_do_is_told_at_its_field(as_alice, line):
    page = as_alice.post(NEW, {**PLACE, "line": line, "parse": "1"})
    assert page.status_code == 200
    assert errors_at(page, "line")
    assert values(page) == PLACE
    page = as_alice.post(NEW, {"line": line, "parse": "1"}, headers=JSON)
    assert page.status_code == 400
    assert list(page.json()["fields"]) == ["line"]
    assert not Address.objects.exists()


def test_a_lines_end_counts_as_one_character(as_alice):
    line = "\r\n".join("长" * 150)
    page = as_alice.post(NEW, {"line": line, "parse": "1"})
    assert not errors_at(page, "line")


def test_saving_takes_no_notice_of_the_line(as_alice, alice):
    assert add(as_alice, line="长" * 999).status_code == 302
    assert alice.addresses.get().recipient == PLACE["recipient"]


NASTY = "<script>alert(1)</script>"


def test_what_is_typed_is_shown_as_text(as_alice, alice):
    response = add(
        as_alice,
        recipient="<b>李</b> 😀",
        district=NASTY,
        street=f"  街 \u202e\t{NASTY}  ",
    )
    assert response.status_code == 302
    address = alice.addresses.get()
    assert (address.recipient, address.street) == ("<b>李</b> 😀", f"街 {NASTY}")
    pages = [
        as_alice.get(BOOK),
        as_alice.get(f"{BOOK}{address.pk}/"),
        as_alice.post(NEW, {"line": NASTY, "parse": "1"}),
    ]
    for page in pages:
        assert NASTY not in page.content.decode()
        assert "&lt;script&gt;" in page.content.decode()


def test_errors_come_as_json_too(as_alice):
    response = as_alice.post(NEW, {**PLACE, "phone": "1", "city": ""}, headers=JSON)
    assert response.status_code == 400
    assert set(response.json()["fields"]) == {"phone", "city"}


def test_lists_hide_phones_and_forms_show_them_to_their_owner(as_alice, alice):
    make_address(alice, phone="+8675586013388")
    html = as_alice.get(BOOK).content.decode()
    assert "0755****3388" in html
    assert "8601" not in html
    page = as_alice.get(f"{BOOK}{alice.addresses.get().pk}/")
    assert 'value="0755 8601 3388"' in page.content.decode()


def test_an_empty_book_leads_to_the_form(as_alice):
    html = as_alice.get(BOOK).content.decode()
    assert 'data-test="no-addresses"' in html
    assert NEW in html


def test_a_strangers_address_is_not_there(as_bob, alice):
    address = make_address(alice, default_of=alice)
    book = f"{BOOK}{address.pk}/"
    assert as_bob.get(book).status_code == 404
    for deed in (book, f"{book}delete/", f"{book}default/"):
        assert as_bob.post(deed, PLACE).status_code == 404
    assert address in alice.addresses.all()


def test_browsers_know_what_belongs_where(as_alice):
    html = as_alice.get(NEW).content.decode()
    for token in (
        "name",
        "tel",
        "address-level1",
        "address-level2",
        "address-level3",
        "street-address",
    ):
        assert f'autocomplete="{token}"' in html


def test_the_way_back_is_the_one_that_led_here(as_alice):
    page = as_alice.get(f"{NEW}?next=/en/checkout/").content.decode()
    assert '<a class="button quiet" href="/en/checkout/">' in page
    page = as_alice.get(f"{NEW}?next=//evil.example/").content.decode()
    assert f'<a class="button quiet" href="{BOOK}">' in page


def test_a_plain_browser_adds_an_address_step_by_step(alice):
    browser = PlainBrowser()
    browser.client.force_login(alice)
    browser.open(NEW)
    browser.submit("/new/", refresh="1", province="广东省", recipient="李雷")
    browser.submit("/new/", refresh="1", city="深圳市")
    typed = {"phone": "13800138000", "street": "科苑路1号"}
    browser.submit("/new/", district="other", district_other="新区", **typed)
    address = alice.addresses.get()
    assert (address.recipient, address.city, address.district) == (
        "李雷",
        "深圳市",
        "新区",
    )
    assert browser.address == BOOK
    # Changing it: the unlisted district stands there, and another line replaces it.
    browser.open(f"{BOOK}{address.pk}/")
    browser.submit(f"/{address.pk}/", parse="1", line=LINE)
    browser.submit(f"/{address.pk}/")
    address.refresh_from_db()
    assert (address.recipient, address.district) == ("王芳", "西湖区")
