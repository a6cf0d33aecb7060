"""Which publications a request on the desk is about, so that every list, form and search is narrowed to them alike.

`access` sets it for as long as a view answers: those in which whoever asks may do what the view is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
_SCOPE: ContextVar[frozenset[int] | None] = ContextVar("publication_scope", default=None)


@contextmanager
def scope(publication_ids: frozenset[int] | None) -> Iterator[None]:
    """Let everything inside be about these publications alone, None for all."""
    token = _SCOPE.set(publication_ids)
    try:
        yield
    finally:
        _SCOPE.reset(token)


def narrow(rows: QuerySet[M], path: str = "publication") -> QuerySet[M]:
    """Return the rows of the request's publications: `path` leads from a row to its own, "pk" from the rows of them."""
    publication_ids = _SCOPE.get()
    return rows if publication_ids is None else rows.filter(**{f"{path}__in": publication_ids})


def includes(publication_id: int) -> bool:
    """Whether a publication is one of the request's."""
    publication_ids = _SCOPE.get()
    return publication_ids is None or publication_id in publication_ids


def is_whole() -> bool:
    """Whether the request is about all publications."""
    return _SCOPE.get() is None
