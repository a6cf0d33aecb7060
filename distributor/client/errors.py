"""What can go wrong when the API is asked:

ClientError
├── Unreachable          no answer came, however often it was tried
└── ProblemError         the API said no (RFC 9457)
    ├── ConfirmationNeeded   a person has to agree: send it again with `confirmed=True`
    ├── Changed              somebody changed it since it was read
    └── TooManyRequests      the token's limit is met, and waiting was not enough
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ClientError(Exception):
    """The API could not be asked, or said no."""


class Unreachable(ClientError):
    """No answer came. Whether something was done is not known; the same call with the same key finds out."""


class ProblemError(ClientError):
    """The API said no. `kind` is its type for programs (`not-found`), `detail` a sentence for a person.

    `members` are further ones of the problem, such as `errors` of a body or `moments` of a time that is not clear.
    """

    kind = ""
    _kinds: ClassVar[dict[str, type[ProblemError]]] = {}

    def __init__(self, status: int, kind: str, detail: str, members: Mapping[str, Any]) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.members = dict(members)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        ProblemError._kinds[cls.kind] = cls

    @classmethod
    def of(cls, status: int, content: Any) -> ProblemError:
        """Return the error for an answer's content, whatever it is."""
        members = dict(content) if isinstance(content, dict) else {}
        kind = str(members.pop("type", "")).rpartition("#")[2]
        detail = str(members.pop("detail", "") or f"The server answered with status {status}.")
        for name in ("title", "status"):
            members.pop(name, None)
        return cls._kinds.get(kind, ProblemError)(status, kind, detail, members)


class ConfirmationNeeded(ProblemError):
    """A person has to agree to `detail`: send the same again with `confirmed=True` once they do."""

    kind = "confirmation-needed"


class Changed(ProblemError):
    """It has changed since it was read: `members["current"]` is what it says now."""

    kind = "changed"


class TooManyRequests(ProblemError):
    """The token's limit is met, and waiting was not enough."""

    kind = "too-many-requests"
