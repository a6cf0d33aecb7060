"""A very large mailing begins: how long its recipients take to be in batches, and its first message to be out.

    python benchmarks/spread.py [--recipients 1000000] [--workers 2] [--json]

From the release (as the ledger says) to the last batch, and to the first message at a sink that notes the time. With
that known the dispatch is cancelled, and what is out has to be in the ledger. With --json the last line is one object.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.figures import Goal, show
from benchmarks.support.house import beat, postgres_pid, run_children, separate_house, worker
from benchmarks.support.sink import running_sink
from benchmarks.support.usage import measure_usage
from benchmarks.support.waits import wait_for

GOALS = (
    Goal("spread_s", 10.0, at_least=False),
    Goal("first_message_s", 2.0, at_least=False),
    Goal("peak_rss_mb", 150.0, at_least=False),
)
CONNECTIONS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2, help="worker processes")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with separate_house() as folder:
        figures = measure(folder, arguments)
    show(figures, GOALS, as_json=arguments.json)


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Begin such a mailing in this house; return the figures."""
    from benchmarks.support import campaign, ledger  # Django is set up by now
    from benchmarks.support.world import make_world
    from distributor.delivery import control

    with running_sink(folder, debian=False) as sink:
        world_seconds = time.monotonic()
        relay = campaign.relay_url(sink.port, CONNECTIONS)
        world = make_world(folder, slug="lantern", relay=relay, recipients=arguments.recipients, size="4k")
        world_seconds = time.monotonic() - world_seconds
        workers = worker(folder, processes=arguments.workers)
        with run_children(workers, beat(folder)):
            campaign.warm_up(folder, workers, size="4k")
            with measure_usage({"workers": workers.pid, "postgres": postgres_pid()}) as usage:
                dispatch = world.queue("4k").pk
                wait_for(
                    lambda: ledger.times(dispatch).spread, seconds=300, description="all are in batches", interval=0.1
                )
                wait_for(lambda: sink.ask().messages, seconds=60, description="a message is out")
            control.cancel(dispatch)
            wait_for(
                lambda: ledger.count(dispatch) >= arguments.recipients,
                seconds=300,
                description="everyone has an outcome after the dispatch was cancelled",
                interval=0.5,
            )
        times, tally, outcomes = ledger.times(dispatch), sink.ask(), ledger.outcomes(dispatch)
    if outcomes.get("accepted", 0) != tally.messages:
        raise SystemExit(f"The ledger counts {outcomes.get('accepted', 0)} messages, the sink {tally.messages}.")
    return {
        "recipients": arguments.recipients,
        "made_subscribers_s": world_seconds,
        "spread_s": times.spread - times.released,
        "first_message_s": tally.first - times.released,
        "peak_rss_mb": usage.peak_rss["workers"] / 1e6,
        "cpu_s_workers": usage.cpu_seconds["workers"],
        "cpu_s_postgres": usage.cpu_seconds["postgres"],
        "accepted_before_cancelled": tally.messages,
    }


if __name__ == "__main__":
    main()
