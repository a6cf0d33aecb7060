"""An editor's second factors: codes of an app (TOTP), passkeys, and recovery codes for who has lost them.

allauth keeps them. A code of an app counts once, whichever web process it comes to: the step that was used last is kept
with its secret, and only a later one counts.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_noop

from distributor.domain.errors import BadInput
from distributor.people import audit, sign_in_mails
from distributor.people.roles import roles_of

logger = logging.getLogger(__name__)

APP: Final = Authenticator.Type.TOTP
PASSKEY: Final = Authenticator.Type.WEBAUTHN
CODES: Final = Authenticator.Type.RECOVERY_CODES

# What is told by mail, and the name under which it is recorded.
EVENTS: Final = {
    "two-factor.app": gettext_noop("Codes of an app are asked for from now on."),
    "two-factor.app-off": gettext_noop("Codes of an app are not asked for any more."),
    "two-factor.passkey": gettext_noop("A passkey was added."),
    "two-factor.passkey-off": gettext_noop("A passkey was removed."),
    "two-factor.codes": gettext_noop("New recovery codes were made; the ones before do not count any more."),
    "two-factor.recovery": gettext_noop("Somebody logged in with one of your recovery codes."),
    "two-factor.off": gettext_noop("All second factors were taken off by who runs the installation."),
}
_LAST_STEP: Final = "last_step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One passkey as its owner sees it."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What an editor has beside a password: since when an app, which passkeys, how many recovery codes are left."""

    app_since: datetime | None
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def is_any(self) -> bool:
        """Whether a second factor is asked for at all: recovery codes alone are none."""
        return self.app_since is not None or bool(self.passkeys)

    @property
    def number(self) -> int:
        """How many there are, of which the last may have to stay."""
        return len(self.passkeys) + (self.app_since is not None)


def factors_of(user: User) -> Factors:
    """Return an editor's second factors."""
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    passkeys = [
        Passkey(id=row.pk, name=row.data["name"], created_at=row.created_at, last_used_at=row.last_used_at)
        for row in rows
        if row.type == PASSKEY
    ]
    return Factors(
        app_since=next((row.created_at for row in rows if row.type == APP), None),
        passkeys=passkeys,
        codes_left=sum(len(row.wrap().get_unused_codes()) for row in rows if row.type == CODES),
    )


def is_wanted(user: User) -> bool:
    """Whether this installation asks this editor for a second factor; admins are those of any publication."""
    return settings.TWO_FACTOR == "everyone" or (
        settings.TWO_FACTOR == "admins" and roles_of(user).permits_anywhere("admin")
    )


def is_missing(user: User) -> bool:
    """Whether an editor has no second factor though this installation wants one."""
    return is_wanted(user) and not Authenticator.objects.filter(user=user).exclude(type=CODES).exists()


def check_removal(user: User) -> None:
    """Raise BadInput where an editor's last second factor would go, and this installation wants one."""
    if is_wanted(user) and factors_of(user).number <= 1:
        raise BadInput("This installation wants a second factor of you: add another one before you take this off.")


def use_up(app: Authenticator, code: str) -> bool:
    """Take a code of an app for used; return False where it was before, or a later one. Needs the row's lock."""
    secret = decrypt(app.data["secret"])
    matches = [
        step
        for step in yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))
    ]
    steps = [step for step in matches if step > app.data.get(_LAST_STEP, 0)]
    if not steps:
        return False
    app.data[_LAST_STEP] = steps[0]
    app.save(update_fields=["data"])
    return True


def note(user: User, action: str, *, door: audit.Door = "desk", actor: str = "") -> None:
    """Record what was changed about an editor's second factors (one of `EVENTS`), and tell them by mail."""
    name = user.get_username()
    audit.record(action, actor=actor or name, door=door, subject=f"editor {name}")
    logger.info("%s of %s", action, name, extra={"user_id": user.pk})
    sign_in_mails.tell(user, EVENTS[action])


def take_off(name: str, *, actor: str) -> None:
    """Take all second factors off an editor who has lost them. Raises BadInput for nobody of that name, or none."""
    with transaction.atomic():
        user = get_user_model().objects.filter(username=name.replace("\0", ""), is_staff=True).first()
        if user is None:
            raise BadInput(f"There is no editor “{name}”: “distributor users list” names them.")
        count: tuple[int, dict[str, Any]] = Authenticator.objects.filter(user=user).delete()
        if not count[0]:
            raise BadInput(f"{name} has no second factor.")
        note(user, "two-factor.off", door="command", actor=actor)
