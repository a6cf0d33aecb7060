"""Where an editor is logged in: the list of their sessions, and ending one of them or all others.

Django's table has the sessions themselves; what is known of each, its browser and address, is allauth's UserSession.
One that began before these rows were written is in the list too, without such words: none is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from distributor.client_limits import client_of
from distributor.domain.devices import device_of
from distributor.domain.errors import BadInput

logger = logging.getLogger(__name__)

NOWHERE: Final = "0.0.0.0"  # noqa: S104 # stands for a client whose address is not known
PRECISION: Final = timedelta(minutes=10)  # how exact “last seen” is: each time is two writes
_LAST_USE: Final = "seen_at"  # in the session itself, so that looking costs no query


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorSession:
    """One place where an editor is logged in. `handle` names it on pages: the session's own key is a secret."""

    handle: str
    browser: str = ""
    system: str = ""
    client: str = ""
    begun_at: datetime | None = None
    seen_at: datetime | None = None
    is_current: bool = False


def begin(request: HttpRequest, user: User) -> None:
    """Write down where an editor has logged in just now."""
    request.session[_LAST_USE] = int(timezone.now().timestamp())
    UserSession.objects.create_from_request(request, user=user)


def note_use(request: HttpRequest) -> None:
    """Write down that a session is in use, once in a while."""
    last_use = request.session.get(_LAST_USE)
    now = timezone.now()
    if not isinstance(last_use, int) or now.timestamp() - last_use < PRECISION.total_seconds():
        return
    request.session[_LAST_USE] = int(now.timestamp())
    row = UserSession.objects.filter(session_key=request.session.session_key)
    row.update(last_seen_at=now, ip=client_of(request) or NOWHERE)


def sessions_of(user: User, *, current: str | None) -> list[EditorSession]:
    """Return an editor's sessions: the one with the key `current` first, then those that were seen last."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    sessions = [_session(key, rows.get(key), is_current=key == current) for key in _keys(user)]
    long_ago = datetime.min.replace(tzinfo=timezone.get_default_timezone())
    return sorted(sessions, key=lambda session: (session.is_current, session.seen_at or long_ago), reverse=True)


def end(user: User, handle: str) -> None:
    """End one of an editor's sessions, at once. Raises BadInput where it is over already."""
    keys = [key for key in _keys(user) if _handle(key) == handle]
    if not keys:
        raise BadInput("That session is over already.")
    _delete(user, keys)


def end_rest(user: User, *, current: str | None) -> int:
    """End all of an editor's sessions but the one with the key `current`; return how many there were."""
    keys = [key for key in _keys(user) if key != current]
    _delete(user, keys)
    return len(keys)


def _keys(user: User) -> Iterator[str]:
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            yield session.session_key


def _delete(user: User, keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user, session_key__in=keys).delete()
    if keys:
        logger.info("%s ended %s sessions", user.get_username(), len(keys), extra={"user_id": user.pk})


def _session(key: str, row: UserSession | None, *, is_current: bool) -> EditorSession:
    if row is None:
        return EditorSession(handle=_handle(key), is_current=is_current)
    browser, system = device_of(row.user_agent)
    return EditorSession(
        handle=_handle(key),
        browser=browser,
        system=system,
        client="" if row.ip == NOWHERE else row.ip,
        begun_at=row.created_at,
        seen_at=row.last_seen_at,
        is_current=is_current,
    )


def _handle(key: str) -> str:
    return salted_hmac("distributor.people.sessions", key, algorithm="sha256").hexdigest()[:32]
