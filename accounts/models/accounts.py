"""The account: who shops here."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts import identifiers
from accounts.models.wallets import Wallet
from shop import clock
from shop.models import OutgoingMessage


class Language(models.TextChoices):
    CHINESE = "zh-hans", _("Simplified Chinese")
    ENGLISH = "en", _("English")


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the phone is what an account cannot be without."""

    def create_user(
        self, phone: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Write an account with its wallet. `phone` in any spelling.

        Raises ValueError when it is no mobile number of mainland China.
        """
        return self.open_account(phone, make_password(password), **fields)

    def open_account(self, phone: str, hashed_password: str, **fields: Any) -> "User":
        """Do the same with a password that is hashed already.

        Hashing takes its time, which a transaction should not wait for.
        """
        canonical = identifiers.phone(str(phone))
        if not canonical:
            raise ValueError("an account needs a mobile number of mainland China")
        user: User = self.model(phone=canonical, password=hashed_password, **fields)
        with transaction.atomic(using=self._db):
            user.save(using=self._db, force_insert=True)
            Wallet.objects.create(user=user)
        return user

    def create_superuser(
        self, phone: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Write an account that may do everything (manage.py createsuperuser)."""
        return self.create_user(
            phone, password, is_staff=True, is_superuser=True, **fields
        )

    def identified_by(self, text: str) -> "User | None":
        """Return the account with this phone or bound e-mail, in any spelling.

        A nickname identifies nobody (row A1).
        """
        column, value = identifiers.read(text)
        return self.filter(**{column: value}).first() if column else None

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(phone=identifiers.phone(str(username or "")))


class User(AbstractBaseUser, PermissionsMixin):
    """An account. Signs in by phone or bound e-mail; the nickname is only shown."""

    #: NULL once the account is closed, so that its number can open another one.
    phone = PhoneNumberField(_("phone"), unique=True, null=True, max_length=20)
    #: Lower-case, or NULL: an empty string would collide with another's.
    email = models.EmailField(
        _("bound e-mail"), unique=True, null=True, blank=True, default=None
    )
    nickname = models.CharField(_("nickname"), max_length=30, blank=True)
    #: Path below MEDIA_ROOT, one stable name per account; empty: the default picture.
    avatar = models.CharField(_("avatar"), max_length=100, blank=True, editable=False)
    avatar_version = models.PositiveIntegerField(default=0, editable=False)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.CHINESE
    )
    #: Messages go to the bound e-mail, while there is one, instead of the phone.
    prefers_mail = models.BooleanField(default=False, editable=False)
    #: A hash; empty until the shopper sets one.
    payment_password = models.CharField(max_length=128, blank=True, editable=False)
    #: Wrong payment passwords in a row, and until when the lock they earned holds.
    payment_strikes = models.PositiveSmallIntegerField(default=0, editable=False)
    payment_locked_until = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("works here"), default=False)
    joined_at = models.DateTimeField(_("joined at"), default=clock.now, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "phone"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions = [
            ("view_personal_data", "Can see phones and e-mails in full"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, phone__isnull=False)
                | Q(
                    closed_at__isnull=False,
                    phone__isnull=True,
                    email__isnull=True,
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                ),
                name="accounts_user_has_a_phone_or_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=True) | ~Q(email=""),
                name="accounts_user_no_email_is_null",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def shown_name(self) -> str:
        """The nickname, or the phone with its middle hidden."""
        return self.nickname or self.masked_phone

    @property
    def masked_phone(self) -> str:
        """The phone as 138****8000 (row A11); of a closed account, that it is one."""
        if self.phone is None:
            return gettext("closed account")
        return identifiers.masked_phone(str(self.phone))

    @property
    def masked_email(self) -> str:
        """The e-mail as z***@x.com; empty when none is bound."""
        return identifiers.masked_email(self.email) if self.email else ""

    @property
    def contact(self) -> tuple[OutgoingMessage.Channel, str]:
        """Where messages go: to the bound e-mail if that is preferred, else the phone.

        Of an account that is not closed.
        """
        if self.prefers_mail and self.email:
            return OutgoingMessage.Channel.MAIL, self.email
        phone = identifiers.national_phone(str(self.phone))
        return OutgoingMessage.Channel.SMS, phone

    @property
    def has_payment_password(self) -> bool:
        return bool(self.payment_password)

    def get_short_name(self) -> str:
        return self.shown_name
