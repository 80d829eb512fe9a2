"""The payment's own page, topping up, and what an attacker tries there."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import MOST_MONEY, User, Wallet, WalletEntry
from accounts.tests.factories import PAYMENT_PASSWORD, give_money, make_user
from accounts.tests.parallel import at_once, outcome
from catalog.tests.factories import make_product
from orders.models import Order, Payment, Refund
from orders.personal import top_ups_of, why_orders_stay
from orders.services import payment, top_ups
from orders.tests.factories import (
    begin_payment,
    begin_top_up,
    buyer,
    make_order,
)
from orders.tests.gateways.alipay import AlipayHere
from orders.tests.gateways.wechat import WechatHere
from orders.tests.pages import JSON, alerts, marked
from shop import audit, clock, policy

pytestmark = pytest.mark.django_db

TOP_UP = "/en/pay/top-up/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"


def page_of(thing):
    if isinstance(thing, Order):
        return f"/en/orders/{thing.number}/pay/"
    return f"/en/pay/{thing.number}/"


def balance_of(user):
    return Wallet.objects.get(user=user).balance


@pytest.fixture
def debug(settings):
    settings.DEBUG = True


@pytest.fixture
def order(alice):
    return make_order(alice)


class TestPaymentPage:
    def test_alipay_is_reached_by_a_page_of_ours(self, as_alice, order, open_gateway):
        here = open_gateway(AlipayHere)
        response = as_alice.post(page_of(order), {"method": "alipay"})
        tried = Payment.objects.get()
        assert response["Location"] == f"/en/pay/{tried.number}/?go=1"
        page = as_alice.get(response["Location"])
        [link] = marked(page, "pay-link")
        assert link["href"] == tried.pay_url
        assert link["href"].startswith(here.server.address)
        assert 'http-equiv="refresh" content="1;url=https://' in page.content.decode()
        # Back from there, nobody is sent off again.
        back = as_alice.get(page_of(tried))
        assert 'content="1;url' not in back.content.decode()
        assert '<noscript><meta http-equiv="refresh" content="5">' in (
            back.content.decode()
        )

    def test_wechat_is_a_code_to_scan(self, as_alice, order, open_gateway):
        open_gateway(WechatHere)
        body = as_alice.post(page_of(order), {"method": "wechat"}, headers=JSON).json()
        tried = Payment.objects.get()
        assert body == {"ok": True, "url": page_of(tried)}
        page = as_alice.get(body["url"])
        [code] = marked(page, "pay-code")
        assert code["data-code"] == tried.pay_url
        assert "<svg" in page.content.decode()
        assert "style=" not in page.content.decode().partition("<svg")[2][:300]

    def test_on_a_phone_wechat_opens_and_hears_who_sends(
        self, as_alice, order, open_gateway
    ):
        open_gateway(WechatHere)
        phone = {"User-Agent": PHONE}
        assert "WeChat opens" in as_alice.get(page_of(order), headers=phone).text
        body = as_alice.post(
            page_of(order), {"method": "wechat"}, headers={**JSON, **phone}
        ).json()
        tried = Payment.objects.get()
        assert body == {"ok": True, "url": f"{page_of(tried)}?go=1"}
        page = as_alice.get(body["url"], headers=phone)
        [link] = marked(page, "pay-link")
        assert link["href"] == tried.pay_url
        assert "rel" not in link
        assert page["Referrer-Policy"] == "origin"
        assert not marked(page, "pay-code")

    @pytest.mark.parametrize(
        ("agent", "way"),
        [
            (PHONE, "wap"),
            ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130 Mobile", "wap"),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/130.0", "page"),
            (PHONE + " MicroMessenger/8.0.50", "page"),
            ("", "page"),
        ],
    )
    def test_alipay_asks_what_the_browser_runs_on(
        self, as_alice, order, open_gateway, agent, way
    ):
        open_gateway(AlipayHere)
        headers = {"User-Agent": agent}
        as_alice.post(page_of(order), {"method": "alipay"}, headers=headers)
        tried = Payment.objects.get()
        assert f"method=alipay.trade.{way}.pay" in tried.pay_url
        page = as_alice.get(page_of(tried))
        assert page["Referrer-Policy"] == "same-origin"

    def test_a_desk_and_a_phone_begin_two_payments_of_which_one_goes_back(
        self, as_alice, order, open_gateway
    ):
        open_gateway(AlipayHere)
        for agent in ("Firefox", PHONE, PHONE):
            headers = {"User-Agent": agent}
            as_alice.post(page_of(order), {"method": "alipay"}, headers=headers)
        desk, phone = Payment.objects.order_by("pk")
        for tried in (phone, desk):
            payment.take_success(payment=tried, reference=f"T{tried.pk}")
        order.refresh_from_db()
        assert order.status == "paid"
        assert Refund.objects.get().payment == desk

    def test_a_gateway_that_is_away_says_so_and_keeps_the_order(
        self, as_alice, order, open_gateway
    ):
        here = open_gateway(WechatHere)
        here.server.moods = [lambda h: h.send(500, {}, b"no") or True] * 2
        body = as_alice.post(page_of(order), {"method": "wechat"}, headers=JSON)
        assert (body.status_code, body.json()["error"]) == (503, "gateway_away")
        page = as_alice.post(page_of(order), {"method": "wechat"}, follow=True)
        assert marked(page, "message")[0]["data-level"] == "error"
        assert page.request["PATH_INFO"] == page_of(order)

    def test_htmx_hears_nothing_until_there_is_news(self, as_alice, order):
        tried = begin_payment(order)
        asked = {"HX-Request": "true"}
        response = as_alice.get(page_of(tried), headers=asked)
        assert (response.status_code, response.content) == (204, b"")
        assert "HX-Request" in response["Vary"]
        payment.take_success(payment=tried, reference="R")
        response = as_alice.get(page_of(tried), headers=asked)
        assert response["HX-Refresh"] == "true"
        [shown] = marked(as_alice.get(page_of(tried)), "payment")
        assert (shown["data-status"], "hx-get" in shown) == ("paid", False)

    def test_i_have_paid_asks_the_gateway_now(self, as_alice, order, open_gateway):
        here = open_gateway(AlipayHere)
        tried = begin_payment(order, "alipay")
        check = page_of(tried) + "check/"
        response = as_alice.post(check, follow=True)
        assert marked(response, "message")[0]["data-level"] == "info"
        here.pay(tried)
        # Pressed again at once the gateway is left in peace.
        assert as_alice.post(check, headers=JSON).json()["status"] == "open"
        with clock.at(clock.now() + timedelta(seconds=4)):
            assert as_alice.post(check, headers=JSON).json()["status"] == "paid"
        order.refresh_from_db()
        assert order.status == "paid"
        assert len(here.server.calls) == 2

    def test_after_the_end_there_is_no_way_to_pay(self, as_alice, order):
        tried = begin_payment(order)
        Payment.objects.update(pay_url="https://openapi.alipay.com/gateway.do?x=1")
        assert marked(as_alice.get(page_of(tried)), "pay-link")
        with clock.at(tried.expires_at):
            assert not marked(as_alice.get(page_of(tried) + "?go=1"), "pay-link")

    def test_of_the_balance_there_is_none(self, as_alice, order):
        payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
        assert as_alice.get(page_of(Payment.objects.get())).status_code == 404


@pytest.mark.usefixtures("debug")
class TestSandbox:
    def play(self, client, order, deed):
        address = client.post(page_of(order), {"method": "sandbox"})["Location"]
        return client.post(address, {"deed": deed}, follow=True)

    def test_repeated_it_is_one_payment(self, as_alice, order):
        self.play(as_alice, order, "repeat")
        assert order.events.filter(kind="paid").count() == 1

    def test_another_amount_is_refused(self, as_alice, order):
        page = self.play(as_alice, order, "wrong_amount")
        assert marked(page, "message")[0]["data-level"] == "error"
        order.refresh_from_db()
        assert order.status == "pending_payment"

    def test_a_lost_notice_is_found_by_asking(self, as_alice, order):
        self.play(as_alice, order, "lose")
        tried = Payment.objects.get()
        assert tried.status == "open"
        as_alice.post(page_of(tried) + "check/")
        order.refresh_from_db()
        assert order.status == "paid"

    def test_an_unknown_deed_is_400(self, as_alice, order):
        assert self.play(as_alice, order, "steal").status_code == 400


@pytest.mark.usefixtures("debug")
class TestTopUp:
    def begin(self, client, amount="50", method="sandbox", **more):
        return client.post(TOP_UP, {"amount": amount, "method": method}, **more)

    def test_the_wallet_has_a_form_where_there_is_a_gateway(self, as_alice, settings):
        assert marked(as_alice.get("/en/accounts/wallet/"), "top-up")
        settings.DEBUG = False
        assert not marked(as_alice.get("/en/accounts/wallet/"), "top-up")

    def test_money_comes_into_the_wallet(self, as_alice, alice):
        address = self.begin(as_alice)["Location"]
        page = as_alice.post(address, {"deed": "repeat"}, follow=True)
        assert marked(page, "payment")[0]["data-status"] == "paid"
        assert balance_of(alice) == 10050
        [entry, _gift] = marked(as_alice.get("/en/accounts/wallet/"), "wallet-entry")
        assert (entry["data-amount"], entry["data-balance-after"]) == (
            "50.00",
            "10050.00",
        )
        call_command("audit")

    @pytest.mark.parametrize(
        "amount", ["", "0", "-5", "0.99", "1.001", "50000.01", "1e9", "NaN", "x", "１e"]
    )
    def test_a_bad_amount_comes_back(self, as_alice, amount):
        response = self.begin(as_alice, amount)
        assert response.status_code == 200
        assert alerts(response)
        assert self.begin(as_alice, amount, headers=JSON).status_code == 400
        assert not Payment.objects.exists()

    @pytest.mark.parametrize("method", ["", "balance", "alipay", "bitcoin"])
    def test_only_a_gateway_that_is_there(self, as_alice, method):
        assert self.begin(as_alice, method=method).status_code == 200
        assert not Payment.objects.exists()

    def test_the_limits_are_rules(self, as_alice):
        policy.change("top_up_maximum", "60")
        policy.change("top_up_minimum", "40")
        for amount, status in (("39.99", 200), ("60.01", 200), ("60", 302)):
            assert self.begin(as_alice, amount).status_code == status

    def test_so_many_an_hour(self, as_alice):
        policy.change("top_up_hourly", "2")
        for amount, status in (("1", 302), ("2", 302), ("3", 429)):
            response = self.begin(as_alice, amount, headers={})
            assert response.status_code in (status, 302)
        assert Payment.objects.count() == 2
        assert self.begin(as_alice, "4", headers=JSON).status_code == 429

    def test_five_clicks_are_one(self, as_alice):
        places = {self.begin(as_alice)["Location"] for _click in range(5)}
        assert len(places) == Payment.objects.count() == 1

    def test_one_that_is_over_does_not_stand_in_the_way(self, alice):
        first = begin_top_up(alice)
        with clock.at(first.expires_at):
            second = begin_top_up(alice)
            assert second.pk != first.pk
        payment.take_success(payment=first, reference="R")
        assert balance_of(alice) == 10100

    def test_what_does_not_fit_goes_back(self, alice):
        filled = begin_top_up(alice, "100.00")
        give_money(alice, str(MOST_MONEY - balance_of(alice)))
        payment.take_success(payment=filled, reference="R")
        assert Refund.objects.get().reason == "wallet_full"
        assert balance_of(alice) == MOST_MONEY
        [told] = top_ups_of(alice)
        assert told["refunds"][0]["amount"] == "100.00"
        assert list(why_orders_stay(alice))
        assert list(audit.findings()) == []

    def test_money_for_a_closed_account_goes_back(self, alice):
        filled = begin_top_up(alice)
        User.objects.filter(pk=alice.pk).update(
            phone=None, email=None, is_active=False, closed_at=clock.now()
        )
        payment.take_success(payment=filled, reference="R")
        assert Refund.objects.get().reason == "account_closed"
        assert balance_of(alice) == 10000

    def test_the_ledger_takes_a_deed_once(self, alice):
        filled = begin_top_up(alice)
        payment.take_success(payment=filled, reference="R")
        Payment.objects.filter(pk=filled.pk).update(status="open", paid_at=None)
        with pytest.raises(IntegrityError):
            payment.take_success(payment=filled, reference="R")

    def test_audit_finds_money_that_came_and_is_nowhere(self, alice):
        filled = begin_top_up(alice)
        Payment.objects.filter(pk=filled.pk).update(
            status="paid", paid_at=clock.now(), open_key=None, next_query_at=None
        )
        [finding] = audit.findings()
        assert (finding.check, finding.pk) == ("top_ups", filled.pk)

    def test_audit_finds_money_that_nobody_sent(self, alice):
        WalletEntry.objects.filter(wallet=alice.pk).update(kind="top_up", deed="x")
        [finding] = audit.findings()
        assert (finding.check, finding.pk) == ("top_ups", "x")


class TestAttacks:
    def test_somebody_else_s_order_and_payment_do_not_exist(self, as_bob, order, debug):
        tried = begin_payment(order)
        filled = begin_top_up(order.user)
        for path in (page_of(order), page_of(tried), page_of(filled)):
            assert as_bob.get(path).status_code == 404
        for path in (page_of(order), page_of(tried) + "check/"):
            said = {"method": "balance", "payment_password": PAYMENT_PASSWORD}
            assert as_bob.post(path, said).status_code == 404

    def test_a_deed_by_get_is_405(self, as_alice, order):
        tried = begin_payment(order)
        for path in (TOP_UP, page_of(tried) + "check/", "/pay/alipay/notify/"):
            assert as_alice.get(path).status_code == 405

    def test_an_amount_of_one_s_own_changes_nothing(self, as_alice, alice, order):
        said = {"method": "balance", "payment_password": PAYMENT_PASSWORD}
        cheap = {"amount": "0.01", "price": "0.01", "total_amount": "0.01"}
        as_alice.post(page_of(order), {**said, **cheap})
        assert balance_of(alice) == 10000 - order.total_amount

    def test_the_password_is_for_the_amount_that_was_shown(
        self, as_alice, alice, order
    ):
        shown = str(order.total_amount)
        said = {"method": "balance", "payment_password": PAYMENT_PASSWORD}
        Order.objects.update(
            goods_amount=order.goods_amount + 1, total_amount=order.total_amount + 1
        )
        for total in (shown, "0.01", "x"):
            body = as_alice.post(
                page_of(order), {**said, "total_shown": total}, headers=JSON
            )
            assert (body.status_code, body.json()["error"]) == (409, "total_changed")
        assert balance_of(alice) == 10000
        # Changed after the page was made and before the money moves.
        with pytest.raises(payment.TotalChanged):
            payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
        assert balance_of(alice) == 10000

    def test_one_confirmation_pays_one_order(self, as_alice, alice, order):
        second = make_order(alice)
        said = {"method": "balance", "payment_password": PAYMENT_PASSWORD}
        as_alice.post(page_of(order), said)
        response = as_alice.post(page_of(second), {"method": "balance"})
        assert alerts(response)
        second.refresh_from_db()
        assert second.status == "pending_payment"

    def test_a_notice_for_one_order_pays_no_other(self, order, alice):
        dear = make_order(alice, make_product(price="5000.00"))
        cheap, wanted = begin_payment(order), begin_payment(dear)
        payment.take_success(payment=cheap, reference="R")
        dear.refresh_from_db()
        wanted.refresh_from_db()
        assert (dear.status, wanted.status) == ("pending_payment", "open")

    @pytest.mark.parametrize(
        "changes",
        [
            {"wallet": None, "kind": "top_up"},
            {"kind": "top_up"},
            {"amount": "0"},
            {"status": "failed"},
            {"status": "paid"},
        ],
    )
    def test_the_table_itself_refuses_nonsense(self, order, changes):
        tried = begin_payment(order)
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=tried.pk).update(**changes)

    def test_the_ledger_is_never_below_zero(self, alice):
        with pytest.raises(IntegrityError), transaction.atomic():
            WalletEntry.objects.filter(wallet=alice.pk).update(balance_after="-0.01")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestAtOnce:
    def test_five_clicks_on_a_gateway_are_one_payment(self):
        order = make_order()
        clicks = [lambda: begin_payment(order).pk] * 5
        assert len(set(at_once(*clicks))) == Payment.objects.count() == 1

    def test_five_clicks_on_the_balance_are_one_payment(self):
        alice = buyer()
        order = make_order(alice)
        deeds = [
            lambda: outcome(
                lambda: payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
            )
        ] * 5
        assert Counter(at_once(*deeds)) == {"done": 1, "already_paid": 4}
        assert balance_of(alice) == 10000 - order.total_amount
        call_command("audit")

    def test_five_notices_of_a_top_up_are_one_credit(self):
        alice = make_user()
        filled = top_ups.begin(user=alice, amount=Decimal("9.99"), method="sandbox")
        notice = [lambda: payment.take_success(payment=filled, reference="R")] * 5
        assert at_once(*notice) == [None] * 5
        assert balance_of(alice) == Decimal("9.99")
        call_command("audit")
