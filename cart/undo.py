"""What was removed last, in a signed text that its own cart can be given back from.

The page, a JSON answer or another window holds it; the shop keeps the last one for the
next look at the cart alone. So several windows do not forget each other's, and it needs
no sweeping.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core import signing
from django.http import HttpRequest

from cart.models import Cart, CartLine
from cart.refusals import UndoOver
from shop import clock

#: Row D6 asks for ten seconds; who reads slowly, or by ear, gets more.
VALID_FOR = timedelta(minutes=10)
SALT = "cart.undo"
#: Where the session keeps it until the next look at the cart.
KEPT = "cart_undo"


def written(lines: Sequence[CartLine]) -> str:
    """Return the signed text for lines of one cart, "" for none."""
    if not lines:
        return ""
    kept = {
        "cart": lines[0].cart_id,
        "at": clock.now().isoformat(),
        "lines": [_row_of(line) for line in lines],
    }
    return signing.dumps(kept, salt=SALT, compress=True)


def read(text: str, *, cart: Cart | None) -> list[CartLine]:
    """Return the lines of such a text, unsaved, if they were this cart's.

    Raises UndoOver for any other text, another cart, or when it is too late.
    """
    try:
        kept = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise UndoOver from None
    is_late = clock.now() > datetime.fromisoformat(kept["at"]) + VALID_FOR
    if cart is None or kept["cart"] != cart.pk or is_late:
        raise UndoOver
    return [_line_of(row, cart) for row in kept["lines"]]


def keep(request: HttpRequest, text: str) -> None:
    """Keep such a text for the next look at the cart; "" takes the last one away."""
    request.session.pop(KEPT, None)
    if text:
        request.session[KEPT] = text


def take(request: HttpRequest) -> str:
    """Return the text kept for this look at the cart, once."""
    text: str = request.session.pop(KEPT, "")
    return text


def _row_of(line: CartLine) -> list[Any]:
    return [
        line.pk,
        line.variant_id,
        line.quantity,
        line.is_selected,
        str(line.price_when_added),
        line.added_at.isoformat(),
    ]


def _line_of(row: list[Any], cart: Cart) -> CartLine:
    pk, variant_id, quantity, is_selected, price, added_at = row
    return CartLine(
        pk=pk,
        cart=cart,
        variant_id=variant_id,
        quantity=quantity,
        is_selected=is_selected,
        price_when_added=Decimal(price),
        added_at=datetime.fromisoformat(added_at),
    )
