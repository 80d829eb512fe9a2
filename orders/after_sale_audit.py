"""What must always be true of after-sale requests and refunds (rows F11, F12, M2)."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, Q, Sum

from accounts.models import WalletEntry
from catalog.models import StockEntry
from orders.models import (
    AfterSale,
    AfterSalePhoto,
    Order,
    OrderEvent,
    OrderItem,
    PaymentMethod,
    Refund,
)
from orders.services.after_sales.opening import FOLDER
from orders.services.refunds import deed_of
from orders.states import AfterSaleState, OrderStatus
from shop import audit, money, photos

CHUNK = 500
#: A file younger than this may belong to an upload that is under way, in seconds.
SETTLED = 3600
REFUNDED = Q(state=AfterSaleState.REFUNDED)
UNSENT = Q(is_before_shipping=True)


@audit.check
def items_know_what_was_refunded() -> Iterator[audit.Finding]:
    """An item's refunded units and money are those of its granted requests."""
    items = OrderItem.objects.filter(
        Q(refunded_quantity__gt=0) | Q(after_sales__isnull=False)
    )
    asked = items.distinct().prefetch_related("after_sales").order_by("pk")
    for item in asked.iterator(chunk_size=CHUNK):
        granted = [
            each
            for each in item.after_sales.all()
            if each.state == AfterSaleState.REFUNDED
        ]
        unsent = [each for each in granted if each.is_before_shipping]
        goods = (each.amount - each.freight_amount for each in granted)
        for stored, expected in (
            (item.refunded_quantity, sum(each.quantity for each in granted)),
            (item.cancelled_quantity, sum(each.quantity for each in unsent)),
            (item.refunded_amount, sum(goods, money.ZERO)),
        ):
            if stored != expected:
                yield audit.Finding(
                    "refunded_items", "orders.OrderItem", item.pk, stored, expected
                )


@audit.check
def every_grant_has_its_money() -> Iterator[audit.Finding]:
    """A granted request owes just its amount, once; another one owes nothing."""
    worth = AfterSale.objects.filter(REFUNDED, amount__gt=0)
    wrong = worth.exclude(refund__amount=F("amount"))
    rows = wrong.order_by("pk").values_list("pk", "refund__amount", "amount")
    for pk, stored, expected in rows:
        yield audit.Finding("grants", "orders.AfterSale", pk, stored, expected)
    too_much = Refund.objects.filter(after_sale__isnull=False).exclude(
        after_sale__state=AfterSaleState.REFUNDED
    )
    for pk, amount in too_much.order_by("pk").values_list("pk", "amount"):
        yield audit.Finding("grants", "orders.Refund", pk, amount, "nothing")


@audit.check
def refunds_to_wallets_are_in_the_ledger() -> Iterator[audit.Finding]:
    """What went back to a wallet stands in its ledger once, and nothing else does."""
    rows = WalletEntry.objects.filter(kind=WalletEntry.Kind.REFUND)
    credited = dict(rows.values_list("deed", "amount"))
    to_wallet = Q(payment__method=PaymentMethod.BALANCE) | Q(is_to_balance=True)
    refunds = Refund.objects.filter(to_wallet, done_at__isnull=False)
    for refund in refunds.order_by("pk").iterator(chunk_size=CHUNK):
        stored = credited.pop(deed_of(refund), money.ZERO)
        if stored != refund.amount:
            yield audit.Finding(
                "wallet_refunds", "orders.Refund", refund.pk, stored, refund.amount
            )
    for deed, amount in sorted(credited.items(), key=str):
        yield audit.Finding(
            "wallet_refunds", "accounts.WalletEntry", deed, amount, "a refund"
        )


@audit.check
def freight_goes_back_with_whole_orders_only() -> Iterator[audit.Finding]:
    """Freight is refunded once, of a closed order of which nothing was sent."""
    with_freight = AfterSale.objects.filter(REFUNDED, freight_amount__gt=0)
    right = Q(item__order__status=OrderStatus.CLOSED) & Q(
        freight_amount=F("item__order__freight_amount")
    )
    sent = OrderItem.objects.filter(shipped_quantity__gt=0).values("order")
    wrong = with_freight.filter(~right | Q(item__order__in=sent))
    for pk, amount in wrong.order_by("pk").values_list("pk", "freight_amount"):
        yield audit.Finding("freight", "orders.AfterSale", pk, amount, "none")


