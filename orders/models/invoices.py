"""Invoices (发票): asked for, issued, cancelled and asked for anew; never edited."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.models.orders import Order
from shop.models import AppendOnlyQuerySet, AppendOnlyRow


class InvoiceKind(models.TextChoices):
    PERSONAL = "personal", _("personal")
    COMPANY = "company", _("company")


class InvoiceState(models.TextChoices):
    REQUESTED = "requested", _("requested")
    ISSUED = "issued", _("issued")
    CANCELLED = "cancelled", _("cancelled")


class InvoiceQuerySet(AppendOnlyQuerySet["Invoice"]):
    def standing_of(self, order: Order) -> "Invoice | None":
        """An order's invoice that is asked for or issued."""
        return self.filter(standing_order=order).first()

    def issue(self, pk: int, *, number: str, at: datetime) -> bool:
        """Move a requested one on; False when it is not, or not any more."""
        requested = self.filter(pk=pk, state=InvoiceState.REQUESTED)
        return requested._move(InvoiceState.ISSUED, number=number, issued_at=at)

    def cancel(self, pk: int, *, reason: str, at: datetime) -> bool:
        """Cancel a requested or issued one, which frees the order for another."""
        return self.exclude(state=InvoiceState.CANCELLED)._end(pk, reason, at)

    def withdraw(self, pk: int, *, reason: str, at: datetime) -> bool:
        """Cancel one that is requested; False when it is issued already."""
        return self.filter(state=InvoiceState.REQUESTED)._end(pk, reason, at)

    def make_nameless(self) -> None:
        """Take the names of people out, once their account is closed."""
        personal = self.filter(kind=InvoiceKind.PERSONAL)
        super(AppendOnlyQuerySet, personal).update(title="")

    def _end(self, pk: int, reason: str, at: datetime) -> bool:
        ended = {"cancel_reason": reason, "cancelled_at": at, "standing_order": None}
        return self.filter(pk=pk)._move(InvoiceState.CANCELLED, **ended)

    def _move(self, state: InvoiceState, **changes: Any) -> bool:
        return super(AppendOnlyQuerySet, self).update(state=state, **changes) == 1


class Invoice(AppendOnlyRow):
    """A wish for an invoice and what became of it (row E11).

    To whom it is made out is written once. A mistake is mended by cancelling it and
    asking for another, which names the one it replaces.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="invoices")
    #: The order until it is cancelled: an order has one standing invoice at most.
    standing_order = models.OneToOneField(
        Order, models.PROTECT, null=True, blank=True, related_name="invoice"
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=InvoiceKind)
    title = models.CharField(_("made out to"), max_length=100, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=18, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=InvoiceState,
        default=InvoiceState.REQUESTED,
    )
    #: The tax office's own, typed by staff.
    number = models.CharField(_("invoice number"), max_length=40, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)
    requested_at = models.DateTimeField(_("requested at"))
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        # The manager behind the scenes too: it would change rows without a word.
        base_manager_name = "objects"
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        permissions = [("issue_invoice", "Can issue and cancel invoice")]
        indexes = [models.Index(fields=["state", "-id"], name="orders_invoice_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="cancelled", standing_order=None)
                | (
                    ~Q(state="cancelled")
                    & Q(standing_order__isnull=False, standing_order=F("order"))
                ),
                name="orders_invoice_stands_until_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
                name="orders_invoice_cancelled_has_its_moment",
            ),
            models.CheckConstraint(
                condition=(Q(issued_at__isnull=True) & Q(number=""))
                | (Q(issued_at__isnull=False) & ~Q(number="")),
                name="orders_invoice_issued_has_its_number",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_at__isnull=False),
                name="orders_invoice_issued_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(kind="personal", tax_number="")
                | (Q(kind="company") & ~Q(tax_number="")),
                name="orders_invoice_company_has_its_tax_number",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"
