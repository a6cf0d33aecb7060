"""Which posts on the networks are whose."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from distributor.delivery.models.dispatch import Dispatch


class RemotePost(models.Model):
    """One post on a network, by the network's own id, and the one dispatch that holds it.

    `realm` is the account on the network that posted it, since not every network's ids are unique beyond that. What was
    deleted there stays here: its network may list it a while longer.
    """

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="remote_posts")
    channel = models.CharField(max_length=32)
    realm = models.CharField(max_length=220)
    remote_id = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "realm", "remote_id"], name="remote_post_of_one_dispatch"),
        ]
        indexes = [models.Index(fields=["channel", "created_at"], name="remote_post_recent")]

    def __str__(self) -> str:
        return self.remote_id
