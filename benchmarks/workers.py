"""One worker process against two, everything else the same: what the second one brings.

    python benchmarks/workers.py [--recipients 50000] [--connections 20] [--json]

PostgreSQL and the sink need cores of their own: on two cores the second worker can't bring a second time as much. Both
campaigns send the 4 kB letter, one after the other, in the same house. With --json the last line is one object.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.figures import show
from benchmarks.support.house import beat, run_children, separate_house, worker
from benchmarks.support.sink import running_sink


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=50_000)
    parser.add_argument("--connections", type=int, default=20, help="in each worker process")
    parser.add_argument("--options", default="", help="further options of the relay's URL, as in a query")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with separate_house() as folder:
        figures = measure(folder, arguments)
    show(figures, as_json=arguments.json)


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Send with one worker process and with two; return the figures."""
    from benchmarks.support import campaign  # Django is set up by now
    from benchmarks.support.world import make_world

    figures: dict[str, Any] = {"recipients": arguments.recipients, "cores": os.cpu_count()}
    with running_sink(folder) as sink, run_children(beat(folder)):
        relay = campaign.relay_url(sink.port, arguments.connections, arguments.options)
        world = make_world(folder, slug="lantern", relay=relay, recipients=arguments.recipients, size="4k")
        for processes, name in ((1, "one"), (2, "two")):
            workers = worker(folder, processes=processes, name=name)
            with run_children(workers):
                campaign.warm_up(folder, workers, size="4k", slug=f"warm-up-{name}")
                result = campaign.run(
                    world, workers, sink, size="4k", recipients=arguments.recipients, number=processes
                )
            figures[f"{name}_messages_per_s"] = result.messages_per_s
            figures[f"{name}_cpu_us_workers"] = result.cpu_us["workers"]
    figures["two_of_one"] = figures["two_messages_per_s"] / figures["one_messages_per_s"]
    return figures


if __name__ == "__main__":
    main()
