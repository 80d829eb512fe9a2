"""What becomes of goods that came back or never left: the shelf, or scrap (row F12)."""

from dataclasses import dataclass

from catalog import services as catalog
from orders.models import AfterSale, OrderItem

Goods = AfterSale.Goods


@dataclass(frozen=True)
class Fate:
    """What staff decide about goods; scrapped ones have a reason."""

    goods: AfterSale.Goods
    reason: str = ""


def put_away(
    request: AfterSale,
    item: OrderItem,
    order_number: str,
    fate: Fate,
    by_id: int | None,
) -> None:
    """Write down the fate of a request's goods, and move the stock with its ledger.

    Scrapped ones come in and go out again, so that the ledger says why they are gone.
    """
    AfterSale.objects.filter(pk=request.pk).update(
        goods=fate.goods, goods_reason=fate.reason
    )
    moved = {"variant_id": item.variant_id, "quantity": request.quantity}
    if request.is_before_shipping:
        moves = [catalog.give_back(**moved, order_number=order_number)]
    else:
        moves = [catalog.take_back(**moved, order_number=order_number, by_id=by_id)]
    if fate.goods == Goods.SCRAPPED:
        reason = f"{order_number}: {fate.reason}"
        moves.append(catalog.scrap(**moved, reason=reason, by_id=by_id))
    catalog.refresh_stock(moves)
