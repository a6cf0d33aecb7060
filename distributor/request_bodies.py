"""How large the body of a request may be: small, unless a view says otherwise.

The limit stands with the view that reads the body. It is kept before Django (`config.request_gate`): Django stores a
whole body, on disk where it is large, before it looks at what the request wants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

MEGABYTE: Final = 1_000_000  # bytes
FORM_ROOM: Final = MEGABYTE  # what a form has beside its file: other fields, separators
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """The most bytes a body may have; `editors_only` says that only who is logged in may send more than a small one."""

    size: int
    editors_only: bool = False

    @property
    def words(self) -> str:
        """The size as people read it."""
        return f"{max(1, self.size // MEGABYTE)} MB"


# Smaller than what Django keeps in memory: it never reaches a disk.
SMALL: Final = BodyLimit(MEGABYTE)


def body_limit(size: int, *, editors_only: bool = False) -> Callable[[View], View]:
    """Let a view have bodies of up to `size` bytes."""

    def mark(view: View) -> View:
        view.__dict__["body_limit"] = BodyLimit(size, editors_only)
        return view

    return mark


def limit_of(view: Callable[..., Any]) -> BodyLimit:
    """Return how large a view's bodies may be, however it is decorated."""
    limit: BodyLimit = getattr(view, "body_limit", SMALL)
    return limit
