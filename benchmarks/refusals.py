"""A relay that refuses everyone in the middle of a mailing: what that costs, and whether all get their letter.

    python benchmarks/refusals.py [--recipients 20000] [--seconds 12] [--workers 2] [--json]

Twice: once it says that nobody is there (5.1.1), once that its policy is against it (5.7.1). The mailing pauses by
itself. Then a person decides that nobody is gone, resumes once the relay takes mail again, and sends to those not
reached. At the end the relay's own record says who got it, and how often. One recipient in 97 is always refused with
5.1.1, as on a real list. Ends with 1 where a goal is not met.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.disturbances import Relay
from benchmarks.support.figures import Goal, show
from benchmarks.support.house import beat, run_children, separate_house, worker
from benchmarks.support.waits import wait_for

REPLIES = {"gone": "550 5.1.1 No such user here", "policy": "550 5.7.1 Message refused by policy"}
CONNECTIONS = 10
RATE = 1_500  # messages a second that the relay takes: what a real one may
GOALS = tuple(
    Goal(f"{kind}_{figure}", 0, at_least=False)
    for kind in REPLIES
    for figure in ("suppressed_for_it", "missed", "twice")
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=12.0, help="for which the relay refuses everyone")
    parser.add_argument("--workers", type=int, default=2, help="worker processes")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {"recipients": arguments.recipients, "relay_refuses_s": arguments.seconds}
    with separate_house() as folder:
        for kind, reply in REPLIES.items():
            (folder / kind).mkdir()
            measured = measure(folder, folder / kind, arguments, reply)
            figures |= {f"{kind}_{name}": figure for name, figure in measured.items()}
    show(figures, GOALS, as_json=arguments.json)
    if not all(goal.met(figures) for goal in GOALS):
        sys.exit(1)


def measure(home: Path, folder: Path, arguments: argparse.Namespace, reply: str) -> dict[str, Any]:
    """Send one letter through such a relay, decide as a person would, and return what became of everyone.

    `folder` is for the relay and the processes, in the `home` of the house.
    """
    from benchmarks.support import campaign, ledger  # Django is set up by now
    from benchmarks.support.mischief import is_gone
    from benchmarks.support.world import make_world
    from distributor.audience import held_bursts
    from distributor.audience.models import HeldBurst, Suppression
    from distributor.delivery import control, resend

    relay = Relay(folder)
    with ExitStack() as stack:
        stack.callback(relay.child.kill)
        relay.start()
        url = campaign.relay_url(relay.port, CONNECTIONS)
        world = make_world(home, slug=folder.name, relay=url, recipients=arguments.recipients, size="4k")
        relay.tell(f"rate {RATE}")
        relay.tell("grant inf")
        with run_children(worker(folder, processes=arguments.workers), beat(folder)):
            dispatch = world.queue("4k").pk
            wait_for(
                lambda: ledger.count(dispatch) > arguments.recipients // 4,
                seconds=120,
                description="a quarter is out",
                interval=0.05,
            )
            refused_before = ledger.outcomes(dispatch).get("rejected", 0)
            relay.tell(f"refuse {arguments.seconds} {reply}")
            began = time.monotonic()
            wait_for(lambda: ledger.state(dispatch)[0] == "paused", seconds=60, description="it pauses", interval=0.02)
            paused_after = time.monotonic() - began
            time.sleep(max(0.0, arguments.seconds - paused_after) + 0.5)
            refused = ledger.outcomes(dispatch).get("rejected", 0) - refused_before
            held = sum(
                held_bursts.decide(burst.pk, HeldBurst.Decision.DROPPED, actor="a person")
                for burst in held_bursts.open_bursts()
            )
            control.resume(dispatch)
            ledger.wait_until_finished(dispatch, seconds=300)
            again = resend.resend(dispatch).pk
            ledger.wait_until_finished(again, seconds=300)
        suppressed = [
            str(email) for email in Suppression.objects.filter(reason="hard bounce").values_list("email", flat=True)
        ]
        taken = Counter(line.split()[2] for line in relay.record.read_text().splitlines() if line.startswith("A "))
    readers = {f"reader{number}": is_gone(number) for number in range(arguments.recipients)}
    names = Counter({address.partition("@")[0]: count for address, count in taken.items()})
    return {
        "paused_after_s": paused_after,
        "refused_before_it_paused": refused,
        "held": held,
        "suppressed_for_it": sum(not readers[email.partition("@")[0]] for email in suppressed),
        "reached": len(names),
        "missed": sum(not gone and not names[name] for name, gone in readers.items()),
        "twice": sum(count > 1 for count in names.values()),
    }


if __name__ == "__main__":
    main()
