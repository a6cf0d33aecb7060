"""Posts on every network while everything goes wrong, and what became of each.

    python benchmarks/social_chaos.py [--posts 1000] [--kills 20] [--seed 1] [--workers 2] [--accounts 20]
                                      [--only CHANNEL,CHANNEL] [--quiet] [--json]

Letters go to accounts on all practice networks, by real workers, with PostgreSQL, Redis and beat. Of the networks'
answers some are 429 or 500, some come too late, some are dropped before and some after the post was taken; tokens
expire between the posts of a thread; and worker processes are killed (-9) at random moments, so also between a call and
its receipt. Waiting for a later try is cut short, as if the minutes had passed.

What a look-up can't settle is left to a person: here that is this program, which looks at the network as an editor does
and presses one of the two buttons. At the end every network is compared with the dispatches to it. `settled` counts the
lost answers that a look-up settled: it found the post, or saw that it is not there. With --json the last line is one
object {posts, twice, lost, unconfirmed, settled, per_channel, …}; ends with 1 where a post is there twice or lost.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.figures import Goal, show
from benchmarks.support.house import Child, beat, separate_house, worker

SHARES = {
    "drop-before": 0.04,
    "drop-after-accept": 0.06,
    "429": 0.03,
    "500": 0.03,
    "expired-token": 0.03,
    "slow": 0.02,
}
STANDSTILL_SECONDS = 240
GOALS = (Goal("twice", 0, at_least=False), Goal("lost", 0, at_least=False), Goal("settled_share", 0.95))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="Celery workers, with two pool processes each")
    parser.add_argument("--accounts", type=int, default=20, help="on each network")
    parser.add_argument("--only", default="", help="networks, by commas")
    parser.add_argument("--quiet", action="store_true", help="don't say how far it is")
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    with separate_house() as folder:
        figures = measure(folder, settings)
    show(figures, GOALS, as_json=settings.json)
    if figures["twice"] or figures["lost"]:
        sys.exit(1)


def measure(folder: Path, settings: argparse.Namespace) -> dict[str, Any]:
    """Queue the posts, disturb, look after them to the end, and return the figures."""
    from benchmarks.support import social  # Django is set up by now

    practice, chance = social.Practice(folder), random.Random(settings.seed)
    networks = social.networks([name for name in settings.only.split(",") if name])
    children = [worker(folder, processes=2, name=f"worker{number}") for number in range(settings.workers)]
    with ExitStack() as stack:
        stack.callback(practice.child.kill)
        practice.start()
        brands = social.make_publications(networks, settings.accounts)
        for number in range(settings.posts):
            social.queue(
                brands[number // len(networks) % len(brands)], networks[number % len(networks)].channel, number
            )
        practice.misbehave(SHARES, seed=settings.seed, channels=[network.channel for network in networks])
        for child in (*children, beat(folder)):
            stack.callback(child.kill)
            child.start()
        began = time.monotonic()
        social.approve_all()
        person = social.Person(practice)
        kill_count = _until_all_is_out(children, chance, person, settings)
        took = time.monotonic() - began
        per_channel = {network.channel: social.verdict(practice, network.channel) for network in networks}
    total = {
        name: sum(channel_verdict[name] for channel_verdict in per_channel.values())
        for name in ("posts", "twice", "lost", "unconfirmed", "settled")
    }
    from distributor.channels import registry

    with_lookup = [
        channel_verdict for name, channel_verdict in per_channel.items() if registry.get(name).capabilities.lookup
    ]
    lost_answers = sum(channel_verdict["unconfirmed"] for channel_verdict in with_lookup)
    return {
        **total,
        "settled_share": sum(channel_verdict["settled"] for channel_verdict in with_lookup) / lost_answers
        if lost_answers
        else 1.0,
        "per_channel": per_channel,
        "kills": kill_count,
        "confirmed_by_a_person": dict(person.confirmations),
        "sent_again_by_a_person": dict(person.sent_again),
        "seconds": took,
        "seed": settings.seed,
    }


def _until_all_is_out(children: list[Child], chance: random.Random, person: Any, settings: argparse.Namespace) -> int:
    """Kill workers while posts go out, look after what is left to a person, until every dispatch is sent."""
    from benchmarks.support import social
    from distributor.delivery.models import Dispatch

    began, kill_count = time.monotonic(), 0
    most, moved_at = 0, began
    steps = sorted(chance.randrange(settings.posts) for _ in range(settings.kills))
    while True:
        out = Dispatch.objects.filter(state="sent").count()
        if out == settings.posts:
            return kill_count
        if out > most or social.waits_for_a_turn():
            most, moved_at = out, time.monotonic()
        if time.monotonic() - moved_at > STANDSTILL_SECONDS:
            raise SystemExit(f"Nothing has moved for {STANDSTILL_SECONDS} s:\n{social.open_dispatch_lines()}")
        while kill_count < len(steps) and steps[kill_count] <= out:
            victim = chance.choice(children)
            victim.kill()
            victim.start()
            kill_count += 1
        if not settings.quiet:
            print(
                f"{time.monotonic() - began:7.1f} s  {out:,} of {settings.posts:,} are out, {kill_count} kills",
                flush=True,
            )
        social.let_time_pass()
        person.look_after()
        time.sleep(1)


if __name__ == "__main__":
    main()
