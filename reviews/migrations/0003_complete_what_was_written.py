"""What was written before gets its public name, language, deadlines and numbers."""

import re
import secrets
from datetime import timedelta
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count, F, Q

EDIT_TIME, FOLLOW_UP_TIME = timedelta(days=30), timedelta(days=180)
HAN, LATIN = re.compile("[\u3400-\u9fff]"), re.compile("[A-Za-z]")


def complete(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    review = apps.get_model("reviews", "Review")
    review.objects.update(helpful_count=F("helpful_opening"))
    written = review.objects.filter(state="written", public_id=None).order_by("pk")
    for each in list(written.only("pk", "body", "written_at")):
        each.public_id = secrets.token_hex(8)
        each.language = _language_of(each.body)
        each.edit_by = each.written_at + EDIT_TIME
        each.follow_up_by = each.written_at + FOLLOW_UP_TIME
        each.save(update_fields=["public_id", "language", "edit_by", "follow_up_by"])
    _count(review, apps.get_model("reviews", "RatingSummary"))


def _language_of(text: str) -> str:
    if HAN.search(text):
        return "zh"
    return "en" if LATIN.search(text) else ""


def _count(review: Any, summary: Any) -> None:
    written = review.objects.filter(state="written").values("product")
    counted = written.annotate(
        **{f"stars_{n}": Count("pk", filter=Q(rating=n)) for n in (1, 2, 3, 4, 5)},
        in_chinese=Count("pk", filter=Q(language="zh")),
        in_english=Count("pk", filter=Q(language="en")),
    )
    with_photos = dict(
        written.filter(photos__isnull=False)
        .annotate(number=Count("pk", distinct=True))
        .values_list("product", "number")
    )
    summary.objects.bulk_create(
        [
            summary(product_id=pk, with_photos=with_photos.get(pk, 0), **numbers)
            for row in counted.order_by()
            for pk, numbers in [_split(row)]
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


def _split(row: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    numbers = dict(row)
    return numbers.pop("product"), numbers


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_follow_ups_replies_votes_words")]

    operations = [migrations.RunPython(complete, migrations.RunPython.noop)]
