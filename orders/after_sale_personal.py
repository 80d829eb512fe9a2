"""What after-sale requests hold about a person, and how it goes (row A11)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from orders.models import AfterSale, AfterSalePhoto, OrderEvent
from shop import photos
from shop.money import plain
from shop.personal import Section, register, written
from shop.retry import after_commit


def after_sales_of(user: User) -> list[dict[str, Any]]:
    """Return all that somebody asked for after paying, with the photos' addresses."""
    own = AfterSale.objects.of(user).with_item().newest_first()
    return [_request(each) for each in own.prefetch_related("photos")]


def why_requests_stay(user: User) -> Iterator[str]:
    """Say that nothing may be open: its money or goods would find nobody."""
    if AfterSale.objects.of(user).open().exists():
        yield _("A refund or return is not over yet.")


def make_nameless(user: User) -> None:
    """Forget what the buyer typed and showed; units, amounts and moments stay."""
    own = AfterSale.objects.of(user)
    typed = OrderEvent.objects.filter(
        after_sale__in=own, kind=OrderEvent.Kind.REQUEST_OPENED
    )
    typed.update(detail="")
    pictures = AfterSalePhoto.objects.filter(after_sale__in=own)
    stems = list(pictures.order_by("pk").values_list("stem", flat=True))
    pictures.delete()
    AfterSale.objects.filter(item__order__user=user.pk).update(reason="")
    after_commit(photos.remove, stems)


def _request(asked: AfterSale) -> dict[str, Any]:
    return {
        "order": asked.item.order.number,
        "item": asked.item.code,
        "kind": asked.kind,
        "state": asked.state,
        "quantity": asked.quantity,
        "amount": plain(asked.amount),
        "reason": asked.reason,
        "refusal": asked.refusal,
        "requested_at": written(asked.requested_at),
        "answered_at": written(asked.answered_at),
        "return_carrier": asked.return_carrier,
        "return_number": asked.return_number,
        "replacement_carrier": asked.replacement_carrier,
        "replacement_number": asked.replacement_number,
        "photos": [photo.stored.large for photo in asked.photos.all()],
        "finished_at": written(asked.finished_at),
    }


register(Section("after_sales", after_sales_of, why_requests_stay, make_nameless))
