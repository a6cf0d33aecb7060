"""`DATABASE_URL` as Django wants it."""

from __future__ import annotations

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from distributor import embedded
from distributor.domain.errors import BadSettings

_OWN_KEYS = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}


def database(url: str, *, prepares: bool = True) -> dict[str, Any]:
    """Return Django's settings for one PostgreSQL URL (empty: the embedded server's place).

    `prepares`: whether statements may be prepared on the server at all.

    Raises BadSettings for anything but a PostgreSQL URL; the message does not repeat the URL, which holds a password.
    """
    url = url or embedded.database_url()
    if not url.startswith(("postgresql://", "postgres://")):
        raise BadSettings("DATABASE_URL has to start with postgresql://, no other database will do.")
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise BadSettings("DATABASE_URL can't be understood: write postgresql://user:pass@host:5432/name.") from error
    settings: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql"}
    settings.update({setting: str(parts.pop(key)) for key, setting in _OWN_KEYS.items() if parts.get(key)})
    settings.setdefault("NAME", "distributor")
    # Only what asks for it is prepared on the server: the ledger's statements (distributor.prepared_statements).
    settings["OPTIONS"] = {"connect_timeout": 5, "prepare_threshold": 5 if prepares else None, **parts}
    # They belong to a session, which poolers hand on between transactions: long reads are made in groups (row_groups).
    settings["DISABLE_SERVER_SIDE_CURSORS"] = True
    return settings
