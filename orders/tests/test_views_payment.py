import logging

import pytest
from django.utils.timezone import localtime

from accounts.models import Wallet
from accounts.tests.factories import PAYMENT_PASSWORD, make_user
from catalog.tests.factories import make_product
from orders.gateways.sandbox import FAILED, SUCCEEDED, Sandbox
from orders.models import Payment, Refund
from orders.services import closing
from orders.tests.factories import (
    begin_payment,
    buyer,
    cancel,
    make_order,
    pay,
)
from orders.tests.pages import JSON, alerts, marked
from shop import clock

pytestmark = pytest.mark.django_db

NOTIFY = "/pay/sandbox/notify/"
WRONG = "135790"


def page_of(order):
    return f"/en/orders/{order.number}/pay/"


def by_balance(digits=PAYMENT_PASSWORD):
    return {"method": "balance", "payment_password": digits}


def balance_of(user):
    return Wallet.objects.get(user=user).balance


@pytest.fixture
def order(alice):
    return make_order(alice)


@pytest.fixture
def tried(order):
    return begin_payment(order)


class TestThePage:
    def test_shows_amount_time_and_balance(self, as_alice, order):
        page = as_alice.get(page_of(order))
        assert marked(page, "pay-total")[0]["data-total"] == str(order.total_amount)
        assert marked(page, "balance")[0]["data-balance"] == "10000.00"
        [event] = marked(page, "next-event")
        assert event["data-at"] == clock_iso(order.pay_by)
        assert f'datetime="{event["data-at"]}"' in page.content.decode()
        assert "minutes" in page.content.decode()

    def test_too_little_money_is_said_in_words(self, client):
        user = make_user(language="en")
        client.force_login(user)
        page = client.get(page_of(make_order(user)))
        assert marked(page, "balance-too-low")
        assert not marked(page, "pay-balance")

    def test_without_a_payment_password_it_leads_to_setting_one(self, client, alice):
        user = buyer()
        type(user).objects.filter(pk=user.pk).update(payment_password="")
        order = make_order(user)
        client.force_login(user)
        [link] = marked(client.get(page_of(order)), "set-payment-password")
        assert order.number in link["href"]
        response = client.post(page_of(order), by_balance())
        assert response["Location"].startswith("/en/accounts/payment-password/?next=")
        body = client.post(page_of(order), by_balance(), headers=JSON)
        assert body.status_code == 409
        assert body.json()["error"] == "no_payment_password"

    @pytest.mark.parametrize("status", ["paid", "shipped", "completed", "closed"])
    def test_what_is_not_to_be_paid_leads_to_the_order(self, as_alice, alice, status):
        order = make_order(alice, status=status)
        response = as_alice.get(page_of(order))
        assert response["Location"] == f"/en/orders/{order.number}/"

    def test_an_overdue_order_is_closed_when_it_is_looked_at(self, as_alice, order):
        with clock.at(order.pay_by):
            assert as_alice.get(page_of(order)).status_code == 302
        order.refresh_from_db()
        assert order.status == "closed"

    def test_the_sandbox_is_there_in_debug_only(self, as_alice, order, settings):
        assert not marked(as_alice.get(page_of(order)), "pay-sandbox")
        settings.DEBUG = True
        assert marked(as_alice.get(page_of(order)), "pay-sandbox")


