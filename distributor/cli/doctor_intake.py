"""What `distributor doctor` says of letters that come in by themselves: feeds that fail, and what asks a person."""

from __future__ import annotations

from collections.abc import Iterator

from distributor.domain.findings import Finding

_FAILURES = 3  # in a row: one or two are a site's bad hour


def intake() -> Iterator[Finding]:
    """Say which feeds have failed for a while or have ended, and how much asks; nothing where all is well."""
    from django.db import ProgrammingError

    from distributor.newsroom import feed_reports
    from distributor.newsroom.models import Arrival, WatchedFeed

    try:
        feeds = WatchedFeed.objects.exclude(reason="").exclude(state=WatchedFeed.State.PAUSED).order_by("pk")
        reports = [feed_reports.report(feed) for feed in feeds if feed.failures >= _FAILURES or feed.state == "ended"]
        entries = feed_reports.open_questions().count()
        arrivals = Arrival.objects.filter(state=Arrival.State.ASKS).count()
    except ProgrammingError:  # migrations are not applied, which is said already
        return
    for report in reports:
        yield Finding("intake", "note", f"The feed {report.name} ({report.reference}): {report.problem}")
    if entries or arrivals:
        yield Finding(
            "intake",
            "note",
            f"{entries + arrivals} of what came in by itself asks a person: see “Intake” on the desk, or "
            "“distributor feeds list” and “distributor doors list”.",
        )
