"""The journal's rows, which are only ever added to."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.models.append_only import AppendOnlyQuerySet, AppendOnlyRow


class JournalEntryQuerySet(AppendOnlyQuerySet["JournalEntry"]):
    def about(self, thing: models.Model) -> Self:
        return self.filter(object_type=thing._meta.label_lower, object_id=thing.pk)

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def older_than(self, moment: datetime) -> Self:
        return self.filter(at__lt=moment)

    def forget(self, moment: datetime, limit: int) -> int:
        """Delete the oldest that are older than `moment`; return how many.

        The only way out of the journal; it takes no other condition.
        """
        old = JournalEntry.objects.older_than(moment).order_by("at", "pk")
        keys = list(old.values_list("pk", flat=True)[:limit])
        rows = JournalEntry.objects.older_than(moment).filter(pk__in=keys)
        return super(AppendOnlyQuerySet, rows).delete()[0]


class JournalEntry(AppendOnlyRow):
    """Something that must be traceable: what, who, from where, about what.

    Written once, never changed; only age takes it away. It names people by the keys of
    their accounts, and who tried to sign in as nobody's account by a masked phone or
    e-mail, so that a closed account leaves no name here.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("could not sign in")
        SIGNED_OUT = "signed_out", _("signed out")
        PASSWORD_CHANGED = "password_changed", _("login password changed")
        PAYMENT_PASSWORD_CHANGED = (
            "payment_password_changed",
            _("payment password changed"),
        )
        PHONE_CHANGED = "phone_changed", _("phone changed")
        EMAIL_CHANGED = "email_changed", _("bound e-mail changed")
        RIGHTS_CHANGED = "rights_changed", _("rights changed")
        PRICE_CHANGED = "price_changed", _("price changed")
        RULE_CHANGED = "rule_changed", _("shop rule changed")
        COUPON_CHANGED = "coupon_changed", _("coupon changed")
        INVOICE_ISSUED = "invoice_issued", _("invoice issued")
        INVOICE_CANCELLED = "invoice_cancelled", _("invoice cancelled")
        REFUND_DECIDED = "refund_decided", _("refund decided")
        REVIEW_HIDDEN = "review_hidden", _("review hidden")
        REVIEW_SHOWN = "review_shown", _("review shown")
        REVIEW_ANSWERED = "review_answered", _("review answered")
        REVEALED = "revealed", _("personal data shown in full")
        EXPORTED = "exported", _("personal data exported")
        ACCOUNT_CLOSED = "account_closed", _("account closed")

    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what"), max_length=30, choices=Kind)
    #: Nobody: a visitor, or the shop itself. No constraint in the database: its check
    #: would lock the account's row in every deed that is written down.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("who"),
    )
    address = models.CharField(_("network address"), max_length=50, blank=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    #: An order's number, a product's code; never anybody's name.
    object_name = models.CharField(_("about"), max_length=100, blank=True)
    note = models.CharField(_("details"), max_length=300, blank=True)
    #: The same as in the log lines of that request.
    request_id = models.CharField(_("request"), max_length=32, blank=True)

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        # The manager behind the scenes too: it would change rows without a word.
        base_manager_name = "objects"
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [
            # Each in the direction of the list, newest first by key.
            models.Index(fields=["at", "id"], name="shop_journal_by_age"),
            models.Index(fields=["kind", "-id"], name="shop_journal_by_kind"),
            models.Index(fields=["actor", "-id"], name="shop_journal_by_actor"),
            models.Index(
                fields=["object_type", "object_id", "-id"],
                name="shop_journal_by_object",
            ),
            models.Index(fields=["object_name", "-id"], name="shop_journal_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
