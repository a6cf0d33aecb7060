"""What an installation goes through in the middle of a mailing, each done on purpose and undone again.

Django has to be set up. An ordeal begins when a part of the mailing is out, and returns when it is over; the rest is
sent after it, or has been sent meanwhile.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from benchmarks.support import house
from benchmarks.support.disturbances import Scene
from benchmarks.support.world import World
from distributor.audience import privacy
from distributor.audience.models import Subscriber
from distributor.delivery.models import Dispatch

FAKE_CLOCK = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")  # Debian's package faketime
HOURS_OFF = 30
BEATS = 5
ERASED = 200
GRACE_SECONDS = 2.0  # what was on its way when someone was erased has arrived by then
BALLAST_STEP = 1 << 20
BALLAST_FINEST = 1 << 9


@dataclass(slots=True)
class Stage:
    """Where an ordeal takes place: the `scene`, the `world` whose mailing is under way, and the data folder `home`.

    `folder` is for what is not the installation's. `seconds` is how long it lasts. `erased` and `arrived_by` are what
    erasing leaves behind: the addresses, and whom the relay had taken mail for soon after; `figures` are further ones.
    """

    scene: Scene
    world: World
    home: Path
    folder: Path
    seconds: float
    erased: list[str] = field(default_factory=list)
    arrived_by: set[str] = field(default_factory=set)
    figures: dict[str, int] = field(default_factory=dict)


def fill_disk(stage: Stage) -> None:
    """Leave the data folder's file system without a byte, for PostgreSQL, Redis and the logs alike."""
    ballast = stage.home / "ballast"
    deadline = time.monotonic() + stage.seconds
    try:
        while time.monotonic() < deadline:
            _fill(ballast)  # what has become free meanwhile as well
            time.sleep(0.1)
    finally:
        ballast.unlink(missing_ok=True)


def _fill(ballast: Path) -> None:
    step = BALLAST_STEP
    with ballast.open("ab", buffering=0) as file:
        while step >= BALLAST_FINEST:
            try:
                file.write(b"\0" * step)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                step //= 2


def terminate(stage: Stage) -> None:
    """Ask workers and beat to end, as a new version's installation does, and start them again; three times."""
    for _ in range(3):
        for child in (*stage.scene.workers, stage.scene.beat):
            child.stop()
            child.start()
        time.sleep(stage.seconds / 3)


def erase(stage: Stage) -> None:
    """Erase people who are on the list, one after the other, some of whom have their mail and some have not."""
    people = Subscriber.objects.filter(subscriptions__list=stage.world.readers).order_by("?")[:ERASED]
    for email in list(people.values_list("email", flat=True)):
        privacy.erase(email)
        stage.erased.append(email.lower())
        time.sleep(stage.seconds / ERASED)
    time.sleep(GRACE_SECONDS)
    stage.arrived_by = addresses_in(stage.scene.relay.record)


def addresses_in(record: Path) -> set[str]:
    """Return whom a relay's record says that it took mail for."""
    lines = record.read_text(encoding="utf-8").splitlines()
    return {words[2].lower() for words in map(str.split, lines) if len(words) == 3 and words[0] == "A"}


def add_beats(stage: Stage) -> None:
    """Have several beats, as after a mistake in starting them."""
    with house.run_children(*(house.beat(stage.folder, name=f"beat{number}") for number in range(1, BEATS))):
        time.sleep(stage.seconds)


def shift_clocks(stage: Stage) -> None:
    """Have beats and workers beside the others whose clocks are 30 hours ahead and behind.

    A letter that is due tomorrow waits meanwhile: `released_early` counts whether it went out.
    """
    tomorrow = stage.world.queue("4k", number=2)
    Dispatch.objects.filter(pk=tomorrow.pk).update(due_at=timezone.now() + timedelta(hours=HOURS_OFF - 6))
    children = [
        child
        for name, hours in (("ahead", f"+{HOURS_OFF}h"), ("behind", f"-{HOURS_OFF}h"))
        for child in (
            house.beat(stage.folder, name=f"beat-{name}", environment=_clock(hours)),
            house.worker(stage.folder, processes=1, name=f"worker-{name}", environment=_clock(hours)),
        )
    ]
    with house.run_children(*children):
        time.sleep(stage.seconds)
    close_old_connections()
    tomorrow.refresh_from_db()
    stage.figures["released_early"] = int(tomorrow.released_at is not None)
    stage.figures["died_under_another_clock"] = sum(child.died() for child in children)


def _clock(offset: str) -> dict[str, str]:
    return {"LD_PRELOAD": str(FAKE_CLOCK), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def flush_redis(stage: Stage) -> None:
    """Empty Redis, again and again."""
    deadline = time.monotonic() + stage.seconds
    while time.monotonic() < deadline:
        stage.scene.empty_redis()
        time.sleep(0.2)


def fill_redis(stage: Stage) -> None:
    """Let Redis refuse whatever needs memory."""
    with _redis_configured({"maxmemory": "1", "maxmemory-policy": "noeviction"}):
        time.sleep(stage.seconds)


def freeze_redis(stage: Stage) -> None:
    """Make Redis read only, as a replica of a server that is away."""
    with house.broker() as client:
        client.replicaof("127.0.0.1", 1)
    try:
        time.sleep(stage.seconds)
    finally:
        with house.broker() as client:
            client.replicaof("NO", "ONE")


@contextmanager
def _redis_configured(settings: Mapping[str, str]) -> Iterator[None]:
    with house.broker() as client:
        previous: dict[str, Any] = {name: client.config_get(name)[name] for name in settings}
        for name, value in settings.items():
            client.config_set(name, value)
    try:
        yield
    finally:
        with house.broker() as client:
            for name, value in previous.items():
                client.config_set(name, value)


@dataclass(frozen=True, slots=True)
class Ordeal:
    """One thing to go through. `excuses_repeats`: it may end a connection on whose last mails nothing was recorded."""

    happen: Callable[[Stage], None]
    excuses_repeats: bool = False


ORDEALS: dict[str, Ordeal] = {
    "disk-full": Ordeal(fill_disk, excuses_repeats=True),
    "sigterm": Ordeal(terminate),
    "erasing": Ordeal(erase),
    "several-beats": Ordeal(add_beats),
    "clocks-off": Ordeal(shift_clocks),
    "redis-flushed": Ordeal(flush_redis),
    "redis-full": Ordeal(fill_redis),
    "redis-read-only": Ordeal(freeze_redis),
}


def hindrance(name: str) -> str:
    """Return why an ordeal can't be done here, "" where it can."""
    if name == "clocks-off" and not FAKE_CLOCK.exists():
        return "the package faketime is not installed"
    return ""
