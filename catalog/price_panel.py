"""What a product's page says about the price: until when, what before, its history."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from catalog.models import LimitedPrice, PricePeriod, Variant
from catalog.services.price_history import LOOKING_BACK

MOST_PERIODS = 12


@dataclass(frozen=True)
class PricePanel:
    variant: Variant
    now: datetime
    #: When the limited-time price ends; None: none runs.
    ends_at: datetime | None
    #: What it cost in the last 30 days, the newest first; empty without a change.
    periods: list[PricePeriod]

    @property
    def lowest_price(self) -> Decimal | None:
        """The lowest price of the 30 days before this one, if it is another."""
        prior = self.variant.prior_price
        return None if prior == self.variant.price else prior

    @property
    def list_price(self) -> Decimal | None:
        """What the maker recommends, if it is more than what we usually ask."""
        is_more = self.variant.list_price > self.variant.regular_price
        return self.variant.list_price if is_more else None


def load(variant: Variant, *, now: datetime) -> PricePanel:
    """Load the panel of a variant whose price is settled.

    Nothing is asked for a variant whose price has not changed lately.
    """
    ends_at = None
    if variant.is_limited:
        limited = LimitedPrice.objects.filter(variant=variant).running_at(now)
        ends_at = limited.values_list("ends_at", flat=True).first()
    periods: list[PricePeriod] = []
    if variant.prior_price is not None:
        own = PricePeriod.objects.filter(variant=variant).offered()
        lately = own.since(now - LOOKING_BACK)
        periods = list(lately.in_order().reverse()[:MOST_PERIODS])
    return PricePanel(variant, now, ends_at, periods)
