"""Whether this database is the one that sent last: it may have been restored from a backup, or copied to another place.

Its epoch counts the seconds in which anything could go out, and is written down outside of it as well: in Redis and in
the data folder, under the database's own key. A database whose epoch is lower than what is known outside has gone back
in time. One that has sent before, and that nobody outside knows, stands in another place. Either way what looks due may
be out already, so nothing is sent until a person has said what to do (`recovery`).

The embedded database lies in the data folder, and is copied together with what is written down there. So the number
that the file system gave to its folder is written down as well: a copy, or what a backup puts there, has another one.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from distributor import paths
from distributor.delivery.models import Epoch
from distributor.embedded import postgres
from distributor.redis_clients import brief_client

logger = logging.getLogger(__name__)

WENT_BACK = (
    "The database went back in time, as after a restore: what looks due may be out already, so nothing is sent. "
    "Run “distributor recover”."
)
ELSEWHERE = (
    "The database has sent before, and neither Redis nor the data folder here knows of it: it was restored, or copied "
    "from elsewhere. What looks due may be out already, so nothing is sent. Run “distributor recover”."
)
COPIED = (
    "The data folder's database was copied or put back from a backup: what looks due may be out already, or be sent by "
    "the other copy as well, so nothing is sent. Run “distributor recover”."
)
WAITS = "Nothing is sent until a person says what to do: “distributor recover”."
AWAY_SECONDS = 5.0  # for which Redis is not asked again
KEPT = 20  # databases that a data folder remembers, the latest
_FOLDER = "folder"  # under which the number of the embedded database's folder is written down, beside the epochs

# Written at most once a second, by whichever tick comes first. By the database's clock, as all of them.
_ADVANCE = """
UPDATE delivery_epoch SET number = number + 1, at = clock_timestamp()
WHERE held_because = '' AND at < clock_timestamp() - interval '1 second'
RETURNING key, number
"""


def advance() -> bool:
    """Look whether anything may be sent, and count on; to be called by each tick, outside of a transaction.

    Returns whether it may. Where it may not, that is noted in the database, so that everyone can say why.
    """
    outside = _outside()  # before the database is read: it is never behind what was written down before
    epoch = _epoch()
    if outside.number is None and not epoch.number:
        write_down(epoch.key, 0)  # before it counts: whoever counts is known outside
    elif not epoch.held_because and outside.number is None and outside.complete and _is_known_nowhere():
        hold(ELSEWHERE)
        return False
    if not epoch.held_because and outside.number is not None and epoch.number < outside.number:
        hold(WENT_BACK)
        return False
    if not epoch.held_because and outside.copied and epoch.number:
        hold(COPIED)
        return False
    if epoch.held_because:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE)
        row = cursor.fetchone()
    if row is not None:
        write_down(*row)
    return True


def may_send() -> bool:
    """Whether this database may send: asked before each turn of a mailing and each post."""
    outside = _outside()
    epoch = _epoch()
    is_behind = outside.number is not None and epoch.number < outside.number
    return not (epoch.held_because or is_behind or (outside.copied and epoch.number))


def held_because() -> str:
    """Return why nothing is sent until a person decides, "" where it is."""
    return Epoch.objects.values_list("held_because", flat=True).first() or ""


def held_at() -> datetime | None:
    """Return since when nothing is sent, None where it is."""
    return Epoch.objects.exclude(held_because="").values_list("held_at", flat=True).first()


def hold(sentence: str) -> None:
    """Send nothing from now on; the sentence says why."""
    if Epoch.objects.filter(held_because="").update(held_because=sentence, held_at=timezone.now()):
        logger.error("%s", sentence)


def last_sent() -> datetime | None:
    """Return when this database last could send anything, None where it never did."""
    return Epoch.objects.filter(number__gt=0).values_list("at", flat=True).first()


def resume() -> None:
    """Let it send again: from now on this database is the one that everyone outside knows."""
    number = max(_epoch().number, _outside().number or 0) + 1
    Epoch.objects.update(number=number, at=timezone.now(), held_because="", held_at=None)
    write_down(_epoch().key, number)


def write_down(key: UUID, number: int) -> None:
    """Write an epoch down outside of the database. One place is enough: the other one may be away, or full."""
    _ask_redis(lambda redis: redis.set(_name(key), number))
    numbers = {name: count for name, count in _in_folder().items() if name not in {str(key), _FOLDER}}
    latest = dict(list(numbers.items())[1 - KEPT :])
    folder_number = _folder_number()
    place = {} if folder_number is None else {_FOLDER: folder_number}
    try:
        _replace(_file(), json.dumps({**place, **latest, str(key): number}))
    except OSError as error:
        logger.warning("The epoch could not be written to the data folder: %s", error.strerror)


@dataclass(frozen=True, slots=True)
class _Outside:
    """The highest number that is known outside, None for none; `complete`: both places could be asked.

    `copied`: the embedded database lies in another folder than the one that was written down.
    """

    number: int | None
    complete: bool
    copied: bool


def _outside() -> _Outside:
    key = _epoch().key
    in_folder = _in_folder()
    numbers = [in_folder.get(str(key))]
    answered, text = _ask_redis(lambda redis: redis.get(_name(key)))
    with suppress(TypeError, ValueError):
        numbers.append(int(text))
    copied = in_folder.get(_FOLDER, folder_number := _folder_number()) != folder_number and folder_number is not None
    return _Outside(max((number for number in numbers if number is not None), default=None), answered, copied)


def _folder_number() -> int | None:
    """Return the number of the embedded database's folder in its file system, None where another database is used.

    It stays when the folder is moved and when the machine starts anew; a copy has another one.
    """
    if not postgres.is_at(connection.settings_dict["HOST"]):
        return None
    with suppress(OSError):
        return postgres.database_folder().stat().st_ino
    return None


def _is_known_nowhere() -> bool:
    """Look again, now that the database was read: another process may have written it down and counted meanwhile."""
    outside = _outside()
    return outside.number is None and outside.complete


def _epoch() -> Epoch:
    return Epoch.objects.first() or Epoch.objects.get_or_create(pk=1)[0]


_asked_again_at = 0.0


def _ask_redis(call: Callable[[Redis], Any]) -> tuple[bool, Any]:
    """Return whether Redis answers, and what. While it is away it is asked once in `AWAY_SECONDS`."""
    global _asked_again_at
    if time.monotonic() < _asked_again_at:
        return False, None
    try:
        return True, call(brief_client(settings.REDIS_URL, decode_responses=True))
    except (RedisError, OSError, ValueError) as error:
        _asked_again_at = time.monotonic() + AWAY_SECONDS
        logger.debug("The epoch is not in Redis for now: %s", type(error).__name__)
        return False, None


def _in_folder() -> dict[str, int]:
    try:
        numbers = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): int(number) for key, number in numbers.items()} if isinstance(numbers, dict) else {}


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    new.chmod(0o600)
    new.replace(path)


def _file() -> Path:
    return paths.home() / "epochs.json"


def _name(key: UUID) -> str:
    return f"distributor:epoch:{key}"
