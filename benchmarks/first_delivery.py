"""From `queue` to the first delivery, on everything that `distributor up --practice` starts.

    python benchmarks/first_delivery.py [--letters 20] [--json]

Queues letters one after the other and reads from the ledger how long each took: from its dispatches being stored to the
first mail's acceptance, and to the last of all five channels. With --json the last line is one object.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

TIMES = """
SELECT extract(epoch FROM (SELECT min(v.at) FROM delivery_delivery v WHERE v.dispatch_id = d.id) - d.created_at),
       (SELECT extract(epoch FROM max(o.finished_at) - min(o.created_at)) FROM delivery_dispatch o
        WHERE o.letter_id = d.letter_id)
FROM delivery_dispatch d WHERE d.channel = 'mail' AND d.letter_id = %s
"""
UNFINISHED = "SELECT count(*) FROM delivery_dispatch WHERE letter_id = %s AND finished_at IS NULL"
GOAL_SECONDS = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="distributor-benchmark-") as home:
        os.environ["DISTRIBUTOR_HOME"] = home
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        figures = measure(Path(home), wishes.letters)
    if wishes.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:32} {value}")


def measure(home: Path, letters: int) -> dict[str, Any]:
    """Run everything, queue `letters` letters and return the figures (seconds)."""
    up = subprocess.Popen(
        [sys.executable, "-m", "distributor.cli", "up", "--practice", "--json"], stdout=subprocess.PIPE, text=True
    )
    assert up.stdout is not None
    try:
        up.stdout.readline()  # it says where it is once it is up
        from distributor.embedded.postgres import database_url

        with psycopg.connect(database_url(), autocommit=True) as database:
            times = [_one(home, number, database) for number in range(letters)]
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(timeout=60)
    first, last = zip(*times, strict=True)
    return {
        "letters": letters,
        "first_mail_p50_s": round(statistics.median(first), 3),
        "first_mail_max_s": round(max(first), 3),
        "all_channels_p50_s": round(statistics.median(last), 3),
        "all_channels_max_s": round(max(last), 3),
        "goal_s": GOAL_SECONDS,
        "goal_met": max(first) < GOAL_SECONDS,
    }


def _one(home: Path, number: int, database: psycopg.Connection[Any]) -> tuple[float, float]:
    source = home / f"letter-{number}.md"
    source.write_text(
        f"---\ntitle: Letter {number} of the benchmark\nchannels: [facebook, twitter, kakao, mail, link]\n---\n\n"
        f"Dear reader {number},\n\nthis is measured.\n"
    )
    queued = subprocess.run(
        [sys.executable, "-m", "distributor.cli", "queue", str(source), "--json"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    letter = json.loads(queued.stdout.splitlines()[-1])["letter"]["id"]
    deadline = time.monotonic() + 60
    while (row := database.execute(UNFINISHED, (letter,)).fetchone()) and row[0]:
        if time.monotonic() > deadline:
            raise SystemExit(f"letter {number} is not through after a minute")
        time.sleep(0.05)
    (times,) = database.execute(TIMES, (letter,)).fetchall()
    return float(times[0]), float(times[1])


if __name__ == "__main__":
    main()
