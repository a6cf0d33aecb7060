"""What a token of the API may be allowed: one table, from which tokens, routes and their documentation are made.

A scope is `KIND:DEED`. It never gives more than the role of the person to whom the token belongs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from distributor.domain.dispatch_actions import Role
from distributor.domain.errors import BadInput

SCOPES: Final[dict[str, str]] = {
    "letters:read": "Read letters, their versions, variants and pictures.",
    "letters:write": "Make and change letters, their variants and pictures. Nothing is sent by it.",
    "dispatches:read": "Read dispatches and their progress.",
    "dispatches:write": "Queue letters as drafts; move, pause, take back, cancel and recall dispatches.",
    "dispatches:approve": "Approve, release, resume and send again, also queue approved: what lets things go out.",
    "people:read": "Read lists, subscribers, segments and imports.",
    "people:write": "Add, change, import, unsubscribe and erase subscribers; make lists and segments.",
    "returns:read": "Read suppressions and what came back.",
    "returns:write": "Suppress addresses, lift suppressions, decide on and undo what came back.",
    "accounts:read": "Read connected accounts and how they are; never their keys.",
    "publications:read": "Read publications, their settings, feeds and templates.",
    "publications:write": "Change publications, their settings, feeds, intake doors and templates.",
    "reports:read": "Read reports, figures and the Top 10.",
    "mail:send": "Send transactional mail to one person.",
    "events:read": "Follow the stream of events.",
    "webhooks:read": "Read webhook endpoints and their attempts; never their secrets.",
    "webhooks:write": "Make, change, test and replay webhook endpoints.",
    "audit:read": "Read who did what.",
}
# What whoever the token belongs to has to be, at least; operations may ask for more, or say that less will do.
LEAST_ROLE: Final[dict[str, Role]] = {
    "letters:read": "writer",
    "letters:write": "writer",
    "dispatches:read": "writer",
    "dispatches:write": "writer",  # each action asks for its own role
    "publications:read": "writer",
    "publications:write": "manager",
    "reports:read": "writer",
    "audit:read": "manager",
    "webhooks:read": "admin",
    "webhooks:write": "admin",
}
READING: Final = tuple(scope for scope in SCOPES if scope.endswith(":read"))


def least_role(scope: str) -> Role:
    """Return what the owner of a token has to be for a scope, at least; for "" anything."""
    return LEAST_ROLE.get(scope, "editor") if scope else "writer"


def scope_names(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return these scopes in the order of the table, each once; `read` stands for all that only read.

    Raises BadInput for none, and for one that there is not.
    """
    names = {name for scope in scopes for name in (READING if scope == "read" else (scope.strip(),)) if name}
    if unknown := sorted(names - SCOPES.keys()):
        raise BadInput(f"There is no scope “{unknown[0]}”: choose from read, {', '.join(SCOPES)}.")
    if not names:
        raise BadInput("A token without a scope can do nothing: name at least one, such as letters:read.")
    return tuple(scope for scope in SCOPES if scope in names)
