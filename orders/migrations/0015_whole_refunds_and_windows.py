"""Refunds so far were of whole payments; what was received may be returned.

With the defaults of the rules: those of the day of receipt are not known any more.
"""

from datetime import timedelta

from django.db import migrations
from django.db.models import F

RETURN, EXCHANGE = timedelta(days=7), timedelta(days=15)
BATCH = 500


def fill_in(apps, schema_editor):
    apps.get_model("orders", "Refund").objects.update(whole_payment=F("payment"))
    items = apps.get_model("orders", "OrderItem").objects
    waiting = items.filter(received_at__isnull=False, return_by=None).order_by("pk")
    while batch := list(waiting.only("received_at")[:BATCH]):
        for item in batch:
            item.return_by = item.received_at + RETURN
            item.exchange_by = item.received_at + EXCHANGE
        items.bulk_update(batch, ["return_by", "exchange_by"])


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_after_sales")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
