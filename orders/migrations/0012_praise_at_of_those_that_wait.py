"""What waits for its review gets the moment at which the clock praises."""

from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

#: As the rule begins; from now on it is copied at receipt.
REVIEW_TIME = timedelta(days=15)


def give_it(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    item = apps.get_model("orders", "OrderItem")
    waiting = item.objects.filter(review_state="pending", praise_at=None)
    waiting.update(praise_at=F("received_at") + REVIEW_TIME)


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_praise_at")]

    operations = [migrations.RunPython(give_it, migrations.RunPython.noop)]
