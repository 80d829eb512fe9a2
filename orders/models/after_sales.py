"""What buyers ask for after paying: money back, a return, an exchange (F6, F11-F13)."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.after_sale_querysets import AfterSaleQuerySet
from orders.models.items import OrderItem
from orders.models.parcels import Carrier
from orders.states import AfterSaleKind, AfterSaleState
from shop.money import ZERO

K, S = AfterSaleKind, AfterSaleState


class AfterSale(models.Model):
    """A wish about so many units of an item, until it is granted, refused or closed.

    The amount is the server's; of a request that is open it is what it would be now.
    """

    class Goods(models.TextChoices):
        """What became of the units that came back, or never left (row F12).

        Missing ones are put away all the same, should they come after all.
        """

        RESTOCKED = "restocked", _("back on the shelf")
        SCRAPPED = "scrapped", _("scrapped")
        MISSING = "missing", _("never came back")

    item = models.ForeignKey(
        OrderItem,
        models.PROTECT,
        related_name="after_sales",
        verbose_name=_("order item"),
    )
    #: The item while the request is open: two open ones of an item never meet.
    open_item = models.OneToOneField(
        OrderItem,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="open_after_sale",
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AfterSaleKind)
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=AfterSaleState,
        default=AfterSaleState.REQUESTED,
    )
    #: Its units were not sent when it was asked for, and are not sent while it is open.
    is_before_shipping = models.BooleanField(_("not sent yet"), default=False)
    #: What the buyer says; goods without a seven-day return come back only then.
    is_faulty = models.BooleanField(_("for a fault"), default=False)
    quantity = models.PositiveIntegerField(_("quantity"))
    #: In yuan, with the freight, where it goes back too.
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, default=ZERO
    )
    freight_amount = models.DecimalField(
        _("of it freight"), max_digits=12, decimal_places=2, default=ZERO
    )
    reason = models.CharField(_("reason"), max_length=200)
    requested_at = models.DateTimeField(_("asked for at"))
    #: Why the shop said no; the buyer reads it.
    refusal = models.CharField(_("why refused"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("agreed or refused at"), null=True, blank=True)
    #: When the clock decides by itself; nothing: it does not. Computed when its timer
    #: starts, so that a later change of the rule moves nothing.
    decide_by = models.DateTimeField(_("decided by itself at"), null=True, blank=True)

    return_carrier = models.CharField(
        _("carrier of the return"), max_length=10, choices=Carrier, blank=True
    )
    return_number = models.CharField(
        _("tracking number of the return"), max_length=40, blank=True
    )
    returned_at = models.DateTimeField(
        pgettext_lazy("goods", "sent back at"), null=True, blank=True
    )
    #: When the buyer used the one correction of carrier and number that there is.
    return_corrected_at = models.DateTimeField(
        _("return's number corrected at"), null=True, blank=True
    )
    arrived_at = models.DateTimeField(_("return confirmed at"), null=True, blank=True)
    #: An exchange whose returned goods were not confirmed in time.
    flagged_at = models.DateTimeField(_("overdue since"), null=True, blank=True)
    goods = models.CharField(
        pgettext_lazy("after-sale", "goods"), max_length=10, choices=Goods, blank=True
    )
    goods_reason = models.CharField(_("why scrapped"), max_length=200, blank=True)

    #: The replacement hangs on the request and counts for no item.
    replacement_carrier = models.CharField(
        _("carrier of the replacement"), max_length=10, choices=Carrier, blank=True
    )
    replacement_number = models.CharField(
        _("tracking number of the replacement"), max_length=40, blank=True
    )
    #: When it was refused, closed, refunded or exchanged.
    finished_at = models.DateTimeField(_("over since"), null=True, blank=True)

    objects = AfterSaleQuerySet.as_manager()

    class Meta:
        verbose_name = _("after-sale request")
        verbose_name_plural = _("after-sale requests")
        permissions = [("decide_aftersale", "Can decide after-sale request")]
        indexes = [
            models.Index(fields=["decide_by", "id"], name="orders_after_sale_due"),
            models.Index(fields=["state", "-id"], name="orders_after_sale_by_state"),
            models.Index(
                fields=["return_number", "id"], name="orders_after_sale_return"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=("requested", "return_goods", "returning"),
                    open_item__isnull=False,
                    finished_at=None,
                )
                & Q(open_item=F("item"))
                | Q(
                    state__in=("refused", "refunded", "exchanged", "closed"),
                    open_item=None,
                    decide_by=None,
                    finished_at__isnull=False,
                ),
                name="orders_after_sale_is_open_or_over",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="refund_only",
                    state__in=("requested", "refused", "refunded", "closed"),
                )
                | Q(kind="return_and_refund") & ~Q(state="exchanged")
                | Q(kind="exchange")
                & (~Q(state="refunded") | Q(arrived_at__isnull=False)),
                name="orders_after_sale_state_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_after_sale_at_least_one"
            ),
            models.CheckConstraint(
                condition=Q(freight_amount__gte=0, amount__gte=F("freight_amount"))
                & (~Q(kind="exchange") | Q(amount=0) | Q(state="refunded")),
                name="orders_after_sale_amounts_fit",
            ),
            models.CheckConstraint(
                condition=~Q(kind="exchange") | Q(is_faulty=True),
                name="orders_after_sale_exchange_is_for_a_fault",
            ),
            models.CheckConstraint(
                condition=Q(is_before_shipping=False) | Q(kind="refund_only"),
                name="orders_after_sale_unsent_does_not_come_back",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("requested", "refused", "refunded", "closed"))
                | Q(answered_at__isnull=False),
                name="orders_after_sale_goods_travel_once_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("returning", "exchanged"))
                | Q(returned_at__isnull=False) & ~Q(return_number=""),
                name="orders_after_sale_returned_under_a_number",
            ),
            models.CheckConstraint(
                condition=Q(return_corrected_at=None) | Q(returned_at__isnull=False),
                name="orders_after_sale_corrected_once_returned",
            ),
            models.CheckConstraint(
                condition=~Q(state="exchanged") | ~Q(replacement_number=""),
                name="orders_after_sale_exchanged_has_its_parcel",
            ),
            models.CheckConstraint(
                condition=~Q(goods="scrapped") | ~Q(goods_reason=""),
                name="orders_after_sale_scrapped_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(goods="missing")
                | Q(state="refunded", is_before_shipping=False),
                name="orders_after_sale_missing_ones_had_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("orders:after-sale-detail", args=[self.pk])

    @property
    def shown_state(self) -> str:
        """Say the state; of an exchange whose goods are back, what is to come."""
        if self.waits_for_replacement:
            return str(_("Replacement to be sent"))
        return self.get_state_display()

    @property
    def is_open(self) -> bool:
        return self.open_item_id is not None

    @property
    def can_be_withdrawn(self) -> bool:
        """Tell whether the buyer may; once the goods are under way it is too late."""
        return self.state in (S.REQUESTED, S.RETURN_GOODS)

    @property
    def can_be_refused(self) -> bool:
        """Tell whether staff may say no: at first, or when the goods are not right."""
        comes_back = self.state == S.RETURNING and self.arrived_at is None
        return self.state == S.REQUESTED or comes_back

    @property
    def can_correct_return(self) -> bool:
        """Tell whether the buyer may correct the return's number: once, under way."""
        is_under_way = self.state == S.RETURNING and self.arrived_at is None
        return is_under_way and self.return_corrected_at is None

    @property
    def goods_wait(self) -> bool:
        """Tell whether staff are to say what becomes of goods that were sent back.

        Also after the clock refunded them; of a refused return nothing is kept.
        """
        has_come = self.state in (S.RETURNING, S.REFUNDED)
        return has_come and self.returned_at is not None and not self.is_put_away

    @property
    def parcel_may_come_back(self) -> bool:
        """Tell whether its money went back while the goods were under way.

        Nobody sends them back under a number: the courier brings them, or keeps them.
        """
        is_money = self.kind == K.REFUND_ONLY and not self.is_before_shipping
        return is_money and self.state == S.REFUNDED and not self.is_put_away

    @property
    def is_put_away(self) -> bool:
        return self.goods in (self.Goods.RESTOCKED, self.Goods.SCRAPPED)

    @property
    def may_be_missing(self) -> bool:
        """Tell whether staff may say that goods never came, so that nobody waits."""
        is_awaited = self.goods_wait or self.parcel_may_come_back
        return is_awaited and self.state == S.REFUNDED and not self.goods

    @property
    def waits_for_replacement(self) -> bool:
        """Tell whether the goods of an exchange came back and it is the shop's turn."""
        is_exchange = self.kind == K.EXCHANGE and self.state == S.RETURNING
        return is_exchange and self.arrived_at is not None


def no_open_request() -> Q:
    """Return the condition that nobody asks anything about an order item.

    A subquery and no join, so that it can guard an update on MySQL too.
    """
    return Q(~Exists(AfterSale.objects.filter(open_item=OuterRef("pk"))))
