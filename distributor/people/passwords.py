"""A new password for who has forgotten theirs: by a link to their mail address, which works once and for an hour."""

from __future__ import annotations

import logging
from collections.abc import Callable

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction

from distributor.domain.mail_addresses import normal_address
from distributor.people import audit, editors, sign_in_mails

logger = logging.getLogger(__name__)


def holders(address: str) -> list[User]:
    """Return the active editors whose mail address this is."""
    email = normal_address(address)
    if email is None:
        return []
    return list(get_user_model().objects.filter(email__iexact=email, is_active=True, is_staff=True).order_by("pk"))


def send_links(address: str, link_of: Callable[[User], str]) -> int:
    """Send each editor who has this address a link for a new password; return how many mails are on their way.

    Whoever asks must not be told that number. For an address that nobody has the same work is done.
    """
    users = holders(address)
    if not users:
        stranger = User(username="nobody", pk=0)
        sign_in_mails.send_reset(stranger, link_of(stranger), rehearsal=True)
    return sum(sign_in_mails.send_reset(user, link_of(user)) for user in users)


def reset(user: User, password: str, *, client: str) -> None:
    """Give an editor the password that they chose by such a link: all of their sessions end.

    The failures that were counted of them from `client` are forgotten. Raises BadInput for one that is too weak.
    """
    name = user.get_username()
    with transaction.atomic():
        editors.set_password(name, password, by=name)
        audit.record("password.reset", actor=name, door="desk", subject=f"editor {name}")
    AxesProxyHandler.reset_attempts(username=name, ip_address=client)
    logger.info("%s set a new password by a link", name, extra={"user_id": user.pk, "client": client})
    sign_in_mails.tell(user, sign_in_mails.PASSWORD)
