"""The database of the tests: emptied between them, and quick to write to."""

from __future__ import annotations

from pathlib import Path

import psycopg
from django.db import connection, transaction

# Made once by `migrate`, and never changed by a test.
KEPT = ("django_migrations", "django_content_type", "auth_permission")

# Most tests write a few rows to a few tables. To delete those takes milliseconds; to truncate all tables, as Django
# does it, a fifth of a second. A table that has grown large is truncated: its dead rows would slow the tests to come.
# The lock waits for whoever is still writing: a killed worker's statement may yet be committed.
_EMPTY = """
DO $$
DECLARE
    name text;
    filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;  -- all rows go, so none needs to be looked at for who refers to it
    LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE;
    FOREACH name IN ARRAY ARRAY[{names}] LOOP
        IF pg_relation_size(name) > 512 * 1024 THEN
            EXECUTE format('TRUNCATE %s CASCADE', name);
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
            IF filled THEN
                EXECUTE format('DELETE FROM %s', name);
            END IF;
        END IF;
    END LOOP;
END $$
"""


# Nothing is kept safe from a power cut: no test outlives the machine.
_UNSAFE = ("fsync", "full_page_writes", "synchronous_commit")


def be_quick(url: str) -> None:
    """Let an embedded server that runs be quick to write to."""
    with psycopg.connect(url, autocommit=True) as server:
        for setting in _UNSAFE:
            server.execute(f"ALTER SYSTEM SET {setting} = off")
        server.execute("SELECT pg_reload_conf()")


def be_quick_from_the_start(folder: Path) -> None:
    """Let the server of an embedded database's folder, which does not run, be quick to write to."""
    with (folder / "postgresql.auto.conf").open("a") as settings:
        settings.writelines(f"{setting} = off\n" for setting in _UNSAFE)


def empty() -> None:
    """Delete everything that tests have written, and close the connection where it can't be used any more."""
    tables = [
        connection.ops.quote_name(name)
        for name in connection.introspection.django_table_names(only_existing=True, include_views=False)
        if name not in KEPT
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EMPTY.format(tables=", ".join(tables), names=", ".join(f"'{table}'" for table in tables)))
