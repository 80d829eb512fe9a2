"""What shoppers do in several requests, and what that may cost. A flow is one row."""

from dataclasses import dataclass, field

PAYMENT_PASSWORD = "246813"  # noqa: S105, of shoppers made for this


@dataclass(frozen=True)
class Step:
    """One request: a page to look at, or the form of the page before to send off."""

    name: str
    #: Without one: where the answer before led to.
    path: str = ""
    #: The `data-test` of a form; sent as it is, but for what is `typed`.
    form: str = ""
    typed: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Flow:
    """Steps that one shopper takes one after another."""

    name: str
    steps: tuple[Step, ...]
    #: How often the CPU of the bare list all of it may cost, without the hash.
    most: float
    #: How many payment passwords are checked.
    hashes: int = 0


PRODUCT = Step("product page", "/p/{product}/")
ADD = Step("add", form="add-to-cart")
CART = Step("cart", "/cart/")
CHECKOUT = Step("checkout", "/checkout/")
PLACE = Step("place", form="checkout-form")
PAY_PAGE = Step("pay page")
PAY = Step("pay", form="pay-balance", typed={"payment_password": PAYMENT_PASSWORD})
ORDER = Step("order page")

FLOWS = [
    Flow("buying: add to cart", (PRODUCT, ADD), 3),
    Flow(
        "buying: whole checkout",
        (PRODUCT, ADD, CART, CHECKOUT, PLACE, PAY_PAGE, PAY, ORDER),
        8,
        hashes=1,
    ),
]
#: At the same time.
CLIENTS = (1, 8)
