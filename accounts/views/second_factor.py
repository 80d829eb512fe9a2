"""One's own second factor: set up, recovery codes, removal (row A13)."""

import io
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from accounts import second_factor as factor
from accounts.forms.staff import AppTokenForm, TokenForm
from accounts.fresh_login import fresh_login_required
from accounts.models import Authenticator
from accounts.refusals import WrongToken
from accounts.requests import account_of
from accounts.services import second_factor as services
from accounts.views.staff import desk_page, form_answer
from shop.answers import answer
from shop.decorators import form_page, require_POST

HOME, CODES = "admin:second-factor", "admin:second-factor-codes"


@form_page
@fresh_login_required
@sensitive_post_parameters()
def second_factor(request: HttpRequest) -> HttpResponse:
    """Show how things stand; take the first token of a new key."""
    device = factor.in_setup(request)
    if factor.is_verified(request) or not device:
        return _state(request)
    form = AppTokenForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _confirmed(request, device, form):
        me = account_of(request)
        factor.keep_codes(request, services.write_recovery_codes(user_id=me.pk))
        said = _("Your second factor is set up. Now keep your recovery codes.")
        return answer(request, to=CODES, message=said)
    page = desk_page(request, _("Set up your second factor"), **_key_of(device))
    return form_answer(request, form, "admin/second_factor/set_up.html", page)


@require_POST
@fresh_login_required
def begin(request: HttpRequest) -> HttpResponse:
    """Make a new key, which only this session sees."""
    device = services.begin(user_id=account_of(request).pk)
    factor.begin_setup(request, device)
    return redirect(HOME)


@require_safe
@fresh_login_required
def qr(request: HttpRequest) -> HttpResponse:
    """Draw the key that this session is setting up, for the app to read."""
    device = factor.in_setup(request)
    if device is None:
        raise Http404
    drawing = io.BytesIO()
    code = segno.make(_address_of(device), error="m", micro=False)
    code.save(drawing, kind="svg", scale=5, dark="#000", light="#fff")
    return HttpResponse(drawing.getvalue(), content_type="image/svg+xml")


@form_page
def codes(request: HttpRequest) -> HttpResponse:
    """Show the new recovery codes until they are put away."""
    if request.method == "POST":
        factor.put_codes_away(request)
        return redirect("admin:index")
    kept = factor.kept_codes(request)
    if not kept:
        return redirect(HOME)
    page = desk_page(request, _("Your recovery codes"), codes=kept)
    return render(request, "admin/second_factor/codes.html", page)


@require_safe
def codes_download(request: HttpRequest) -> HttpResponse:
    """Give the same codes as a file."""
    kept = factor.kept_codes(request)
    if not kept:
        raise Http404
    lines = "\r\n".join([str(settings.SHOP_NAME), *kept, ""])
    response = HttpResponse(lines, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@require_POST
@fresh_login_required
def codes_new(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes; the old ones are dead."""
    me = account_of(request)
    factor.keep_codes(request, services.write_recovery_codes(user_id=me.pk))
    return redirect(CODES)


@form_page
@fresh_login_required
@sensitive_post_parameters()
def remove(request: HttpRequest) -> HttpResponse:
    """Give the second factor up, for who can still show it."""
    if not factor.is_verified(request):
        return redirect(HOME)
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _removed(request, form):
        factor.forget(request)
        return answer(request, to=HOME, message=_("Your second factor is removed."))
    page = desk_page(request, _("Remove your second factor"))
    return form_answer(request, form, "admin/second_factor/remove.html", page)


def _state(request: HttpRequest) -> HttpResponse:
    me = account_of(request)
    device = Authenticator.objects.filter(user=me, confirmed=True).first()
    page = desk_page(
        request,
        _("Second factor"),
        device=device,
        codes_left=services.codes_left(device) if device else 0,
        is_forced=factor.is_forced_for(me),
    )
    return render(request, "admin/second_factor/state.html", page)


def _confirmed(request: HttpRequest, device: Authenticator, form: AppTokenForm) -> bool:
    try:
        confirmed = services.confirm(
            device_id=device.pk,
            user_id=account_of(request).pk,
            token=form.cleaned_data["token"],
        )
    except WrongToken as refusal:
        form.add_error("token", str(refusal))
        return False
    factor.end_setup(request)
    factor.let_in(request, confirmed)
    return True


def _removed(request: HttpRequest, form: TokenForm) -> bool:
    try:
        services.remove(user_id=account_of(request).pk, token=form.proof)
    except WrongToken as refusal:
        form.add_error(form.used_field, str(refusal))
        return False
    return True


def _key_of(device: Authenticator) -> dict[str, str]:
    key = device.key
    groups = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    return {"key": groups, "address": _address_of(device)}


def _address_of(device: Authenticator) -> str:
    """Return what the app reads: whose key it is, and the key."""
    shop = str(settings.SHOP_NAME).replace(":", "")
    label = quote(f"{shop}:{device.user.masked_phone}")
    query = urlencode({"secret": device.key, "issuer": shop}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"
