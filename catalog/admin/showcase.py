"""The home page: its banners, and which blocks it has in which order (row H4)."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from catalog import banner_pictures, schedule
from catalog.admin.addresses import clean_path, is_product
from catalog.admin.shown import ShownToShoppers
from catalog.models import Banner, HomeBlock
from shop import clock

HEIGHT = banner_pictures.height_of(160)


class StateFilter(admin.SimpleListFilter):
    """Now, coming, over, or switched off."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return schedule.State.choices

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Model]
    ) -> QuerySet[Model]:
        value = self.value()
        if value not in schedule.State.values:
            return queryset
        state = schedule.State(value)
        return queryset.filter(schedule.in_state(state, clock.now()))


class BannerForm(forms.ModelForm[Banner]):
    """A banner with its pictures; one language is enough."""

    upload_zh = forms.FileField(
        label=_("picture (Chinese)"),
        required=False,
        help_text=_(
            "JPEG, PNG or WebP, up to 5 MB; best 1600 × 600, calm on the left."
        ),
    )
    upload_en = forms.FileField(
        label=_("picture (English)"),
        required=False,
        help_text=_("Without it the other one is shown."),
    )
    stems: dict[str, str]

    class Meta:
        model = Banner
        # The admin names them, fieldset by fieldset.
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stems = {}

    def clean_upload_zh(self) -> Any:
        return self._stored("zh")

    def clean_upload_en(self) -> Any:
        return self._stored("en")

    def clean_path(self) -> str:
        path = clean_path(self.cleaned_data["path"])
        if is_product(path):
            # Off the shelf, the banner would lead nowhere, and nobody would know.
            raise ValidationError(_("Choose the product itself, not its page."))
        return path

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # An upload that was refused has said so itself.
        was_refused = {"upload_zh", "upload_en"} & set(self.errors)
        has_stem = self.instance.stem_zh or self.instance.stem_en
        if not (self.stems or has_stem or was_refused):
            message = _("Choose a picture, for one language at least.")
            self.add_error("upload_zh", ValidationError(message))
        return cleaned

    def save(self, commit: bool = True) -> Banner:
        for language, stem in self.stems.items():
            setattr(self.instance, f"stem_{language}", stem)
        banner: Banner = super().save(commit)
        return banner

    def _stored(self, language: str) -> Any:
        upload = self.cleaned_data[f"upload_{language}"]
        if upload:
            self.stems[language] = banner_pictures.store(upload)
        return upload


class ScheduledAdmin(ShownToShoppers[Any]):
    """Lists with what is on now, what is coming, and what is over."""

    ordering = ("position", "pk")
    list_editable = ("position", "is_visible")
    list_filter = (StateFilter,)

    @admin.display(description=_("state"))
    def state(self, row: Banner | HomeBlock) -> SafeString:
        state = row.state_at(clock.now())
        return format_html(
            '<span data-test="state" data-state="{}">{}</span>', state, state.label
        )

    @admin.display(description=_("from – until"), ordering="starts_at")
    def period(self, row: Banner | HomeBlock) -> SafeString:
        ends = _written(row.ends_at) if row.ends_at else ""
        return format_html("{} –<br>{}", _written(row.starts_at), ends)


@admin.register(Banner)
class BannerAdmin(ScheduledAdmin):
    form = BannerForm
    list_display = (
        "picture_shown",
        "__str__",
        "state",
        "period",
        "position",
        "is_visible",
    )
    list_display_links = ("picture_shown", "__str__")
    search_fields = ("title_zh", "title_en")
    autocomplete_fields = ("product",)
    readonly_fields = ("picture_zh", "picture_en")
    fieldsets = (
        (
            None,
            {"fields": (("is_visible", "position"), ("starts_at", "ends_at"))},
        ),
        (
            _("Words"),
            {
                "fields": (
                    ("title_zh", "title_en"),
                    ("tagline_zh", "tagline_en"),
                    "is_captioned",
                    "is_dark",
                ),
                "description": _(
                    "One language is enough: it is shown in the other too."
                ),
            },
        ),
        (
            _("Banner pictures"),
            {"fields": (("picture_zh", "upload_zh"), ("picture_en", "upload_en"))},
        ),
        (
            _("Where it leads"),
            {
                "fields": ("category", "product", "path"),
                "description": _("Choose one of the three."),
            },
        ),
    )

    def get_form(
        self,
        request: HttpRequest,
        obj: Banner | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        # The uploads are the form's own, which the admin's factory does not know.
        kwargs["fields"] = [
            name
            for _title, options in self.fieldsets
            for row in options["fields"]
            for name in ([row] if isinstance(row, str) else row)
            if not name.startswith(("upload_", "picture_"))
        ]
        return super().get_form(request, obj, change, **kwargs)

    @admin.display(description=_("picture"))
    def picture_shown(self, banner: Banner) -> SafeString | str:
        return _preview(banner.stem_zh or banner.stem_en)

    @admin.display(description="")
    def picture_zh(self, banner: Banner) -> SafeString | str:
        return _preview(banner.stem_zh)

    @admin.display(description="")
    def picture_en(self, banner: Banner) -> SafeString | str:
        return _preview(banner.stem_en)


@admin.register(HomeBlock)
class HomeBlockAdmin(ScheduledAdmin):
    list_display = (
        "__str__",
        "state",
        "period",
        "position",
        "is_visible",
    )
    list_select_related = ("category",)
    fields = (
        ("kind", "category"),
        ("title_zh", "title_en"),
        ("is_visible", "position"),
        ("starts_at", "ends_at"),
    )


def _written(moment: datetime) -> str:
    return date_format(localtime(moment), "Y-m-d H:i")


def _preview(stem: str) -> SafeString | str:
    if not stem:
        return ""
    source = banner_pictures.StoredBanner(stem).url(banner_pictures.WIDTHS[0])
    return format_html('<img src="{}" width="160" height="{}" alt="">', source, HEIGHT)
