"""Ten thousand posts due in the same second: how late each goes out, and whether an account's budget is ever exceeded.

    python benchmarks/lateness.py [--accounts 100] [--letters 100] [--over 3] [--workers 2] [--json]

Letters are queued for all accounts of a publication on X's practice network, all for one moment: as many letters
as X takes of an account in 15 minutes, and some over, which wait for their turn. Lateness is from that moment to
the beginning of a post's call. With --json the last line is one object; ends with 1 where a budget was exceeded.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.figures import Goal, show
from benchmarks.support.house import beat, separate_house, worker
from benchmarks.support.waits import wait_for

CHANNEL = "twitter"
LONGEST_SECONDS = 1800
GOALS = (Goal("over_budget", 0, at_least=False), Goal("refused_as_too_many", 0, at_least=False))
LATE = """
SELECT percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM first.at - %(due)s)),
       extract(epoch FROM max(first.ended) - %(due)s)
FROM (SELECT min(started_at) AS at, max(ended_at) AS ended FROM delivery_attempt GROUP BY dispatch_id) first
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--letters", type=int, default=100, help="for each account: its budget for 15 minutes")
    parser.add_argument("--over", type=int, default=3, help="further letters, which have to wait")
    parser.add_argument("--workers", type=int, default=2, help="sending processes")
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    with separate_house() as folder:
        figures = measure(folder, settings)
    show(figures, GOALS, as_json=settings.json)
    if figures["over_budget"]:
        sys.exit(1)


def measure(folder: Path, settings: argparse.Namespace) -> dict[str, Any]:
    """Queue everything, let it go at one moment, and return the figures."""
    from django.db import connection  # Django is set up by now

    from benchmarks.support import social
    from distributor.delivery.accounts import accounts
    from distributor.delivery.models import Attempt, Dispatch

    practice = social.Practice(folder)
    [network] = social.networks([CHANNEL])
    with ExitStack() as stack:
        stack.callback(practice.child.kill)
        practice.start()
        [brand] = social.make_publications([network], 1)
        for number in range(2, settings.accounts + 1):
            account = network.further_account(number)
            accounts.connect(brand, CHANNEL, account.name, account.values, practice=True)
        for number in range(settings.letters + settings.over):
            social.queue(brand, CHANNEL, number)
        for child in (worker(folder, processes=settings.workers), beat(folder)):
            stack.callback(child.kill)
            child.start()
        time.sleep(5)  # the workers' start is not what is measured
        social.approve_all()
        due: datetime = Dispatch.objects.order_by("-due_at").values_list("due_at", flat=True)[0]
        target_count, over = settings.letters * settings.accounts, settings.over * settings.accounts
        later = Dispatch.objects.filter(state="scheduled", remedy="wait")  # by our count, or by X's word
        sent_dispatches = Dispatch.objects.filter(state="sent")
        wait_for(
            lambda: sent_dispatches.count() >= target_count,
            seconds=LONGEST_SECONDS,
            description=f"{target_count:,} posts are out",
            interval=1,
        )
        wait_for(
            lambda: later.count() >= over, seconds=LONGEST_SECONDS, description=f"{over:,} are put off", interval=1
        )
        with connection.cursor() as cursor:
            cursor.execute(LATE, {"due": due})
            (p50, p99, most), took = cursor.fetchone() or ((0, 0, 0), 0)
        posts = practice.posts(CHANNEL)
    deferral_count = Attempt.objects.filter(outcome="deferred").count()
    return {
        "dispatches": target_count + over,
        "accounts": settings.accounts,
        "lateness_p50_s": float(p50),
        "lateness_p99_s": float(p99),
        "lateness_max_s": float(most),
        "posts_a_second": target_count / float(took),
        "over_budget": _over_budget(posts, settings.letters),
        "refused_as_too_many": deferral_count,
        "waiting_for_their_turn": later.count(),
    }


def _over_budget(posts: list[dict[str, Any]], budget: int) -> int:
    """Return how many accounts have more posts than their budget; all of them are within one span of it."""
    counts = Counter(post["account"] for post in posts)
    return sum(count > budget for count in counts.values())


if __name__ == "__main__":
    main()
