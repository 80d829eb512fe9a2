"""The checkout page: coupons, a new address in place, invoice, tampered fields."""

from decimal import Decimal

import pytest

from accounts.models import Address
from accounts.tests.factories import make_address
from accounts.tests.pages import errors_at
from cart.models import CartLine
from cart.tests.factories import make_cart, make_line
from catalog.models import Category, Product, Variant
from catalog.tests.factories import make_product
from orders.models import ClaimedCoupon, Coupon, Invoice, Order
from orders.tests.coupon_factories import give_coupon, make_coupon
from orders.tests.pages import JSON, alerts, field, marked
from orders.tests.test_invoices import TAX_NUMBER
from shop import policy

pytestmark = pytest.mark.django_db

CHECKOUT = "/en/checkout/"
NEW_ADDRESS = {
    "recipient": "Alice Li",
    "phone": "13800138000",
    "province": "北京市",
    "city": "北京市",
    "district": "朝阳区",
    "street": "Quay 7",
}


@pytest.fixture
def product():
    return make_product(price="150.00", stock=5)


@pytest.fixture
def address(alice):
    return make_address(alice, default_of=alice)


@pytest.fixture
def ticked(alice, product, address):
    return make_line(make_cart(alice), variant=product.variants.get(), quantity=1)


def filled(page, **changes):
    names = ("token", "total_shown", "fingerprint")
    fields = {name: field(page, name) for name in names}
    address = Address.objects.first()
    chosen = next((c["value"] for c in radios(page) if "checked" in c["raw"]), "")
    fields |= {"address": address.pk if address else "", "coupon": chosen}
    return {**fields, "note": "Ring twice", **changes}


def radios(page):
    found = []
    for tag in page.content.decode().split("<input ")[1:]:
        if 'name="coupon"' in tag.partition(">")[0]:
            raw = tag.partition(">")[0]
            found.append({"raw": raw, "value": raw.split('value="')[1].split('"')[0]})
    return found


def total(page):
    return marked(page, "checkout-total")[0]["data-total"]


