"""Connected identities, and the newsroom's own apps at networks. Their credentials are encrypted at rest."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from distributor.letters.models import Publication


class Account(models.Model):
    """One connected identity on a channel.

    `sealed` holds the encrypted credentials (see `delivery.accounts.encryption`). A practice account lives in the
    practice world and only there; a real one never goes to it. `needs_reconnect` holds the sentence for the editor once
    its authorisation has ended, else "".

    `connected_at` is when a person connected it last, and `renewed_at` when its token was renewed last.

    `remote_id` is the network's own id of it, by which a reconnect finds it again. Its token ends at `expires_at` and
    is renewed from `renew_at` on; the whole authorisation ends at `ends_at`. Until `rests_until` nothing is sent
    through it, whatever `rests_because` says; `allowance` is how many calls the network allows it until
    `allowance_until`.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="accounts")
    channel = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    sealed = models.BinaryField(default=bytes)
    practice = models.BooleanField(default=False)
    needs_reconnect = models.CharField(max_length=500, blank=True)
    connected_at = models.DateTimeField(auto_now_add=True)
    remote_id = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    url = models.CharField(max_length=500, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    renew_at = models.DateTimeField(null=True, blank=True)
    renewed_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    rests_because = models.CharField(max_length=500, blank=True)
    allowance = models.IntegerField(null=True, blank=True)
    allowance_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "channel", "name"], name="account_name_once"),
            models.UniqueConstraint(
                fields=["publication", "channel", "remote_id", "practice"],
                condition=~Q(remote_id=""),
                name="account_identity_once",
            ),
        ]
        indexes = [
            models.Index(fields=["renew_at"], condition=Q(renew_at__isnull=False), name="account_renewal"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.channel})"


class NetworkApp(models.Model):
    """The newsroom's own app at a network, by whose keys accounts are connected in the browser. One a channel."""

    channel = models.CharField(max_length=32)
    practice = models.BooleanField(default=False)
    sealed = models.BinaryField(default=bytes)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "practice"], name="network_app_once")]


class PendingConnection(models.Model):
    """Connecting an account in the browser, while it is under way: from going to the network until the choice.

    `state` comes back from the network and names this row. `sealed` holds what the channel wants kept (secrets), and
    then the identities to choose from. `account` is the one that is connected again, if any.
    """

    state = models.CharField(max_length=64, unique=True)
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=32)
    practice = models.BooleanField(default=False)
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="+")
    sealed = models.BinaryField(default=bytes)
    returned = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
