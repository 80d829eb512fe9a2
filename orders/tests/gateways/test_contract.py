"""What every gateway must do: one test for all of them (row L1)."""

import logging
from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import Wallet, WalletEntry
from catalog.tests.factories import make_product
from orders import gateways
from orders.models import Payment, Refund
from orders.refusals import RefundMoved
from orders.services import asking, begun, closing, payment, refunds
from orders.states import OrderStatus
from orders.tests.after_sale_factories import make_request
from orders.tests.factories import begin_payment, begin_top_up, cancel, make_order
from orders.tests.gateways.server import OUTAGES, does_and_hangs
from orders.tests.gateways.wechat import WechatHere
from shop import clock
from shop.models import JournalEntry

pytestmark = pytest.mark.django_db


def tell(client, here, notice):
    return client.post(f"/pay/{here.name}/notify/", **notice)


def status_of(order):
    order.refresh_from_db()
    return order.status


class TestNotice:
    def test_pays_without_a_session_or_a_csrf_token(
        self, plain_client, here, tried, order
    ):
        assert here.is_good(tell(plain_client, here, here.success(tried)))
        assert status_of(order) == OrderStatus.PAID
        tried.refresh_from_db()
        assert (tried.status, tried.open_key) == ("paid", None)
        assert tried.reference

    def test_three_times_is_one_payment(self, client, here, tried, order):
        for _time in range(3):
            assert here.is_good(tell(client, here, here.success(tried)))
        assert order.events.filter(kind="paid").count() == 1
        assert not Refund.objects.exists()

    def test_a_failure_keeps_the_order_for_another_try(
        self, client, here, tried, order
    ):
        assert here.is_good(tell(client, here, here.failure(tried)))
        assert status_of(order) == OrderStatus.PENDING_PAYMENT
        again = payment.begin_payment(order=order, method=here.name)
        assert again.pk != tried.pk
        assert here.is_good(tell(client, here, here.success(again)))
        assert status_of(order) == OrderStatus.PAID

    @pytest.mark.parametrize("first", ["success", "failure"])
    def test_in_any_order_the_money_counts(self, client, here, tried, order, first):
        both = {"success", "failure"}
        for what in (first, *(both - {first})):
            assert here.is_good(tell(client, here, getattr(here, what)(tried)))
        assert status_of(order) == OrderStatus.PAID
        tried.refresh_from_db()
        assert tried.status == "paid"

    def test_forged_is_refused_and_logged(self, client, here, tried, order, caplog):
        with caplog.at_level(logging.WARNING):
            assert here.is_refused(tell(client, here, here.forged(tried)))
        assert f"notice of {here.name} refused: signature" in caplog.text
        assert status_of(order) == OrderStatus.PENDING_PAYMENT

    def test_whatever_is_changed_in_it_is_refused(self, client, here, tried, order):
        for what, notice in here.tampered(tried):
            assert here.is_refused(tell(client, here, notice)), what
        assert status_of(order) == OrderStatus.PENDING_PAYMENT
        tried.refresh_from_db()
        assert tried.status == "open"

    def test_signed_but_not_for_this_payment_is_refused(
        self, client, here, tried, order
    ):
        for what, notice in here.for_others(tried):
            assert here.is_refused(tell(client, here, notice)), what
        assert status_of(order) == OrderStatus.PENDING_PAYMENT

    @pytest.mark.parametrize("cents", [1, 999_999_999])
    def test_another_amount_is_refused(self, client, here, tried, order, caplog, cents):
        assert here.is_refused(tell(client, here, here.success(tried, cents)))
        assert "amount" in caplog.text
        assert status_of(order) == OrderStatus.PENDING_PAYMENT

    def test_another_gateway_s_payment_is_refused(self, client, here, order):
        other = "alipay" if here.name != "alipay" else "wechat"
        theirs = payment.begin_payment(order=order, method=other)
        assert here.is_refused(tell(client, here, here.success(theirs)))
        assert status_of(order) == OrderStatus.PENDING_PAYMENT

    def test_money_for_a_closed_order_goes_back(self, client, here, tried, order):
        cancel(order)
        here.pay(tried)
        assert here.is_good(tell(client, here, here.success(tried)))
        assert status_of(order) == OrderStatus.CLOSED
        refund = Refund.objects.get(payment=tried)
        assert (refund.amount, refund.reason) == (tried.amount, "order_closed")
        assert refunds.send_back(refund.pk)
        if here.server:
            assert here.refunded(tried) == tried.amount * 100
        call_command("audit")

    def test_money_after_the_deadline_goes_back(self, client, here, tried, order):
        with clock.at(order.pay_by):
            assert here.is_good(tell(client, here, here.success(tried)))
        assert status_of(order) == OrderStatus.CLOSED
        assert order.close_reason == closing.TIMED_OUT
        assert Refund.objects.get().payment == tried

    def test_money_for_an_order_paid_otherwise_goes_back(
        self, client, here, tried, order
    ):
        other = "wechat" if here.name != "wechat" else "alipay"
        second = payment.begin_payment(order=order, method=other)
        payment.take_success(payment=second, reference="R")
        assert here.is_good(tell(client, here, here.success(tried)))
        assert Refund.objects.get().reason == "paid_twice"

    def test_a_get_is_405(self, client, here):
        assert client.get(f"/pay/{here.name}/notify/").status_code == 405

    def test_a_top_up_is_credited_exactly_once(self, client, here, alice):
        before = Wallet.objects.get(user=alice).balance
        filled = begin_top_up(alice, "88.88", here.name)
        for _time in range(3):
            assert here.is_good(tell(client, here, here.success(filled)))
        entry = WalletEntry.objects.get(kind="top_up")
        assert (str(entry.amount), entry.reason) == ("88.88", filled.number)
        assert Wallet.objects.get(user=alice).balance == before + entry.amount
        call_command("audit")


