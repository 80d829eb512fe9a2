from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

#: What every app may answer, in files of these names (docs/architecture.md).
QUESTIONS = (
    "policy",
    "messages",
    "due",
    "audit",
    "desk",
    "demo",
    "rebuild",
    "personal",
    "changes",
    "pictures",
)


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = _("Shop")

    def ready(self) -> None:
        autodiscover_modules("checks", "retention", *QUESTIONS)
