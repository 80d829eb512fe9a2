"""Scan lines of parcels: by staff, or by whom TRACKING_URL names (row F7).

They are shown and move nothing: "signed for" receives no item.
"""

import logging
from datetime import datetime, timedelta
from hashlib import sha256

from orders import carriers
from orders.carriers import Scan
from orders.models import Parcel, ParcelScan, ScanKind
from shop import clock, policy
from shop.retry import whole_deed

logger = logging.getLogger(__name__)

LONGEST = 200
#: A number of which nothing is heard for so long is not asked about any more.
GIVEN_UP_AFTER = timedelta(days=30)


@whole_deed
def note_scan(*, parcel: Parcel, kind: ScanKind, text: str, by_id: int) -> None:
    """Write down where a parcel was seen now, as a member of staff."""
    _write(parcel.pk, Scan(clock.now(), kind, text), by_id)


def ask_carrier(parcel_id: int, now: datetime) -> bool:
    """Ask where a parcel is and write down what is new; False when it was not asked.

    The carrier is asked outside of any transaction; two at once ask once.
    """
    pause = timedelta(minutes=policy.whole("tracking_minutes"))
    if not Parcel.objects.claim(parcel_id, now, pause):
        return False
    parcel = Parcel.objects.select_related("order").get(pk=parcel_id)
    try:
        with clock.at(now):
            scans = carriers.tracker().scans_of(parcel)
    except carriers.NoAnswer as reason:
        logger.warning("nothing heard of parcel %s: %s", parcel_id, reason)
        scans = []
    _take(parcel, scans, now)
    return True


@whole_deed
def _take(parcel: Parcel, scans: list[Scan], now: datetime) -> None:
    same = Parcel.objects.select_for_update().filter(
        pk=parcel.pk, carrier=parcel.carrier, tracking_number=parcel.tracking_number
    )
    if not same.exists():
        # The number was corrected meanwhile: this is about somebody else's parcel.
        return
    note_heard(parcel, scans)
    is_over = any(scan.kind == ScanKind.SIGNED for scan in scans)
    if is_over or parcel.sent_at + GIVEN_UP_AFTER <= now:
        same.update(ask_at=None)


def note_heard(parcel: Parcel, scans: list[Scan]) -> None:
    """Write down what a carrier says, each line once, in the caller's transaction."""
    for scan in sorted(scans, key=lambda scan: scan.at):
        _write(parcel.pk, scan, None)


def forget_scans(parcel_id: int) -> None:
    """Take away what was said of a number that was never this parcel's."""
    ParcelScan.objects.filter(parcel=parcel_id, by=None).delete()


def _write(parcel_id: int, scan: Scan, by_id: int | None) -> None:
    text = scan.text[:LONGEST]
    said = f"{scan.at.timestamp()} {scan.kind} {text}"
    ParcelScan.objects.get_or_create(
        parcel_id=parcel_id,
        key=sha256(said.encode()).hexdigest(),
        defaults={"at": scan.at, "kind": scan.kind, "text": text, "by_id": by_id},
    )
