"""Binding an e-mail, and another phone, to the own account.

Whoever finds an open session must not take the account over with it: the pages ask for
the password again once it was typed too long ago.
"""

from dataclasses import dataclass

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import fresh_login
from accounts.codes import session_of
from accounts.forms.binding import (
    BindEmailForm,
    ChangePhoneForm,
    EmailForm,
    NewPhoneForm,
)
from accounts.forms.fields import keep_errors, show_errors
from accounts.fresh_login import fresh_login_required
from accounts.refusals import EmailTaken, PhoneTaken, WrongCode
from accounts.requests import account_of
from accounts.services import binding as services
from accounts.services.binding import EMAIL, PHONE, Binding
from shop import policy
from shop.answers import answer, answer_errors, page_of, wants_json
from shop.decorators import form_page, login_required, require_POST
from shop.network import address_of


@dataclass(frozen=True)
class Page:
    """One of the two pages: what it binds, what is typed there, what it says."""

    binding: Binding
    target_form: type[Form]
    whole_form: type[Form]
    template: str
    done: str | Promise

    @property
    def typed_key(self) -> str:
        """Where the session keeps what was typed while a code is on its way."""
        return f"{self.binding.column}_typed"


EMAIL_PAGE = Page(
    binding=EMAIL,
    target_form=EmailForm,
    whole_form=BindEmailForm,
    template="accounts/email.html",
    done=_("Your e-mail is bound."),
)
PHONE_PAGE = Page(
    binding=PHONE,
    target_form=NewPhoneForm,
    whole_form=ChangePhoneForm,
    template="accounts/phone.html",
    done=_("Your account has the new phone now. Sign in with it from now on."),
)


@require_POST
@never_cache
@login_required
@fresh_login_required
def email_code(request: HttpRequest) -> HttpResponse:
    """Send a code to the e-mail that shall be bound."""
    return _send(request, EMAIL_PAGE)


@form_page
@sensitive_post_parameters("code")
@never_cache
@login_required
@fresh_login_required
def email(request: HttpRequest) -> HttpResponse:
    """Bind an e-mail with the code that went there."""
    return _bind(request, EMAIL_PAGE)


@require_POST
@never_cache
@login_required
@fresh_login_required
def phone_code(request: HttpRequest) -> HttpResponse:
    """Send a code to the phone that shall take the old one's place."""
    return _send(request, PHONE_PAGE)


@form_page
@sensitive_post_parameters("code")
@never_cache
@login_required
@fresh_login_required
def phone(request: HttpRequest) -> HttpResponse:
    """Change the phone with the code that went to the new one."""
    return _bind(request, PHONE_PAGE)


def _send(request: HttpRequest, page: Page) -> HttpResponse:
    form = page.target_form(request.POST)
    # As it was typed: the page shows it again.
    typed = request.POST.get(page.binding.column, "")[:254]
    request.session[page.typed_key] = typed
    if not form.is_valid() or not _is_sent(request, page, form):
        whole = page.whole_form(request.POST)
        keep_errors(whole, form.fields)
        show_errors(form, whole)
        return answer_errors(request, form, page.template, _context(whole))
    message = _("A code is on its way. It is good for a few minutes.")
    return answer(request, to=page_of(request), message=message)


def _is_sent(request: HttpRequest, page: Page, form: Form) -> bool:
    try:
        services.send_code(
            page.binding,
            user=account_of(request),
            target=form.cleaned_data[page.binding.column],
            session=session_of(request),
            address=address_of(request),
            language=get_language() or account_of(request).language,
        )
    except (EmailTaken, PhoneTaken) as refusal:
        if wants_json(request):
            raise  # with its own word and status
        form.add_error(refusal.field, str(refusal))
        return False
    return True


def _bind(request: HttpRequest, page: Page) -> HttpResponse:
    if request.method != "POST":
        typed = {page.binding.column: request.session.get(page.typed_key, "")}
        form = page.whole_form(initial=typed)
        return render(request, page.template, _context(form))
    form = page.whole_form(request.POST)
    if not form.is_valid() or not _is_bound(request, page, form):
        return answer_errors(request, form, page.template, _context(form))
    request.session.pop(page.typed_key, None)
    # What is bound here must not be where the next code of this session goes.
    fresh_login.forget(request)
    return answer(request, to="accounts:profile", message=page.done)


def _is_bound(request: HttpRequest, page: Page, form: Form) -> bool:
    try:
        services.bind(
            page.binding,
            user=account_of(request),
            target=form.cleaned_data[page.binding.column],
            code=form.cleaned_data["code"],
            session=session_of(request),
        )
    except (EmailTaken, PhoneTaken, WrongCode) as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    return True


def _context(form: Form) -> dict[str, object]:
    return {"form": form, "wait": policy.whole("code_resend_seconds")}
