"""Addresses that get no mail any more."""

from __future__ import annotations

from collections.abc import Iterable

from distributor.audience.models import Suppression


def suppress(addresses: Iterable[tuple[str, str]], *, reason: Suppression.Reason) -> None:
    """Suppress (address, detail) pairs; one that is suppressed already stays as it is."""
    Suppression.objects.bulk_create(
        (Suppression(email=email, reason=reason, detail=detail[:300]) for email, detail in addresses),
        ignore_conflicts=True,
    )
