"""A shopper's orders in tabs (row F1)."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from orders.models.orders import OrderQuerySet
from orders.states import OrderStatus
from shop import clock

PER_PAGE = 10

#: tab: its name, and which orders stand in it. Unknown tabs show all.
TABS: dict[str, tuple[str | Promise, Q]] = {
    "": (_("All"), Q()),
    "unpaid": (_("To pay"), Q(status=OrderStatus.PENDING_PAYMENT)),
    "unshipped": (
        _("To ship"),
        Q(status__in=[OrderStatus.PAID, OrderStatus.PARTLY_SHIPPED]),
    ),
    "shipped": (_("To receive"), Q(status=OrderStatus.SHIPPED)),
    "to_review": (_("To review"), Q(items__review_state="pending")),
    # Nobody can ask for one yet, so nothing stands in it.
    "after_sale": (_("Refunds"), Q(pk__in=[])),
    "completed": (_("Completed"), Q(status=OrderStatus.COMPLETED)),
    "closed": (_("Closed"), Q(status=OrderStatus.CLOSED)),
}


@dataclass(frozen=True)
class Tab:
    status: str
    name: str | Promise
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class OrderListing:
    tabs: list[Tab]
    page: "Page[Order]"
    query: str


def load(
    *, user: AbstractBaseUser | AnonymousUser, status: str, query: str, page: str
) -> OrderListing:
    """Load one page of one tab, of the orders that fit the query."""
    query = query.replace("\x00", "").strip()[:100]
    own = Order.objects.placed_by(user)
    chosen = status if status in TABS else ""
    found = _matching(own.filter(TABS[chosen][1]), query).distinct()
    paginator = Paginator(found.newest_first().with_items(clock.now()), PER_PAGE)
    tabs = [
        Tab(key, name, own.filter(which).distinct().count(), key == chosen)
        for key, (name, which) in TABS.items()
    ]
    return OrderListing(tabs=tabs, page=paginator.get_page(page), query=query)


def _matching(orders: OrderQuerySet, query: str) -> OrderQuerySet:
    if not query:
        return orders
    named = Q(items__name_zh__icontains=query) | Q(items__name_en__icontains=query)
    return orders.filter(Q(number=query) | named)
