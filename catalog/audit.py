"""What must always be true of the catalogue (row J3)."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog import banner_pictures, pictures, search, services
from catalog.exchange import waiting
from catalog.models import (
    Alert,
    Banner,
    LimitedPrice,
    Picture,
    PricePeriod,
    Product,
    StockEntry,
    Variant,
)
from catalog.services.prices import price_at
from shop import audit, clock, images

CHUNK = 1000
HOUR = 3600  # seconds


@audit.check
def stock_equals_its_ledger() -> Iterator[audit.Finding]:
    """The sum of a variant's ledger is its stock; the last row says so too."""
    # No ledger at all is a sum of NULL, which is right for a stock of none.
    in_ledger = Coalesce(Sum("stock_entries__change"), 0)
    variants = Variant.objects.annotate(in_ledger=in_ledger)
    wrong = variants.exclude(in_ledger=F("stock")).order_by("pk")
    rows = wrong.values_list("pk", "stock", "in_ledger")
    for pk, stock, ledger in rows.iterator(chunk_size=CHUNK):
        yield audit.Finding("stock", "catalog.Variant", pk, stock, ledger)


@audit.check
def ledger_adds_up() -> Iterator[audit.Finding]:
    """Each ledger row's `stock_after` is the one before it plus the change."""
    before: dict[int, int] = {}
    rows = StockEntry.objects.order_by("pk").values_list(
        "pk", "variant_id", "change", "stock_after"
    )
    for pk, variant_id, change, stock_after in rows.iterator(chunk_size=CHUNK):
        expected = before.get(variant_id, 0) + change
        if stock_after != expected:
            yield audit.Finding(
                "stock_ledger", "catalog.StockEntry", pk, stock_after, expected
            )
        before[variant_id] = stock_after


@audit.check
def history_ends_with_the_price() -> Iterator[audit.Finding]:
    """The open period of a variant's price history says what it costs."""
    own = PricePeriod.objects.filter(variant=OuterRef("pk"), is_open=True)
    variants = Variant.objects.annotate(in_history=Subquery(own.values("price")))
    wrong = variants.filter(~Q(price=F("in_history")) | Q(in_history=None))
    rows = wrong.order_by("pk").values_list("pk", "in_history", "price")
    for pk, in_history, price in rows.iterator(chunk_size=CHUNK):
        yield audit.Finding("price_history", "catalog.Variant", pk, in_history, price)


@audit.check
def prices_follow_the_clock() -> Iterator[audit.Finding]:
    """A variant costs its limited-time price while one runs, else the regular one."""
    now = clock.now()
    running: dict[int, list[LimitedPrice]] = {}
    for limited in LimitedPrice.objects.running_at(now).in_order():
        running.setdefault(limited.variant_id, []).append(limited)
    # What is due and was not met yet is not wrong: whoever meets it settles it first.
    settled = Variant.objects.exclude(price_due_at__lte=now).order_by("pk")
    rows = settled.values_list("pk", "price", "regular_price")
    for pk, price, regular_price in rows.iterator(chunk_size=CHUNK):
        expected = price_at(regular_price, running.get(pk, []), now)
        if price != expected:
            yield audit.Finding("price", "catalog.Variant", pk, price, expected)


@audit.check
def summaries_follow_the_variants() -> Iterator[audit.Finding]:
    """What a product's card shows is what its variants and pictures say."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        expected = services.summaries(chunk)
        stored = Product.objects.filter(pk__in=chunk).values("pk", *services.SUMMARY)
        for row in stored.order_by("pk"):
            pk = row.pop("pk")
            if row != expected[pk]:
                yield audit.Finding(
                    "summary",
                    "catalog.Product",
                    pk,
                    row,
                    expected[pk],
                    fix=partial(services.refresh_summary, product_ids=[pk]),
                )


@audit.check
def words_follow_the_products() -> Iterator[audit.Finding]:
    """Every product is found under the words that it has now."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        for pk, stored, expected in search.differences(ids[start : start + CHUNK]):
            yield audit.Finding(
                "search",
                "catalog.Product",
                pk,
                stored,
                expected,
                fix=partial(_learn_anew, pk),
            )


@transaction.atomic
def _learn_anew(product_id: int) -> None:
    search.index([product_id])
    services.note_change()


@audit.check
def nobody_waits_who_is_gone() -> Iterator[audit.Finding]:
    """A closed account waits for nothing any more."""
    left = Alert.objects.exclude(user__closed_at=None).order_by("pk")
    for alert in left.iterator(chunk_size=CHUNK):
        yield audit.Finding(
            "closed_account", "catalog.Alert", alert.pk, "there", "gone", alert.delete
        )


@audit.check
def no_picture_file_is_orphaned() -> Iterator[audit.Finding]:
    """Every file below media/catalog/ belongs to a picture, or is claimed by others.

    The newest may not belong to anything yet.
    """
    known = set(Picture.objects.values_list("stem", flat=True))
    known |= waiting.waiting_stems()
    stored = list(images.stored_files(pictures.FOLDER, older_than=HOUR))
    known |= pictures.claimed({images.stem_of(path) for path in stored} - known)
    for path in stored:
        if images.stem_of(path) not in known:
            yield audit.Finding("files", "catalog.Picture", path.name, "orphan", "gone")


@audit.check
def every_picture_has_its_files() -> Iterator[audit.Finding]:
    """All widths of every picture lie on disk."""
    for picture in Picture.objects.order_by("pk").iterator(chunk_size=CHUNK):
        for width in pictures.WIDTHS:
            if not images.file_of(picture.stem, width).is_file():
                yield audit.Finding(
                    "files", "catalog.Picture", picture.pk, "missing", f"{width} px"
                )


@audit.check
def banners_have_their_files() -> Iterator[audit.Finding]:
    """All widths of every banner lie on disk, and no other; the newest may not yet."""
    known: set[str] = set()
    for pk, *stems in Banner.objects.order_by("pk").values_list(
        "pk", "stem_zh", "stem_en"
    ):
        known.update(stems)
        for stem in filter(None, stems):
            for width in banner_pictures.WIDTHS:
                if not images.file_of(stem, width).is_file():
                    yield audit.Finding(
                        "files", "catalog.Banner", pk, "missing", f"{width} px"
                    )
    for path in images.stored_files(banner_pictures.FOLDER, older_than=HOUR):
        if images.stem_of(path) not in known:
            yield audit.Finding("files", "catalog.Banner", path.name, "orphan", "gone")