class TestAsking:
    def test_a_lost_notice_is_found(self, here, tried, order):
        here.pay(tried)
        with clock.at(tried.next_query_at - timedelta(seconds=1)):
            call_command("run_due", only=["ask_gateways"])
        assert status_of(order) == OrderStatus.PENDING_PAYMENT
        with clock.at(tried.next_query_at):
            call_command("run_due", only=["ask_gateways"])
        assert status_of(order) == OrderStatus.PAID
        call_command("audit")

    def test_pauses_grow_until_a_day_after_the_end(self, here, tried):
        pauses = []
        while tried.status == "open":
            at = tried.next_query_at
            with clock.at(at):
                asking.ask(tried.pk)
            tried.refresh_from_db()
            pauses.append((tried.next_query_at or at) - at)
        assert at == tried.expires_at + asking.LAST_LOOK
        assert tried.status == "failed"
        assert len(pauses) < 30
        assert pauses[:5] == [timedelta(minutes=n) for n in (1, 2, 4, 8, 15)]

    def test_two_runners_ask_once(self, here, tried, monkeypatch):
        questions = []
        real = gateways.of(here.name)
        query = real.query
        monkeypatch.setattr(
            type(real), "query", lambda self, p: questions.append(p) or query(p)
        )
        stale = Payment.objects.get(pk=tried.pk)
        now, later = clock.now(), clock.now() + timedelta(minutes=1)
        assert asking.ask(tried.pk) is False
        assert not Payment.objects.claim_query(stale, now, later)
        assert len(questions) == 1

    def test_a_payment_that_ended_is_not_asked_for(self, here, tried, order):
        payment.take_success(payment=tried, reference="R")
        assert asking.ask(tried.pk) is False

    def test_a_lost_notice_of_a_closed_order_is_found_and_refunded(
        self, here, tried, order
    ):
        cancel(order)
        here.pay(tried)
        assert asking.ask(tried.pk)
        assert status_of(order) == OrderStatus.CLOSED
        assert Refund.objects.get(payment=tried).reason == "order_closed"


