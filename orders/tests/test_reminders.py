"""Reminders: once, to who wants them, about what is still so (rows H5, K3)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from accounts.models import User
from accounts.services import messages as message_settings
from accounts.services.closing import close_account
from accounts.tests.factories import make_user
from accounts.tests.parallel import at_once
from cart import services as carts
from cart.models import Cart
from cart.tests.factories import make_cart, make_line
from catalog import services as catalog
from catalog.tests.factories import make_product
from orders.models import AfterSale, Order
from orders.services import hiding
from orders.tests.after_sale_factories import make_request
from orders.tests.factories import cancel, make_order, pay
from shop import clock, due, policy
from shop.models import OutgoingMessage

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def run(moment):
    with translation.override("de"):  # a runner with a locale of its own
        done = list(due.run(moment, ["remind"]))
    assert [error for _deed, error in done if error] == []
    return [deed.what for deed, _error in done]


def cart_of(user):
    """Return the account's one cart, left at noon."""
    cart, _created = Cart.objects.get_or_create(user=user)
    Cart.objects.filter(pk=cart.pk).update(updated_at=NOON)
    return cart


def told(kind):
    return list(OutgoingMessage.objects.filter(kind=kind).order_by("pk"))


def sent(moment, kind):
    """Let all that waits leave, and tell for each of a kind whether it was sent."""
    with clock.at(moment):
        list(due.run(moment, ["send_messages"]))
    return [message.status == "sent" for message in told(kind)]


@pytest.mark.django_db
class TestToPay:
    #: Unpaid orders close after 30 minutes; the reminder comes 10 before.
    DUE = NOON + 20 * MINUTE

    def test_comes_once_before_the_order_closes(self, alice):
        order = make_order(alice, language="en")
        assert run(self.DUE - SECOND) == []
        assert run(self.DUE) == ["remind_to_pay"]
        assert run(self.DUE) == run(self.DUE + MINUTE) == []
        [message] = told("pay_reminder")
        assert message.language == "en"
        assert f"/en/orders/{order.number}/pay/" in message.text
        assert "06-01 20:30" in message.text  # the shop's zone
        assert message.expires_at == order.pay_by

    def test_not_to_who_paid_or_cancelled_meanwhile(self, alice):
        paid, cancelled = make_order(alice), make_order(alice)
        found = due.due_by(self.DUE, ["remind"])
        assert len(found) == 2
        pay(paid)
        cancel(cancelled)
        assert [deed.do() for deed in found] == [False, False]
        assert run(self.DUE) == []
        assert told("pay_reminder") == []

    def test_not_to_who_pays_while_the_message_waits(self, alice):
        paid, unpaid = make_order(alice), make_order(alice)
        run(self.DUE)
        pay(paid)
        assert sent(self.DUE, "pay_reminder") == [False, True]
        assert unpaid.number in told("pay_reminder")[1].text

    def test_a_run_that_comes_too_late_reminds_nobody(self, alice):
        make_order(alice)
        assert run(NOON + 30 * MINUTE - SECOND) == ["remind_to_pay"]
        make_order(alice)
        assert run(NOON + 30 * MINUTE) == []

    def test_not_of_what_was_just_placed(self, alice):
        policy.change("unpaid_minutes", "10")
        make_order(alice)
        assert run(NOON + 9 * MINUTE) == []

    def test_the_rule_moves_it_or_turns_it_off(self, alice):
        make_order(alice)
        policy.change("pay_reminder_minutes", "0")
        assert run(NOON + 29 * MINUTE) == []
        policy.change("pay_reminder_minutes", "25")
        assert run(NOON + 5 * MINUTE) == ["remind_to_pay"]

    def test_not_to_who_switched_it_off(self, alice):
        make_order(alice)
        message_settings.mute(user=alice, topic="unpaid")
        assert run(self.DUE) == []
        assert told("pay_reminder") == []

    def test_goes_to_the_bound_mail_of_who_prefers_it(self, alice):
        User.objects.filter(pk=alice.pk).update(email="a@x.com", prefers_mail=True)
        make_order(alice)
        run(self.DUE)
        assert [m.recipient for m in told("pay_reminder")] == ["a@x.com"]


