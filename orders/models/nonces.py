"""What gateways have signed once, so that no notice of theirs counts twice."""

from django.db import models


class SeenNonce(models.Model):
    """A word that a gateway signs once; a notice with it again is a replay."""

    gateway = models.CharField(max_length=20)
    nonce = models.CharField(max_length=64)
    #: By the machine's time, like the window outside of which notices are too old.
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["gateway", "seen_at"], name="orders_nonce_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("gateway", "nonce"), name="orders_nonce_only_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.nonce}"
