"""Phones and e-mails in full: by permission, on request, and written down (row A11).

A page of the admin that mixes `Revealing` in has the button "Show in full".
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import fresh_login
from shop import journal, roles
from shop.decorators import require_POST

PERMISSION = "accounts.view_personal_data"
for _role in (roles.ORDERS, roles.SUPPORT):
    roles.grant(_role, PERMISSION)

#: What a value is called, and the value.
Shown = tuple[str | Promise, str]


def may_reveal(request: HttpRequest) -> bool:
    return request.user.has_perm(PERMISSION)


class Revealing(admin.ModelAdmin[Any]):
    """Shows what its lists and pages mask, to those who may, one row at a time."""

    def in_full(self, row: Any) -> list[Shown]:
        """Return the row's personal data; each admin names its own."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(_view_of(self))
        name = f"{self.opts.app_label}_{self.opts.model_name}_in_full"
        return [path("<int:pk>/in-full/", view, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context["may_reveal"] = may_reveal(request)
        return super().render_change_form(request, context, *args, **kwargs)


def _view_of(page: Revealing) -> Callable[..., HttpResponse]:
    @require_POST
    @never_cache
    def in_full(request: HttpRequest, pk: int) -> HttpResponse:
        row = page.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not may_reveal(request) or not page.has_view_permission(request, row):
            raise PermissionDenied
        if not fresh_login.is_fresh(request):
            return fresh_login.ask(request)
        # Before anything is shown: what cannot be written down is not seen either.
        journal.record(journal.Kind.REVEALED, about=row)
        context = {
            **page.admin_site.each_context(request),
            "opts": page.opts,
            "title": _("Personal data in full"),
            "original": row,
            "values": page.in_full(row),
        }
        return TemplateResponse(request, "admin/in_full.html", context)

    return in_full
