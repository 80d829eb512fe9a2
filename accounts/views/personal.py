"""Your data: taking it along, and closing the account."""

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms.profile import CloseForm
from accounts.fresh_login import fresh_login_required
from accounts.models import User
from accounts.refusals import CannotClose, WrongPassword
from accounts.requests import account_of
from accounts.services import closing
from accounts.services import export as exporting
from accounts.throttle import knows_password
from shop import clock
from shop.answers import answer, answer_errors
from shop.decorators import form_page, login_required, require_POST

CLOSE_PAGE = "accounts/close.html"


@require_POST
@never_cache
@login_required
@fresh_login_required
def export(request: HttpRequest) -> HttpResponse:
    """Send all that the shop holds about the account, as a file."""
    user = account_of(request)
    exporting.reserve_export(user=user)
    body = exporting.export_personal_data(user=user)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    day = localtime(clock.now()).strftime("%Y%m%d")
    response["Content-Disposition"] = f'attachment; filename="my-data-{day}.json"'
    return response


@form_page
@sensitive_post_parameters()
@never_cache
@login_required
def close(request: HttpRequest) -> HttpResponse:
    """Say what closing the account means and what forbids it; with POST, close it."""
    user = account_of(request)
    reasons = closing.reasons_against(user=user)
    if request.method != "POST":
        return render(request, CLOSE_PAGE, {"form": CloseForm(), "reasons": reasons})
    if reasons:
        raise CannotClose(reasons)
    form = CloseForm(request.POST)
    if not form.is_valid() or not _is_oneself(request, user, form):
        return answer_errors(request, form, CLOSE_PAGE)
    closing.close_account(user=user)
    auth.logout(request)
    message = _("Your account is closed. Thank you for having been with us.")
    response = answer(request, to="catalog:home", message=message)
    response.delete_cookie(settings.DEVICE_COOKIE_NAME)
    return response


def _is_oneself(request: HttpRequest, user: User, form: CloseForm) -> bool:
    if knows_password(request, user, form.cleaned_data["password"]):
        return True
    form.add_error("password", str(WrongPassword.message))
    return False