class TestByBalance:
    def test_pays_once_and_leads_to_the_order(self, as_alice, alice, order):
        response = as_alice.post(page_of(order), by_balance())
        assert response["Location"] == f"/en/orders/{order.number}/"
        order.refresh_from_db()
        assert order.status == "paid"
        assert balance_of(alice) == 10000 - order.total_amount

    def test_json_has_the_url(self, as_alice, order):
        body = as_alice.post(page_of(order), by_balance(), headers=JSON).json()
        assert body["ok"] is True
        assert body["url"] == f"/en/orders/{order.number}/"

    def test_a_wrong_password_is_said_at_the_field(self, as_alice, alice, order):
        response = as_alice.post(page_of(order), by_balance(WRONG))
        assert response.status_code == 200
        assert "You have 4 tries left." in alerts(response)
        assert WRONG not in response.content.decode()
        assert balance_of(alice) == 10000

    def test_a_wrong_password_in_json_is_403_with_attempts_left(self, as_alice, order):
        for left in (4, 3, 2, 1, 0):
            response = as_alice.post(page_of(order), by_balance(WRONG), headers=JSON)
            assert response.status_code == 403
            assert response.json()["error"] == "wrong_payment_password"
            assert response.json()["attempts_left"] == left
        for headers in (JSON, {}):
            response = as_alice.post(page_of(order), by_balance(), headers=headers)
            assert response.status_code == 429
            assert int(response["Retry-After"]) > 0

    @pytest.mark.parametrize("digits", ["", "12", "abcdef", "9" * 100])
    def test_no_digits_never_pay(self, as_alice, order, digits):
        response = as_alice.post(page_of(order), by_balance(digits))
        assert response.status_code == 200
        assert alerts(response)
        order.refresh_from_db()
        assert order.status == "pending_payment"

    def test_paid_already_is_409(self, as_alice, order):
        pay(order)
        response = as_alice.post(page_of(order), by_balance(), headers=JSON)
        assert (response.status_code, response.json()["error"]) == (409, "already_paid")
        page = as_alice.post(page_of(order), by_balance(), follow=True)
        assert page.request["PATH_INFO"] == f"/en/orders/{order.number}/"
        assert marked(page, "message")[0]["data-level"] == "error"

    def test_closed_is_409(self, as_alice, order):
        cancel(order)
        response = as_alice.post(page_of(order), by_balance(), headers=JSON)
        assert (response.status_code, response.json()["error"]) == (409, "order_closed")

    def test_overdue_is_409_too_before_any_command_ran(self, as_alice, order):
        with clock.at(order.pay_by):
            response = as_alice.post(page_of(order), by_balance(), headers=JSON)
        assert response.json()["error"] == "order_closed"

    def test_too_little_money_is_409_and_nothing_is_written(self, as_alice, alice):
        order = make_order(alice, make_product(price="20000.00"))
        response = as_alice.post(page_of(order), by_balance(), headers=JSON)
        assert response.status_code == 409
        assert response.json()["error"] == "insufficient_balance"
        assert not Payment.objects.exists()
        page = as_alice.post(page_of(order), by_balance(), follow=True)
        assert page.request["PATH_INFO"] == page_of(order)
        assert marked(page, "message")[0]["data-level"] == "error"

    @pytest.mark.parametrize("method", ["", "bitcoin", "sandbox", "\x00"])
    def test_an_unknown_method_is_refused(self, as_alice, order, method):
        body = as_alice.post(page_of(order), {"method": method}, headers=JSON)
        assert body.status_code == 400
        page = as_alice.post(page_of(order), {"method": method}, follow=True)
        assert page.status_code == 200
        assert alerts(page) or marked(page, "message")


