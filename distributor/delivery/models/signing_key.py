"""DKIM keys. Their private half is encrypted at rest."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SigningKey(models.Model):
    """One key that mail from a domain is signed with, or will be, or was.

    `domain` and `selector` are in lower-case ASCII; together they name the DNS record, so a selector is never given
    twice. `sealed` holds the private key (see `delivery.accounts.encryption`). Only an `active` key signs: one an
    algorithm.
    """

    domain = models.CharField(max_length=253)
    selector = models.CharField(max_length=63)
    algorithm = models.CharField(max_length=16, choices=[("rsa", "RSA"), ("ed25519", "Ed25519")])
    sealed = models.BinaryField()
    active = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain", "selector"], name="signing_selector_once"),
            models.UniqueConstraint(
                fields=["domain", "algorithm"], condition=Q(active=True), name="signing_one_active_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"
