"""What shoppers looked for in vain, and the synonyms that help them (row B12)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from catalog.admin.shown import ShownToShoppers
from catalog.models import SearchCount, Synonym
from catalog.search import hints, log, snapshot, synonyms, understand
from catalog.versions import departments_of, version_to_keep
from shop import clock
from shop.admin_lists import LookOnly

#: So many words of the report are looked up for another spelling.
MOST_GUESSED = 20
MOST_SHOWN = 200
REPORT = "admin/catalog/searchcount/report.html"


def _meanings(keys: Iterable[str]) -> dict[str, str]:
    """Return what staff say that words mean, by the words' keys."""
    found = Synonym.objects.filter(word_key__in=list(keys)).order_by("-pk")
    return dict(found.values_list("word_key", "meaning"))


class SynonymForm(forms.ModelForm[Synonym]):
    class Meta:
        model = Synonym
        fields = ("word", "meaning", "is_two_way")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        word = synonyms.key_of(cleaned.get("word", ""))
        meaning = synonyms.key_of(cleaned.get("meaning", ""))
        if "word" in cleaned and "meaning" in cleaned:
            if not word or not meaning:
                raise ValidationError(_("Letters, digits or Chinese are needed."))
            if word == meaning:
                raise ValidationError(_("Both words are the same."))
            twin = Synonym.objects.filter(word_key=word, meaning_key=meaning)
            if twin.exclude(pk=self.instance.pk).exists():
                raise ValidationError(_("This synonym is there already."))
        self.instance.word_key, self.instance.meaning_key = word, meaning
        return cleaned


@admin.register(Synonym)
class SynonymAdmin(ShownToShoppers[Synonym]):
    form = SynonymForm
    list_display = ("word", "meaning", "is_two_way")
    list_filter = ("is_two_way",)
    search_fields = ("word", "meaning")
    ordering = ("word", "pk")


@admin.register(SearchCount)
class SearchCountAdmin(LookOnly, admin.ModelAdmin[SearchCount]):
    """The report of searches without results; one click makes a synonym of a word."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the words of thirty days that found nothing, the most wanted first."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        rows = list(log.without_results()[:MOST_SHOWN])
        known = snapshot(version_to_keep(request))
        visible = [each.pk for each in departments_of(request)]
        on_shelf = known.states.public(visible, clock.now())
        meanings = _meanings(row["key"] for row in rows)
        for row in rows:
            row["meaning"] = meanings.get(row["key"], "")
        for row in rows[:MOST_GUESSED]:
            plan = understand(str(row["word_shown"]))
            row["hint"] = hints.hint_for(known, on_shelf, plan)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Searches without results, last 30 days"),
            "rows": rows,
            "opts": self.opts,
            "may_add": request.user.has_perm("catalog.add_synonym"),
        }
        return TemplateResponse(request, REPORT, context)
