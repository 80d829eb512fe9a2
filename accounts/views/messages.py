"""The message centre: what we wrote to an account, and what it wants to hear."""

from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.forms.messages import MessageSettingsForm
from accounts.models import User
from accounts.requests import account_of
from accounts.services import messages as services
from shop.answers import answer, answer_errors
from shop.decorators import form_page, login_required
from shop.links import read_off
from shop.messages import topic_named
from shop.models import MutedTopic, OutgoingMessage

PAGE_SIZE = 20
SETTINGS_PAGE = "accounts/message_settings.html"


@require_safe
@never_cache
@login_required
def message_list(request: HttpRequest) -> HttpResponse:
    """All that we wrote to the account, newest first; never a code."""
    own = OutgoingMessage.objects.of_account(account_of(request).pk).newest_first()
    page = Paginator(own, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/message_list.html", {"page": page})


@form_page
@never_cache
@login_required
def message_settings(request: HttpRequest) -> HttpResponse:
    """Switch off what one can do without, and choose phone or e-mail."""
    user = account_of(request)
    if request.method != "POST":
        form = MessageSettingsForm(user=user)
        return render(request, SETTINGS_PAGE, {"form": form})
    form = MessageSettingsForm(request.POST, user=user)
    if not form.is_valid():
        return answer_errors(request, form, SETTINGS_PAGE)
    services.change_settings(
        user=user, muted=form.muted, prefers_mail=form.prefers_mail
    )
    message = _("Your message settings are saved.")
    data = {"off": sorted(form.muted)}
    return answer(request, to="accounts:message-settings", message=message, data=data)


@form_page
@never_cache
def message_off(request: HttpRequest, token: str) -> HttpResponse:
    """Switch off a topic by the link in a message, signed in or not.

    Only POST does it: programs that look at mails open their links.
    """
    try:
        account_id, name = read_off(token)
    except signing.BadSignature as error:
        raise Http404 from error
    topic = topic_named(name)
    user = get_object_or_404(User, pk=account_id, closed_at=None)
    if topic is None:
        raise Http404
    if request.method == "POST":
        services.mute(user=user, topic=topic.name)
        said = _("“%(topic)s” is off: we will not write to you about it any more.")
        message = said % {"topic": topic.label}
        return answer(request, to=request.path, message=message)
    is_off = MutedTopic.objects.of(user.pk).about(topic.name).exists()
    context = {"topic": topic, "is_off": is_off}
    return render(request, "accounts/message_off.html", context)
