"""My account: its front page, profile, picture, wallet."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.avatars import replace_avatar
from accounts.forms.profile import AvatarForm, NicknameForm
from accounts.models import Wallet, WalletEntry
from accounts.requests import account_of
from accounts.services import profile as services
from accounts.throttle import reserve_hourly
from shop.answers import answer, answer_errors
from shop.decorators import form_page, login_required, require_POST

#: Lines of the ledger a page.
PAGE_SIZE = 20


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The front page of one's account: all that can be done, and the balance."""
    wallet = get_object_or_404(Wallet, user=account_of(request))
    return render(request, "accounts/home.html", {"wallet": wallet})


@form_page
@never_cache
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Nickname and picture."""
    user = account_of(request)
    if request.method != "POST":
        form = NicknameForm(initial={"nickname": user.nickname})
        page = {"form": form, "avatar_form": AvatarForm()}
        return render(request, "accounts/profile.html", page)
    form = NicknameForm(request.POST)
    if not form.is_valid():
        page = {"avatar_form": AvatarForm()}
        return answer_errors(request, form, "accounts/profile.html", page)
    services.change_nickname(user=user, nickname=form.cleaned_data["nickname"])
    return answer(
        request, to="accounts:profile", message=_("Your nickname is changed.")
    )


@require_POST
@never_cache
@login_required
def avatar(request: HttpRequest) -> HttpResponse:
    """Put another picture in the place of the old one."""
    user = account_of(request)
    # Counted before the picture is decoded, which is what costs.
    reserve_hourly("avatar", str(user.pk), "avatar_hourly")
    form = AvatarForm(request.POST, request.FILES)
    if not form.is_valid():
        page = {
            "form": NicknameForm(initial={"nickname": user.nickname}),
            "avatar_form": form,
        }
        return answer_errors(request, form, "accounts/profile.html", page)
    replace_avatar(user=user, picture=form.cleaned_data["avatar"])
    return answer(request, to="accounts:profile", message=_("Your picture is changed."))


@require_safe
@never_cache
@login_required
def wallet(request: HttpRequest) -> HttpResponse:
    """The balance, and how it came about, newest first."""
    user = account_of(request)
    entries = WalletEntry.objects.of(user).newest_first()
    page = {
        "wallet": get_object_or_404(Wallet, user=user),
        "page": Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "accounts/wallet.html", page)
