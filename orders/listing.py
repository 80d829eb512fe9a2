"""A shopper's orders in tabs (row F1), and those put out of sight (row F14)."""

import unicodedata
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.models import AfterSale, Order, OrderItem
from orders.models.items import TO_REVIEW
from orders.models.order_querysets import OrderQuerySet
from orders.states import OrderStatus
from shop import clock

PER_PAGE = 10
#: More words than this are not searched for.
MOST_WORDS = 8
#: Not among the tabs: what the buyer has put out of sight.
HIDDEN = "hidden"

_items = OrderItem.objects.filter(order=OuterRef("pk"))
_requests = AfterSale.objects.filter(item__order=OuterRef("pk"))
_shown = Q(hidden_at=None)

#: tab: its name, and which orders stand in it. Unknown tabs show all.
TABS: dict[str, tuple[str | Promise, Q]] = {
    "": (_("All"), _shown),
    "unpaid": (_("To pay"), _shown & Q(status=OrderStatus.PENDING_PAYMENT)),
    "unshipped": (
        _("To ship"),
        _shown & Q(status__in=[OrderStatus.PAID, OrderStatus.PARTLY_SHIPPED]),
    ),
    "shipped": (_("To receive"), _shown & Q(status=OrderStatus.SHIPPED)),
    "to_review": (
        _("To review"),
        _shown & Q(Exists(_items.filter(review_state=TO_REVIEW))),
    ),
    "after_sale": (_("Refunds"), _shown & Q(Exists(_requests))),
    "completed": (_("Completed"), _shown & Q(status=OrderStatus.COMPLETED)),
    "closed": (_("Closed"), _shown & Q(status=OrderStatus.CLOSED)),
}
#: And where the hidden ones are.
PLACES = {**TABS, HIDDEN: (_("Recycle bin"), Q(hidden_at__isnull=False))}


@dataclass(frozen=True)
class Tab:
    status: str
    name: str | Promise
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class OrderListing:
    tabs: list[Tab]
    #: What the buyer has put out of sight: no tab, and in no other's count.
    hidden: Tab
    page: "Page[Order]"
    query: str


def load(
    *, user: AbstractBaseUser | AnonymousUser, status: str, query: str, page: str
) -> OrderListing:
    """Load one page of one tab, of the orders that fit the query.

    Each tab's count is that of what stands in it, with this query.
    """
    query = query.replace("\x00", "").strip()[:100]
    own = _matching(Order.objects.placed_by(user), query)
    chosen = status if status in PLACES else ""
    found = own.filter(PLACES[chosen][1]).newest_first().with_items(clock.now())
    *tabs, hidden = _counted(own, chosen)
    return OrderListing(
        tabs=tabs,
        hidden=hidden,
        page=Paginator(found, PER_PAGE).get_page(page),
        query=query,
    )


def _counted(own: OrderQuerySet, chosen: str) -> list[Tab]:
    """Return all places, in their order, with what stands in them: one query."""
    counts = own.aggregate(
        **{
            _column(key): Count("pk", filter=which)
            for key, (_name, which) in PLACES.items()
        }
    )
    return [
        Tab(key, name, counts[_column(key)], key == chosen)
        for key, (name, _which) in PLACES.items()
    ]


def _column(key: str) -> str:
    return f"in_{key or 'all'}"


def _matching(orders: OrderQuerySet, query: str) -> OrderQuerySet:
    """Return the orders with this number, or with an item named by all these words."""
    words = unicodedata.normalize("NFKC", query).split()[:MOST_WORDS]
    if not words:
        return orders
    named = _items
    for word in words:
        named = named.filter(Q(name_zh__icontains=word) | Q(name_en__icontains=word))
    return orders.filter(Q(number="".join(words)) | Q(Exists(named)))