class TestOutages:
    """A gateway that does not answer is asked again, and each deed is done once."""

    @pytest.mark.parametrize("outage", OUTAGES)
    def test_a_question_without_an_answer_changes_nothing(
        self, remote, tried, order, outage
    ):
        remote.pay(tried)
        remote.server.moods = [outage]
        assert asking.ask(tried.pk) is False
        assert status_of(order) == OrderStatus.PENDING_PAYMENT
        assert asking.ask(tried.pk)
        assert status_of(order) == OrderStatus.PAID

    @pytest.mark.parametrize("outage", OUTAGES)
    def test_a_refund_without_an_answer_is_tried_again(
        self, remote, tried, order, outage
    ):
        refund = owed(tried, order, remote)
        remote.server.moods = [outage]
        assert refunds.send_back(refund.pk) is False
        refund.refresh_from_db()
        assert refund.done_at is None
        assert refund.error
        again(refund)
        assert remote.refunded(tried) == tried.amount * 100

    def test_a_refund_whose_answer_was_lost_is_paid_once(self, remote, tried, order):
        refund = owed(tried, order, remote)
        remote.server.moods = [does_and_hangs]
        assert refunds.send_back(refund.pk) is False
        again(refund)
        assert remote.refunded(tried) == tried.amount * 100

    def test_a_refund_under_way_waits_for_its_end(self, remote, tried, order):
        refund = owed(tried, order, remote)
        remote.trades[tried.number]["is_slow"] = True
        assert refunds.send_back(refund.pk) is False
        refund.refresh_from_db()
        assert (refund.done_at, refund.error) == (None, "")
        remote.trades[tried.number]["is_slow"] = False
        again(refund)
        assert order.events.filter(kind="refunded").count() == 1

    def test_a_refund_that_is_refused_names_the_code(self, remote, tried, order):
        refund = owed(tried, order, remote)
        remote.trades[tried.number]["is_poor"] = True
        assert refunds.send_back(refund.pk) is False
        refund.refresh_from_db()
        assert refund.error in ("ACQ.SELLER_BALANCE_NOT_ENOUGH", "NOT_ENOUGH")

    def test_only_a_clear_no_is_a_refusal(self, remote, tried, order):
        refund = owed(tried, order, remote)
        trade = remote.trades[tried.number]
        for mood, is_refused in (("is_unsure", False), ("is_poor", True)):
            trade[mood] = True
            refunds_sent_at(refund)
            assert refund.is_refused is is_refused
            trade[mood] = False
        remote.server.moods = [OUTAGES[0]]
        refunds_sent_at(refund)
        assert (refund.is_refused, bool(refund.error)) == (False, True)
        again(refund)
        refund.refresh_from_db()
        assert (refund.is_refused, refund.error) == (False, "")

    def test_answers_of_somebody_else_are_none(self, remote, tried, order):
        remote.pay(tried)
        type(remote).own, own = remote.stranger, remote.own
        side = getattr(remote, "side", None)
        try:
            if side:
                remote.side = remote.forger
                remote.is_signed = lambda call: True
            with pytest.raises(gateways.NoAnswer, match="signature"):
                gateways.of(remote.name).query(tried)
        finally:
            type(remote).own = own

    def test_an_answer_about_another_payment_is_none(self, remote, tried, alice):
        other = payment.begin_payment(order=make_order(alice), method=remote.name)
        remote.pay(other)
        remote.trades[tried.number] = remote.trades[other.number]
        respond = remote.server.respond

        def mistaken(method, target, headers, body):
            status, headers, answer = respond(method, target, headers, body)
            said = answer.decode().replace(tried.number, other.number)
            if remote.name == "wechat":
                return status, headers | remote.signature(said), said.encode()
            text = said[said.index(":{") + 1 : said.index(',"sign"')]
            sign = remote.side._sign(text)
            name = said[: said.index(":{") + 1]
            return status, headers, f'{name}{text},"sign":"{sign}"}}'.encode()

        remote.server.respond = mistaken
        with pytest.raises(gateways.NoAnswer, match="out_trade_no"):
            gateways.of(remote.name).query(tried)

    def test_what_the_gateway_says_of_unpaid_and_closed_trades(self, remote, tried):
        gateway = gateways.of(remote.name)
        assert gateway.query(tried).status == "open"
        remote.leave_open(tried)
        assert gateway.query(tried).status == "open"
        remote.close(tried)
        assert gateway.query(tried).status == "failed"

    def test_a_notice_of_an_unpaid_trade_changes_nothing(self, client, remote, tried):
        assert remote.is_good(tell(client, remote, remote.unpaid(tried)))
        tried.refresh_from_db()
        assert tried.status == "open"

    def test_a_beginning_without_an_answer_is_a_refusal(
        self, open_gateway, order, addresses
    ):
        here = open_gateway(WechatHere)
        tried = payment.begin_payment(order=order, method="wechat")
        here.server.moods = [OUTAGES[0]]
        with pytest.raises(begun.GatewayAway):
            begun.start(payment=tried, addresses=addresses)
        begun.start(payment=tried, addresses=addresses)
        assert tried.pay_url.startswith("weixin://")


