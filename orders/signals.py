"""What orders tell the floors above."""

from django.dispatch import Signal

#: Sent inside the transaction that receives an item, with `item` (an OrderItem). If a
#: listener fails, nothing was received.
item_received = Signal()
