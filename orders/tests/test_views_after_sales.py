"""The buyer's pages of a request, and who may not see or do what."""

import io
from decimal import Decimal

import pytest
from django.test import override_settings
from PIL import Image

from catalog.tests.factories import make_product
from orders.models import AfterSale
from orders.tests.after_sale_factories import agree, make_request, send_back
from orders.tests.factories import make_order, ship
from orders.tests.pages import field, marked
from shop import clock, photos

pytestmark = pytest.mark.django_db

WISH = {"kind": "refund_only", "quantity": "1", "reason": "Too big"}
JSON = {"Accept": "application/json"}


def picture(name="a.png"):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    file.seek(0)
    file.name = name
    return file


@pytest.fixture
def paid(alice):
    return make_order(alice, make_product(price="33.35"), 3, status="paid")


@pytest.fixture
def item(paid):
    return paid.items.get()


def ask(client, item, headers=None, **changes):
    url = f"/en/orders/items/{item.pk}/after-sale/"
    return client.post(url, WISH | changes, headers=headers)


class TestAsking:
    def test_the_page_says_what_goes_back(self, as_alice, item):
        page = as_alice.get(f"/en/orders/items/{item.pk}/after-sale/")
        assert page.status_code == 200
        [amount] = marked(page, "after-sale-amount")
        assert amount["data-amount"] == str(item.order.total_amount)
        assert marked(page, "after-sale-form")[0]["data-kind"] == "refund_only"

    def test_the_amount_of_fewer_is_worked_out_without_a_script(self, as_alice, item):
        page = ask(as_alice, item, refresh="1", quantity="2", reason="Half <of> it")
        assert page.status_code == 200
        [amount] = marked(page, "after-sale-amount")
        assert (amount["data-amount"], amount["data-quantity"]) == ("66.70", "2")
        assert "Half &lt;of&gt; it" in page.content.decode()
        assert not AfterSale.objects.exists()

    @pytest.mark.parametrize("typed", ["", "0", "-1", "9" * 40, "x", "²", "1.5", "4"])
    def test_the_amount_of_nonsense_is_no_error(self, as_alice, item, typed):
        page = ask(as_alice, item, refresh="1", quantity=typed)
        assert page.status_code == 200

    def test_asking_leads_to_the_request(self, as_alice, item):
        answer = ask(as_alice, item)
        asked = AfterSale.objects.get()
        assert answer.status_code == 302
        assert answer.url == f"/en/orders/after-sales/{asked.pk}/"
        page = as_alice.get(answer.url)
        [shown] = marked(page, "after-sale")
        assert shown["data-state"] == "requested"
        assert shown["data-amount"] == "33.35"
        assert marked(page, "next-event")[0]["data-at"]
        assert marked(page, "countdown")[0]["data-ends-at"]
        assert marked(page, "withdraw")

    def test_as_json(self, as_alice, item):
        answer = ask(as_alice, item, JSON)
        body = answer.json()
        assert (body["ok"], body["amount"]) == (True, "33.35")
        assert body["url"].endswith(f"/orders/after-sales/{body['after_sale']}/")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("quantity", ""),
            ("quantity", "0"),
            ("quantity", "-1"),
            ("quantity", "4"),
            ("quantity", "9" * 30),
            ("quantity", "1.5"),
            ("reason", ""),
            ("reason", "x" * 201),
            ("kind", "gift"),
        ],
    )
    def test_bad_input_comes_back(self, as_alice, item, field, value):
        page = ask(as_alice, item, **{field: value})
        assert page.status_code == 200
        assert 'role="alert"' in page.content.decode()
        body = ask(as_alice, item, JSON, **{field: value})
        assert body.status_code == 400
        assert field in body.json()["fields"]
        assert not AfterSale.objects.exists()

    def test_the_amount_is_the_server_s(self, as_alice, item):
        ask(as_alice, item, amount="9999.00", freight_amount="9999.00")
        assert AfterSale.objects.get().amount == Decimal("33.35")

    def test_another_kind_than_is_possible_is_refused(self, as_alice, item):
        for kind in ("return_and_refund", "exchange"):
            answer = ask(as_alice, item, JSON, kind=kind)
            assert answer.status_code == 409
            assert answer.json()["error"] == "after_sale_not_offered"
        assert ask(as_alice, item, kind="exchange").status_code == 302

    def test_a_second_one_is_refused_and_leads_to_the_first(self, as_alice, item):
        asked = make_request(item)
        for answer in (
            ask(as_alice, item),
            as_alice.get(f"/orders/items/{item.pk}/after-sale/"),
        ):
            assert answer.status_code == 302
            assert answer.url.endswith(f"/orders/after-sales/{asked.pk}/")
        assert ask(as_alice, item, JSON).json()["error"] == "request_open"

    def test_when_nothing_is_possible_the_order_says_so(self, as_alice, item):
        make_request(item, state="refunded")
        answer = as_alice.get(f"/en/orders/items/{item.pk}/after-sale/", follow=True)
        assert answer.redirect_chain[-1][0].endswith(f"/orders/{item.order.number}/")
        assert "You cannot ask for this" in answer.content.decode()

    def test_only_a_fault_brings_back_what_has_no_seven_day_return(
        self, as_alice, alice
    ):
        order = make_order(
            alice, make_product(has_seven_day_return=False), status="completed"
        )
        item = order.items.get()
        wish = {"kind": "return_and_refund"}
        page = ask(as_alice, item, **wish)
        assert page.status_code == 200
        assert "only if it has a fault" in page.content.decode()
        assert ask(as_alice, item, **wish, faulty="on").status_code == 302