@audit.check
def receipt_stands_still_while_a_request_is_open() -> Iterator[audit.Finding]:
    """The timer of a shipped order runs if, and only if, nobody asks for anything."""
    shipped = Order.objects.filter(status=OrderStatus.SHIPPED)
    asked = AfterSale.objects.open().values("item__order")
    runs = shipped.filter(pk__in=asked, receive_by__isnull=False)
    for pk in runs.order_by("pk").values_list("pk", flat=True):
        yield audit.Finding("receipt_timer", "orders.Order", pk, "runs", "stands")
    stands = shipped.exclude(pk__in=asked).filter(receipt_left__isnull=False)
    for pk in stands.order_by("pk").values_list("pk", flat=True):
        yield audit.Finding("receipt_timer", "orders.Order", pk, "stands", "runs")


@audit.check
def received_items_have_their_windows() -> Iterator[audit.Finding]:
    """What was received says until when it may be returned and exchanged."""
    received = OrderItem.objects.filter(received_at__isnull=False)
    without = received.filter(Q(return_by=None) | Q(exchange_by=None))
    for pk in without.order_by("pk").values_list("pk", flat=True):
        yield audit.Finding("windows", "orders.OrderItem", pk, None, "moments")


@audit.check
def returned_goods_are_in_the_stock_ledger() -> Iterator[audit.Finding]:
    """A variant's units came back, were scrapped and replaced as requests say."""
    nothing = ("", AfterSale.Goods.MISSING)
    came_back = AfterSale.objects.exclude(UNSENT).exclude(goods__in=nothing)
    scrapped = AfterSale.objects.filter(goods=AfterSale.Goods.SCRAPPED)
    replaced = AfterSale.objects.filter(state=AfterSaleState.EXCHANGED)
    for kind, requests, sign in (
        (StockEntry.Kind.RETURNED, came_back, 1),
        (StockEntry.Kind.SCRAPPED, scrapped, -1),
        (StockEntry.Kind.REPLACEMENT, replaced, -1),
    ):
        moved = dict(
            StockEntry.objects.filter(kind=kind)
            .order_by()
            .values_list("variant")
            .annotate(units=Sum("change"))
        )
        expected = dict(
            requests.order_by()
            .values_list("item__variant")
            .annotate(units=Sum("quantity"))
        )
        for variant_id in sorted(moved.keys() | expected.keys()):
            stored = moved.get(variant_id, 0)
            wanted = sign * expected.get(variant_id, 0)
            if stored != wanted:
                yield audit.Finding(
                    f"{kind}_stock", "catalog.Variant", variant_id, stored, wanted
                )


@audit.check
def corrected_returns_have_their_event() -> Iterator[audit.Finding]:
    """A corrected number of a return stands in its request's history, once."""
    is_told = Q(events__kind=OrderEvent.Kind.NUMBER_CORRECTED)
    rows = AfterSale.objects.annotate(told=Count("events", filter=is_told))
    wrong = rows.exclude(return_corrected_at=None, told=0).exclude(
        return_corrected_at__isnull=False, told=1
    )
    for pk, stored in wrong.order_by("pk").values_list("pk", "told"):
        yield audit.Finding("corrected", "orders.AfterSale", pk, stored, "one each")


@audit.check
def photos_of_requests_are_there() -> Iterator[audit.Finding]:
    """Every photo has its files, and every file its row."""
    rows = AfterSalePhoto.objects.order_by("pk").values_list("pk", "stem")
    kept: set[Path] = set()
    for pk, stem in rows.iterator(chunk_size=CHUNK):
        files = photos.files_of(stem)
        kept.update(files)
        if not all(file.is_file() for file in files):
            yield audit.Finding("photos", "orders.AfterSalePhoto", pk, "gone", "files")
    for path in _files():
        if path not in kept and time.time() - path.stat().st_mtime > SETTLED:
            yield audit.Finding("photos", "file", path.name, "orphan", "a photo")


def _files() -> Iterable[Path]:
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    return sorted(folder.rglob("*.webp"))
