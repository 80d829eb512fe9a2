"""Where the demo's parcels were seen, as the pretend carrier has it."""

from collections.abc import Iterable
from datetime import timedelta

from orders.carriers.sandbox import Sandbox
from orders.models import Carrier, Parcel
from orders.services import tracking
from shop import clock

#: Older ones would only fill the table.
LATELY = timedelta(days=10)
#: How the labels of the carriers begin, and how many digits follow.
LABELS = {
    Carrier.SF: ("SF", 13),
    Carrier.YTO: ("YT", 13),
    Carrier.ZTO: ("75", 12),
    Carrier.JD: ("JD", 13),
}


def invented_number(carrier: Carrier, seed: int) -> str:
    """Return a number as this carrier has them."""
    beginning, length = LABELS[carrier]
    return f"{beginning}{seed:0{length}}"


def write_scans(parcels: Iterable[Parcel]) -> None:
    """Write what the pretend carrier says of parcels that left lately."""
    since = clock.now() - LATELY
    for parcel in parcels:
        if parcel.sent_at >= since:
            tracking.note_heard(parcel, Sandbox().scans_of(parcel))
