"""Facets are counted as sets: as words of a product they are not needed any more."""

from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce


def forget_tokens(apps, schema_editor):
    # Only facets had tokens that begin with "f": it and a number.
    for name in ("Posting", "SearchToken"):
        rows = apps.get_model("catalog", name).objects
        rows.filter(token__range=("f0", "fz")).delete()


def note_sales(apps, schema_editor):
    product = apps.get_model("catalog", "Product").objects
    own = product.filter(pk=OuterRef("product_id")).values("sales_count")
    rows = apps.get_model("catalog", "ProductFacets").objects
    rows.update(sales=Coalesce(Subquery(own), 0))


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0021_product_changes"),
    ]

    operations = [
        migrations.RunPython(forget_tokens, migrations.RunPython.noop),
        migrations.RunPython(note_sales, migrations.RunPython.noop),
    ]
