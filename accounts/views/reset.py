"""Forgotten password: three pages, each open only to who passed the one before."""

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import identifiers, reset_stage
from accounts.codes import session_of
from accounts.forms.reset import ForgotForm, ResetForm, VerifyForm
from accounts.refusals import StageMissing, UnknownAccount, WrongCode, WrongPassword
from accounts.services import passwords
from accounts.services import reset as services
from shop import policy
from shop.answers import answer, answer_errors
from shop.decorators import form_page, require_POST
from shop.network import address_of

FORGOT, VERIFY = "accounts:password-forgot", "accounts:password-verify"
RESET, LOGIN = "accounts:password-reset", "accounts:login"


@form_page
@never_cache
def password_forgot(request: HttpRequest) -> HttpResponse:
    """Stage one: name the account."""
    page = "accounts/password_forgot.html"
    if request.method != "POST":
        return render(request, page, {"form": ForgotForm()})
    form = ForgotForm(request.POST)
    if not form.is_valid():
        return answer_errors(request, form, page)
    services.reserve_identification(address=address_of(request))
    try:
        user, target = services.identify(identifier=form.cleaned_data["identifier"])
    except UnknownAccount as refusal:
        form.add_error(refusal.field, str(refusal))
        return answer_errors(request, form, page)
    reset_stage.begin(request, user, target)
    return answer(request, to=VERIFY)


@form_page
@sensitive_post_parameters("code")
@never_cache
def password_verify(request: HttpRequest) -> HttpResponse:
    """Stage two: type the code that was sent to the account's phone or e-mail."""
    stage = reset_stage.current(request)
    if stage is None:
        return redirect(FORGOT)
    page = "accounts/password_verify.html"
    context = {"stage": stage, "target": _masked(stage.target), "wait": _wait()}
    if request.method != "POST":
        return render(request, page, {"form": VerifyForm(), **context})
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return answer_errors(request, form, page, context)
    try:
        services.verify_reset_code(
            target=stage.target,
            session=session_of(request),
            code=form.cleaned_data["code"],
        )
    except WrongCode as refusal:
        form.add_error(refusal.field, str(refusal))
        return answer_errors(request, form, page, context)
    reset_stage.pass_verification(request, stage)
    return answer(request, to=RESET)


@require_POST
@never_cache
def password_verify_send(request: HttpRequest) -> HttpResponse:
    """Send the code, to nowhere but the phone or e-mail that was named."""
    stage = reset_stage.current(request)
    if stage is None:
        raise StageMissing
    services.send_reset_code(
        user=stage.user,
        target=stage.target,
        session=session_of(request),
        address=address_of(request),
        language=get_language() or stage.user.language,
    )
    message = _("A code is on its way. It is good for a few minutes.")
    return answer(request, to=VERIFY, message=message)


@form_page
@sensitive_post_parameters()
@never_cache
def password_reset(request: HttpRequest) -> HttpResponse:
    """Stage three: choose a new password; every session of the account ends."""
    stage = reset_stage.current(request)
    if stage is None or not stage.is_verified:
        return redirect(FORGOT)
    page = "accounts/password_reset.html"
    context = {"stage": stage, "target": _masked(stage.target)}
    if request.method != "POST":
        form = ResetForm(user=stage.user)
        return render(request, page, {"form": form, **context})
    form = ResetForm(request.POST, user=stage.user)
    if not form.is_valid():
        return answer_errors(request, form, page, context)
    try:
        passwords.set_password(
            user=stage.user, password=form.cleaned_data["new_password1"]
        )
    except WrongPassword:
        return redirect(FORGOT)  # another tab was quicker
    # This browser too, if it is signed in; its session goes on under a new key.
    auth.logout(request)
    message = _("Your password is new, and you are signed out everywhere. Sign in.")
    return answer(request, to=LOGIN, message=message)


def _masked(target: str) -> str:
    if "@" in target:
        return identifiers.masked_email(target)
    return identifiers.masked_phone(target)


def _wait() -> int:
    return policy.whole("code_resend_seconds")
