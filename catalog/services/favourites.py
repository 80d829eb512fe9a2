"""What is done to favourites. Each function does its whole deed or nothing."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from catalog.models import Favourite, Product
from catalog.refusals import FavouritesFull
from shop import clock, policy
from shop.retry import whole_deed


@whole_deed
def set_favourite(*, user_id: int, product: Product, wish: bool | None) -> bool:
    """Make a product the account's favourite, or not; return what it is now.

    Without a wish it becomes what it was not. Raises FavouritesFull.
    """
    # Locked, so that clicks at the same time come one after the other.
    accounts = get_user_model().objects.select_for_update()
    accounts.only("pk").get(pk=user_id)
    own = Favourite.objects.of(user_id)
    is_favourite = own.filter(product=product).exists()
    wanted = not is_favourite if wish is None else wish
    if wanted and not is_favourite:
        _refuse_too_many(own.count())
        Favourite.objects.create(
            user_id=user_id,
            product=product,
            price_when_added=product.price,
            added_at=clock.now(),
        )
    elif not wanted:
        own.filter(product=product).delete()
    return wanted


def _refuse_too_many(number: int) -> None:
    limit = policy.whole("favourites_limit")
    if number >= limit:
        text = _("You have %(limit)d favourites, and more do not fit.")
        raise FavouritesFull(text % {"limit": limit}, limit=limit)
