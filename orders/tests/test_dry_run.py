"""What the clock would do by a moment, listed and not done (decisions/0019)."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from orders.models import Order
from orders.tests.after_sale_factories import make_request
from orders.tests.factories import item_of, make_order
from orders.tests.lives import TASKS
from shop import clock, due

DAY = timedelta(days=1)


@pytest.mark.django_db
class TestDryRun:
    def test_it_lists_who_would_be_closed_received_praised_refunded_reminded(
        self, capsys
    ):
        now = clock.now()
        unpaid, shipped, received = (
            make_order(),
            item_of("shipped"),
            item_of("completed"),
        )
        asked = item_of("paid")
        make_request(asked)
        near = make_order(status="shipped")
        Order.objects.filter(pk=near.pk).update(
            receive_by=now + 31 * DAY, remind_receipt_at=now + 30 * DAY
        )
        moment = (now + 30 * DAY).isoformat()
        capsys.readouterr()
        before = snapshot_of_states()
        call_command("run_due", at=moment, dry_run=True, only=list(TASKS))
        listed = capsys.readouterr().out.splitlines()
        assert snapshot_of_states() == before
        assert sorted(listed) == sorted(
            [
                f"close_unpaid {unpaid.number} -",
                f"receive {shipped.order.number} {shipped.pk}",
                # What is received in ten days is praised a fortnight later.
                f"praise {shipped.order.number} {shipped.pk}",
                f"praise {received.order.number} {received.pk}",
                f"agree_refund {asked.order.number} {asked.pk}",
                f"remind_receipt {near.number} -",
            ]
        )
        call_command("run_due", at=moment, only=list(TASKS))
        assert sorted(capsys.readouterr().out.splitlines()) == sorted(listed)

    def test_a_reminder_that_follows_a_receipt(self, capsys):
        """Received on day 10, reminded of its review on day 17, praised on day 25."""
        item = item_of("shipped")
        moment = (clock.now() + 17 * DAY).isoformat()
        call_command("run_due", at=moment, dry_run=True, only=list(TASKS))
        listed = capsys.readouterr().out.splitlines()
        assert listed == [
            f"receive {item.order.number} {item.pk}",
            f"remind_to_review {item.order.number} -",
        ]
        call_command("run_due", at=moment, only=list(TASKS))
        assert capsys.readouterr().out.splitlines() == listed

    @pytest.mark.parametrize("day", [16, 20])
    def test_no_such_reminder_before_its_day_or_long_after(self, day, capsys):
        item_of("shipped")
        moment = (clock.now() + day * DAY).isoformat()
        call_command("run_due", at=moment, dry_run=True, only=["remind"])
        assert capsys.readouterr().out == ""

    def test_sales_that_are_counted_anew_after_a_receipt(self, capsys):
        """Received on day 10; on day 40 it leaves the thirty days that are counted."""
        item_of("shipped")
        for day, lines in ((39, ""), (40, "refresh_sales - -\n")):
            moment = (clock.now() + day * DAY).isoformat()
            call_command("run_due", at=moment, dry_run=True, only=["refresh"])
            listed = capsys.readouterr().out
            assert listed.replace("forget_purchases - -\n", "") == lines

    def test_only_some_tasks(self, capsys):
        item = item_of("shipped")
        moment = (clock.now() + 30 * DAY).isoformat()
        call_command("run_due", at=moment, dry_run=True, only=["praise"])
        assert capsys.readouterr().out == f"praise {item.order.number} {item.pk}\n"

    def test_more_than_a_batch(self, capsys, monkeypatch):
        monkeypatch.setattr(due, "BATCH", 2)
        orders = [make_order() for _ in range(5)]
        moment = orders[-1].pay_by.isoformat()
        call_command("run_due", at=moment, dry_run=True, only=["close_unpaid"])
        lines = [f"close_unpaid {order.number} -" for order in orders]
        assert capsys.readouterr().out.splitlines() == lines
        call_command("run_due", at=moment, only=["close_unpaid"])
        assert capsys.readouterr().out.splitlines() == lines


def snapshot_of_states():
    return list(Order.objects.order_by("pk").values_list("pk", "status"))
