"""From `queue` to the first delivery, on everything that `distributor up --practice` starts.

    python benchmarks/first_delivery.py [--letters 20] [--json]

Queues letters one after the other and reads from the ledger how long each took: from its dispatches being stored to the
first mail's acceptance, and to the last of all five channels. With --json the last line is one object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.figures import Goal, show
from benchmarks.support.house import Child, empty_house, module, run_children
from benchmarks.support.waits import wait_for
from distributor.cli.processes import Program
from distributor.embedded.postgres import database_url

GOALS = (Goal("first_mail_max_s", 2.0, at_least=False),)
TIMES = """
SELECT extract(epoch FROM (SELECT min(v.at) FROM delivery_delivery v WHERE v.dispatch_id = d.id) - d.created_at),
       (SELECT extract(epoch FROM max(o.finished_at) - min(o.created_at)) FROM delivery_dispatch o
        WHERE o.letter_id = d.letter_id)
FROM delivery_dispatch d WHERE d.channel = 'mail' AND d.letter_id = %s
"""
OPEN_DISPATCHES = "SELECT count(*) FROM delivery_dispatch WHERE letter_id = %s AND finished_at IS NULL"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with empty_house() as folder:
        figures = measure(folder, arguments.letters)
    show(figures, GOALS, as_json=arguments.json)


def measure(folder: Path, letters: int) -> dict[str, Any]:
    """Run everything, queue `letters` letters and return the figures (seconds)."""
    up = Child(Program("up", module("distributor.cli", "up", "--practice", "--json")), folder)
    with run_children(up):
        wait_for(lambda: b'"url"' in up.log.read_bytes(), seconds=60, description="it says where it is")
        with psycopg.connect(database_url(), autocommit=True) as database:
            times = [_delays_of_letter(folder, number, database) for number in range(letters)]
    first, last = zip(*times, strict=True)
    return {
        "letters": letters,
        "first_mail_p50_s": statistics.median(first),
        "first_mail_max_s": max(first),
        "all_channels_p50_s": statistics.median(last),
        "all_channels_max_s": max(last),
    }


def _delays_of_letter(folder: Path, number: int, database: psycopg.Connection[Any]) -> tuple[float, float]:
    source = folder / f"letter-{number}.md"
    source.write_text(
        f"---\ntitle: Letter {number} of the benchmark\nchannels: [facebook, twitter, kakao, mail, link]\n---\n\n"
        f"Dear reader {number},\n\nthis is measured.\n"
    )
    process = subprocess.run(
        module("distributor.cli", "queue", source, "--json"),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    letter = json.loads(process.stdout.splitlines()[-1])["letter"]["id"]
    wait_for(
        lambda: database.execute(OPEN_DISPATCHES, (letter,)).fetchone() == (0,),
        seconds=60,
        description=f"letter {number} is through",
    )
    (times,) = database.execute(TIMES, (letter,)).fetchall()
    return float(times[0]), float(times[1])


if __name__ == "__main__":
    main()
