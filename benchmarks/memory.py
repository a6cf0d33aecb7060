"""Whether a worker needs more memory for more recipients.

    python benchmarks/memory.py [--small 10000] [--large 1000000] [--size 4k|40k] [--json]

Sends one letter to the small list and, by fresh workers, one to the large list; reports the largest process of each,
and the largest of the pool, which does the sending. With --json the last line is one object.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.figures import Goal, show
from benchmarks.support.house import beat, run_children, separate_house, worker
from benchmarks.support.sink import running_sink

GOALS = (Goal("large_peak_rss_mb", 150.0, at_least=False), Goal("large_of_small", 1.1, at_least=False))
CONNECTIONS, PROCESSES = 20, 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--size", choices=("4k", "40k"), default="4k")
    parser.add_argument("--options", default="", help="further options of the relay's URL, as in a query")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with separate_house() as folder:
        figures = measure(folder, arguments)
    show(figures, GOALS, as_json=arguments.json)


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Send to both lists; return the figures."""
    from benchmarks.support import campaign  # Django is set up by now
    from benchmarks.support.world import make_world

    figures: dict[str, Any] = {}
    with running_sink(folder) as sink, run_children(beat(folder)):
        relay = campaign.relay_url(sink.port, CONNECTIONS, arguments.options)
        for name, recipients in (("small", arguments.small), ("large", arguments.large)):
            world = make_world(folder, slug=name, relay=relay, recipients=recipients, size=arguments.size)
            workers = worker(folder, processes=PROCESSES, name=name)
            with run_children(workers):
                result = campaign.run(world, workers, sink, size=arguments.size, recipients=recipients)
            figures[f"{name}_recipients"] = recipients
            figures[f"{name}_peak_rss_mb"] = result.peak_rss_mb
            figures[f"{name}_peak_pool_rss_mb"] = result.peak_pool_rss_mb
            figures[f"{name}_messages_per_s"] = result.messages_per_s
    figures["large_of_small"] = figures["large_peak_pool_rss_mb"] / figures["small_peak_pool_rss_mb"]
    return figures


if __name__ == "__main__":
    main()
