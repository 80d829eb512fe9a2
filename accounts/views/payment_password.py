"""The payment password: set, changed, and set anew once forgotten (row A7)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.codes import session_of
from accounts.forms.fields import keep_errors
from accounts.forms.payment_password import (
    ForgottenForm,
    PaymentPasswordForm,
    WhereForm,
)
from accounts.fresh_login import fresh_login_required
from accounts.refusals import WeakPaymentPassword, WrongCode, WrongPassword
from accounts.requests import account_of
from accounts.services import passwords as services
from accounts.throttle import login_budget
from shop import policy
from shop.answers import answer, answer_errors, page_of, safe_next
from shop.decorators import form_page, login_required, require_POST
from shop.network import address_of

#: Where the session keeps where the code went: "phone" or "email".
SENT_TO = "payment_code_to"
PHONE = "phone"
SET_PAGE = "accounts/payment_password.html"
FORGOTTEN_PAGE = "accounts/payment_password_forgot.html"


@form_page
@sensitive_post_parameters()
@never_cache
@login_required
def payment_password(request: HttpRequest) -> HttpResponse:
    """Set or change the six digits, with the login password."""
    if request.method != "POST":
        page = _page(request, PaymentPasswordForm())
        return render(request, SET_PAGE, page)
    form = PaymentPasswordForm(request.POST)
    if not form.is_valid() or not _is_set(request, form):
        return answer_errors(request, form, SET_PAGE, _page(request, form))
    return _done(request)


@require_POST
@never_cache
@login_required
@fresh_login_required
def payment_password_code(request: HttpRequest) -> HttpResponse:
    """Send a code to the account's phone or bound e-mail, and to nowhere else."""
    user = account_of(request)
    form = WhereForm(request.POST, user=user)
    if not form.is_valid():
        whole = ForgottenForm(request.POST, user=user)
        keep_errors(whole, form.fields)
        return answer_errors(request, form, FORGOTTEN_PAGE, _page(request, whole))
    request.session[SENT_TO] = form.cleaned_data["to"] or PHONE
    services.send_payment_password_code(
        user=user,
        target=form.target_called(form.cleaned_data["to"] or PHONE),
        session=session_of(request),
        address=address_of(request),
        language=get_language() or user.language,
    )
    message = _("A code is on its way. It is good for a few minutes.")
    return answer(request, to=page_of(request), message=message)


@form_page
@sensitive_post_parameters()
@never_cache
@login_required
@fresh_login_required
def payment_password_forgot(request: HttpRequest) -> HttpResponse:
    """Set the six digits anew with the code that came."""
    user = account_of(request)
    if request.method != "POST":
        form = ForgottenForm(user=user, initial={"to": _sent_to(request)})
        page = _page(request, form)
        return render(request, FORGOTTEN_PAGE, page)
    form = ForgottenForm(request.POST, user=user)
    if not form.is_valid() or not _is_reset(request, form):
        return answer_errors(request, form, FORGOTTEN_PAGE, _page(request, form))
    return _done(request)


def _sent_to(request: HttpRequest) -> str:
    where: str = request.session.get(SENT_TO, PHONE)
    return where


def _is_set(request: HttpRequest, form: PaymentPasswordForm) -> bool:
    # Whoever finds an open session must not guess the login password here either.
    budget = login_budget(request, account_of(request), "")
    budget.reserve()
    try:
        services.set_payment_password(
            user=account_of(request),
            password=form.cleaned_data["password"],
            payment_password=form.cleaned_data["payment_password1"],
        )
    except WrongPassword as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    except WeakPaymentPassword as refusal:
        form.add_error(refusal.field, str(refusal))
        budget.clear()
        return False
    budget.clear()
    return True


def _is_reset(request: HttpRequest, form: ForgottenForm) -> bool:
    try:
        services.reset_payment_password(
            user=account_of(request),
            # Where the code went, whatever was chosen since.
            target=form.target_called(_sent_to(request)),
            session=session_of(request),
            code=form.cleaned_data["code"],
            payment_password=form.cleaned_data["payment_password1"],
        )
    except (WrongCode, WeakPaymentPassword) as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    return True


def _done(request: HttpRequest) -> HttpResponse:
    to = safe_next(request, "accounts:home")
    return answer(request, to=to, message=_("Your payment password is set."))


def _page(
    request: HttpRequest, form: PaymentPasswordForm | ForgottenForm
) -> dict[str, object]:
    # Whoever was sent here from a payment returns there.
    wish = request.POST.get("next") or request.GET.get("next") or ""
    wait = policy.whole("code_resend_seconds")
    return {"form": form, "next": wish, "wait": wait}
