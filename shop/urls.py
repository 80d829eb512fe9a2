"""All addresses of the shop (docs/contract.md). The apps are named as strings."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from shop import health, views

handler400 = "shop.errors.bad_request"
handler500 = "shop.errors.server_error"

# The same address in every language.
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("i18n/setlang/", views.set_language, name="set-language"),
    path("media/<path:path>", views.media, name="media"),
    path("admin/", admin.site.urls),
    path("dev/messages/", views.dev_messages, name="dev-messages"),
    path("", include("catalog.urls_unprefixed")),
    path("", include("orders.urls_unprefixed")),
]

# Chinese at /…, English at /en/….
urlpatterns += i18n_patterns(
    path("accounts/", include("accounts.urls")),
    path("cart/", include("cart.urls")),
    path("", include("orders.urls")),
    path("reviews/", include("reviews.urls")),
    path("", include("catalog.urls")),
    prefix_default_language=False,
)
