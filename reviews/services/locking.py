"""The one order in which deeds lock what they change: item, product, review."""

from collections.abc import Collection

from catalog.models import Product
from orders.models import OrderItem
from reviews.models import Review


def lock(review_ids: Collection[int], product_id: int) -> list[Review]:
    """Lock reviews of one product; return them, with follow-up and reply, by key.

    A receipt locks in this order. The product before the review, as MySQL takes a
    shared lock on it with a new state, the key of whose index begins with the product;
    to raise that later would be a deadlock.

    Whoever judges a text by the word list does it after this: then either the list has
    the newest word, or the search for that word (`word_search`) finds the text.
    """
    items = OrderItem.objects.select_for_update().filter(pk__in=review_ids)
    list(items.order_by("pk").values_list("pk", flat=True))
    Product.objects.select_for_update().get(pk=product_id)
    reviews = Review.objects.select_for_update().filter(pk__in=review_ids)
    return list(reviews.select_related("follow_up", "reply").order_by("pk"))
