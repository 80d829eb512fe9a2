"""The snapshot that a process keeps, and what tells it that a product changed."""

from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

from catalog.models import ProductChange
from catalog.search.reading import MOST_CHANGED, brought_up_to_date, read
from catalog.search.snapshot import Snapshot


@dataclass(frozen=True)
class Kept:
    """A snapshot, and the version of the catalogue for which it was looked after."""

    as_of: str
    snapshot: Snapshot


_kept: Kept | None = None
_lock = Lock()


def snapshot(as_of: str = "") -> Snapshot:
    """Return what is known of all products.

    `as_of` is the version of the catalogue, read before: as long as it is the same,
    nothing is asked for. Without one everything is read anew.
    """
    global _kept
    if not as_of:
        return read()
    kept = _kept
    if kept and kept.as_of == as_of:
        return kept.snapshot
    with _lock:
        kept = _kept
        if kept is None:
            kept = Kept(as_of, read())
        elif kept.as_of != as_of:
            kept = Kept(as_of, brought_up_to_date(kept.snapshot))
        _kept = kept
    return kept.snapshot


def note_changed(product_ids: Collection[int] | None) -> None:
    """Write down that products are found otherwise now; None: it may be any.

    Within the transaction of the deed, which also notes that the catalogue changed.
    """
    ids = (
        [None]
        if product_ids is None or len(product_ids) > MOST_CHANGED
        else product_ids
    )
    ProductChange.objects.bulk_create([ProductChange(product_id=pk) for pk in ids])


def forget() -> None:
    """Forget what this process knows, for tests."""
    global _kept
    _kept = None
