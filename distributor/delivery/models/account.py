"""Connected identities. Their credentials are encrypted at rest."""

from __future__ import annotations

from django.db import models

from distributor.letters.models import Publication


class Account(models.Model):
    """One connected identity on a channel.

    `sealed` holds the encrypted credentials (see `delivery.vault`). A practice account lives in the practice world and
    only there; a real one never goes to it. `needs_reconnect` holds the sentence for the editor once its authorisation
    has ended, else "".
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="accounts")
    channel = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    sealed = models.BinaryField(default=bytes)
    practice = models.BooleanField(default=False)
    needs_reconnect = models.CharField(max_length=500, blank=True)
    connected_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "channel", "name"], name="account_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.channel})"