class TestSandbox:
    @pytest.fixture(autouse=True)
    def debug(self, settings):
        settings.DEBUG = True

    def start(self, client, order):
        return client.post(page_of(order), {"method": "sandbox"})["Location"]

    def test_success_pays(self, as_alice, order):
        address = self.start(as_alice, order)
        page = as_alice.get(address)
        assert marked(page, "sandbox-succeed")
        assert marked(page, "sandbox-fail")
        assert marked(page, "sandbox-amount")[0]["data-amount"] == str(
            order.total_amount
        )
        response = as_alice.post(address, {"deed": "succeed"})
        assert response["Location"] == f"/en/orders/{order.number}/"
        order.refresh_from_db()
        assert order.status == "paid"

    def test_failure_keeps_the_order_for_another_try(self, as_alice, order):
        as_alice.post(self.start(as_alice, order), {"deed": "fail"})
        order.refresh_from_db()
        assert order.status == "pending_payment"
        as_alice.post(self.start(as_alice, order), {"deed": "succeed"})
        order.refresh_from_db()
        assert order.status == "paid"

    def test_the_notice_that_it_shows_is_good(self, as_alice, client, order):
        page = as_alice.get(self.start(as_alice, order))
        notice = page.context["notice"]
        assert notice.replace("&", "&amp;") in page.content.decode()
        response = client.post(
            NOTIFY, notice, content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code == 200
        order.refresh_from_db()
        assert order.status == "paid"

    def test_json_has_its_url(self, as_alice, order):
        body = as_alice.post(page_of(order), {"method": "sandbox"}, headers=JSON).json()
        assert body == {
            "ok": True,
            "url": f"/en/pay/sandbox/{Payment.objects.get().number}/",
        }

    def test_a_stranger_finds_nothing(self, as_bob, tried):
        address = f"/pay/sandbox/{tried.number}/"
        assert as_bob.get(address).status_code == 404
        assert as_bob.post(address, {"deed": "succeed"}).status_code == 404


def test_without_debug_there_is_no_sandbox(as_alice, client, order, tried):
    for each in (as_alice, client):
        assert each.get(f"/pay/sandbox/{tried.number}/").status_code == 404
        assert each.post(NOTIFY, Sandbox().notice(tried, SUCCEEDED)).status_code == 404
    assert (
        as_alice.post(page_of(order), {"method": "sandbox"}, headers=JSON).json()[
            "error"
        ]
        == "unknown_method"
    )


class TestNotify:
    @pytest.fixture(autouse=True)
    def debug(self, settings):
        settings.DEBUG = True

    def refused(self, client, said, caplog):
        with caplog.at_level(logging.WARNING):
            response = client.post(NOTIFY, said)
        assert response.status_code == 400
        assert "notice of sandbox refused" in caplog.text
        assert not Payment.objects.filter(status="paid").exists()

    def test_pays_without_a_session_or_a_csrf_token(self, plain_client, tried, order):
        response = plain_client.post(NOTIFY, Sandbox().notice(tried, SUCCEEDED))
        assert (response.status_code, response.content) == (200, b"success")
        order.refresh_from_db()
        assert order.status == "paid"

    def test_three_times_is_one_payment(self, client, tried, order):
        for _ in range(3):
            assert (
                client.post(NOTIFY, Sandbox().notice(tried, SUCCEEDED)).status_code
                == 200
            )
        assert order.payments.filter(status="paid").count() == 1
        assert order.events.filter(kind="paid").count() == 1
        assert not Refund.objects.exists()

    def test_forged_is_400_and_logged(self, client, tried, caplog):
        said = Sandbox().notice(tried, SUCCEEDED)
        self.refused(client, {**said, "sign": "0" * 64}, caplog)
        self.refused(client, {**said, "sign": "签名"}, caplog)
        self.refused(client, {}, caplog)

    def test_an_altered_amount_is_400(self, client, tried, caplog):
        said = Sandbox().notice(tried, SUCCEEDED)
        self.refused(client, {**said, "amount": "0.01"}, caplog)

    def test_a_signed_but_other_amount_is_400(self, client, tried, caplog):
        self.refused(
            client, Sandbox().notice(tried, SUCCEEDED, amount=tried.amount - 1), caplog
        )

    def test_another_order_s_payment_is_400(self, client, tried, alice, caplog):
        other = begin_payment(make_order(alice))
        said = Sandbox().notice(tried, SUCCEEDED)
        self.refused(client, {**said, "payment": other.number}, caplog)

    def test_an_unknown_payment_is_400(self, client, tried, caplog):
        tried.number = "nobody-knows-it"
        self.refused(client, Sandbox().notice(tried, SUCCEEDED), caplog)

    def test_a_failure_after_success_changes_nothing(self, client, tried, order):
        client.post(NOTIFY, Sandbox().notice(tried, SUCCEEDED))
        assert client.post(NOTIFY, Sandbox().notice(tried, FAILED)).status_code == 200
        order.refresh_from_db()
        assert order.status == "paid"

    def test_an_unknown_gateway_is_404(self, client, tried):
        said = Sandbox().notice(tried, SUCCEEDED)
        assert client.post("/pay/nobody/notify/", said).status_code == 404
        assert client.get(NOTIFY).status_code == 405

    def test_money_for_a_closed_order_goes_back(self, client, tried, order):
        cancel(order)
        assert (
            client.post(NOTIFY, Sandbox().notice(tried, SUCCEEDED)).status_code == 200
        )
        order.refresh_from_db()
        assert order.status == "closed"
        assert tried.whole_refund.amount == tried.amount
        assert Refund.objects.count() == 1

    def test_money_after_the_deadline_goes_back(self, client, tried, order):
        with clock.at(order.pay_by):
            client.post(NOTIFY, Sandbox().notice(tried, SUCCEEDED))
        order.refresh_from_db()
        assert order.status == "closed"
        assert order.close_reason == closing.TIMED_OUT
        assert Refund.objects.get().payment == tried


def clock_iso(moment):
    return localtime(moment).isoformat()
