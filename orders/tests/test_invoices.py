"""Invoices (发票): kept with the order, never edited, cancelled and reissued (E11)."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.factories import make_user
from accounts.tests.pages import errors_at
from orders import tax_numbers
from orders.models import Invoice
from orders.refusals import InvoiceMoved, OrderClosed
from orders.services import invoices
from orders.services.invoices import InvoiceWish
from orders.tests.coupon_factories import give_coupon
from orders.tests.factories import cancel, make_order
from orders.tests.pages import marked
from shop import personal
from shop.models import AppendOnly, JournalEntry

TAX_NUMBER = "91350100M000100Y43"


class TestTaxNumbers:
    @pytest.mark.parametrize(
        "number",
        [TAX_NUMBER, "91110108551385082Q", "91440300708461136T", "110108551385082"],
    )
    def test_real_ones_pass(self, number):
        assert tax_numbers.is_valid(number)

    @pytest.mark.parametrize(
        "number",
        [
            "",
            "1",
            TAX_NUMBER[:-1],
            TAX_NUMBER + "1",
            "91350100M000100Y44",
            "91350100I000100Y43",
            TAX_NUMBER.lower(),
            "9" * 18,
            "１" * 15,
        ],
    )
    def test_others_do_not(self, number):
        assert not tax_numbers.is_valid(number)

    @given(st.integers(0, 17), st.sampled_from(tax_numbers.ALPHABET))
    def test_one_wrong_character_is_always_found(self, place, letter):
        wrong = TAX_NUMBER[:place] + letter + TAX_NUMBER[place + 1 :]
        assert tax_numbers.is_valid(wrong) is (wrong == TAX_NUMBER)


@pytest.fixture
def order(alice):
    return make_order(alice, invoice=InvoiceWish("Alice Li"))


@pytest.fixture
def invoice(order):
    return Invoice.objects.get()


def issue(invoice, number="24112000000012345678"):
    invoices.issue(invoice=invoice, number=number)
    invoice.refresh_from_db()


pytestmark = pytest.mark.django_db


class TestItsLife:
    def test_it_is_issued_once_its_order_is_paid(self, alice, order, invoice):
        with pytest.raises(InvoiceMoved):
            issue(invoice)
        paid = make_order(alice, status="paid", invoice=InvoiceWish("Alice Li"))
        own = paid.invoice
        issue(own)
        assert (own.state, own.number) == ("issued", "24112000000012345678")
        with pytest.raises(InvoiceMoved):
            issue(own)
        assert JournalEntry.objects.filter(kind="invoice_issued").count() == 1

    def test_a_mistake_is_cancelled_and_made_out_anew(self, alice):
        order = make_order(alice, status="paid", invoice=InvoiceWish("Alise"))
        old = order.invoice
        issue(old)
        wish = InvoiceWish("ACME", TAX_NUMBER)
        invoices.cancel(invoice=old, reason="wrong title", anew=wish)
        old.refresh_from_db()
        new = Invoice.objects.standing_of(order)
        assert (old.state, old.title) == ("cancelled", "Alise")
        assert (new.state, new.title, new.replaces) == ("requested", "ACME", old)
        with pytest.raises(InvoiceMoved):
            invoices.cancel(invoice=old, reason="again", anew=wish)
        assert Invoice.objects.count() == 2
        assert JournalEntry.objects.filter(kind="invoice_cancelled").count() == 1

    def test_nobody_edits_one(self, invoice):
        invoice.title = "Somebody"
        for edit in (
            invoice.save,
            invoice.delete,
            Invoice.objects.all().delete,
            lambda: Invoice.objects.update(title="Somebody"),
            lambda: Invoice.objects.bulk_update([invoice], ["title"]),
            lambda: Invoice.objects.bulk_create(
                [invoice], update_conflicts=True, update_fields=["title"]
            ),
        ):
            with pytest.raises(AppendOnly):
                edit()

    def test_it_goes_with_an_order_that_comes_to_nothing(self, order, invoice):
        cancel(order)
        invoice.refresh_from_db()
        assert (invoice.state, invoice.standing_order) == ("cancelled", None)
        with pytest.raises(OrderClosed):
            invoices.request(order=order, wish=InvoiceWish("Alice"))
        call_command("audit")

    @pytest.mark.parametrize(
        "changes",
        [
            {"standing_order": None},
            {"state": "issued"},
            {"state": "cancelled"},
            {"number": "1"},
            {"tax_number": TAX_NUMBER},
            {"kind": "company"},
        ],
    )
    def test_no_row_contradicts_itself(self, invoice, changes):
        with pytest.raises(IntegrityError), transaction.atomic():
            QuerySet(Invoice).filter(pk=invoice.pk).update(**changes)

    def test_an_order_has_one_standing_at_most(self, order, invoice):
        with pytest.raises(IntegrityError), transaction.atomic():
            invoices.write_request(order=order, wish=InvoiceWish("Bob"))

    def test_closing_the_account_takes_a_person_s_name_out(self, alice, invoice):
        Invoice.objects.all().make_nameless()
        invoice.refresh_from_db()
        assert invoice.title == ""


class TestThePages:
    def test_the_receipt_has_every_amount(self, as_alice, order):
        page = as_alice.get(f"/en/orders/{order.number}/receipt/")
        [total] = marked(page, "receipt-total")
        assert total["data-total"] == f"{order.total_amount}"
        assert len(marked(page, "receipt-item")) == order.items.count()
        assert "Alice Li" in page.content.decode()

    def test_a_wish_is_changed_until_it_is_issued(self, as_alice, alice):
        order = make_order(alice, status="paid")
        path = f"/en/orders/{order.number}/invoice/"
        as_alice.post(path, {"invoice_kind": "personal", "invoice_title": "Alise"})
        as_alice.post(path, {"invoice_kind": "personal", "invoice_title": "Alice"})
        standing = Invoice.objects.standing_of(order)
        assert standing.title == "Alice"
        assert standing.replaces.title == "Alise"
        issue(standing)
        sent = {"invoice_kind": "personal", "invoice_title": "Bob"}
        response = as_alice.post(path, sent, follow=True)
        assert marked(response, "message")[-1]["data-level"] == "error"
        assert Invoice.objects.standing_of(order).title == "Alice"
        page = as_alice.get(f"/en/orders/{order.number}/")
        assert marked(page, "order-invoice")[0]["data-state"] == "issued"

    @pytest.mark.parametrize(
        ("fields", "at"),
        [
            ({"invoice_kind": "company", "invoice_title": "A"}, "invoice_tax_number"),
            (
                {
                    "invoice_kind": "company",
                    "invoice_title": "A",
                    "invoice_tax_number": "9" * 18,
                },
                "invoice_tax_number",
            ),
            ({"invoice_kind": "personal", "invoice_title": " "}, "invoice_title"),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(self, as_alice, order, fields, at):
        page = as_alice.post(f"/en/orders/{order.number}/invoice/", fields)
        assert page.status_code == 200
        assert errors_at(page, at)

    def test_a_stranger_meets_neither(self, as_bob, order):
        for path in ("receipt", "invoice"):
            assert as_bob.get(f"/en/orders/{order.number}/{path}/").status_code == 404


class TestTheAdmin:
    @pytest.fixture
    def carol(self):
        return make_user(is_staff=True, is_superuser=True, nickname="Carol")

    def test_staff_issue_and_reissue(self, client, carol, alice):
        order = make_order(alice, status="paid", invoice=InvoiceWish("Alise"))
        client.force_login(carol)
        path = f"/admin/orders/invoice/{order.invoice.pk}"
        assert marked(client.get(f"{path}/change/"), "issue-form")
        client.post(f"{path}/issue/", {"number": "123"})
        client.post(f"{path}/cancel/", {"reason": "typo", "title": "Alice"})
        assert Invoice.objects.standing_of(order).title == "Alice"
        assert client.get("/admin/orders/invoice/?q=123").status_code == 200
        assert order.number in client.get("/admin/orders/invoice/").text

    def test_only_those_who_may(self, client, invoice):
        client.force_login(make_user(is_staff=True))
        path = f"/admin/orders/invoice/{invoice.pk}/issue/"
        assert client.post(path, {"number": "1"}).status_code == 403
        assert client.get(path).status_code == 405
        assert Invoice.objects.get().state == "requested"


def test_one_s_data_has_coupons_and_invoices_and_closing_leaves_no_name(alice):
    coupon = give_coupon(alice)
    order = make_order(alice, invoice=InvoiceWish("Alice Li"))
    held = personal.held_about(alice)
    assert held["coupons"][0]["code"] == coupon.code
    [shown] = held["orders"]
    assert shown["invoices"][0]["title"] == "Alice Li"
    assert shown["discount_amount"] == "0.00"
    cancel(order)
    personal.make_nameless(alice)
    assert not Invoice.objects.exclude(title="").exists()
