"""What variants have cost: written with every change of a price.

The rule of the struck price, and where it comes from: docs/decisions/0012.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.models import PricePeriod, Product, Variant

#: So far back a price counts (row C4; Directive 98/6/EC, article 6a).
LOOKING_BACK = timedelta(days=30)
BATCH = 500


class History:
    """The latest periods of some variants, as they are and as they become.

    The caller holds the variants locked, and calls `save` in the same transaction.
    """

    def __init__(self, variants: Collection[Variant], *, moment: datetime) -> None:
        """Load all that counts at a moment, or at a later one."""
        self._of: dict[int, list[PricePeriod]] = defaultdict(list)
        rows = PricePeriod.objects.filter(variant__in=[each.pk for each in variants])
        # Twice: the 30 days before a price that began up to 30 days ago.
        for period in rows.since(moment - 2 * LOOKING_BACK).in_order():
            self._of[period.variant_id].append(period)
        self._products = Product.objects.only("status", "on_shelf_at").in_bulk(
            {each.product_id for each in variants}
        )
        self._changed: list[PricePeriod] = []
        self._new: list[PricePeriod] = []

    def note(self, variant: Variant, moment: datetime) -> None:
        """Note what a variant costs from a moment on, and whether it is on the shelf.

        What was offered and is no more ends there, as does a price that changes.
        """
        periods = self._of[variant.pk]
        present = periods[-1] if periods and periods[-1].is_open else None
        is_offered = is_offered_at(self._products[variant.product_id], moment)
        if present and (present.price, present.is_offered) == (
            variant.price,
            is_offered,
        ):
            return
        if present and (moment <= present.from_at or not present.is_offered):
            # Nobody could buy at it: it is corrected, and was no price.
            present.from_at = max(moment, present.from_at)
            present.price, present.is_offered = variant.price, is_offered
            self._changed.append(present)
            return
        if present:
            present.is_open, present.to_at = None, moment
            self._changed.append(present)
        new = _opened(variant, moment, is_offered=is_offered)
        periods.append(new)
        self._new.append(new)

    def prior(
        self, variant: Variant, moment: datetime
    ) -> tuple[Decimal | None, datetime | None]:
        """Return the prior price that counts at a moment, and until when it does."""
        *earlier, present = self._of[variant.pk]
        begin = present.from_at - LOOKING_BACK
        counting = [
            (each.price, each.to_at)
            for each in earlier
            if each.is_offered and each.to_at and each.to_at > begin
        ]
        if not counting:
            return None, None
        lowest = min(price for price, _to_at in counting)
        last = max(to_at for price, to_at in counting if price == lowest)
        until = last + LOOKING_BACK
        return (lowest, until) if until > moment else (None, None)

    def shelf_time(self, variant: Variant) -> datetime | None:
        """Return when the variant's product is on the shelf from; None: it is off."""
        product = self._products[variant.product_id]
        is_on = product.status == Product.Status.ON_SHELF
        return product.on_shelf_at if is_on else None

    def save(self) -> None:
        """Write what was noted."""
        columns = ["price", "from_at", "to_at", "is_open", "is_offered"]
        # Closed before opened: only one of a variant is open.
        PricePeriod.objects.bulk_update(self._changed, columns, batch_size=BATCH)
        PricePeriod.objects.bulk_create(self._new, batch_size=BATCH)


def begin_history(*, variants: Iterable[Variant], moment: datetime) -> None:
    """Open the history of new variants, which cost their price from a moment on."""
    new = list(variants)
    products = Product.objects.only("status", "on_shelf_at").in_bulk(
        {each.product_id for each in new}
    )
    periods = [
        _opened(
            variant,
            moment,
            is_offered=is_offered_at(products[variant.product_id], moment),
        )
        for variant in new
    ]
    PricePeriod.objects.bulk_create(periods, batch_size=BATCH)


def is_offered_at(product: Product, moment: datetime) -> bool:
    """Tell whether a product is on the shelf: a draft's price is charged to nobody."""
    return product.status == Product.Status.ON_SHELF and product.on_shelf_at <= moment


def _opened(variant: Variant, moment: datetime, *, is_offered: bool) -> PricePeriod:
    return PricePeriod(
        variant=variant, price=variant.price, from_at=moment, is_offered=is_offered
    )
