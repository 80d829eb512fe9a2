"""The password, asked again before a deed that an open session must not do (row A13).

    @fresh_login_required
    def order_refund(request: HttpRequest, number: str) -> HttpResponse: ...

For a method, such as an action of the admin, `@method_decorator(fresh_login_required)`.
The admin's own pages that give rights or change rules are named in ADMIN_PAGES.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.refusals import PasswordNeeded
from shop import clock, policy
from shop.answers import page_of, wants_json

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

#: When this session last typed its password.
SESSION_KEY = "password_entered_at"
READ = ("GET", "HEAD")
#: Pages of the built-in admin, and the right without which they only show.
ADMIN_PAGES = {
    "accounts_user_add": "accounts.add_user",
    "accounts_user_change": "accounts.change_user",
    "auth_user_password_change": "accounts.change_user",
    "auth_group_add": "auth.add_group",
    "auth_group_change": "auth.change_group",
    "auth_group_delete": "auth.delete_group",
    "shop_policy_change": "shop.change_policy",
}
#: Lists that act on what is ticked.
ADMIN_LISTS = {"accounts_user_changelist", "auth_group_changelist"}


def remember(request: HttpRequest) -> None:
    """Note that the password was typed just now."""
    request.session[SESSION_KEY] = clock.now().isoformat()


def renew(request: HttpRequest) -> None:
    """Do the same for who is signed in already, under a new session key."""
    remember(request)
    request.session.cycle_key()


def forget(request: HttpRequest) -> None:
    """Ask for the password before the next deed that wants it fresh."""
    request.session.pop(SESSION_KEY, None)


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the password was typed lately enough."""
    entered_at = request.session.get(SESSION_KEY)
    if not entered_at:
        return False
    limit = timedelta(minutes=policy.whole("password_fresh_minutes"))
    return clock.now() - datetime.fromisoformat(entered_at) <= limit


def ask(request: HttpRequest) -> HttpResponse:
    """Send to the page that asks for the password, and from there back."""
    if wants_json(request):
        raise PasswordNeeded
    if request.method not in READ:
        messages.warning(request, str(PasswordNeeded.message))
    is_desk = request.path.startswith(reverse("admin:index"))
    page = "admin:confirm-password" if is_desk else "accounts:password-confirm"
    return redirect(f"{reverse(page)}?{urlencode({'next': page_of(request)})}")


def fresh_login_required(view: View[P]) -> View[P]:
    """Let a view through only shortly after the password was typed."""

    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        return view(request, *args, **kwargs) if is_fresh(request) else ask(request)

    return guarded


def is_needed_in_admin(request: HttpRequest) -> bool:
    """Tell whether this page of the admin has to ask for the password first."""
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    if name in ADMIN_LISTS:
        return request.method not in READ and not is_fresh(request)
    right = ADMIN_PAGES.get(name)
    return bool(right and request.user.has_perm(right) and not is_fresh(request))
