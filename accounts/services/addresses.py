"""The address book: at most so many, and one of them the default (row A10).

Every deed first locks its owner's row, so that two at once come one after the other.
"""

from dataclasses import asdict, dataclass

from accounts.models import Address, User
from accounts.models.addresses import AddressQuerySet
from accounts.refusals import AccountClosed, TooManyAddresses
from shop import policy
from shop.retry import whole_deed


@dataclass(frozen=True)
class Place:
    """Where a parcel goes, and to whom. `phone` is in its stored spelling."""

    recipient: str
    phone: str
    province: str
    city: str
    district: str
    street: str


@whole_deed
def add_address(*, user: User, place: Place, is_default: bool) -> Address:
    """Write an address; the first one is the default whether asked for or not.

    Raises TooManyAddresses.
    """
    own = _locked_book(user)
    count = own.count()
    if count >= policy.whole("address_limit"):
        raise TooManyAddresses
    address = Address.objects.create(user=user, **asdict(place))
    if is_default or not count:
        _make_default(user, address.pk)
    return address


@whole_deed
def change_address(
    *, user: User, address: Address, place: Place, is_default: bool
) -> None:
    """Write an address anew. The default one stays so until another becomes it."""
    own = _locked_book(user)
    own.filter(pk=address.pk).update(**asdict(place))
    if is_default:
        _make_default(user, address.pk)


@whole_deed
def delete_address(*, user: User, address: Address) -> None:
    """Delete an address; if it was the default, the newest of the others becomes it."""
    own = _locked_book(user)
    own.filter(pk=address.pk).delete()
    if own.filter(default_of=user).exists():
        return
    newest = own.newest_first().first()
    if newest:
        _make_default(user, newest.pk)


@whole_deed
def make_default(*, user: User, address: Address) -> None:
    """Make an address the one that the checkout chooses by itself."""
    _locked_book(user)
    _make_default(user, address.pk)


def _locked_book(user: User) -> AddressQuerySet:
    owner = User.objects.select_for_update().only("closed_at").get(pk=user.pk)
    if owner.is_closed:
        raise AccountClosed
    return Address.objects.of(user)


def _make_default(user: User, pk: int) -> None:
    own = Address.objects.of(user)
    # If it was deleted meanwhile, the old default stays.
    if not own.filter(pk=pk).exists():
        return
    # The old one first: the column is unique.
    own.filter(default_of=user).exclude(pk=pk).update(default_of=None)
    own.filter(pk=pk).update(default_of=user)
