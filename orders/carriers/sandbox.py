"""A pretend carrier, for a shop to try: every parcel arrives within three days."""

from datetime import timedelta

from django.conf import settings

from orders.carriers.base import Scan
from orders.models import Parcel, ScanKind
from shop import clock

#: How long after it left, what happens to a parcel. `%s` is the buyer's city.
JOURNEY = (
    (timedelta(hours=3), ScanKind.COLLECTED, "快件已揽收"),
    (timedelta(hours=9), ScanKind.MOVING, "快件已到达分拣中心，发往%s"),
    (timedelta(hours=40), ScanKind.MOVING, "快件已到达%s"),
    (timedelta(hours=46), ScanKind.DELIVERING, "快递员正在派送"),
    (timedelta(hours=52), ScanKind.SIGNED, "快件已签收，感谢使用"),
)


class Sandbox:
    name = "sandbox"

    def __init__(self, url: str = "") -> None:
        """`url` has nothing to say."""

    def is_available(self) -> bool:
        return bool(settings.DEBUG)

    def scans_of(self, parcel: Parcel) -> list[Scan]:
        now = clock.now()
        return [
            Scan(parcel.sent_at + after, kind, text.replace("%s", parcel.order.city))
            for after, kind, text in JOURNEY
            if parcel.sent_at + after <= now
        ]