class TestCoupons:
    def test_the_best_is_chosen_and_each_says_what_it_saves(
        self, as_alice, alice, ticked
    ):
        best = give_coupon(alice, "30.00")
        worse = give_coupon(alice, "20.00")
        far = give_coupon(alice, "50.00", minimum="200.00")
        other = give_coupon(alice, category=Category.objects.get(pk=5))
        page = as_alice.get(CHECKOUT)
        choices = {c["data-code"]: c for c in marked(page, "coupon-choice")}
        assert [c["data-code"] for c in marked(page, "coupon-choice")][:2] == [
            best.code,
            worse.code,
        ]
        assert choices[best.code]["data-saves"] == "30.00"
        assert choices[far.code]["data-saves"] == ""
        assert total(page) == field(page, "total_shown") == "120.00"
        html = page.content.decode()
        assert "Add goods for ¥50.00 more to use it." in html
        assert "It is only for" in html
        assert html.count("disabled>") >= 2
        assert other.code in html

    def test_one_that_costs_freight_says_so_and_is_not_chosen_by_itself(
        self, as_alice, alice, address
    ):
        cheap = make_product(price="100.00").variants.get()
        make_line(make_cart(alice), variant=cheap, quantity=1)
        give_coupon(alice, "5.00")
        page = as_alice.get(CHECKOUT)
        assert total(page) == "100.00"
        assert "¥10.00 freight comes on top" in page.content.decode()

    def test_it_costs_no_freight_where_every_line_is_sent_free(
        self, as_alice, alice, address
    ):
        free = make_product(price="100.00", has_free_freight=True).variants.get()
        make_line(make_cart(alice), variant=free, quantity=1)
        coupon = give_coupon(alice, "5.00")
        page = as_alice.get(CHECKOUT)
        assert total(page) == "95.00"
        assert marked(page, "free-freight")
        assert as_alice.post(CHECKOUT, filled(page)).status_code == 302
        order = Order.objects.get()
        assert (order.freight_amount, order.total_amount) == (0, 95)
        assert order.coupon_use.code == coupon.code

    def test_the_button_shows_the_new_total_and_keeps_the_rest(
        self, as_alice, alice, ticked
    ):
        give_coupon(alice)
        page = as_alice.get(CHECKOUT)
        again = as_alice.post(CHECKOUT, filled(page, coupon="", refresh="1"))
        assert again.status_code == 200
        assert total(again) == field(again, "total_shown") == "150.00"
        assert field(again, "note") == "Ring twice"
        assert not marked(again, "checkout-discount")
        assert not alerts(again)
        assert not Order.objects.exists()

    def test_it_is_used_and_shown_on_order_and_receipt(self, as_alice, alice, ticked):
        coupon = give_coupon(alice)
        as_alice.post(CHECKOUT, filled(as_alice.get(CHECKOUT)))
        order = Order.objects.get()
        assert (order.discount_amount, order.total_amount) == (20, 130)
        for path in ("", "receipt/"):
            page = as_alice.get(f"/en/orders/{order.number}/{path}")
            [discount] = marked(page, "order-discount")
            assert discount["data-amount"] == "20.00"
            assert "A coupon" in page.content.decode()
        listed = as_alice.get("/en/orders/coupons/")
        [mine] = marked(listed, "coupon")
        assert (mine["data-code"], mine["data-state"]) == (coupon.code, "used")

    def test_a_code_typed_at_the_till_is_claimed_and_chosen(
        self, as_alice, alice, ticked
    ):
        coupon = make_coupon()
        page = as_alice.get(CHECKOUT)
        typed = f" {coupon.code.lower()} "
        again = as_alice.post(
            CHECKOUT, filled(page, claim="1", code=typed), follow=True
        )
        assert total(again) == "130.00"
        assert field(again, "note") == "Ring twice"
        assert ClaimedCoupon.objects.get().user == alice
        wrong = as_alice.post(
            CHECKOUT, filled(page, claim="1", code="NOSUCH"), follow=True
        )
        assert marked(wrong, "message")[0]["data-level"] == "error"

    def test_guessing_codes_ends_soon(self, as_alice):
        for _ in range(20):
            as_alice.post("/en/orders/coupons/claim/", {"code": "NOSUCH"})
        response = as_alice.post(
            "/en/orders/coupons/claim/", {"code": "NOSUCH"}, headers=JSON
        )
        assert response.status_code == 429

    def test_the_page_asks_as_often_with_many_lines_and_coupons(
        self, as_alice, alice, address, connection_queries
    ):
        cart, counts = make_cart(alice), []
        for number in (2, 18):
            for _ in range(number):
                make_line(cart, variant=make_product().variants.get())
                give_coupon(alice, category=Category.objects.get(pk=2))
            counts.append(connection_queries(lambda: as_alice.get(CHECKOUT)))
        assert counts[0] == counts[1]


class TestMyCoupons:
    def test_they_are_one_s_own(self, as_alice, alice, bob):
        give_coupon(bob)
        assert marked(as_alice.get("/en/orders/coupons/"), "no-coupons")

    def test_an_offered_one_is_claimed_with_a_button(self, as_alice):
        coupon = make_coupon(access="listed")
        page = as_alice.get("/en/orders/coupons/")
        assert marked(page, "offered-coupon")[0]["data-code"] == coupon.code
        page = as_alice.post(
            "/en/orders/coupons/claim/", {"code": coupon.code}, follow=True
        )
        assert not marked(page, "offered-coupon")
        assert marked(page, "coupon")[0]["data-state"] == "usable"

    def test_json_and_a_field_left_empty(self, as_alice):
        coupon = make_coupon()
        path = "/en/orders/coupons/claim/"
        answer = as_alice.post(path, {"code": coupon.code}, headers=JSON)
        assert answer.json()["code"] == coupon.code
        again = as_alice.post(path, {"code": coupon.code}, headers=JSON)
        assert (again.status_code, again.json()["error"]) == (409, "coupon_limit")
        assert as_alice.post(path, {}, headers=JSON).status_code == 400
        assert errors_at(as_alice.post(path, {"code": "!"}), "code")


