"""What orders can derive anew: the sales of every product (row H2)."""

from orders.services import sales
from shop import rebuild


@rebuild.register("sales")
def rebuild_sales() -> int:
    """Count every product's received units anew; return how many products there are."""
    return sales.recount_all()
