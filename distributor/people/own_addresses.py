"""An editor's own mail address: theirs once they have followed a link that was sent there."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction

from distributor.domain.errors import BadInput
from distributor.domain.mail_addresses import normal_address
from distributor.people import audit, sign_in_mails

logger = logging.getLogger(__name__)

VALID: Final = timedelta(days=1)
_SALT: Final = "distributor.people.own_addresses"


def proposal(user: User, address: str) -> tuple[str, str]:
    """Return an address as it is stored, and the token that makes it this editor's. Raises BadInput for none."""
    email = normal_address(address)
    if email is None:
        raise BadInput("That is no mail address: write one such as name@example.com.")
    return email, signing.dumps([user.pk, user.email, email], salt=_SALT)


def address_in(user: User, token: str) -> str:
    """Return the address that a token makes this editor's. Raises BadInput where it does so no more."""
    try:
        owner, before, email = signing.loads(token, salt=_SALT, max_age=VALID)
    except signing.BadSignature:
        owner, before, email = None, "", ""
    if owner != user.pk or before != user.email:
        raise BadInput("This link does not count any more: ask for a new one.")
    return str(email)


def confirm(user: User, token: str) -> str:
    """Make the address that a token names this editor's, and return it. The one before is told.

    Raises BadInput where the token does not count, and where another editor has the address.
    """
    with transaction.atomic():
        row = get_user_model().objects.select_for_update().get(pk=user.pk)
        email = address_in(row, token)
        if get_user_model().objects.filter(email__iexact=email, is_staff=True).exclude(pk=row.pk).exists():
            raise BadInput("Another editor has this address: use one of your own.")
        before, row.email = row.email, email
        row.save(update_fields=["email"])
        audit.record("address.change", actor=row.get_username(), door="desk", subject=f"editor {row.get_username()}")
    logger.info("%s has another mail address", row.get_username(), extra={"user_id": row.pk})
    sign_in_mails.tell(row, sign_in_mails.ADDRESS, email=before)
    return email