class TestAddressInPlace:
    def test_it_is_saved_and_chosen_and_the_rest_is_kept(
        self, as_alice, alice, ticked, address
    ):
        page = as_alice.get(CHECKOUT)
        sent = filled(
            page, **NEW_ADDRESS, add_address="1", invoice_kind="", invoice_title="Me"
        )
        again = as_alice.post(CHECKOUT, sent, follow=True)
        new = Address.objects.get(street="Quay 7")
        assert again.redirect_chain == [(CHECKOUT, 302)]
        assert again.context["form"].initial["address"] == new
        assert field(again, "note") == "Ring twice"
        assert field(again, "invoice_title") == "Me"
        as_alice.post(CHECKOUT, filled(again, address=new.pk))
        assert Order.objects.get().street == "Quay 7"

    def test_it_comes_back_with_its_errors_and_the_rest_of_what_was_typed(
        self, as_alice, ticked
    ):
        page = as_alice.get(CHECKOUT)
        sent = filled(page, **{**NEW_ADDRESS, "phone": "12"}, add_address="1")
        again = as_alice.post(CHECKOUT, sent)
        assert again.status_code == 200
        assert errors_at(again, "phone")
        assert field(again, "street") == "Quay 7"
        assert field(again, "note") == "Ring twice"
        assert Address.objects.count() == 1

    def test_a_choice_of_province_fetches_its_cities_alone(self, as_alice, ticked):
        page = as_alice.get(CHECKOUT)
        answer = as_alice.post(
            CHECKOUT,
            filled(page, province="浙江省", refresh="1"),
            headers={"HX-Request": "true", "HX-Trigger-Name": "province"},
        )
        html = answer.content.decode()
        assert "杭州市" in html
        assert "checkout-form" not in html

    def test_an_address_half_typed_does_not_stand_in_the_way(self, as_alice, ticked):
        page = as_alice.get(CHECKOUT)
        as_alice.post(CHECKOUT, filled(page, recipient="Al"))
        assert Order.objects.count() == 1


