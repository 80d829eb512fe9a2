"""Before staff go on: the password again, the second factor; helping a colleague."""

from typing import Any

from django.contrib import admin, auth
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import fresh_login
from accounts import second_factor as factor
from accounts.forms.staff import ConfirmPasswordForm, TokenForm
from accounts.models import Authenticator, User
from accounts.refusals import WrongPassword, WrongToken
from accounts.requests import account_of
from accounts.services import second_factor as services
from shop.answers import answer, answer_errors, safe_next
from shop.decorators import form_page, login_required


@form_page
@sensitive_post_parameters("password")
def confirm_password(request: HttpRequest) -> HttpResponse:
    """Ask staff for the password again, and lead back to where it was wanted."""
    page = desk_page(request, _("Your password, please"))
    return _password_page(request, "admin/confirm_password.html", "admin:index", page)


@form_page
@login_required
@sensitive_post_parameters("password")
@never_cache
def password_confirm(request: HttpRequest) -> HttpResponse:
    """Ask a shopper for the password again, and lead back."""
    template = "accounts/password_confirm.html"
    return _password_page(request, template, "accounts:home", {})


@form_page
@sensitive_post_parameters()
def token(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, and open the desk."""
    if factor.missing(request) is not factor.Missing.TOKEN:
        return redirect(safe_next(request, "admin:index"))
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        device = _recognised(request, form)
        if device:
            factor.let_in(request, device)
            return answer(request, to=safe_next(request, "admin:index"))
    page = desk_page(request, _("Is it you?"), next=_next_of(request))
    return form_answer(request, form, "admin/second_factor/token.html", page)


@form_page
@fresh_login.fresh_login_required
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let a superuser take a colleague's lost second factor away."""
    me = account_of(request)
    if not me.is_superuser or me.pk == user_id:
        raise PermissionDenied
    person = get_object_or_404(User, pk=user_id, is_staff=True)
    if request.method == "POST":
        services.reset(user_id=person.pk, by_id=me.pk)
        said = _("The second factor of %(name)s is removed.") % {
            "name": person.shown_name
        }
        back = reverse("admin:accounts_user_change", args=[person.pk])
        return answer(request, to=back, message=said)
    has_one = Authenticator.objects.filter(user=person, confirmed=True).exists()
    title = _("Remove the second factor of %(name)s") % {"name": person.shown_name}
    page = desk_page(request, title, person=person, has_one=has_one)
    return render(request, "admin/second_factor/reset.html", page)


def desk_page(request: HttpRequest, title: str, **context: Any) -> dict[str, Any]:
    """Return what every page of the desk needs."""
    return {**admin.site.each_context(request), "title": title, **context}


def form_answer(
    request: HttpRequest, form: BaseForm, template: str, page: dict[str, Any]
) -> HttpResponse:
    """Show the form: for the first time, or with what is wrong."""
    if form.is_bound:
        return answer_errors(request, form, template, page)
    return render(request, template, {"form": form, **page})


def _password_page(
    request: HttpRequest, template: str, home: str, page: dict[str, Any]
) -> HttpResponse:
    bound = request.POST if request.method == "POST" else None
    form = ConfirmPasswordForm(bound)
    if form.is_bound and form.is_valid() and _is_right(request, form):
        fresh_login.renew(request)
        return answer(request, to=safe_next(request, home))
    page = {**page, "next": _next_of(request)}
    return form_answer(request, form, template, page)


def _is_right(request: HttpRequest, form: ConfirmPasswordForm) -> bool:
    # By the same backend as at the login, and so from the same budget of tries.
    me = account_of(request)
    user = auth.authenticate(
        request, username=str(me.phone), password=form.cleaned_data["password"]
    )
    if user == me:
        return True
    form.add_error("password", str(WrongPassword.message))
    return False


def _recognised(request: HttpRequest, form: TokenForm) -> Authenticator | None:
    try:
        return services.verify(user_id=account_of(request).pk, token=form.proof)
    except WrongToken as refusal:
        form.add_error(form.used_field, str(refusal))
        return None


def _next_of(request: HttpRequest) -> str:
    # It goes through the form as it came, and is judged when it is followed.
    return request.POST.get("next") or request.GET.get("next") or ""
