"""Many rows in groups, each asked for by itself: no cursor of the server's stays open between two of them.

Such a cursor belongs to one session of PostgreSQL, which a pooler that pools by transaction gives to somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.db.models import QuerySet

Row = TypeVar("Row")


def row_groups(rows: QuerySet[Any, Row], size: int, *, key: Callable[[Row], int]) -> Iterator[list[Row]]:
    """Yield the rows of a query in groups of at most `size`, ordered by primary key, which `key` returns of a row.

    What is added meanwhile behind the last group is among them; nothing is twice.
    """
    rows = rows.order_by("pk")
    group = list(rows[:size])
    while group:
        yield group
        group = list(rows.filter(pk__gt=key(group[-1]))[:size]) if len(group) == size else []