class TestPhotos:
    def test_are_stored_anew_and_shown(self, as_alice, item, settings):
        ask(as_alice, item, photos=[picture(), picture("b.png")])
        asked = AfterSale.objects.get()
        stems = [photo.stem for photo in asked.photos.all()]
        assert len(stems) == 2
        for stem in stems:
            assert stem.startswith("after-sales/")
            assert all(path.exists() for path in photos.files_of(stem))
        page = as_alice.get(asked.get_absolute_url()).content.decode()
        assert f"{stems[0]}-240.webp" in page

    def test_what_is_no_picture_is_refused_by_its_place(self, as_alice, item):
        fake = io.BytesIO(b"<svg onload=alert(1)>")
        fake.name = "x.png"
        page = ask(as_alice, item, photos=[picture(), fake])
        assert page.status_code == 200
        assert "Photo 2" in page.content.decode()
        assert not AfterSale.objects.exists()

    def test_ten_are_too_many(self, as_alice, item):
        page = ask(as_alice, item, photos=[picture() for _n in range(10)])
        assert "At most 9" in page.content.decode()

    def test_nothing_is_left_of_what_was_refused(self, as_alice, item, settings):
        make_request(item)
        ask(as_alice, item, photos=[picture()])
        left = [p for p in settings.MEDIA_ROOT.rglob("*.webp") if "after" in str(p)]
        assert left == []

    def test_a_full_disk_keeps_nothing(self, as_alice, item, monkeypatch):
        def full(*args):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("shop.images.save_webp", full)
        answer = ask(as_alice, item, JSON, photos=[picture()])
        assert (answer.status_code, answer.json()["error"]) == (409, "photos_not_saved")
        assert not AfterSale.objects.exists()


