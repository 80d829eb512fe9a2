"""What staff of the catalogue should do today."""

from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.search import log
from shop import desk

desk.register(
    desk.Queue(
        title=_("On the shelf, but sold out"),
        permission="catalog.view_product",
        count=lambda: Product.objects.filter(
            status=Product.Status.ON_SHELF, is_sold_out=True
        ).count(),
        url_name="admin:catalog_product_changelist",
        query="status__exact=on_shelf&is_sold_out__exact=1",
        is_urgent=True,
    )
)
desk.register(
    desk.Queue(
        title=_("Drafts"),
        permission="catalog.change_product",
        count=lambda: Product.objects.filter(status=Product.Status.DRAFT).count(),
        url_name="admin:catalog_product_changelist",
        query="status__exact=draft",
    )
)
desk.register(
    desk.Queue(
        title=_("Searched for in vain, 30 days"),
        permission="catalog.add_synonym",
        count=lambda: log.without_results().count(),
        url_name="admin:catalog_searchcount_changelist",
    )
)
