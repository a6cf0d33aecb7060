"""What a mailing goes through, and whether all get their letter: a full disk, wrong clocks, a Redis that refuses …

    python benchmarks/ordeals.py [--recipients 20000] [--seconds 6] [--only NAME,NAME] [--json]

For each ordeal a letter goes to that many people through a relay that writes down what it takes. In the middle of it,
for some seconds: the data folder's file system is full (needs root, for a small file system of its own) · workers and
beat are told to end and started again, three times · 200 of the recipients are erased · five beats run · beats and
workers run whose clocks are 30 hours off (needs Debian's faketime) · Redis is emptied five times a second, is full, or
is read only. Then it is over, and the mailing ends by itself; a person resumes it where it has paused.

The relay's record is compared with the ledger: nobody lost, nobody twice; with a full disk, which ends processes, at
most two mails for each connection. Nobody who was erased gets mail two seconds later, and what is due tomorrow is not
released today. Ends with 1 where a goal is not met.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.disturbances import Relay, Scene
from benchmarks.support.figures import Goal, show
from benchmarks.support.house import beat, separate_house, worker

NAMES = (
    "disk-full",
    "sigterm",
    "erasing",
    "several-beats",
    "clocks-off",
    "redis-flushed",
    "redis-full",
    "redis-read-only",
)
CONNECTIONS = 10
WORKERS = 2
RATE = 1_500  # messages a second that the relay takes
LEASE_SECONDS = 3
DISK_MEGABYTES = 700


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each lasts")
    parser.add_argument("--only", default="", help=f"names, by commas: {', '.join(NAMES)}")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    names = [name for name in arguments.only.split(",") if name] or list(NAMES)
    if unknown := set(names) - set(NAMES):
        parser.error(f"there is no ordeal called {', '.join(sorted(unknown))}")
    figures: dict[str, Any] = {"recipients": arguments.recipients, "lasting_s": arguments.seconds}
    with _file_system() as home, tempfile.TemporaryDirectory(prefix="distributor-relay-") as outside:
        is_small = home is not None
        with separate_house(home, DISTRIBUTOR_LEASE_SECONDS=str(LEASE_SECONDS)) as folder:
            for number, name in enumerate(names):
                why_not = _hindrance(name, is_small=is_small)
                if why_not:
                    print(f"{name} is not done: {why_not}.", file=sys.stderr)
                    continue
                (Path(outside) / name).mkdir()
                for figure, value in measure(folder, Path(outside) / name, name, arguments, number).items():
                    figures[f"{name}_{figure}"] = value
    goals = _goals(names)
    show(figures, goals, as_json=arguments.json)
    if any(goal.met(figures) is False for goal in goals):
        sys.exit(1)


def measure(home: Path, outside: Path, name: str, arguments: argparse.Namespace, number: int) -> dict[str, Any]:
    """Send one letter through an ordeal and return what became of everyone.

    `home` is the data folder; what is not the installation's (the relay, its record, the logs) is `outside` of it.
    `number` counts the ordeals: each has people of its own, since a mailing suppresses those who are gone.
    """
    from benchmarks.support import campaign, verdicts  # Django is set up by now
    from benchmarks.support.ordeals import ORDEALS, Stage, addresses_in
    from benchmarks.support.overseer import Overseer, Standstill, addresses, outcomes_by_address
    from benchmarks.support.world import make_world

    ordeal, relay = ORDEALS[name], Relay(outside)
    workers = [worker(outside, processes=1, name=f"worker{count}") for count in range(WORKERS)]
    scene = Scene(workers, beat(outside), relay, random.Random(1))
    with ExitStack() as stack:
        stack.callback(relay.child.kill)
        relay.start()
        for child in (*workers, scene.beat):
            stack.callback(child.kill)
            child.start()
        url = campaign.relay_url(relay.port, CONNECTIONS)
        first = number * arguments.recipients
        world = make_world(home, slug=name, relay=url, recipients=arguments.recipients, size="4k", first=first)
        people = addresses(world.readers.pk)
        overseer = Overseer(world.queue("4k").pk, scene, arguments.recipients, RATE)
        stage = Stage(scene, world, home, outside, arguments.seconds)
        faults = list[str]()
        try:
            overseer.wait_for_progress(arguments.recipients // 8)
            out_before = relay.message_count()
            ordeal.happen(stage)
            out_after = relay.message_count()
            overseer.wait_for_the_end()
        except Standstill as error:
            faults = [str(error)]
            out_before = out_after = 0
    with relay.record.open(encoding="utf-8", newline="\n") as lines:
        record = verdicts.read(lines)
    erased = set(stage.erased)
    for message in [message for message in record.taken if message[0] in erased]:
        del record.taken[message]
    verdict = verdicts.judge(record, outcomes_by_address(overseer.dispatch), set(people) - erased)
    excused = verdicts.REPEATS_A_CONNECTION * CONNECTIONS * WORKERS if ordeal.excuses_repeats else 0
    faults += verdict.faults(excused)
    for sentence in faults:
        print(f"{name}: {sentence}", file=sys.stderr)
    return {
        "lost": verdict.lost,
        "twice": verdict.repeated,
        "beyond_excused": max(0, verdict.repeated - excused),
        "accepted": verdict.accepted,
        "sent_meanwhile": out_after - out_before,
        "resumed_by_a_person": overseer.resume_count,
        "ended_by_themselves": sum(overseer.deaths.values()),
        "faults": len(faults),
        **({"mailed_after_erasing": len(erased & addresses_in(relay.record) - stage.arrived_by)} if erased else {}),
        **stage.figures,
    }


def _goals(names: list[str]) -> tuple[Goal, ...]:
    figures = [f"{name}_{figure}" for name in names for figure in ("lost", "beyond_excused", "faults")]
    figures += ["erasing_mailed_after_erasing"] if "erasing" in names else []
    figures += ["clocks-off_released_early"] if "clocks-off" in names else []
    return tuple(Goal(figure, 0, at_least=False) for figure in figures)


def _hindrance(name: str, *, is_small: bool) -> str:
    from benchmarks.support.ordeals import hindrance

    if name == "disk-full" and not is_small:
        return "a small file system of its own can be mounted by root only"
    return hindrance(name)


@contextmanager
def _file_system() -> Iterator[Path | None]:
    """Have a small file system mounted for as long as the block lasts; None where that is not allowed."""
    folder = tempfile.mkdtemp(prefix="distributor-disk-")
    command = ("mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=755", "none", folder)
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        yield Path(folder) if mounted else None
    finally:
        if mounted:
            subprocess.run(("umount", "--lazy", folder), check=False)
        Path(folder).rmdir()


if __name__ == "__main__":
    main()
