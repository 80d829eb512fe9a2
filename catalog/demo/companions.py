"""What goes well with what in the shop to try (row H3)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.models import Companion, Product
from shop import demo

#: By the codes of products, staff's order.
COMPANIONS = {
    # Laptops: mouse, charger, headphones, drive.
    "AUR-AIR14": ("SWI-M3", "TID-C65", "HUS-BUDS3", "TID-GO"),
    "AUR-PRO16": ("SWI-M3", "TID-C140", "HUS-ONE", "LUM-V27"),
    "ISL-BOOK13": ("ISL-M1", "TID-C65", "ISL-TONE"),
    "BLZ-G16": ("BLZ-M9", "BLZ-K61", "BLZ-H7", "TID-C140"),
    # Phones: earbuds, power bank, charger, watch.
    "AUR-12": ("HUS-BUDS3", "TID-B10", "TID-C65", "AUR-WATCH"),
    "ORB-X5": ("ORB-BUDS", "ORB-WATCH4", "TID-B10"),
    "TUR-T3": ("TUR-BUDS", "TID-B20", "TID-C65"),
    "ISL-C2": ("HUS-AIR", "TID-B10", "ISL-TONE"),
    # A tablet as a desk.
    "AUR-PAD13": ("SWI-K61", "SWI-M3", "HUS-STUDIO", "TID-C65"),
}


@demo.step(_("What goes well with what"))
@transaction.atomic
def load_companions(wishes: demo.Wishes) -> None:
    """Written once: a shop that has companions gets none anew."""
    if Companion.objects.exists():
        return
    keys = dict(Product.objects.filter(code__in=_codes()).values_list("code", "pk"))
    Companion.objects.bulk_create(
        Companion(product_id=keys[code], other_id=keys[other], position=position)
        for code, others in COMPANIONS.items()
        for position, other in enumerate(others)
        if code in keys and other in keys
    )
    services.note_change()


def _codes() -> set[str]:
    return set(COMPANIONS).union(*COMPANIONS.values())
