"""Give the orders on their way a reminder, as if the rule had stood when they left."""

from datetime import timedelta
from typing import Any

from django.db import migrations

NOTICE = timedelta(hours=24)


def plan_reminders(apps: Any, schema_editor: Any) -> None:
    orders = apps.get_model("orders", "Order").objects
    running = orders.filter(status="shipped", receive_by__isnull=False)
    # In Python: MySQL and SQLite subtract a duration each in its own way.
    for order in running.only("receive_by").order_by("pk").iterator(chunk_size=500):
        orders.filter(pk=order.pk).update(
            receipt_notice=NOTICE, remind_receipt_at=order.receive_by - NOTICE
        )


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_receipt_timer")]

    operations = [migrations.RunPython(plan_reminders, migrations.RunPython.noop)]
