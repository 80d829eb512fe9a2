"""What people call the carriers, in whichever language."""

import re
import unicodedata

from django.conf import settings
from django.utils import translation

from orders.models import Carrier

#: Fewer letters than that are no name.
SHORTEST = 2
#: What is said behind any carrier's name, and not always as the carrier does. Freight
#: (快运) is no such word: other companies do it, with numbers of their own.
KIND = re.compile(r"(快递|速递|速运|物流|express|logistics)$")
#: What stands between letters, as in S.F. or SF-Express.
BETWEEN = re.compile(r"[\s._-]+")


def carrier_called(name: str) -> Carrier | None:
    """Return the carrier of this name, or whose name begins so; None: nobody's.

    Its own word (`sf`) is one, and what it is called in each language of the shop;
    顺丰快递 is 顺丰速运.
    """
    wanted = KIND.sub("", _folded(name))
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
    return BETWEEN.sub("", unicodedata.normalize("NFKC", name).casefold())
