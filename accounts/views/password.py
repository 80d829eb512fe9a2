"""Changing the login password."""

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms.reset import ChangeForm
from accounts.models import User
from accounts.refusals import WrongPassword
from accounts.requests import account_of
from accounts.services import passwords as services
from accounts.throttle import knows_password, remember_device
from shop.answers import answer, answer_errors
from shop.decorators import form_page, login_required

PAGE = "accounts/password_change.html"


@form_page
@sensitive_post_parameters()
@never_cache
@login_required
def password_change(request: HttpRequest) -> HttpResponse:
    """Change the login password; this session goes on, all others end."""
    user = account_of(request)
    if request.method != "POST":
        return render(request, PAGE, {"form": ChangeForm(user=user)})
    form = ChangeForm(request.POST, user=user)
    if (
        not form.is_valid()
        or not _knows_the_old_one(request, user, form)
        or not _is_set(request, user, form)
    ):
        return answer_errors(request, form, PAGE)
    message = _("Your password is changed. All other devices are signed out.")
    response = answer(request, to="accounts:profile", message=message)
    remember_device(request, response, user)
    return response


def _is_set(request: HttpRequest, user: User, form: ChangeForm) -> bool:
    try:
        user.password = services.set_password(
            user=user,
            password=form.cleaned_data["new_password1"],
            keep_session=request.session.session_key or "",
        )
    except WrongPassword as refusal:
        form.add_error("old_password", str(refusal))
        return False
    # By the hash that was just written, and no newer one that another hand set.
    update_session_auth_hash(request, user)
    return True


def _knows_the_old_one(request: HttpRequest, user: User, form: ChangeForm) -> bool:
    if knows_password(request, user, form.cleaned_data["old_password"]):
        return True
    form.add_error("old_password", str(WrongPassword.message))
    return False
