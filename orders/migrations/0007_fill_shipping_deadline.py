"""Give the orders that are paid already the moment to ship by, as the rule has it."""

from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

HOURS = 48


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    order = apps.get_model("orders", "Order")
    paid = order.objects.filter(paid_at__isnull=False, ship_by=None)
    paid.update(ship_by=F("paid_at") + timedelta(hours=HOURS))


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_parcels_and_shipping_deadline")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