class TestTampering:
    """Row E5: nothing that is sent changes an amount; what changed comes back."""

    @pytest.mark.parametrize(
        "fields",
        [
            {"total_shown": "1.00"},
            {"total_shown": "0.00"},
            {"total_shown": "130.01"},
            {"coupon": "NOSUCH"},
            {"coupon": "<script>"},
            {"coupon": "x" * 61},
            {"fingerprint": "0" * 32},
            {"fingerprint": "x"},
            {"token": "short"},
            {"total_shown": "-1.00"},
            {"address": "999999"},
            {"address": "x"},
            {"note": "x" * 201},
            {"invoice_kind": "gift"},
            {"invoice_kind": "company", "invoice_title": "ACME"},
            {"invoice_kind": "personal"},
            {"invoice_title": "x" * 101},
        ],
    )
    def test_nothing_is_written(self, as_alice, alice, ticked, fields):
        give_coupon(alice)
        sent = filled(as_alice.get(CHECKOUT), **fields)
        refused = as_alice.post(CHECKOUT, sent, headers=JSON)
        assert refused.status_code in (400, 409)
        page = as_alice.post(CHECKOUT, sent, follow=True)
        assert page.status_code == 200
        assert total(page) in ("130.00", "150.00")
        self.assert_nothing_is_written()

    @pytest.mark.parametrize("name", ["price", "amount", "discount_amount", "freight"])
    def test_fields_that_nobody_asked_for_are_not_read(self, as_alice, ticked, name):
        as_alice.post(CHECKOUT, filled(as_alice.get(CHECKOUT), **{name: "0.01"}))
        assert Order.objects.get().total_amount == Decimal("150.00")

    @pytest.mark.parametrize(
        ("model", "changes", "error"),
        [
            (Variant, {"price": "149.00", "regular_price": "149.00"}, "goods_changed"),
            (Variant, {"stock": 0}, "nothing_to_order"),
            (Product, {"status": "off_shelf"}, "nothing_to_order"),
            (CartLine, {"quantity": 2}, "goods_changed"),
            (CartLine, {"is_selected": False}, "nothing_to_order"),
            (CartLine, {"quantity": 6}, "goods_changed"),
            (Coupon, {"is_active": False}, "coupon_gone"),
            (Coupon, {"minimum_amount": "500.00"}, "coupon_unfit"),
            (Coupon, {"amount": "10.00"}, "total_changed"),
        ],
    )
    def test_what_changed_meanwhile_comes_back(
        self, as_alice, alice, ticked, model, changes, error
    ):
        give_coupon(alice)
        sent = filled(as_alice.get(CHECKOUT))
        if "price" in changes:
            changes = changes | {"list_price": "150.00"}
        model.objects.update(**changes)
        refused = as_alice.post(CHECKOUT, sent, headers=JSON)
        assert refused.json()["error"] == error
        page = as_alice.post(CHECKOUT, sent, follow=True)
        assert marked(page, "message")[0]["data-level"] == "error"
        assert not Order.objects.exists()
        assert CartLine.objects.count() == 1

    def test_one_price_up_and_another_down_is_a_change_too(
        self, as_alice, alice, ticked
    ):
        other = make_product(price="60.00").variants.get()
        make_line(alice.cart, variant=other, quantity=1)
        sent = filled(as_alice.get(CHECKOUT))
        for variant, price in ((ticked.variant, "151.00"), (other, "59.00")):
            Variant.objects.filter(pk=variant.pk).update(
                price=price, regular_price=price, list_price="200.00"
            )
        refused = as_alice.post(CHECKOUT, sent, headers=JSON)
        assert refused.json()["error"] == "goods_changed"
        assert not Order.objects.exists()

    def test_a_line_that_went_is_seen_even_if_freight_makes_up_for_it(
        self, as_alice, alice, address
    ):
        cart = make_cart(alice)
        small = make_product(price="10.00").variants.get()
        make_line(cart, variant=make_product(price="89.00").variants.get(), quantity=1)
        make_line(cart, variant=small, quantity=1)
        page = as_alice.get(CHECKOUT)
        assert total(page) == "99.00"
        Variant.objects.filter(pk=small.pk).update(stock=0)
        assert total(as_alice.get(CHECKOUT)) == "99.00"
        refused = as_alice.post(CHECKOUT, filled(page), headers=JSON)
        assert refused.json()["error"] == "goods_changed"
        assert not Order.objects.exists()

    def test_the_purchase_limit_is_asked_again(self, as_alice, ticked):
        sent = filled(as_alice.get(CHECKOUT))
        CartLine.objects.update(quantity=2)
        sent |= {"fingerprint": "", "total_shown": "300.00"}
        policy.change("purchase_limit", "1")
        refused = as_alice.post(CHECKOUT, sent, headers=JSON)
        assert refused.json()["error"] == "purchase_limit"
        self.assert_nothing_is_written()

    def assert_nothing_is_written(self):
        assert not Order.objects.exists()
        assert not Invoice.objects.exists()
        assert not ClaimedCoupon.objects.exclude(used_at=None).exists()
        assert Variant.objects.get().stock == 5
        assert CartLine.objects.count() == 1


def test_an_invoice_is_kept_with_the_order(as_alice, ticked):
    sent = filled(
        as_alice.get(CHECKOUT),
        invoice_kind="company",
        invoice_title="Acme 有限公司",
        invoice_tax_number=f" {TAX_NUMBER.lower()} ",
    )
    as_alice.post(CHECKOUT, sent)
    invoice = Invoice.objects.get()
    assert invoice.order == Order.objects.get()
    assert (invoice.title, invoice.tax_number) == ("Acme 有限公司", TAX_NUMBER)
    assert invoice.amount == Decimal("150.00")
