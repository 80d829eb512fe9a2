"""Reviews in the admin: a queue, a page with buttons, many at once."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from reviews import queues
from reviews.admin import bulk, deeds
from reviews.models import FollowUp, Reply, Review
from reviews.wording import marked
from shop.admin_lists import ListedLookups, LookOnly


class ToRead(admin.SimpleListFilter):
    """What somebody should read."""

    title = _("to be read")
    parameter_name = "read"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Review]"
    ) -> list[tuple[str, Any]]:
        return [(name, queue.title) for name, queue in queues.QUEUES.items()]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Review]"
    ) -> "QuerySet[Review]":
        queue = queues.QUEUES.get(self.value() or "")
        return queryset.filter(pk__in=queue.rows().values("pk")) if queue else queryset


@admin.register(Review)
class ReviewAdmin(LookOnly, ListedLookups, admin.ModelAdmin[Review]):
    """Reviews. Nothing is typed into them: buttons call the shop's own services."""

    list_display = (
        "code",
        "product_name",
        "rating",
        "state_badge",
        "hit",
        "is_answered",
        "buyer",
        "written_at",
    )
    list_display_links = ("code", "product_name")
    list_filter = ("state", "rating", ToRead)
    list_select_related = ("product", "user", "follow_up", "reply")
    list_per_page = 50
    search_fields = ("^product__code",)
    search_help_text = _("The product's code, or how it begins")
    ordering = ("-pk",)
    show_full_result_count = False
    # Its address is the buyer's own page.
    view_on_site = False
    actions = ("hide_chosen", "show_chosen")
    fields = readonly_fields = (
        "code",
        "product_name",
        "state_badge",
        "hidden_reason",
        "rating",
        "text",
        "pictures",
        "later",
        "answer",
        "buyer",
        "is_anonymous",
        "helpful_count",
        "created_at",
        "written_at",
        "edited_at",
    )

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path(
                f"<int:pk>/{part}/",
                guard(deeds.deed_of(self, right, deed)),
                name=f"reviews_review_{part.replace('-', '_')}",
            )
            for part, right, deed in deeds.DEEDS
        ]
        return own + super().get_urls()

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return deeds.has_right(request, deeds.MODERATE)

    @admin.action(description=_("Hide …"), permissions=["moderate"])
    def hide_chosen(
        self, request: HttpRequest, queryset: "QuerySet[Review]"
    ) -> HttpResponse | None:
        return bulk.hide_chosen(self, request, queryset)

    @admin.action(description=_("Show …"), permissions=["moderate"])
    def show_chosen(
        self, request: HttpRequest, queryset: "QuerySet[Review]"
    ) -> HttpResponse | None:
        return bulk.show_chosen(self, request, queryset)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Review | None = None,
    ) -> Any:
        if obj:
            context |= deeds.forms_for(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=_("code"))
    def code(self, review: Review) -> str:
        return review.product.code

    @admin.display(description=_("product"))
    def product_name(self, review: Review) -> str:
        return review.product.name_zh

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, review: Review) -> SafeString:
        return format_html(
            '<span data-test="review-state" data-state="{}">{}</span>',
            review.state,
            review.get_state_display(),
        )

    @admin.display(description=_("words found"))
    def hit(self, review: Review) -> str:
        """What holds the review, its follow-up or its reply back."""
        added = (getattr(review, name, None) for name in ("follow_up", "reply"))
        notes = [review.held_words, *(each.held_words for each in added if each)]
        return ", ".join(filter(None, notes)) or "–"

    @admin.display(description=_("account"))
    def buyer(self, review: Review) -> str:
        return review.user.masked_phone

    @admin.display(description=_("answered"), boolean=True)
    def is_answered(self, review: Review) -> bool:
        return hasattr(review, "reply")

    @admin.display(description=_("text"))
    def text(self, review: Review) -> SafeString | str:
        return _with_marks(review.body, review.held_words) or "–"

    @admin.display(description=_("follow-up"))
    def later(self, review: Review) -> SafeString | str:
        follow_up: FollowUp | None = getattr(review, "follow_up", None)
        if follow_up is None:
            return "–"
        return format_html(
            '{}<br><span data-test="follow-up-state" data-state="{}">{}</span> {}',
            _with_marks(follow_up.body, follow_up.held_words),
            follow_up.state,
            follow_up.get_state_display(),
            follow_up.hidden_reason,
        )

    @admin.display(description=_("reply"))
    def answer(self, review: Review) -> SafeString | str:
        reply: Reply | None = getattr(review, "reply", None)
        if reply is None:
            return "–"
        if reply.is_shown:
            return reply.body
        return format_html(
            '{}<br><span data-test="reply-held">{}</span>',
            _with_marks(reply.body, reply.held_words),
            _("Nobody reads it until you have changed it."),
        )

    @admin.display(description=_("photos"))
    def pictures(self, review: Review) -> SafeString:
        stored = [photo.stored for photo in review.photos.in_order()]
        return format_html_join(
            " ",
            '<a href="{}"><img src="{}" width="120" height="120" alt=""></a>',
            ((each.large, each.small) for each in stored),
        ) or format_html("{}", "–")


def _with_marks(text: str, words: str) -> SafeString:
    """Show what the word list found in its place."""
    pieces = marked(text, words.split(", ") if words else [])
    hit, plain = "<mark>{}</mark>", "{}"
    shown = [format_html(hit if each.is_hit else plain, each.text) for each in pieces]
    return format_html_join("", "{}", ((each,) for each in shown))
