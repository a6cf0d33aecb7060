"""How long each screen of the desk takes the server, and how many statements it asks of the database.

    python benchmarks/desk.py [--people 1000000] [--letters 10000] [--only WORD] [--rounds 10] [--json]

A house of its own with so many subscribers, letters, mails, opens and clicks (`support/desk_world.py`), and an admin
who opens every screen of the table `support/desk_screens.py`, again and again, in this process: so the times are the
server's, from the request to the last byte of the page, and nothing of a browser or a network. Printed are for each
screen the middle of the times in milliseconds, what it takes of the processors (ours and PostgreSQL's: on a machine
that does something else as well, that is what can be compared), the statements, and the size of the page. The first
time is not counted: templates are compiled then.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.desk_screens import SCREENS, Screen
from benchmarks.support.figures import Goal, show
from benchmarks.support.house import separate_house

if TYPE_CHECKING:
    from django.test import Client

GOAL = 100.0  # milliseconds
SLOWEST = "slowest screen (ms)"
MOST_CPU = "most CPU of a screen (ms)"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--only", default="", help="screens whose name holds this word")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    with separate_house() as folder:
        figures = _measure(settings, folder)
    goals = tuple(Goal(name, GOAL, at_least=False) for name in (SLOWEST, MOST_CPU))
    show(
        {name: figures[name] for name in (SLOWEST, MOST_CPU)} if not settings.json else figures,
        goals,
        as_json=settings.json,
    )
    return 0


def _measure(settings: argparse.Namespace, folder: Path) -> dict[str, object]:
    from django.contrib.auth.models import User
    from django.test import Client
    from django.test.utils import setup_test_environment

    from benchmarks.support import desk_world

    began = time.monotonic()
    places = desk_world.make(folder, people=settings.people, letter_count=settings.letters)
    print(f"made in {time.monotonic() - began:.0f} s", file=sys.stderr)
    setup_test_environment()  # the test client's host is let in
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    figures: dict[str, object] = {"people": settings.people, "letters": settings.letters}
    print(f"{'screen':40} {'ms':>8} {'cpu ms':>8} {'queries':>8} {'kB':>7}")
    slowest = most_cpu = 0.0
    for screen in SCREENS:
        if settings.only not in screen.name:
            continue
        middle, cpu, queries, size, status = _open(client, screen, places, settings.rounds)
        sign = "" if status == 200 else f"  answers {status}"
        sign += "  counts people" if screen.is_count else "" if cpu <= GOAL else "  over the goal"
        print(f"{screen.name:40} {middle:8.1f} {cpu:8.1f} {queries:8} {size / 1000:7.1f}{sign}", flush=True)
        name = screen.name
        figures |= {f"{name} (ms)": round(middle, 1), f"{name} (cpu ms)": round(cpu, 1), f"{name} (queries)": queries}
        if not screen.is_count:
            slowest, most_cpu = max(slowest, middle), max(most_cpu, cpu)
    return {**figures, SLOWEST: round(slowest, 1), MOST_CPU: round(most_cpu, 1)}


def _open(client: Client, screen: Screen, places: dict[str, int], rounds: int) -> tuple[float, float, int, int, int]:
    """Return the time and the CPU of a screen in milliseconds, its statements, bytes and status."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    path = screen.path.format(**places)
    form = {name: value.format(**places) for name, value in screen.form.items()}

    def ask() -> tuple[int, int]:
        answer = client.post(path, form) if form else client.get(path)
        return answer.status_code, len(answer.content)

    status, size = ask()
    times = []
    cpu = _cpu()
    for _ in range(rounds):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    cpu = (_cpu() - cpu) * 1000 / rounds
    with CaptureQueriesContext(connection) as queries:
        ask()
    return statistics.median(times), cpu, len(queries), size, status


def _cpu() -> float:
    """Return the seconds of CPU that this process and its backend of PostgreSQL have used."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
