"""Where an order was to go before and after a change of its address (row F10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts import identifiers
from orders.models.events import OrderEvent


class EventAddress(models.Model):
    """One of the two addresses that a change of address is about.

    Not words in the event: they are somebody's, and go when the account is closed.
    """

    class Role(models.TextChoices):
        OLD = "old", _("old address")
        NEW = "new", _("new address")

    event = models.ForeignKey(OrderEvent, models.PROTECT, related_name="addresses")
    role = models.CharField(max_length=3, choices=Role)
    recipient = models.CharField(_("recipient"), max_length=30, blank=True)
    phone = PhoneNumberField(_("phone"), max_length=20, blank=True)
    province = models.CharField(_("province"), max_length=40)
    city = models.CharField(_("city"), max_length=40)
    district = models.CharField(_("district"), max_length=60)
    street = models.CharField(_("street and house"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("address of a change")
        verbose_name_plural = _("addresses of a change")
        constraints = [
            models.UniqueConstraint(
                fields=("event", "role"), name="orders_event_one_address_a_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} #{self.event_id}"

    @property
    def region(self) -> str:
        """Province, city and district; a municipality's name stands once."""
        return " ".join(dict.fromkeys([self.province, self.city, self.district]))

    @property
    def masked(self) -> str:
        """The whole address in one line, its phone masked."""
        phone = identifiers.masked_phone(str(self.phone)) if self.phone else ""
        return self._line(phone)

    @property
    def whole(self) -> str:
        """The same with the phone in full, for who may see it."""
        return self._line(identifiers.national_phone(str(self.phone)))

    def _line(self, phone: str) -> str:
        words = (self.recipient, phone, self.region, self.street)
        return " ".join(word for word in words if word)
