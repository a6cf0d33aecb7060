"""What people get notices of: one table, from which the mails, the desk's switches and who is concerned are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from distributor.domain.dispatch_actions import Role


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice. Whoever is `role` in the publication, or more, is concerned.

    What happened waits for `wait`, so that what comes with it is in the same mail, and so that what somebody deals with
    meanwhile is in none. After a mail the next one of the kind comes `quiet` later at the earliest.
    """

    name: str
    label: str
    help: str
    role: Role
    wait: timedelta = timedelta()
    quiet: timedelta = timedelta()


APPROVAL: Final = "approval"
STOP: Final = "stop"
ACCOUNT: Final = "account"
IMPORT: Final = "import"
FIGURES: Final = "figures"

KINDS: Final[Mapping[str, NoticeKind]] = {
    kind.name: kind
    for kind in (
        NoticeKind(
            APPROVAL,
            "Waiting for approval",
            "A letter is queued as a draft, and nobody has approved it within five minutes.",
            "editor",
            wait=timedelta(minutes=5),
            quiet=timedelta(minutes=30),
        ),
        NoticeKind(
            STOP,
            "Going out failed",
            "A mailing or a post was refused, has stopped, or may be out without an answer.",
            "editor",
            wait=timedelta(minutes=1),
            quiet=timedelta(minutes=30),
        ),
        NoticeKind(
            ACCOUNT,
            "An account needs a person",
            "An account has to be connected again, or its authorisation ends within a week.",
            "manager",
            wait=timedelta(minutes=1),
            quiet=timedelta(minutes=30),
        ),
        NoticeKind(
            IMPORT,
            "An import is done",
            "A file of people is on its list.",
            "editor",
            quiet=timedelta(minutes=5),
        ),
        NoticeKind(
            FIGURES,
            "The week’s figures",
            "Each Monday at 8:00 in the publication’s time zone: what went out, was opened, and who came and left.",
            "writer",
        ),
    )
}
