"""Tokens of the API: made, rotated, revoked, and read. Every door does it by these functions."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from distributor.domain import api_scopes
from distributor.domain.dispatch_actions import Role
from distributor.domain.errors import BadInput, NotPermitted, StateError
from distributor.domain.roles import Actor
from distributor.letters.models import Publication
from distributor.people.models import ApiToken
from distributor.people.roles import roles_of

logger = logging.getLogger(__name__)

PREFIX: Final = "dtk"  # by which scanners of secrets find a token in a repository
SECRET_BYTES: Final = 32
LAST_USE_PRECISION: Final = timedelta(minutes=1)
OVERLAP: Final = timedelta(hours=24)  # for which a rotated token's old secret counts, unless asked otherwise
LONGEST_NAME: Final = 100
REQUESTS_PER_MINUTE: Final = 1200
MOST_REQUESTS_PER_MINUTE: Final = 1_000_000
_TOKEN = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_([\w-]{{43}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it was made: `token` is what the program shows, and is not to be had again."""

    row: ApiToken
    token: str


@dataclass(frozen=True, slots=True)
class Principal:
    """For whom a request acts, and what it may do: an editor's role, narrowed by a token's scopes and publication."""

    token_id: int
    token_name: str
    user_name: str
    role: Role
    scopes: frozenset[str]
    publication: Publication | None
    requests_per_minute: int
    digest: bytes = field(repr=False)  # of the secret that was shown, which may be one that is replaced already

    @property
    def actor(self) -> str:
        """Who it is, for the record."""
        return f"{self.user_name}, by the token “{self.token_name}”"

    @property
    def as_actor(self) -> Actor:
        """Who it is for what asks for a role: the person to whom the token belongs."""
        return Actor(self.role, self.user_name)


def create(
    name: str,
    *,
    owner: str,
    scopes: Iterable[str],
    publication: Publication | None = None,
    expires_at: datetime | None = None,
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    by: str = "",
) -> NewToken:
    """Make a token for an editor, and return it this one time.

    `expires_at` is aware, None for never; `by` is who makes it. Raises BadInput for nobody of that name, no name, a
    time that is past, a limit below 1, and for scopes that there are not.
    """
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise BadInput(f"A token needs a name of at most {LONGEST_NAME} characters, by which you know it again.")
    if expires_at is not None and expires_at <= timezone.now():
        raise BadInput("A token that has expired already lets nobody in: choose a time that is to come.")
    if not 1 <= requests_per_minute <= MOST_REQUESTS_PER_MINUTE:
        raise BadInput(f"A token takes 1 to {MOST_REQUESTS_PER_MINUTE:,} requests a minute.")
    public_id, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
    user = _owner(owner)
    row = ApiToken.objects.create(
        user=user,
        publication=_publication_of(user, publication),
        name=name,
        public_id=public_id,
        digest=_digest(secret),
        scopes=list(api_scopes.scope_names(scopes)),
        requests_per_minute=requests_per_minute,
        created_at=timezone.now(),
        created_by=by[:150],
        expires_at=expires_at,
    )
    logger.info("The token %s of %s is made", row.public_id, owner)
    return NewToken(row, f"{PREFIX}_{public_id}_{secret}")


