"""Registering, signing in, signing out."""

from django.conf import settings
from django.contrib import auth
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.codes import session_of
from accounts.forms.fields import keep_errors, show_errors
from accounts.forms.sign_in import LoginForm, PhoneForm, RegisterForm
from accounts.models import User
from accounts.refusals import PhoneTaken, WrongCode
from accounts.services import registration
from accounts.throttle import remember_device
from shop import policy
from shop.answers import answer, answer_errors, page_of, safe_next, wants_json
from shop.decorators import form_page, require_POST
from shop.network import address_of

HOME = "catalog:home"
#: Where the session keeps what was typed while a code is on its way.
TYPED = "register_typed"


@require_POST
@sensitive_post_parameters()
@never_cache
def register_code(request: HttpRequest) -> HttpResponse:
    """Send a code to the phone that wants an account."""
    form = PhoneForm(request.POST)
    if not form.is_valid():
        page = _again(request, form)
        return answer_errors(request, form, "accounts/register.html", page)
    # In the session and not in the address, which logs and histories keep.
    request.session[TYPED] = {
        name: request.POST.get(name, "")[:100] for name in ("phone", "nickname")
    }
    if not _is_sent(request, form):
        page = _again(request, form)
        return answer_errors(request, form, "accounts/register.html", page)
    return answer(
        request,
        to=page_of(request),
        message=_("A code is on its way to your phone. It is good for a few minutes."),
    )


@form_page
@sensitive_post_parameters()
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """Open an account with the code that came, and sign in."""
    if request.user.is_authenticated:
        return redirect(safe_next(request, HOME))
    if request.method != "POST":
        form = RegisterForm(initial=request.session.get(TYPED))
        return render(request, "accounts/register.html", _register_page(request, form))
    form = RegisterForm(request.POST)
    user = _registered(request, form) if form.is_valid() else None
    if user is None:
        page = _register_page(request, form)
        return answer_errors(request, form, "accounts/register.html", page)
    request.session.pop(TYPED, None)
    return _sign_in(request, user, _("Welcome! Your account is open."))


@form_page
@sensitive_post_parameters("password")
@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """Sign in by phone or bound e-mail."""
    if request.user.is_authenticated:
        return redirect(safe_next(request, HOME))
    if request.method != "POST":
        return render(request, "accounts/login.html", _page(request, LoginForm()))
    form = LoginForm(request.POST)
    user = _recognised(request, form) if form.is_valid() else None
    if user is None:
        page = _page(request, form)
        return answer_errors(request, form, "accounts/login.html", page)
    return _sign_in(request, user, _("You are signed in."))


@require_POST
@never_cache
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out; the session ends on the server too."""
    auth.logout(request)
    return answer(request, to=HOME, message=_("You are signed out."))


def _sign_in(request: HttpRequest, user: User, message: str) -> HttpResponse:
    auth.login(request, user)
    response = answer(request, to=safe_next(request, HOME), message=message)
    remember_device(request, response, user)
    return response


def _is_sent(request: HttpRequest, form: PhoneForm) -> bool:
    try:
        registration.send_register_code(
            phone=form.cleaned_data["phone"],
            session=session_of(request),
            address=address_of(request),
            language=_language(),
        )
    except PhoneTaken as refusal:
        if wants_json(request):
            raise  # with its own word and status
        form.add_error(refusal.field, str(refusal))
        return False
    return True


def _registered(request: HttpRequest, form: RegisterForm) -> User | None:
    try:
        return registration.register(
            phone=form.cleaned_data["phone"],
            code=form.cleaned_data["code"],
            password=form.cleaned_data["password1"],
            nickname=form.cleaned_data["nickname"],
            language=_language(),
            session=session_of(request),
        )
    except (PhoneTaken, WrongCode) as refusal:
        form.add_error(refusal.field, str(refusal))
        return None


def _recognised(request: HttpRequest, form: LoginForm) -> User | None:
    user = auth.authenticate(
        request,
        username=form.cleaned_data["identifier"],
        password=form.cleaned_data["password"],
    )
    if isinstance(user, User):
        return user
    # One sentence for all reasons: it does not tell who has an account (row A4).
    form.add_error(
        None, _("This phone or e-mail and this password do not go together.")
    )
    return None


def _again(request: HttpRequest, judged: PhoneForm) -> dict[str, object]:
    # The whole page, with everything typed but only the phone judged.
    whole = RegisterForm(request.POST)
    keep_errors(whole, ["phone"])
    show_errors(judged, whole)
    return _register_page(request, whole)


def _page(request: HttpRequest, form: BaseForm) -> dict[str, object]:
    # `next` goes through the form as it came, and is judged when it is followed.
    wish = request.POST.get("next") or request.GET.get("next") or ""
    return {"form": form, "next": wish}


def _register_page(request: HttpRequest, form: BaseForm) -> dict[str, object]:
    wait = policy.whole("code_resend_seconds")
    return {**_page(request, form), "wait": wait}


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
