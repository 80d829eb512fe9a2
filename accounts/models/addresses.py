"""The address book."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts import identifiers
from accounts.models.accounts import User
from shop import clock


class AddressQuerySet(models.QuerySet["Address"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def default_first(self) -> Self:
        return self.order_by(F("default_of").desc(nulls_last=True), "-pk")

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Address(models.Model):
    """Where parcels go. An order keeps a copy, so editing one moves no parcel."""

    user = models.ForeignKey(User, models.CASCADE, related_name="addresses")
    #: The owner again, when this is the default one: unique, so there is only one.
    #: (MySQL knows no conditional unique constraint.)
    default_of = models.OneToOneField(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="default_address",
    )
    recipient = models.CharField(_("recipient"), max_length=30)
    phone = PhoneNumberField(_("phone"), max_length=20)
    province = models.CharField(_("province"), max_length=40)
    city = models.CharField(_("city"), max_length=40)
    district = models.CharField(_("district"), max_length=60)
    street = models.CharField(_("street and house"), max_length=120)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.CheckConstraint(
                condition=Q(default_of__isnull=True) | Q(default_of=F("user")),
                name="accounts_address_default_of_its_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.region} {self.street}"

    @property
    def is_default(self) -> bool:
        return self.default_of_id is not None

    @property
    def region(self) -> str:
        """Province, city and district; a municipality's name stands once."""
        names = [self.province, self.city, self.district]
        return " ".join(dict.fromkeys(names))

    @property
    def masked_phone(self) -> str:
        return identifiers.masked_phone(str(self.phone))

    @property
    def typed_phone(self) -> str:
        """The phone as its owner would type it."""
        return identifiers.national_phone(str(self.phone))