@transaction.atomic
def rotate(public_id: str, *, overlap: timedelta = OVERLAP, shown: bytes | None = None) -> NewToken:
    """Give a token another secret, and return it this one time; the old one counts for `overlap` more.

    `shown` is the digest of the secret by which a token rotates itself: only its newest one may, so that one that got
    into strange hands can't take the token over. Raises BadInput for a token that there is not, or that is revoked,
    and StateError for a secret that is replaced already.
    """
    row = _get(public_id, lock=True)
    if row.revoked_at is not None:
        raise BadInput(f"The token {row} is revoked: make another one.")
    if shown is not None and not hmac.compare_digest(shown, bytes(row.digest)):
        raise StateError("This secret is replaced already: rotate the token with its newest one.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row.previous_digest, row.previous_until = (row.digest, timezone.now() + overlap) if overlap else (None, None)
    row.digest = _digest(secret)
    row.save(update_fields=["digest", "previous_digest", "previous_until"])
    logger.info("The token %s is rotated", row.public_id)
    return NewToken(row, f"{PREFIX}_{row.public_id}_{secret}")


def revoke(public_id: str) -> ApiToken:
    """Let a token in no more, and return it. Doing it again changes nothing. Raises BadInput for none of that id."""
    row = _get(public_id)
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        logger.info("The token %s is revoked", row.public_id)
    return row


def tokens() -> QuerySet[ApiToken]:
    """Return all tokens, those in use first."""
    return ApiToken.objects.select_related("user", "publication").order_by("revoked_at", "name", "pk")


def state_of(row: ApiToken) -> str:
    """Say whether a token lets anybody in: `active`, `expired`, `revoked`, or `deactivated` with its editor.

    One whose editor has no role any more where it is for is `deactivated`, too.
    """
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at is not None and row.expires_at <= timezone.now():
        return "expired"
    return "active" if _role_of(row) is not None else "deactivated"


def principal_of(token: str) -> Principal | None:
    """Return for whom a token acts; None for what is none, and for one that lets nobody in (any more)."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    row = ApiToken.objects.select_related("user", "publication").filter(public_id=match[1]).first()
    now = timezone.now()
    if row is None or not _is_secret_of(row, match[2], now) or _is_over(row):
        return None
    role = _role_of(row)
    if role is None:
        return None
    if row.last_used_at is None or now - row.last_used_at >= LAST_USE_PRECISION:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return Principal(
        token_id=row.pk,
        token_name=row.name,
        user_name=row.user.get_username(),
        role=role,
        scopes=frozenset(row.scopes),
        publication=row.publication,
        requests_per_minute=row.requests_per_minute,
        digest=_digest(match[2]),
    )


def require(principal: Principal, scope: str) -> None:
    """Raise NotPermitted where a principal lacks a scope."""
    if scope not in principal.scopes:
        raise NotPermitted(f"The token “{principal.token_name}” lacks the scope {scope}: make one that has it.")


def _is_secret_of(row: ApiToken, secret: str, now: datetime) -> bool:
    digest = _digest(secret)
    if hmac.compare_digest(digest, bytes(row.digest)):
        return True
    previous = row.previous_digest
    if previous is None or row.previous_until is None or row.previous_until <= now:
        return False
    return hmac.compare_digest(digest, bytes(previous))


def _digest(secret: str) -> bytes:
    """Return what is kept of a secret. It has 256 random bits, so nobody finds it by trying: a plain hash will do."""
    return hashlib.sha256(secret.encode()).digest()


def _owner(name: str) -> User:
    user: User | None = get_user_model().objects.filter(username=name, is_staff=True, is_active=True).first()
    if user is None:
        raise BadInput(f"There is no active editor “{name}”: “distributor users list” names them.")
    return user


def _is_over(row: ApiToken) -> bool:
    return row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= timezone.now())


def _role_of(row: ApiToken) -> Role | None:
    """Return what a token's owner is in its publication, without one in all: None where it lets nobody in."""
    return roles_of(row.user).role_in(row.publication_id)


def _publication_of(user: User, publication: Publication | None) -> Publication | None:
    """Return which publication a token is for: the named one, or the only one where its owner has a role.

    Raises BadInput where that is none, and for one where they have none.
    """
    roles = roles_of(user)
    if publication is None and roles.everywhere is None:
        rows = list(Publication.objects.filter(pk__in=roles.publications() or ())[:2])
        if len(rows) != 1:
            raise BadInput(f"{user.get_username()} has no role in all publications: say for which one it is.")
        return rows[0]
    if roles.role_in(publication.pk if publication else None) is None:
        raise BadInput(f"{user.get_username()} has no role in that publication: give them one first.")
    return publication


def _get(public_id: str, *, lock: bool = False) -> ApiToken:
    rows = ApiToken.objects.select_related("user", "publication").filter(public_id=public_id)
    row = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if row is None:
        raise BadInput(f"There is no token “{public_id}”: “distributor api token list” names them.")
    return row
