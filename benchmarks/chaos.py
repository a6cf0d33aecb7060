"""A campaign during which everything dies, and what became of everyone.

    python benchmarks/chaos.py [--kills 100] [--recipients N] [--seed 1] [--workers 2] [--connections 10]
                               [--only KIND,KIND] [--logs FOLDER] [--json]

While a letter goes to its recipients through a relay that writes down what it takes, this kills (-9) at random moments:
whole workers, single pool processes, beat, Redis, PostgreSQL (postmaster, or one backend) and the relay; and before
each it empties Redis, or lets the relay answer 452 or 421, or hang up at one of the protocol's steps in turn. The relay
takes a portion of messages after each kill, so that every kill hits a campaign that is under way again.

At the end the relay's record is compared with the ledger: nobody lost, one outcome for everyone, every repeat under the
same Message-ID, and no more repeats than two for each open connection a kill. Repeats of a mail whose answer the relay
itself withheld are counted apart: no sender can tell such a mail from a refused one. Waiting for a later try is cut
short, as if the minutes had passed. With --json the last line is one object; ends with 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.disturbances import KILLS, OTHER_DISTURBANCES, Relay, Scene, disturb
from benchmarks.support.figures import show
from benchmarks.support.house import beat, separate_house, worker

if TYPE_CHECKING:
    from benchmarks.support.overseer import Overseer  # imports models, which want Django set up

RECIPIENTS_A_KILL = 100
FEWEST_RECIPIENTS = 4_000  # several batches, so that every worker has one
SPARE = 1.3  # a portion is so much smaller than that: what was on its way at a kill is taken on top of it
PORTION_SECONDS = 0.6  # in which they come, when nothing else is slow
LEASE_SECONDS = 3  # so that the batch of a dead worker is taken over soon


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--recipients", type=int, help=f"default: {RECIPIENTS_A_KILL} for each kill")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="Celery workers, with one pool process each")
    parser.add_argument("--connections", type=int, default=10, help="of each worker")
    parser.add_argument("--only", default="", help=f"kinds, by commas: {', '.join((*KILLS, *OTHER_DISTURBANCES))}")
    parser.add_argument("--logs", type=Path, help="a folder that gets the processes' logs and the relay's record")
    parser.add_argument("--quiet", action="store_true", help="don't say what is done")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    arguments.only = _selection(arguments.only)
    arguments.recipients = arguments.recipients or max(FEWEST_RECIPIENTS, arguments.kills * RECIPIENTS_A_KILL)
    with separate_house(DISTRIBUTOR_LEASE_SECONDS=str(LEASE_SECONDS)) as folder:
        figures = measure(folder, arguments)
    show(figures, as_json=arguments.json)
    if figures["faults"]:
        sys.exit(1)


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the campaign, disturb it, wait for its end and judge; return the figures."""
    from benchmarks.support import campaign, verdicts  # Django is set up by now
    from benchmarks.support.overseer import Overseer, Standstill, addresses, outcomes_by_address
    from benchmarks.support.world import make_world

    relay, chance = Relay(folder), random.Random(arguments.seed)
    children = [worker(folder, processes=1, name=f"worker{number}") for number in range(arguments.workers)]
    scene = Scene(children, beat(folder), relay, chance)
    with ExitStack() as stack:
        if arguments.logs:
            stack.callback(_keep_logs, folder, arguments.logs)
        stack.callback(relay.child.kill)
        relay.start()
        for child in (*children, scene.beat):
            stack.callback(child.kill)
            child.start()
        url = campaign.relay_url(relay.port, arguments.connections)
        world = make_world(folder, slug="lantern", relay=url, recipients=arguments.recipients, size="4k")
        portion = max(1, int(arguments.recipients / (arguments.kills + 2) / SPARE))
        overseer = Overseer(world.queue("4k").pk, scene, portion, portion / PORTION_SECONDS)
        began, disturbances, faults = time.monotonic(), Disturbances(), list[str]()
        try:
            _disturb(scene, overseer, arguments, disturbances)
            overseer.wait_for_the_end()
        except Standstill as error:
            faults = [str(error)]
        took = time.monotonic() - began
        with relay.record.open(encoding="utf-8", newline="\n") as lines:
            record = verdicts.read(lines)
        verdict = verdicts.judge(record, outcomes_by_address(overseer.dispatch), addresses(world.readers.pk))
        repeat_limit = verdicts.REPEATS_A_CONNECTION * disturbances.connections
        return {
            **verdict.figures(),
            "repeats_allowed": repeat_limit,
            "kills": sum(disturbances.what[kind] for kind in KILLS),
            "connections": overseer.most_connections,
            "recipients": arguments.recipients,
            "outcomes": overseer.outcomes(),
            "disturbed_by": dict(disturbances.what),
            "relay_misbehaved": dict(record.misbehaved),
            "resumed_by_a_person": overseer.resume_count,
            "died_by_themselves": dict(overseer.deaths),
            "seconds": took,
            "seed": arguments.seed,
            "faults": [*verdict.faults(repeat_limit), *disturbances.faults(), *faults],
        }


def _keep_logs(folder: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in (*folder.glob("*.log"), folder / "record"):
        shutil.copy(file, target)


@dataclass(slots=True)
class Disturbances:
    """What was done to a campaign; `connections`: the open ones, added up over the kills."""

    what: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    too_late: int = 0

    def faults(self) -> list[str]:
        return [f"{self.too_late} kills came after the end"] if self.too_late else []


def _disturb(scene: Scene, overseer: Overseer, arguments: argparse.Namespace, disturbances: Disturbances) -> None:
    """Do one thing after the other, each at a random moment of a running campaign; note it in `disturbances`.

    Raises Standstill.
    """
    began = time.monotonic()
    paced_kinds = KILLS.keys() & arguments.only or arguments.only  # what is waited for; the rest comes just before it
    for kind in _course(arguments.kills, arguments.only, scene.chance):
        if kind in paced_kinds:
            overseer.wait_for_progress(scene.chance.randint(1, overseer.portion))
            disturbances.too_late += overseer.is_over
        if kind in KILLS:
            disturbances.connections += overseer.open_connections
        if not arguments.quiet:
            print(f"{time.monotonic() - began:7.1f} s  {disturbances.what.total() + 1:4}  {kind}", flush=True)
        disturb(scene, kind)
        disturbances.what[kind] += 1
        if kind in paced_kinds:
            overseer.go_on()


def _selection(only: str) -> set[str]:
    selection = {name for name in only.split(",") if name} or {*KILLS, *OTHER_DISTURBANCES}
    unknown = selection - {*KILLS, *OTHER_DISTURBANCES}
    if unknown:
        raise SystemExit(f"There is nothing called {', '.join(sorted(unknown))} that could go wrong: see --help.")
    return selection


def _course(kills: int, selection: set[str], chance: random.Random) -> Iterator[str]:
    """Yield what happens: kills, each kind as often as the others, and before each something else, in turn.

    Where no kind of kill is chosen, `kills` is how often something else happens.
    """
    kinds = [kind for kind in KILLS if kind in selection]
    other_kinds = [kind for kind in OTHER_DISTURBANCES if kind in selection]
    kill_order: list[str] = []
    for number in range(kills):
        if other_kinds:
            yield other_kinds[number % len(other_kinds)]
        if kinds:
            if not kill_order:
                kill_order = chance.sample(kinds, len(kinds))
            yield kill_order.pop()


if __name__ == "__main__":
    main()
