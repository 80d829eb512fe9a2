"""The shop's own rules, and the runner's last run."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Policy(models.Model):
    """One of the shop's own rules, a number that staff change (`shop.policy`)."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    value = models.CharField(_("value"), max_length=20)

    class Meta:
        verbose_name = _("shop rule")
        verbose_name_plural = _("shop rules")

    def __str__(self) -> str:
        return self.name


class ClockRun(models.Model):
    """When `run_due` last came to its end, by the machine's time. One row."""

    finished_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M:%S}"
