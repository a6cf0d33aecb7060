"""Where tracked links lead."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection

from distributor.domain.errors import BadInput

_MOST = 100_000  # links in a mail; PostgreSQL takes no larger number than an integer here
_DESTINATION = "SELECT variant -> 'data' -> 'links' ->> %s::int FROM delivery_dispatch WHERE id = %s"


@lru_cache(maxsize=4_096)  # what went out does not change, and reading a whole variant costs more than the rest
def destination(dispatch_id: int, number: int) -> str:
    """Return where a link (from 0) of the mail that went out leads. Raises BadInput where there is none."""
    if number < _MOST:
        with connection.cursor() as cursor:
            cursor.execute(_DESTINATION, [number, dispatch_id])
            found = cursor.fetchone()
        if found and found[0]:
            return str(found[0])
    raise BadInput("This link leads nowhere any more: look for it in a newer mail, or on our pages.")
