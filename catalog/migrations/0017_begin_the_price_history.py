"""Every variant gets its regular price, and a history that begins with it."""

from django.db import migrations
from django.db.models import F

from shop import clock

BATCH = 1000


def begin(apps, schema_editor):
    """Open a period for each variant as of now: of what was before nothing is known."""
    Variant = apps.get_model("catalog", "Variant")
    PricePeriod = apps.get_model("catalog", "PricePeriod")
    Variant.objects.update(regular_price=F("price"))
    now = clock.now()
    columns = ("pk", "price", "product__status", "product__on_shelf_at")
    rows = Variant.objects.order_by("pk").values_list(*columns)
    periods = []
    for pk, price, status, on_shelf_at in rows.iterator(chunk_size=BATCH):
        is_offered = status == "on_shelf" and on_shelf_at <= now
        periods.append(
            PricePeriod(variant_id=pk, price=price, from_at=now, is_offered=is_offered)
        )
        if len(periods) == BATCH:
            PricePeriod.objects.bulk_create(periods)
            periods.clear()
    PricePeriod.objects.bulk_create(periods)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0016_limited_prices_and_history"),
    ]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
