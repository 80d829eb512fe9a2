"""Opening balances of thirty days that are there count as of now."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from shop import clock


def date_them(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    products = apps.get_model("catalog", "Product").objects
    opened = products.filter(opening_sales_30d__gt=0)
    opened.update(opening_counted_at=clock.now())


class Migration(migrations.Migration):
    dependencies = [("catalog", "0026_opening_sales_are_of_a_moment")]

    operations = [migrations.RunPython(date_them, migrations.RunPython.noop)]
