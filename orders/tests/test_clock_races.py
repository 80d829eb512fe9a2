"""Two runners, or a runner and a click, at the same instant: each deed is done once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.tests.factories import PAYMENT_PASSWORD, make_user
from accounts.tests.parallel import at_once, in_processes, outcome
from orders.models import OrderEvent
from orders.services import extension, receipt, receiving
from orders.states import OrderStatus
from orders.tests.after_sale_factories import make_request
from orders.tests.factories import buyer, item_of, make_order
from orders.tests.lives import TASKS
from reviews.models import Review
from shop import clock, due

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestAtTheSameInstant:
    def test_two_runners_do_everything_once(self, many):
        number = many(quick=4, thorough=40)
        orders = [make_order(status="shipped") for _ in range(number)]
        orders += [make_order() for _ in range(number)]
        moment = orders[0].receive_by + HOUR

        def run(n):
            return sorted(str(d) for d, e in due.run(moment, TASKS) if not e)

        answers = in_processes(run, 2)
        counted = Counter(line for lines in answers for line in lines)
        assert set(counted.values()) == {1}
        assert len(counted) == len(orders)
        for kind in ("received", "closed"):
            assert OrderEvent.objects.filter(kind=kind).count() == number
        assert Review.objects.count() == number
        call_command("audit")

    def test_the_click_and_the_runner_in_processes(self, many):
        for _ in range(many(quick=2, thorough=50)):
            order = make_order(buyer(), status="shipped")
            item = order.items.select_related("order").get()
            deadline = order.receive_by

            def act(n, item=item, order=order, deadline=deadline):
                if n:
                    with clock.at(deadline):
                        pks = {"item_id": item.pk, "order_id": order.pk}
                        return receiving.receive_overdue(**pks)
                with clock.at(deadline - SECOND):
                    digits = PAYMENT_PASSWORD
                    return outcome(
                        lambda: receipt.receive_by_buyer(item=item, digits=digits)
                    )

            answers = in_processes(act, 3)
            won = answers.count(True) + answers.count("done")
            assert won == 1, answers
            assert order.events.filter(kind="received").count() == 1
            assert Review.objects.filter(item=item).count() == 1
            item.product.refresh_from_db()
            assert item.product.sales_count == 1
        call_command("audit")

    def test_the_click_and_the_runner_in_threads(self):
        order = make_order(buyer(), status="shipped")
        item = order.items.select_related("order").get()

        def run():
            list(due.run(order.receive_by, TASKS))

        def click():
            return outcome(
                lambda: receipt.receive_by_buyer(item=item, digits=PAYMENT_PASSWORD)
            )

        at_once(click, run, run, click)
        assert order.events.filter(kind="received").count() == 1
        assert order.events.filter(kind="completed").count() == 1
        call_command("audit")

    def test_more_time_and_the_runner(self):
        """Extended or received; never both."""
        order = make_order(status="shipped")
        carol, deadline = make_user(is_staff=True), order.receive_by

        def act(n):
            with clock.at(deadline - SECOND if n else deadline):
                if n:
                    add = {"order_id": order.pk, "days": 3, "by_id": carol.pk}
                    return outcome(lambda: extension.extend_by_staff(**add))
                return receiving.receive_overdue(
                    item_id=order.items.get().pk, order_id=order.pk
                )

        answers = in_processes(act, 2)
        order.refresh_from_db()
        is_received = order.status == OrderStatus.COMPLETED
        assert (True in answers) is is_received
        assert ("done" in answers) is not is_received
        assert order.events.filter(kind="extended").count() == (not is_received)
        call_command("audit")

    def test_stopping_the_timer_and_the_runner(self):
        item = item_of("shipped")
        deadline = item.order.receive_by

        def act(n):
            with clock.at(deadline - SECOND if n else deadline):
                if n:
                    return outcome(lambda: make_request(item))
                return receiving.receive_overdue(
                    item_id=item.pk, order_id=item.order_id
                )

        in_processes(act, 2)
        item.order.refresh_from_db()
        item.refresh_from_db()
        assert (item.status == "received") is (item.order.receipt_left is None)
        call_command("audit")
