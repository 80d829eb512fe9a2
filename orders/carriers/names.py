"""What people call the carriers, in whichever language."""

import unicodedata

from django.conf import settings
from django.utils import translation

from orders.models import Carrier

#: Fewer letters than that are no name.
SHORTEST = 2


def carrier_called(name: str) -> Carrier | None:
    """Return the carrier of this name, or whose name begins so; None: nobody's.

    Its own word (`sf`) is one, and what it is called in each language of the shop.
    """
    wanted = _folded(name)
    if len(wanted) < SHORTEST:
        return None
    for carrier in Carrier:
        if any(_folded(each).startswith(wanted) for each in _names_of(carrier)):
            return carrier
    return None


def _names_of(carrier: Carrier) -> list[str]:
    names = [carrier.value]
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            names.append(str(carrier.label))
    return names


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
