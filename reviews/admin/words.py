"""The word list that staff edit (row G9)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reviews.models import SensitiveWord
from reviews.wording import key_of
from shop import clock
from shop.admin_lists import ListedLookups


class SensitiveWordForm(forms.ModelForm[SensitiveWord]):
    """A word; what is looked for alike stands in the list once."""

    class Meta:
        model = SensitiveWord
        fields = ("word",)
        help_texts = {
            "word": _(
                "Full width, capitals, and spaces or signs between characters make no "
                "difference. Reviews with it wait until somebody has read them: new "
                "ones at once, and within minutes those that are shown already."
            )
        }

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        key = key_of(word)
        if not key:
            raise forms.ValidationError(_("It needs a letter, a sign or a figure."))
        others = SensitiveWord.objects.filter(key=key).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("This word is in the list already."))
        if key != self.instance.key:
            self.instance.key = key
            self.instance.search_anew(clock.now())
        return word


@admin.register(SensitiveWord)
class SensitiveWordAdmin(ListedLookups, admin.ModelAdmin[SensitiveWord]):
    form = SensitiveWordForm
    list_display = ("word", "added_at", "is_searched")
    search_fields = ("word",)
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ("added_at",)
    actions = ("search_again",)

    @admin.display(description=_("shown reviews searched"), boolean=True)
    def is_searched(self, word: SensitiveWord) -> bool:
        return word.waits_since is None

    @admin.action(
        description=_("Search shown reviews once more"), permissions=["change"]
    )
    def search_again(
        self, request: HttpRequest, queryset: "QuerySet[SensitiveWord]"
    ) -> None:
        queryset.update(waits_since=clock.now(), searched_to=0)
        messages.success(request, _("They are searched within minutes."))

    def save_model(
        self, request: HttpRequest, obj: SensitiveWord, form: Any, change: bool
    ) -> None:
        if not change:
            obj.added_at = clock.now()
        super().save_model(request, obj, form, change)
