"""What the carriers' tracking numbers look like.

None of them publishes a check digit for all its numbers. The rules follow what Taobao
gives its merchants (taobao.logistics.companies.get, field `reg_mail_no`) and the labels
of today; where sources differ the wider one stands, because a parcel that exists must
never be refused. What they are for is catching a slip, or the wrong carrier.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from orders.models import Carrier

#: Dashes, which phones put in instead of hyphens.
DASHES = re.compile(r"[‐-―−]")


@dataclass(frozen=True)
class Rule:
    """How all numbers of a carrier look, and one to show."""

    pattern: re.Pattern[str]
    example: str


RULES = {
    # SF and 13 characters, of which the first may be a letter; older 12 or 15 digits.
    Carrier.SF: Rule(
        re.compile(r"SF[0-9A-Z][0-9]{9,14}|[0-9]{12}|[0-9]{15}"), "SF1234567890123"
    ),
    # YT and 13 digits; older ones with a single letter; 10, 12 or 18 digits.
    Carrier.YTO: Rule(
        re.compile(
            r"YTO?[0-9]{10,16}|[DEFGVWY][0-9]{9,12}|[0-9]{10}|[0-9]{12}|[6-9][0-9]{17}"
        ),
        "YT1234567890123",
    ),
    # 14 digits that begin with 7; older 12, newer 15; some labels say ZTO before them.
    Carrier.ZTO: Rule(
        re.compile(r"ZTO?[0-9]{10,15}|[0-9]{12}|[0-9]{14,15}"), "75123456789012"
    ),
    # JD, up to three more characters, 10 or more digits; of several boxes of one order
    # each has its place behind it: JD0012345678901-1-2-.
    Carrier.JD: Rule(
        re.compile(r"JD[0-9A-Z]{0,3}[0-9]{10,15}(-[0-9]{1,4}-[0-9]{1,4}-?)?"),
        "JD0012345678901",
    ),
}


def read_number(carrier: str, typed: str) -> str:
    """Return a tracking number in its one spelling: upper case, no spaces or dashes.

    Raises ValidationError, with an example, when it cannot be one of this carrier's.
    """
    folded = unicodedata.normalize("NFKC", typed[:100])
    number = DASHES.sub("-", "".join(folded.split())).upper()
    known = Carrier(carrier)
    if known != Carrier.JD:
        # Put in for reading only; a JD label has some of its own.
        number = number.replace("-", "")
    if RULES[known].pattern.fullmatch(number):
        return number
    sentence = _("This is no number of %(carrier)s; one looks like %(example)s.")
    raise ValidationError(
        sentence % {"carrier": known.label, "example": RULES[known].example}
    )