class TestParts:
    """Several refunds of one payment, each under its own number."""

    @pytest.fixture
    def items(self, alice, here):
        products = [make_product(price="10.01"), make_product(price="20.02")]
        order = make_order(alice, products)
        tried = begin_payment(order, here.name)
        here.pay(tried)
        payment.take_success(payment=tried, reference="R")
        return list(order.items.order_by("pk"))

    def test_add_up_to_what_was_paid(self, items, here):
        for item in items:
            make_request(item, state="refunded")
        first, second = Refund.objects.order_by("pk")
        assert first.number != second.number
        for refund in (first, second):
            assert refunds.send_back(refund.pk)
            assert refunds.send_back(refund.pk) is False
        if here.server:
            assert here.refunded(first.payment) == first.payment.amount * 100
        assert first.payment.amount == first.amount + second.amount
        call_command("audit")

    def test_an_answer_that_is_lost_pays_each_once(self, items, here):
        if not here.server:
            pytest.skip("the sandbox is not asked over the network")
        for item in items:
            make_request(item, state="refunded")
        for refund in Refund.objects.order_by("pk"):
            here.server.moods = [does_and_hangs]
            assert refunds.send_back(refund.pk) is False
            again(refund)
        assert here.refunded(refund.payment) == refund.payment.amount * 100

    def test_one_that_is_refused_can_go_to_the_balance_once(self, items, here):
        if not here.server:
            pytest.skip("the sandbox refuses nothing")
        make_request(items[0], state="refunded")
        refund = Refund.objects.get()
        trade = here.trades[refund.payment.number]
        with pytest.raises(RefundMoved):
            refunds.turn_into_balance(refund=refund)
        trade["is_poor"] = True
        refunds_sent_at(refund)
        buyer = items[0].order.user
        before = Wallet.objects.get(user=buyer).balance
        refunds.turn_into_balance(refund=refund)
        assert Wallet.objects.get(user=buyer).balance == before + refund.amount
        with pytest.raises(RefundMoved):
            refunds.turn_into_balance(refund=refund)
        trade["is_poor"] = False
        with clock.at(refund.next_try_at + timedelta(days=1)):
            assert refunds.send_back(refund.pk) is False
        assert here.refunded(refund.payment) == 0
        assert JournalEntry.objects.filter(note__contains="to the balance").exists()
        call_command("audit")

    def test_not_while_it_is_being_tried(self, items, here, monkeypatch):
        if not here.server:
            pytest.skip("the sandbox refuses nothing")
        make_request(items[0], state="refunded")
        refund = Refund.objects.get()
        here.trades[refund.payment.number]["is_poor"] = True
        refunds_sent_at(refund)
        stale = Refund.objects.select_related("payment__order").get(pk=refund.pk)
        gateway = gateways.of(here.name)

        def meanwhile(self, refund):
            with pytest.raises(RefundMoved):
                refunds.turn_into_balance(refund=stale)
            return True

        monkeypatch.setattr(type(gateway), "refund", meanwhile)
        again(refund)
        refund.refresh_from_db()
        assert (refund.is_to_balance, bool(refund.done_at)) == (False, True)


def refunds_sent_at(refund):
    """Try once more to send it, as soon as it may be tried."""
    refund.refresh_from_db()
    with clock.at(refund.next_try_at):
        assert refunds.send_back(refund.pk) is False
    refund.refresh_from_db()


def owed(tried, order, remote):
    """A refund that was not sent yet."""
    cancel(order)
    remote.pay(tried)
    payment.take_success(payment=tried, reference="R")
    return Refund.objects.get(payment=tried)


def again(refund):
    refund.refresh_from_db()
    with clock.at(refund.next_try_at):
        assert refunds.send_back(refund.pk)
    assert refunds.send_back(refund.pk) is False
