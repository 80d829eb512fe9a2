from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        # Only now, when all models are known.
        import_module("accounts.receivers")


class DeskConfig(admin_apps.AdminConfig):
    """The built-in admin, with a door that asks for a second factor."""

    # Named in settings in the admin's place; "accounts" means the one above.
    default = False
    default_site = "accounts.site.DeskSite"
