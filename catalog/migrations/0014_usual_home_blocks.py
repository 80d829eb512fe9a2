from datetime import UTC, datetime

from django.db import migrations

#: Older than the shop: they are shown at every moment that anybody looks at.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


def write(apps, schema_editor):
    """Show what the home page showed, and the best of each category."""
    HomeBlock = apps.get_model("catalog", "HomeBlock")
    Category = apps.get_model("catalog", "Category")
    kinds = [("best_sellers", None), ("newest", None)]
    in_order = Category.objects.order_by("position", "pk")
    kinds += [("category", pk) for pk in in_order.values_list("pk", flat=True)]
    HomeBlock.objects.bulk_create(
        HomeBlock(
            kind=kind, category_id=category, position=10 * place, starts_at=ALWAYS
        )
        for place, (kind, category) in enumerate(kinds, start=1)
    )


def delete(apps, schema_editor):
    apps.get_model("catalog", "HomeBlock").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0013_banners_and_home_blocks")]

    operations = [migrations.RunPython(write, delete)]
