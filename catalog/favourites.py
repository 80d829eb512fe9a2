"""Whose favourites: an account's, and the one that a visitor would like to have."""

from django.http import HttpRequest

from catalog.models import Favourite, Product
from catalog.services import settle_products
from shop import clock
from shop.refusals import LoginRequired

#: Where a visitor's session keeps the product whose heart was pressed.
WISH = "favourite_wish"


def favourite_ids(request: HttpRequest) -> frozenset[int]:
    """Return the products that whoever asks has given the heart to."""
    if request.user.pk is None:
        return frozenset()
    own = Favourite.objects.of(request.user.pk)
    return frozenset(own.values_list("product_id", flat=True))


def account_of(request: HttpRequest) -> int:
    """Return the key of the account signed in; for views behind `login_required`."""
    if request.user.pk is None:
        raise LoginRequired
    return request.user.pk


def find(request: HttpRequest, product_id: int) -> Product | None:
    """Return a product that may become a favourite, or that is one, public or not."""
    product = Product.objects.filter(pk=product_id).select_related("category").first()
    if product:
        settle_products([product])
    if product is None or product.is_public(clock.now()):
        return product
    own = Favourite.objects.of(request.user.pk)
    return product if own.filter(product=product).exists() else None


def remember_wish(request: HttpRequest, product_id: int) -> None:
    """Keep in a visitor's session what to do after signing in."""
    request.session[WISH] = product_id


def wish_of(request: HttpRequest) -> Product | None:
    """Return the product that the visitor wished for, once, if it may be had."""
    product_id = request.session.pop(WISH, None)
    if product_id is None:
        return None
    product = Product.objects.public(clock.now()).filter(pk=product_id).first()
    if product:
        settle_products([product])
    return product