class TestReturning:
    @pytest.fixture
    def asked(self, alice):
        order = make_order(alice, make_product(), status="completed")
        return make_request(order.items.get(), state="return_goods")

    @override_settings(RETURN_ADDRESS_ZH="上海市 1 号", RETURN_ADDRESS_EN="1 Road")
    def test_the_address_is_shown_in_both_languages(self, as_alice, asked):
        for prefix, address in (("", "上海市 1 号"), ("/en", "1 Road")):
            for page in ("", "return/"):
                url = f"{prefix}/orders/after-sales/{asked.pk}/{page}"
                assert address in as_alice.get(url).content.decode()

    @override_settings(RETURN_ADDRESS_ZH="上海市 1 号", RETURN_ADDRESS_EN="")
    def test_one_language_is_better_than_none(self, as_alice, asked):
        page = as_alice.get(f"/en/orders/after-sales/{asked.pk}/")
        assert "上海市 1 号" in page.content.decode()

    def test_the_number_is_checked_and_taken(self, as_alice, asked):
        url = f"/en/orders/after-sales/{asked.pk}/return/"
        page = as_alice.post(url, {"carrier": "sf", "tracking_number": "1"})
        assert page.status_code == 200
        assert 'role="alert"' in page.content.decode()
        answer = as_alice.post(
            url, {"carrier": "sf", "tracking_number": " sf123456 7890123"}
        )
        assert answer.url.endswith(f"/orders/after-sales/{asked.pk}/")
        asked.refresh_from_db()
        assert (asked.state, asked.return_number) == ("returning", "SF1234567890123")

    def test_too_late_or_too_early(self, as_alice, asked):
        url = f"/en/orders/after-sales/{asked.pk}/return/"
        parcel = {"carrier": "sf", "tracking_number": "SF1234567890123"}
        with clock.at(asked.decide_by):
            answer = as_alice.post(url, parcel, headers=JSON)
            assert answer.status_code == 409
            assert answer.json()["error"] == "request_moved"
            assert as_alice.get(url).status_code == 302
        asked.refresh_from_db()
        assert (asked.state, asked.return_number) == ("closed", "")

    def test_its_number_is_corrected_once(self, as_alice, asked):
        page = f"/en/orders/after-sales/{asked.pk}/"
        url = f"{page}return/correct/"
        assert as_alice.get(url).status_code == 302
        send_back(asked)
        assert marked(as_alice.get(page), "correct-return")
        assert field(as_alice.get(url), "tracking_number") == "SF1234567890123"
        parcel = {"carrier": "sf", "tracking_number": "SF1234567890123"}
        for wrong, said in (
            (parcel, "has already"),
            ({**parcel, "tracking_number": "1"}, "is no number of"),
        ):
            assert said in as_alice.post(url, wrong).content.decode()
        parcel["tracking_number"] = "sf1234567890199"
        answer = as_alice.post(url, parcel, headers=JSON)
        assert answer.json() == {
            "ok": True,
            "message": "The tracking number is corrected.",
            "state": "returning",
        }
        shown = as_alice.get(page).content.decode()
        assert "SF1234567890199" in shown
        assert "correct-return" not in shown
        again = as_alice.post(url, parcel, headers=JSON)
        assert (again.status_code, again.json()["error"]) == (409, "cannot_correct")
        assert as_alice.post(url, parcel).status_code == 302

    def test_withdrawing(self, as_alice, asked):
        answer = as_alice.post(f"/en/orders/after-sales/{asked.pk}/withdraw/")
        assert answer.status_code == 302
        asked.refresh_from_db()
        assert asked.state == "closed"
        again = as_alice.post(
            f"/en/orders/after-sales/{asked.pk}/withdraw/", headers=JSON
        )
        assert again.json()["error"] == "request_moved"


class TestStrangers:
    @pytest.mark.parametrize("page", ["", "withdraw/", "return/", "return/correct/"])
    def test_somebody_else_s_request_does_not_exist(self, as_bob, client, item, page):
        asked = make_request(item)
        url = f"/orders/after-sales/{asked.pk}/{page}"
        for method in (as_bob.get, as_bob.post):
            assert method(url).status_code in (404, 405)
        assert as_bob.post(url, headers=JSON).status_code in (404, 405)
        visitor = client.post(url) if page == "withdraw/" else client.get(url)
        assert visitor.status_code == 302
        assert "/accounts/login/" in visitor.url
        asked.refresh_from_db()
        assert asked.state == "requested"

    def test_somebody_else_s_item_does_not_exist(self, as_bob, item):
        assert ask(as_bob, item).status_code == 404
        url = f"/orders/items/{item.pk}/after-sale/"
        assert as_bob.get(url).status_code == 404
        assert as_bob.get(f"/orders/items/{10**18}/after-sale/").status_code == 404

    def test_a_get_on_a_deed_is_405(self, as_alice, client, item):
        asked = make_request(item)
        url = f"/orders/after-sales/{asked.pk}/withdraw/"
        assert as_alice.get(url).status_code == 405
        assert client.get(url).status_code == 405


