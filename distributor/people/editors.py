"""The desk's editors: made, given a new password, deactivated, removed. Every door does it by these functions.

A removed editor's row stays, so that what the log and the tables say of a user's id and name goes on being theirs: the
name is never given to somebody else.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch

from distributor.domain.dispatch_actions import Role
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.people import roles
from distributor.people.models import RoleGrant

logger = logging.getLogger(__name__)

PASSWORD_BYTES = 12  # 96 bits, written in 16 characters


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody who uses the desk, as lists show them: their `role` in all publications, None for none, and in some."""

    id: int
    name: str
    role: Role | None
    roles_in: tuple[tuple[Publication, Role], ...]
    is_active: bool
    last_login: datetime | None

    @property
    def state(self) -> str:
        return "active" if self.is_active else "deactivated"


def editors() -> list[Editor]:
    """Return all editors by name, without those who were removed."""
    grants = RoleGrant.objects.select_related("publication").order_by("publication__name")
    users = get_user_model().objects.filter(is_staff=True).order_by("username")
    return [_editor_line(user) for user in users.prefetch_related(Prefetch("role_grants", grants))]


def _editor_line(user: User) -> Editor:
    grants = [(grant.publication, roles.role_named(grant.role)) for grant in user.role_grants.all()]
    everywhere = next((role for publication, role in grants if publication is None), None)
    return Editor(
        user.pk,
        user.get_username(),
        "admin" if user.is_superuser else everywhere,
        tuple((publication, role) for publication, role in grants if publication is not None),
        user.is_active,
        user.last_login,
    )


def add(
    name: str, password: str = "", *, role: Role = "editor", publication: Publication | None = None, by: str = ""
) -> str:
    """Make an editor and return the password, a new one where none is given. The very first one is an admin of all.

    Their role is that of a `publication`, or of all. `by` is the name of who does it, "" for who runs the installation;
    so it is in all of these functions. Raises BadInput for a name that is or was somebody's or is not allowed, and for
    a password that is too weak.
    """
    users = get_user_model().objects
    if (user := users.filter(username=name).first()) is not None:
        reason = f"There is an editor “{name}” already" if user.is_staff else f"“{name}” was an editor who is removed"
        raise BadInput(f"{reason}: choose another name.")
    if not users.exists():
        role, publication = "admin", None
    user = get_user_model()(username=name, is_staff=True)
    with transaction.atomic():
        password = _set_password(user, password)
        roles.store(user, role, publication)
    _log(user, f"is made, with the role {_role_words(role, publication)}", by)
    return password


def set_password(name: str, password: str = "", *, by: str = "") -> str:
    """Give an editor another password and return it, a new one where none is given; their sessions end.

    Raises BadInput for nobody of that name, and for a password that is too weak.
    """
    with transaction.atomic():
        user = _editor(name)
        password = _set_password(user, password)
        _end_sessions(user)
    _log(user, "has a new password", by)
    return password


def set_role(name: str, role: Role | None, *, publication: Publication | None = None, by: str = "") -> None:
    """Give somebody a role in a publication, or in all; None takes it.

    Raises BadInput for nobody of that name, and for taking it from oneself or from the last admin of all.
    """
    if publication is None and role != "admin":
        with _someone_else_stays(name, by=by, verb=f"made {_with_article(role)}") as user:
            roles.store(user, role, None)
    else:
        with transaction.atomic():
            user = _editor(name)
            if user.get_username() == by:
                raise BadInput("You can't change your own role: ask another admin.")
            roles.store(user, role, publication)
    _log(user, f"has the role {_role_words(role, publication)} now", by)


def _with_article(role: Role | None) -> str:
    return {None: "nothing", "writer": "a writer", "editor": "an editor", "manager": "a manager"}.get(role, "an admin")


def _role_words(role: Role | None, publication: Publication | None) -> str:
    return f"{role or 'nothing'} of {publication.slug}" if publication else str(role or "nothing")


def deactivate(name: str, *, by: str = "") -> None:
    """Keep an editor out until they are activated; their sessions end. Raises BadInput as `set_role` does."""
    with _someone_else_stays(name, by=by, verb="deactivated") as user:
        user.is_active = False
        user.save(update_fields=["is_active"])
        _end_sessions(user)
    _log(user, "is deactivated", by)


def activate(name: str, *, by: str = "") -> None:
    """Let an editor in again. Raises BadInput for nobody of that name."""
    user = _editor(name)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _log(user, "is active again", by)


def remove(name: str, *, by: str = "") -> None:
    """Take an editor's rights and password for good; the name stays theirs. Raises BadInput as `set_role` does."""
    with _someone_else_stays(name, by=by, verb="removed") as user:
        user.is_active = user.is_staff = user.is_superuser = False
        user.role_grants.all().delete()
        user.set_unusable_password()
        user.save(update_fields=["is_active", "is_staff", "is_superuser", "password"])
        _end_sessions(user)
    _log(user, "is removed", by)


def _editor(name: str) -> User:
    user: User | None = get_user_model().objects.filter(username=name.replace("\0", ""), is_staff=True).first()
    if user is None:
        raise BadInput(f"There is no editor “{name}”: “distributor users list” names them.")
    return user


@contextmanager
def _someone_else_stays(name: str, *, by: str, verb: str) -> Iterator[User]:
    """Give out an editor to take rights from, one at a time. Raises BadInput for oneself and for the last admin."""
    with transaction.atomic():
        # All in one order, so that of two admins who remove each other one is left.
        rows = list(get_user_model().objects.select_for_update().filter(is_staff=True).order_by("pk"))
        user = next((row for row in rows if row.get_username() == name), None) or _editor(name)
        if user.get_username() == by:
            raise BadInput(f"You can't be {verb} by yourself: ask another admin.")
        colleagues = [row for row in rows if row.is_active and row.pk != user.pk]
        if user.is_active and user.is_superuser and not any(row.is_superuser for row in colleagues):
            raise BadInput(f"{name} is the last admin and can't be {verb}: make somebody else an admin first.")
        if user.is_active and not colleagues:
            raise BadInput(f"{name} is the last editor and can't be {verb}: make another one first.")
        yield user


def _set_password(user: User, password: str) -> str:
    password = password or secrets.token_urlsafe(PASSWORD_BYTES)
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from None
    user.save()
    return password


def _end_sessions(user: User) -> None:
    """Delete an editor's sessions: those that only don't count would count again once they are activated."""
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def _log(user: User, event: str, by: str) -> None:
    actor = f"by {by}" if by else "by command"
    logger.info("%s %s, %s", user.get_username(), event, actor, extra={"user_id": user.pk})
