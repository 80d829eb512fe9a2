"""What a tracker says, and the one interface that all of them have."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orders.models import Parcel, ScanKind
from shop.https import NoAnswer as NoAnswer


@dataclass(frozen=True)
class Scan:
    """Where a parcel was seen. `at` is aware; `text` is one line in any language."""

    at: datetime
    kind: ScanKind
    text: str


class Tracker(Protocol):
    """Somebody who knows where parcels are.

    Asked again it says the same and more; what it says moves no order.
    """

    name: str

    def is_available(self) -> bool:
        """Tell whether it can be asked; if not, staff write the scan lines."""

    def scans_of(self, parcel: Parcel) -> list[Scan]:
        """Return all that is known of a parcel by now, in any order.

        `parcel.order` is loaded. Nothing known is an empty list. Raises NoAnswer.
        """
