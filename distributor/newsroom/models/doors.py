"""Doors at which a newsroom's own systems hand in letters, and what arrived at them."""

from __future__ import annotations

from django.db import models

from distributor.letters.models import Letter
from distributor.newsroom.models.rules import IntakeRules


class IntakeDoor(IntakeRules):
    """A place that takes letters from one system: an address with a key that can't be guessed, and a secret.

    Key and secret are sealed together; a call is found by its key's hash. `options`: what its kind needs beside that
    (a mapping, the name of a header, who may send mail).
    """

    class Kind(models.TextChoices):
        GHOST = "ghost"
        WORDPRESS = "wordpress"
        JSON = "json"
        MAIL = "mail"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    key_hash = models.CharField(max_length=64, unique=True)
    sealed_values = models.BinaryField()
    options = models.JSONField(default=dict, blank=True)
    is_open = models.BooleanField(default=True)
    added_by = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Arrival(models.Model):
    """One call or mail that came to a door: written before it is answered, worked on after.

    `call_id` is the same for the same call: a repeated one is no second arrival. `post_key` is the same for all calls
    about one post. What is refused keeps no body; other bodies are kept for a while, so that a person can look at what
    was not understood.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        IGNORED = "ignored"  # proven, and about nothing that concerns us
        ASKS = "asks"  # it may be a letter that is there: a person says which
        FAILED = "failed"
        REFUSED = "refused"  # not proven

    door = models.ForeignKey(IntakeDoor, models.CASCADE, related_name="arrivals")
    at = models.DateTimeField()
    call_id = models.CharField(max_length=64, blank=True)
    post_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    body = models.BinaryField(null=True)
    size = models.PositiveIntegerField(default=0, help_text="bytes")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.TextField(blank=True, help_text="what was done, or why not")
    title = models.CharField(max_length=500, blank=True)
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="+")
    is_news = models.BooleanField(default=False, help_text="it made a new letter")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(help_text="when it is worked on, or again")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["door", "call_id"], condition=~models.Q(call_id=""), name="arrival_once")
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="arrival_due"),
            models.Index(fields=["door", "-at"], name="arrival_newest"),
            models.Index(fields=["door", "post_key"], condition=~models.Q(post_key=""), name="arrival_post"),
        ]

    def __str__(self) -> str:
        return f"{self.door_id}: {self.state}"
