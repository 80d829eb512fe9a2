"""The address book's pages and deeds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from accounts import address_line
from accounts.forms.addresses import AddressForm, LineForm
from accounts.models import Address, User
from accounts.requests import account_of
from accounts.services import addresses as services
from shop import policy
from shop.answers import answer, answer_errors, safe_next, wants_json
from shop.decorators import form_page, login_required, require_POST

LIST = "accounts:address-list"
FORM = "accounts/address_form.html"


@require_safe
@never_cache
@login_required
def address_list(request: HttpRequest) -> HttpResponse:
    """All addresses, the default one first."""
    addresses = list(Address.objects.of(account_of(request)).default_first())
    page = {"addresses": addresses, **_room(len(addresses))}
    return render(request, "accounts/address_list.html", page)


@form_page
@never_cache
@login_required
def address_new(request: HttpRequest) -> HttpResponse:
    """Add an address."""
    user = account_of(request)
    if request.method != "POST":
        room = _room(Address.objects.of(user).count())
        return render(request, FORM, _page(request) | room)
    if helped := _helped(request):
        return helped
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _faulty(request, form)
    services.add_address(
        user=user,
        place=form.place(),
        is_default=form.cleaned_data["is_default"],
    )
    return answer(
        request, to=safe_next(request, LIST), message=_("The address is saved.")
    )


@form_page
@never_cache
@login_required
def address_change(request: HttpRequest, address_id: int) -> HttpResponse:
    """Change an address; orders that were placed keep their copy."""
    user = account_of(request)
    address = _load(user, address_id)
    if request.method != "POST":
        return render(request, FORM, _page(request, AddressForm.of(address), address))
    if helped := _helped(request, address):
        return helped
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _faulty(request, form, address)
    services.change_address(
        user=user,
        address=address,
        place=form.place(),
        is_default=form.cleaned_data["is_default"],
    )
    return answer(
        request, to=safe_next(request, LIST), message=_("The address is saved.")
    )


@require_POST
@never_cache
@login_required
def address_delete(request: HttpRequest, address_id: int) -> HttpResponse:
    """Take an address out of the book."""
    user = account_of(request)
    services.delete_address(user=user, address=_load(user, address_id))
    return answer(request, to=LIST, message=_("The address is deleted."))


@require_POST
@never_cache
@login_required
def address_default(request: HttpRequest, address_id: int) -> HttpResponse:
    """Let the checkout choose this address by itself."""
    user = account_of(request)
    services.make_default(user=user, address=_load(user, address_id))
    return answer(request, to=LIST, message=_("This is your default address now."))


def _load(user: User, address_id: int) -> Address:
    return get_object_or_404(Address.objects.of(user), pk=address_id)


def _room(count: int) -> dict[str, object]:
    limit = policy.whole("address_limit")
    return {"count": count, "limit": limit, "is_full": count >= limit}


def _helped(
    request: HttpRequest, address: Address | None = None
) -> HttpResponse | None:
    """Answer the two buttons that help to fill in the form and store nothing."""
    if "refresh" in request.POST:
        return _redraw(request, address)
    if "parse" in request.POST:
        return _read_line(request, address)
    return None


def _redraw(request: HttpRequest, address: Address | None) -> HttpResponse:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    form = AddressForm.redrawn(request.POST, htmx.trigger_name)
    template = "accounts/_region_fields.html" if htmx else FORM
    response = render(request, template, _page(request, form, address))
    patch_vary_headers(response, ["HX-Request"])
    return response


def _read_line(request: HttpRequest, address: Address | None) -> HttpResponse:
    paste = LineForm(request.POST)
    if not paste.is_valid():
        form = AddressForm.redrawn(request.POST, None)
        page = _page(request, form, address) | {"paste": paste}
        return answer_errors(request, paste, FORM, page)
    guess = address_line.read(paste.cleaned_data["line"])
    if wants_json(request):
        data = {"fields": guess.fields, "missing": list(guess.missing)}
        return answer(request, to=LIST, data=data)
    form = AddressForm.filled(request.POST, guess)
    wanting = [str(form.fields[name].label) for name in guess.missing]
    page = _page(request, form, address) | {
        "paste": paste,
        "guess": guess,
        "wanting": _(", ").join(wanting),
    }
    return render(request, FORM, page)


def _faulty(
    request: HttpRequest, form: AddressForm, address: Address | None = None
) -> HttpResponse:
    return answer_errors(request, form, FORM, _page(request, form, address))


def _page(
    request: HttpRequest,
    form: AddressForm | None = None,
    address: Address | None = None,
) -> dict[str, object]:
    return {
        "form": form or AddressForm(),
        "paste": LineForm(),
        "address": address,
        "next": request.POST.get("next") or request.GET.get("next") or "",
        "back": safe_next(request, LIST),
    }
