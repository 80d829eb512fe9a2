"""Nobody is asked: staff write the scan lines. So it is unless TRACKING_URL is set."""

from orders.carriers.base import Scan
from orders.models import Parcel


class Nobody:
    name = "nobody"

    def __init__(self, url: str = "") -> None:
        """`url` has nothing to say."""

    def is_available(self) -> bool:
        return False

    def scans_of(self, parcel: Parcel) -> list[Scan]:
        return []