@pytest.mark.django_db
class TestToReview:
    DUE = NOON + 7 * DAY

    @pytest.fixture
    def order(self, alice):
        return make_order(alice, [make_product(), make_product()], status="completed")

    def test_comes_once_an_order(self, order):
        assert run(self.DUE - SECOND) == []
        assert run(self.DUE) == ["remind_to_review"]
        assert run(self.DUE + DAY) == []
        [message] = told("review_reminder")
        assert order.number in message.text
        assert message.language == order.language

    def test_not_once_all_is_reviewed_or_hidden(self, order, alice):
        other = make_order(alice, status="completed")
        found = due.due_by(self.DUE, ["remind"])
        order.items.update(review_state="written")
        hiding.hide(order_id=other.pk)
        assert [deed.do() for deed in found] == [False, False]
        assert told("review_reminder") == []

    @pytest.mark.parametrize("is_reviewed", [False, True])
    def test_not_to_who_reviews_while_the_message_waits(self, order, is_reviewed):
        run(self.DUE)
        if is_reviewed:
            order.items.update(review_state="written")
        assert sent(self.DUE, "review_reminder") == [not is_reviewed]

    def test_one_item_that_waits_is_enough(self, order):
        first = order.items.order_by("pk").first()
        order.items.filter(pk=first.pk).update(review_state="written")
        assert run(self.DUE) == ["remind_to_review"]

    def test_not_after_a_long_silence(self, order):
        assert run(self.DUE + 3 * DAY) == []

    def test_not_when_its_time_is_over_by_then(self, order):
        """The same run praises it by default, before or after."""
        order.items.update(praise_at=self.DUE + HOUR)
        assert run(self.DUE + HOUR) == []
        assert run(self.DUE + HOUR - SECOND) == ["remind_to_review"]

    def test_not_before_the_clock_has_decided_a_request(self, order):
        """The money of it goes back in the same run, and takes the review along."""
        item = order.items.select_related("order", "product").first()
        request = make_request(item, kind="return_and_refund")
        AfterSale.objects.filter(pk=request.pk).update(decide_by=self.DUE + HOUR)
        assert run(self.DUE + HOUR) == []
        assert run(self.DUE + HOUR - SECOND) == ["remind_to_review"]

    def test_not_to_a_closed_account(self):
        user = make_user()
        make_order(user, status="completed")
        close_account(user=user)
        assert run(self.DUE) == []
        assert told("review_reminder") == []

    def test_switches_and_rule(self, order, alice):
        message_settings.mute(user=alice, topic="reviews")
        assert run(self.DUE) == []
        message_settings.change_settings(user=alice, muted=(), prefers_mail=None)
        policy.change("review_reminder_days", "0")
        assert run(self.DUE) == []


@pytest.mark.django_db
class TestOfTheCart:
    DUE = NOON + 24 * HOUR

    @pytest.fixture
    def cart(self, alice):
        cart = cart_of(alice)
        product = make_product(name_zh="台灯", name_en="Lamp")
        make_line(cart, product.variants.select_related("product").get())
        return cart

    def test_comes_once_each_time_that_it_is_left(self, cart, alice):
        assert run(self.DUE - SECOND) == []
        assert run(self.DUE) == ["remind_of_cart"]
        assert run(self.DUE + HOUR) == []
        [message] = told("cart_left")
        assert (message.account_id, message.language) == (alice.pk, "en")
        assert "Lamp" in message.text
        with clock.at(self.DUE + HOUR):
            carts.select_all(cart=cart, is_selected=True)
        assert run(self.DUE + 25 * HOUR - SECOND) == []
        assert run(self.DUE + 25 * HOUR) == ["remind_of_cart"]

    def test_in_the_accounts_language(self, cart, alice):
        User.objects.filter(pk=alice.pk).update(language="zh-hans")
        run(self.DUE)
        [message] = told("cart_left")
        assert message.language == "zh-hans"
        assert "台灯" in message.text
        assert "/cart/" in message.text
        assert "/en/" not in message.text

    @pytest.mark.parametrize("change", ["touched", "emptied", "unticked", "sold out"])
    def test_not_if_it_changed_meanwhile(self, cart, change):
        [deed] = due.due_by(self.DUE, ["remind"])
        line = cart.lines.select_related("variant").get()
        with clock.at(NOON + HOUR if change == "touched" else NOON):
            if change == "touched":
                carts.select_all(cart=cart, is_selected=True)
            elif change == "emptied":
                carts.remove(line=line)
            elif change == "unticked":
                carts.select_all(cart=cart, is_selected=False)
            else:
                catalog.set_stock(variant=line.variant, stock=0, by_id=None)
        with clock.at(self.DUE):
            assert deed.do() is False
        assert told("cart_left") == []

    @pytest.mark.parametrize("change", ["", "touched", "ordered"])
    def test_not_if_it_changes_while_the_message_waits(self, cart, alice, change):
        run(self.DUE)
        with clock.at(self.DUE + MINUTE):
            if change == "touched":
                carts.select_all(cart=cart, is_selected=True)
            elif change == "ordered":
                # An order takes its lines along and leaves the cart as it is.
                cart.lines.all().delete()
        assert sent(self.DUE + HOUR, "cart_left") == [not change]

    def test_not_to_visitors_nor_who_does_not_want_it(self, cart, alice):
        make_line(make_cart())
        message_settings.mute(user=alice, topic="carts")
        assert run(self.DUE) == []

    def test_not_after_a_long_silence_nor_with_the_rule_off(self, cart):
        assert run(self.DUE + 3 * DAY) == []
        policy.change("cart_reminder_hours", "0")
        assert run(self.DUE) == []


@pytest.mark.django_db
def test_finding_them_does_not_grow(connection_queries):
    counts = []
    for number in (2, 18):
        for _ in range(number):
            make_line(cart_of(make_user()))
            make_order(status="completed")
        counts.append(connection_queries(lambda: due.due_by(NOON + DAY, ["remind"])))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_four_runners_remind_once():
    for _ in range(3):
        user = make_user()
        make_order(user)
        make_line(cart_of(user))
        make_order(user, status="completed")
    Order.objects.filter(status="completed").update(completed_at=NOON - 7 * DAY)
    Cart.objects.update(updated_at=NOON - DAY)

    def runner():
        moment = NOON + 25 * MINUTE
        return [error for _deed, error in due.run(moment, ["remind"]) if error]

    assert at_once(*[runner] * 4) == [[]] * 4
    for kind in ("pay_reminder", "cart_left", "review_reminder"):
        assert len(told(kind)) == 3, kind
