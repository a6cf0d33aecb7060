"""Django, PostgreSQL and Redis for commands that need them."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from distributor.domain.errors import BadSettings, ServiceAway

T = TypeVar("T")
PAUSES = (0.2, 0.5, 1.0)  # between tries: long enough for a restart to end, short enough for a person to wait


@contextmanager
def database(*, wakes: bool = False) -> Iterator[None]:
    """Have PostgreSQL and Django ready for the block; with `wakes` also Redis, for what wakes workers.

    Raises ServiceAway where one does not answer after a few tries, also when that happens during the block, and
    BadSettings for a database without tables. An embedded one gets its tables here.
    """
    from distributor import embedded

    with embedded.run():
        set_up_django()
        from django.db import OperationalError, ProgrammingError, connection

        try:
            retry(connection.ensure_connection, OperationalError, database_away)
            if wakes:
                reach_broker()
            _check_tables()
            yield
        except OperationalError as error:
            raise ServiceAway(database_away()) from error
        except ProgrammingError as error:
            if getattr(error.__cause__, "sqlstate", "") != UNDEFINED_TABLE:
                raise
            raise BadSettings(_NO_TABLES) from error
        finally:
            connection.close()


UNDEFINED_TABLE = "42P01"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
_NO_TABLES = "The database has no tables for this yet: run “distributor manage migrate”, then try again."

# What a command does to dispatches and editors it says itself.
_TOLD_BY_COMMANDS = (
    "distributor.delivery.recovery",
    "distributor.delivery.transitions",
    "distributor.newsroom.feed_actions",
    "distributor.newsroom.feed_looks",
    "distributor.people.editors",
)


def set_up_django() -> None:
    """Load settings and apps, once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
        for name in _TOLD_BY_COMMANDS:
            logging.getLogger(name).setLevel(logging.ERROR)


def retry(call: Callable[[], T], away: type[Exception] | tuple[type[Exception], ...], message: Callable[[], str]) -> T:
    """Return what `call` returns; where a few tries raise `away`, raise ServiceAway with the sentence `message`."""
    for pause in PAUSES:
        try:
            return call()
        except away:
            time.sleep(pause)
    try:
        return call()
    except away as error:
        raise ServiceAway(message()) from error


def database_away() -> str:
    """Say where PostgreSQL was looked for; neither user nor password."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    place = f"{database.get('HOST') or 'localhost'}:{database.get('PORT') or 5432}"
    return f"PostgreSQL does not answer at {place} as DATABASE_URL has it: start it, or correct that and its password."


def reach_broker() -> None:
    """Raise ServiceAway where Redis does not answer after a few tries."""
    from kombu.exceptions import OperationalError
    from redis.exceptions import RedisError

    from distributor.broker_connections import broker_connection

    def ping() -> None:
        with broker_connection() as broker:
            broker.ensure_connection(max_retries=0, timeout=2, reraise_as_library_errors=False)

    def away() -> str:
        return "Redis does not answer as REDIS_URL has it: start it, or correct that and its password."

    retry(ping, (OperationalError, RedisError, OSError), away)


def migrate() -> None:
    """Bring the database's tables up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _check_tables() -> None:
    """Make the tables of an embedded database that has none; say what to do for any other one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if cursor.fetchone()[0]:
            return
    from distributor import embedded

    if os.environ.get("DATABASE_URL") != embedded.database_url():
        raise BadSettings(_NO_TABLES)
    migrate()
