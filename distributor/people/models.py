"""Roles, tokens of the API and the answers kept for them, what people prefer, and the record of who did what."""

from __future__ import annotations

from datetime import UTC

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from distributor.domain.times import stamp
from distributor.letters.models import Publication


class RoleGrant(models.Model):
    """A role that somebody has in a publication, or in all of them where it names none.

    Admins of all publications have none for that: they are Django's superusers.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_grants")
    publication = models.ForeignKey(Publication, models.CASCADE, null=True, blank=True, related_name="role_grants")
    role = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "publication"], nulls_distinct=False, name="role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} of {self.publication_id or 'all'}"


class ApiToken(models.Model):
    """What a program shows to act for an editor. The token itself is shown once, and only its SHA-256 is kept.

    `public_id` begins the token and names it in lists; `previous_digest` is what a rotation replaced, which counts
    until `previous_until`. With a `publication` it is for that one alone. `requests_per_minute` is its limit.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    publication = models.ForeignKey(Publication, models.CASCADE, null=True, blank=True, related_name="api_tokens")
    name = models.CharField(max_length=100)
    public_id = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField(max_length=32)
    previous_digest = models.BinaryField(max_length=32, null=True, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    scopes = ArrayField(models.CharField(max_length=32), default=list)
    requests_per_minute = models.PositiveIntegerField(default=1200)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"“{self.name}” ({self.public_id})"


class Preferences(models.Model):
    """What an editor chose for themselves: the `language` of their desk, "" for their browser's."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences", primary_key=True)
    language = models.CharField(max_length=16, blank=True)

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"{self.user_id}: {self.language or 'browser'}"


class StoredAnswer(models.Model):
    """The API's answer to a request with an `Idempotency-Key`, in the transaction of what the request did.

    `fingerprint` is the SHA-256 of method, path and body: the same key with other content is a mistake of the caller.
    `body` is encrypted: it may hold a secret that is shown once.
    """

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="stored_answers")
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answer_of_key_once")]

    def __str__(self) -> str:
        return f"{self.status} to {self.key}"


class AuditEntry(models.Model):
    """One thing that somebody did. Rows are only ever inserted: a trigger refuses changes.

    `actor` is a person's name, on the command line the system's, with the token where a program acted for them. `door`
    is where: `api`, `desk` or `command`. `subject` names what it was done to, such as `dispatch 12`, and `details` are
    what was chosen, without secrets and without readers' addresses; so are `before` and `after`, what it changed.
    `address` is the network address that it was done from, "" on the command line.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=300)
    door = models.CharField(max_length=16)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, blank=True)
    publication = models.ForeignKey(Publication, models.SET_NULL, null=True, blank=True, related_name="audit_entries")
    details = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, db_default={}, blank=True)
    after = models.JSONField(default=dict, db_default={}, blank=True)
    address = models.CharField(max_length=64, default="", db_default="", blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["publication", "-id"], name="audit_of_publication")]

    def __str__(self) -> str:
        return f"{stamp(self.at, UTC)} {self.actor}: {self.action} {self.subject}".rstrip()
