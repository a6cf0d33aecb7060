"""Signed links in mails. They hold random keys, no address, and open nothing but what they are for."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing

from distributor.domain.errors import BadInput

_SALT = "distributor.unsubscribe"


def unsubscribe_url(subscriber_key: UUID, dispatch_key: UUID) -> str:
    """Return this subscriber's link out of the lists of this dispatch. It never expires, old mails must work."""
    token = signing.Signer(salt=_SALT).sign(f"{subscriber_key.hex}.{dispatch_key.hex}")
    return f"{settings.SITE_URL}/u/{token}/"


def read_unsubscribe(token: str) -> tuple[UUID, UUID]:
    """Return (subscriber's key, dispatch's key). Raises BadInput for a token that is not ours or was cut short."""
    try:
        subscriber, dispatch = signing.Signer(salt=_SALT).unsign(token).split(".")
        return UUID(subscriber), UUID(dispatch)
    except (signing.BadSignature, ValueError):
        raise BadInput(
            "This link is not complete: copy all of it from the mail, or use the link in a newer one."
        ) from None
