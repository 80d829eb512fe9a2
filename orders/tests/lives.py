"""Random lives of orders: one world with buyers, staff, a gateway and a clock.

A deed that the shop refuses is part of life; anything else that it raises is not.
"""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from accounts.models import WalletEntry
from accounts.services.passwords import set_payment_password
from accounts.tests.factories import PASSWORD, PAYMENT_PASSWORD, give_money, make_user
from catalog.models import Product, Variant
from catalog.tests.factories import make_limited_price, make_product
from orders.models import AfterSale, Order, OrderEvent, OrderItem, Refund
from orders.next_event import next_event
from orders.services import closing, extension, payment, receipt, settling
from orders.services.after_sales import opening
from orders.services.after_sales.opening import Wish
from orders.services.after_sales.rules import offer_of
from orders.services.progress import OVER
from orders.states import FINAL, OrderStatus
from orders.tests.factories import begin_payment, make_order, ship
from reviews import services as reviews
from reviews.models import Review
from shop import audit, clock, due, policy
from shop.models import OutgoingMessage
from shop.refusals import Refusal

#: What the clock does to orders; the rest of `run_due` is about other things.
TASKS = ("close_unpaid", "receive", "remind", "settle_requests", "praise")
#: What a forecast foresees to the line (docs/decisions/0019).
FORESEEN = (*TASKS, "prices", "refresh")
DAWN = datetime(2026, 11, 29, 8, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


class World:
    """A shop with one buyer, one member of staff and a clock that the test moves."""

    def __init__(self, *, is_reminding=False):
        self.now = DAWN
        if not is_reminding:
            # A late runner does not send what only a timely one should, on purpose.
            for rule in ("pay_reminder_minutes", "review_reminder_days"):
                policy.change(rule, "0")
        with clock.at(self.now):
            self.alice = make_user(language="en")
            set_payment_password(
                user=self.alice, password=PASSWORD, payment_password=PAYMENT_PASSWORD
            )
            give_money(self.alice, "100000.00")
            self.carol = make_user(is_staff=True)
            self.goods = [make_product(stock=1000, price=p) for p in ("99.90", "10.05")]
        self.orders = []

    @contextmanager
    def at_work(self):
        """Do something now; a refusal is an answer."""
        with clock.at(self.now):
            try:
                yield
            except Refusal as refusal:
                assert refusal.error  # noqa: PT017, every "no" has its word

    def place(self, quantities=(1, 2), status=OrderStatus.PENDING_PAYMENT):
        """Place an order; most of what can happen to one needs a later state."""
        with clock.at(self.now):
            wanted = dict(zip(self.goods, quantities, strict=False))
            self.orders.append(make_order(self.alice, wanted, status=status))
        return self.orders[-1]

    def pay(self, order):
        with self.at_work():
            fresh = Order.objects.get(pk=order.pk)
            payment.pay_by_balance(order=fresh, digits=PAYMENT_PASSWORD)

    def hear_of_the_gateway(self, order):
        """A payment through the gateway, whose notice may come at a bad time."""
        with self.at_work():
            tried = begin_payment(Order.objects.get(pk=order.pk))
            payment.take_success(payment=tried, reference=f"T{tried.pk}")

    def cancel(self, order):
        with self.at_work():
            closing.cancel_order(
                order_id=order.pk, actor=OrderEvent.Actor.BUYER, reason="no"
            )

    def ship(self, order, items=(0, 1), units=9):
        """Send so many units of some items, or what is left of them."""
        with self.at_work():
            settling.settle_order(order.pk)
            mine = order.items.order_by("pk")
            left = {
                item: min(units, item.unshipped_quantity)
                for place, item in enumerate(mine)
                if place in items
            }
            ship(Order.objects.get(pk=order.pk), left, by=self.carol)

    def receive(self, order, place):
        with self.at_work():
            item = self._item(order, place)
            receipt.receive_by_buyer(item=item, digits=PAYMENT_PASSWORD)

    def extend(self, order):
        with self.at_work():
            extension.extend_by_buyer(order_id=order.pk)

    def add_days(self, order, days):
        with self.at_work():
            extension.extend_by_staff(order_id=order.pk, days=days, by_id=self.carol.pk)

    def ask(self, order, place, units, is_faulty):
        """Ask what can be asked about an item now: money, a return, an exchange."""
        with self.at_work():
            settling.settle_order(order.pk)
            item = self._item(order, place)
            offer = offer_of(item, self.now)
            if offer:
                wish = Wish(offer.kind, min(units, offer.most), "broken", is_faulty)
                opening.open_request(item=item, wish=wish)

    def _item(self, order, place):
        items = order.items.select_related("order", "product").order_by("pk")
        return items[place % len(items)]

    def answer(self, order, place, deed):
        """Withdraw, agree, refuse, send back, correct, confirm or replace."""
        with self.at_work():
            asked = AfterSale.objects.about(order.pk).with_item().order_by("pk")
            if asked:
                deed(list(asked)[-1 - place % len(asked)])

    def review(self, order, place):
        with self.at_work():
            settling.settle_order(order.pk)
            waiting = Review.objects.pending().filter(item__order=order.pk)
            for review in waiting.order_by("pk")[place : place + 1]:
                opinion = reviews.Opinion(rating=2, body="Not as I had hoped.")
                reviews.write_review(review=review, opinion=opinion)

    def discount(self, place, after, length):
        """Let one of the goods cost less for some time."""
        variant = self.goods[place].variants.get()
        begin = self.now + after
        with self.at_work():
            make_limited_price(
                variant, price=Decimal(8), starts_at=begin, ends_at=begin + length
            )

    def wait(self, length):
        self.now += length

    def run(self, moment=None, tasks=TASKS):
        """Let the runner do what is due; return what it says it did."""
        self.now = max(self.now, moment or self.now)
        done = list(due.run(self.now, tasks))
        assert not [error for _deed, error in done if error]
        return [str(deed) for deed, _error in done]

    def forecast(self, moment, tasks=TASKS):
        return [str(deed) for deed in due.forecast(moment, tasks)]

    def boundary_after(self, moment):
        """Return when the clock does something next; None: never."""
        orders = Order.objects.with_clock()
        events = [next_event(order, moment) for order in orders]
        reminders = orders.exclude(remind_receipt_at=None)
        moments = [
            *(event.at for event in events if event),
            *reminders.values_list("remind_receipt_at", flat=True),
        ]
        return min(moments, default=None)

    def step_to(self, horizon):
        """Run at every boundary up to the horizon, punctually."""
        while (moment := self.boundary_after(self.now)) and moment <= horizon:
            self.run(moment)
        self.now = horizon


def snapshot():
    """Return all that became of the orders, without keys that a database chooses."""
    tables = {
        Order: [f.attname for f in Order._meta.concrete_fields],
        OrderItem: [f.attname for f in OrderItem._meta.concrete_fields],
        OrderEvent: ["at", "order", "item", "kind", "actor", "detail"],
        Review: ["pk", "state", "rating", "written_at", "created_at"],
        Product: ["pk", "sales_count", "sales_30d", "rating_sum", "rating_count"],
        Variant: ["pk", "stock"],
        AfterSale: ["item", "kind", "state", "quantity", "amount", "decide_by"],
        WalletEntry: ["amount", "kind", "reason"],
        Refund: ["payment__order", "amount"],
    }
    return {
        model.__name__: sorted(model.objects.values_list(*columns), key=str)
        for model, columns in tables.items()
    }


def messages():
    """Return what buyers were told, without that receipt is near: late, it is not."""
    told = OutgoingMessage.objects.exclude(kind="receipt_near")
    return sorted(told.values_list("kind", "stored_text"))


@contextmanager
def undone():
    """Do something and take it back: a savepoint that `whole_deed` does not see."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        # What was to happen on commit never does.
        connection.run_on_commit = []


def assert_books():
    """Hold all that `audit` knows: over a hundred questions."""
    assert list(map(str, audit.findings())) == []


def assert_invariants():
    """Hold what must be true of every order after every step."""
    for order in Order.objects.with_clock():
        items = list(order.items.all())
        _assert_timer(order)
        _assert_events(order)
        is_over = all(item.status in OVER for item in items)
        is_final = order.status in FINAL and order.paid_at is not None
        assert is_over == is_final, order.status
        for item in items:
            rows = Review.objects.filter(item=item).count()
            assert rows == (item.received_at is not None)
            assert AfterSale.objects.open().filter(item=item).count() <= 1
            assert item.refunded_quantity <= item.quantity
            assert item.refunded_amount <= item.amount


def _assert_timer(order):
    runs, stands = order.receive_by is not None, order.receipt_left is not None
    is_shipped = order.status == OrderStatus.SHIPPED
    assert not (runs and stands)
    assert not is_shipped or runs or stands
    has_open = any(hasattr(item, "open_after_sale") for item in order.items.all())
    if is_shipped:
        assert stands is has_open
    if order.remind_receipt_at:
        assert is_shipped
        assert order.remind_receipt_at <= order.receive_by


def _assert_events(order):
    """Every state has exactly the events that lead there."""
    kinds = list(order.events.values_list("kind", flat=True))
    assert kinds.count("placed") == 1
    assert kinds.count("paid") == (order.paid_at is not None)
    assert kinds.count("closed") == (order.status == OrderStatus.CLOSED)
    assert kinds.count("completed") == (order.status == OrderStatus.COMPLETED)
    received = order.items.filter(received_at__isnull=False).count()
    assert kinds.count("received") == received
    buyers = order.events.filter(kind="extended", actor="buyer").count()
    assert buyers == (order.extended_at is not None)
