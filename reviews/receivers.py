"""What reviews hear from the floors below."""

from typing import Any

from django.dispatch import receiver

from orders.models import OrderItem
from orders.signals import item_received
from reviews import services


@receiver(item_received, sender=OrderItem)
def open_the_items_review(item: OrderItem, **kwargs: Any) -> None:
    """Open the item's review row. What fails here undoes the receipt (row G5)."""
    services.open_review(item=item)
