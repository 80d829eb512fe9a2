"""The admin's door: a password is enough only where the shop's rules say so (A13)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.views.decorators.cache import never_cache

from accounts import fresh_login, second_factor
from accounts.refusals import SecondFactorNeeded
from accounts.second_factor import Missing
from accounts.views import second_factor as factor_pages
from accounts.views import staff
from shop.answers import page_of, safe_next, wants_json

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])
#: Which page mends what is missing.
PAGES = {
    Missing.TOKEN: "admin:second-factor-token",
    Missing.ENROLMENT: "admin:second-factor",
}


class DeskSite(AdminSite):
    """The built-in admin; every page asks for the second factor where one is due."""

    def has_permission(self, request: HttpRequest) -> bool:
        return works_here(request) and second_factor.missing(request) is None

    def admin_view(self, view: ViewT, cacheable: bool = False) -> ViewT:
        """Guard a page of the admin: works here, second factor, fresh password."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if works_here(request):
                if view == self.logout:
                    return view(request, *args, **kwargs)  # leaving is always free
                missing = second_factor.missing(request)
                if missing:
                    return lead_to(request, missing)
                if fresh_login.is_needed_in_admin(request):
                    return fresh_login.ask(request)
            return guarded(request, *args, **kwargs)

        return cast("ViewT", inner)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own: list[tuple[str, Callable[..., HttpResponse], frozenset[Missing]]] = [
            ("confirm-password/", staff.confirm_password, SETTING_UP),
            ("second-factor/", factor_pages.second_factor, SETTING_UP),
            ("second-factor/begin/", factor_pages.begin, SETTING_UP),
            ("second-factor/qr/", factor_pages.qr, SETTING_UP),
            ("second-factor/codes/", factor_pages.codes, INSIDE),
            ("second-factor/codes/download/", factor_pages.codes_download, INSIDE),
            ("second-factor/codes/new/", factor_pages.codes_new, INSIDE),
            ("second-factor/remove/", factor_pages.remove, INSIDE),
            ("second-factor/token/", staff.token, AT_THE_DOOR),
            ("second-factor/reset/<int:user_id>/", staff.reset, INSIDE),
        ]
        pages: list[URLResolver | URLPattern] = [
            path(address, staff_page(view, but=but), name=_name_of(address))
            for address, view, but in own
        ]
        return pages + super().get_urls()

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if not context["has_permission"]:
            # Outside the door there is nothing to look at.
            context |= {"available_apps": [], "is_nav_sidebar_enabled": False}
        return context

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in; who is at the second door already does not knock at the first."""
        if request.method in ("GET", "HEAD") and works_here(request):
            missing = second_factor.missing(request)
            if missing:
                return lead_to(request, missing)
        return super().login(request, extra_context)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the shop's own page, where guesses of the old password count."""
        return redirect("accounts:password-change")

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        hint = {"has_no_second_factor": not second_factor.is_verified(request)}
        return super().index(request, {**hint, **(extra_context or {})})


#: What a page that leads through the door may be opened without.
INSIDE: frozenset[Missing] = frozenset()
SETTING_UP = frozenset({Missing.ENROLMENT})
AT_THE_DOOR = frozenset(Missing)


def works_here(request: HttpRequest) -> bool:
    """Tell whether an active member of staff has typed the password."""
    return request.user.is_active and request.user.is_staff


def staff_page(
    view: Callable[..., HttpResponse], *, but: frozenset[Missing]
) -> Callable[..., HttpResponse]:
    """Guard a page of our own, which does not mind if what `but` names is missing."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not works_here(request):
            return redirect_to_login(page_of(request), reverse("admin:login"))
        missing = second_factor.missing(request)
        if missing and missing not in but:
            return lead_to(request, missing)
        return view(request, *args, **kwargs)

    return guarded


def lead_to(request: HttpRequest, missing: Missing) -> HttpResponse:
    """Send to the page that mends what is missing, and from there back."""
    if wants_json(request):
        raise SecondFactorNeeded
    here = page_of(request)
    if here.startswith(reverse("admin:login")):
        here = safe_next(request, "admin:index")
    return redirect(f"{reverse(PAGES[missing])}?{urlencode({'next': here})}")


def _name_of(address: str) -> str:
    """`second-factor/reset/<int:user_id>/` is `second-factor-reset`."""
    return "-".join(part for part in address.split("/") if part and part[0] != "<")