class TestTheOrder:
    def test_leads_to_what_may_be_asked_and_to_what_was(self, as_alice, paid, item):
        page = as_alice.get(f"/en/orders/{paid.number}/")
        assert marked(page, "ask-after-sale")[0]["data-kind"] == "refund_only"
        make_request(item, 1)
        page = as_alice.get(f"/en/orders/{paid.number}/")
        assert marked(page, "open-request")[0]["data-state"] == "requested"
        assert not marked(page, "ask-after-sale")
        assert marked(as_alice.get("/en/orders/"), "open-request")

    def test_asks_as_often_for_twenty_items_as_for_two(
        self, as_alice, alice, connection_queries
    ):
        counts = []
        for number in (2, 20):
            products = [make_product() for _n in range(number)]
            order = make_order(alice, products, status="paid")
            make_request(order.items.first())
            url = f"/en/orders/{order.number}/"
            as_alice.get(url)
            counts.append(connection_queries(lambda url=url: as_alice.get(url)))
        assert counts[0] == counts[1]


class TestAWholeOrder:
    """All that was not sent, in one go; each item has a request of its own."""

    @pytest.fixture
    def order(self, alice):
        lines = [make_product(price="30.00"), make_product(price="12.34")]
        return make_order(alice, lines, status="paid")

    def url(self, order):
        return f"/en/orders/{order.number}/refund/"

    def test_the_page_says_what_goes_back_with_the_freight(self, as_alice, order):
        detail = as_alice.get(f"/en/orders/{order.number}/")
        assert marked(detail, "refund-order")[0]["href"] == self.url(order)
        [amount] = marked(as_alice.get(self.url(order)), "order-refund-amount")
        assert order.freight_amount
        assert amount["data-amount"] == str(order.total_amount)

    def test_each_item_is_asked_about_and_all_of_the_money_goes_back(
        self, as_alice, order
    ):
        answer = as_alice.post(self.url(order), {"reason": "Too late"}, headers=JSON)
        asked = list(AfterSale.objects.order_by("pk"))
        assert answer.json()["after_sales"] == [each.pk for each in asked]
        assert {each.item_id for each in asked} == {i.pk for i in order.items.all()}
        for each in asked:
            agree(each)
        order.refresh_from_db()
        assert order.status == "closed"
        amounts = AfterSale.objects.values_list("amount", flat=True)
        assert sum(amounts) == order.total_amount

    def test_what_was_sent_or_asked_about_is_left_alone(self, as_alice, alice):
        lines = [make_product(price="300.00") for _ in range(3)]
        order = make_order(alice, lines, status="paid")
        first, second, third = order.items.order_by("pk")
        ship(order, {first.pk: 1})
        make_request(second)
        [amount] = marked(as_alice.get(self.url(order)), "order-refund-amount")
        assert amount["data-amount"] == "300.00"
        assert as_alice.post(self.url(order), {"reason": "x"}).status_code == 302
        assert AfterSale.objects.latest("pk").item == third
        assert AfterSale.objects.count() == 2

    def test_nothing_left_to_ask_for(self, as_alice, order):
        as_alice.post(self.url(order), {"reason": "x"})
        again = as_alice.post(self.url(order), {"reason": "x"}, headers=JSON)
        assert (again.status_code, again.json()["error"]) == (
            409,
            "after_sale_not_offered",
        )
        for answer in (
            as_alice.get(self.url(order)),
            as_alice.post(self.url(order), {"reason": "x"}),
        ):
            assert answer.url == f"/en/orders/{order.number}/"
        assert not marked(as_alice.get(answer.url), "refund-order")
        assert AfterSale.objects.count() == 2

    def test_a_reason_is_needed(self, as_alice, order):
        page = as_alice.post(self.url(order), {"reason": " "})
        assert (page.status_code, AfterSale.objects.count()) == (200, 0)
        assert 'role="alert"' in page.content.decode()

    def test_a_stranger_finds_nothing(self, as_bob, client, order):
        assert as_bob.get(self.url(order)).status_code == 404
        assert as_bob.post(self.url(order), {"reason": "x"}).status_code == 404
        assert client.get(self.url(order)).status_code == 302
        assert not AfterSale.objects.exists()


def test_the_list_of_orders_says_what_became_of_a_request(as_alice, item):
    make_request(item, 1, state="refunded")
    make_request(item, 1)
    page = as_alice.get("/en/orders/?status=after_sale")
    assert [shown["data-state"] for shown in marked(page, "past-request")] == [
        "refunded"
    ]
    assert marked(page, "open-request")[0]["data-state"] == "requested"


def test_of_a_single_unit_a_wrong_number_is_said_too(as_alice, alice):
    item = make_order(alice, make_product(), 1, status="paid").items.get()
    page = ask(as_alice, item, quantity="2")
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
