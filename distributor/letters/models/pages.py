"""What readers see of letters, and who is told of it: pages, their short addresses, pings."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from distributor.letters.models.letters import Letter


class Page(models.Model):
    """A letter as published on the web: the `link` variant that went out. Later edits of the letter don't change it.

    There is one exactly as long as readers can see it: what was taken down is a `TakenDown` instead. So no list, feed,
    digest or sitemap has to remember to leave anything out. `published_at` is when it first was there, `updated_at`
    when this variant of it was put up.
    """

    letter = models.OneToOneField(Letter, models.CASCADE, related_name="page")
    intent = models.UUIDField(unique=True, help_text="the dispatch that published it")
    path = models.CharField(max_length=300, unique=True)
    variant = models.JSONField()
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.path


class TakenDown(models.Model):
    """A page that was there and was taken down: its address says so. Publishing the letter again removes this."""

    letter = models.OneToOneField(Letter, models.CASCADE, related_name="taken_down")
    published_at = models.DateTimeField(help_text="when it first was there")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "taken down"

    def __str__(self) -> str:
        return str(self.letter)


class ShortLink(models.Model):
    """A short address of ours (`/s/CODE`) that leads to one letter's page, as one channel's posts carry it."""

    code = models.CharField(max_length=7, unique=True)
    letter = models.ForeignKey(Letter, models.CASCADE, related_name="short_links")
    channel = models.CharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "channel"], name="short_link_once")]

    def __str__(self) -> str:
        return self.code


class Ping(models.Model):
    """That a service is to be told of a changed address: written with the change itself, so before any call.

    A worker takes it by setting `next_at` to when somebody else may try; `attempts` counts the calls. It stays for a
    while after its end, so that people can see what became of it.
    """

    class Kind(models.TextChoices):
        HUB = "websub"  # `url` is a feed
        INDEX = "indexnow"  # `url` is a page

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    url = models.CharField(max_length=2000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True, help_text="what stands in the way")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "next_at"], condition=models.Q(state="waiting"), name="ping_due")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.url}"
