"""Signed links in mails. They hold no address, and open nothing but what they are for."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing

from distributor.audience import signed_tokens
from distributor.audience.models import Subscriber
from distributor.delivery.models import Dispatch
from distributor.domain.errors import BadInput

_SALT = "distributor.unsubscribe"
_NIL_KEY = UUID(int=0)


class RecipientLinks:
    """The tokens and links of one dispatch's recipients. They never expire: old mails must work."""

    def __init__(self, dispatch_id: int) -> None:
        self._dispatch = dispatch_id
        self._personal = signed_tokens.recipient_tokens()
        self._tracking = signed_tokens.tracking_tokens()
        self._leave = f"{settings.SITE_URL}/u/"

    def of(self, subscriber_id: int) -> dict[str, str]:
        """Return what `Recipient` has of them: `unsubscribe_url`, `token`, `track`."""
        token = self._personal.write(self._dispatch, subscriber_id)
        return {
            "unsubscribe_url": f"{self._leave}{token}/",
            "token": token,
            "track": self._tracking.write(self._dispatch, subscriber_id),
        }


def read_unsubscribe(token: str) -> tuple[UUID, UUID]:
    """Return (subscriber's key, dispatch's key); a nil key for one that is gone.

    Raises BadInput for a token that is not ours or was cut short.
    """
    ids = signed_tokens.recipient_tokens().read(token)
    if ids is None:
        return _read_signed(token)
    dispatch, subscriber = ids
    person = Subscriber.objects.filter(pk=subscriber).values_list("key", flat=True).first()
    return person or _NIL_KEY, Dispatch.objects.filter(pk=dispatch).values_list("key", flat=True).first() or _NIL_KEY


def _read_signed(token: str) -> tuple[UUID, UUID]:
    """Read a token as mails carried it before there were signed tokens."""
    try:
        subscriber, dispatch = signing.Signer(salt=_SALT).unsign(token).split(".")
        return UUID(subscriber), UUID(dispatch)
    except (signing.BadSignature, ValueError):
        raise BadInput(
            "This link is not complete: copy all of it from the mail, or use the link in a newer one."
        ) from None
