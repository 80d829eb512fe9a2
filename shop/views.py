"""The ground floor's own addresses: language, messages in DEBUG, files for machines."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe
from django.views.i18n import set_language as django_set_language
from django.views.static import serve

from shop.answers import safe_next
from shop.decorators import require_POST
from shop.models import OutgoingMessage

#: What the shop itself writes below media/. Nothing else is served from there.
MEDIA_TYPES = {".webp": "image/webp"}


@require_POST
@csrf_protect
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose a language and return to the same page in it; an account remembers."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return redirect(safe_next(request, "catalog:home"))
    if request.user.is_authenticated:
        get_user_model().objects.filter(pk=request.user.pk).update(language=language)
    # The page to return to is understood in its own language.
    own = translation.get_language_from_path(request.POST.get("next", ""))
    own = own or settings.LANGUAGE_CODE
    with translation.override(own):
        return django_set_language(request)


@require_safe
def dev_messages(request: HttpRequest) -> HttpResponse:
    """Show every message that the shop sent; with DEBUG on only."""
    if not settings.DEBUG:
        raise Http404
    newest = OutgoingMessage.objects.newest_first()[:200]
    return render(request, "shop/dev_messages.html", {"outgoing_messages": newest})


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a picture that the shop stored, under its own type and nothing else."""
    suffix = path[path.rfind(".") :]
    if suffix not in MEDIA_TYPES:
        raise Http404
    try:
        response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except OSError as error:  # a name that no disk takes
        raise Http404 from error
    response["Content-Type"] = MEDIA_TYPES[suffix]
    # A picture's address changes with its content (name or version parameter).
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
@cache_control(max_age=24 * 3600)
def favicon(request: HttpRequest) -> HttpResponseBase:
    """Serve the shop's mark at the address that browsers try by themselves."""
    icon = settings.BASE_DIR / "static" / "img" / "mark-32.png"
    return FileResponse(icon.open("rb"), content_type="image/png")


@require_safe
@cache_control(max_age=24 * 3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the shop to a phone's home screen."""
    icons = [
        {"src": static(f"img/mark-{size}.png"), "sizes": f"{size}x{size}"}
        for size in (192, 512)
    ]
    body = {
        "name": str(settings.SHOP_NAME),
        "short_name": str(settings.SHOP_NAME),
        "start_url": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#5b5bf0",
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what is not for them."""
    private = ("admin", "accounts", "cart", "checkout", "orders", "pay", "reviews")
    lines = ["User-agent: *"]
    for prefix in ("/", "/en/"):
        lines += [f"Disallow: {prefix}{name}/" for name in private]
    lines.append(f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
