"""What a dispatch's page shows of a mailing: how it goes now, and what readers did with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from distributor.channels import registry
from distributor.delivery import resend
from distributor.delivery.mail import nonopeners
from distributor.delivery.models import Dispatch
from distributor.delivery.reports import dispatches, progress, troubles
from distributor.delivery.reports.progress import Progress
from distributor.delivery.reports.troubles import Troubles
from distributor.desk.course_chart import CourseChart, chart
from distributor.domain.states import FINISHED, State
from distributor.insights import mail_figures, tallies
from distributor.insights.mail_figures import LinkFigures
from distributor.insights.tallies import MailTally

_NO_TROUBLES = Troubles()


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """How a mailing goes at a moment (aware): it changes by the second while it is sent."""

    dispatch: Dispatch
    at: datetime
    progress: Progress
    deferred_people: int
    refusals: Troubles
    deferrals: Troubles

    @property
    def is_open(self) -> bool:
        """Whether more of it is to come."""
        return self.dispatch.state not in FINISHED

    @property
    def is_sending(self) -> bool:
        """Whether it is being sent now."""
        return self.dispatch.state == State.SENDING.value


@dataclass(frozen=True, slots=True)
class Readers:
    """What readers did with a mailing. `tally` is None where it is not added up yet, `links` and `course` then empty.

    `is_counted`: opens and clicks are. `is_large`: it is added up now and then, and not for this page.
    """

    is_counted: bool
    is_large: bool
    tally: MailTally | None
    links: tuple[LinkFigures, ...]
    course: CourseChart | None


def live_figures(dispatch: Dispatch) -> LiveFigures:
    """Return how a mailing goes now."""
    now = timezone.now()
    current = progress.of(dispatch, now)
    counts = current.counts
    deferred_people = troubles.deferred_people(dispatch) if dispatch.state not in FINISHED else 0
    return LiveFigures(
        dispatch=dispatch,
        at=now,
        progress=current,
        deferred_people=deferred_people,
        refusals=troubles.refusals(dispatch) if counts.rejected + counts.failed else _NO_TROUBLES,
        deferrals=troubles.deferrals(dispatch) if deferred_people else _NO_TROUBLES,
    )


def context(dispatch: Dispatch) -> dict[str, Any]:
    """Return what the page of a dispatch shows of its results: of a mailing, once its mail is made."""
    live = live_figures(dispatch) if dispatch.spread_from is not None else None
    is_mailing = live is not None or nonopeners.are_counted(dispatch)
    recipients = live.progress.counts.recipients if live is not None else 0
    return {
        "live": live,
        "readers": _readers(dispatch, dispatch.released_at or dispatch.due_at, recipients) if is_mailing else None,
        "posts": _posts(dispatch) if live is not None else [],
        "uncounted": resend.NO_COUNT,
    }


def _readers(dispatch: Dispatch, released_at: datetime, recipients: int) -> Readers:
    tally = tallies.of(dispatch.pk, released_at=released_at, recipients=recipients)
    is_counted = nonopeners.are_counted(dispatch)
    urls = mail_figures.tracked_links(dispatch.variant) if is_counted else ()
    return Readers(
        is_counted=is_counted,
        is_large=recipients > tallies.LARGE,
        tally=tally,
        links=mail_figures.by_link(urls, tally.clicks) if tally is not None else (),
        course=chart(tally.course) if tally is not None and is_counted else None,
    )


def _posts(dispatch: Dispatch) -> list[tuple[str, dispatches.DispatchReport]]:
    """Return where else the letter is out: each channel's label with its report."""
    if dispatch.letter is None:
        return []
    rows = Dispatch.objects.filter(letter=dispatch.letter, spread_from=None, released_at__isnull=False)
    rows = rows.select_related("account", "publication", "letter__page", "waits_for").order_by("position", "pk")
    reports = dispatches.report(rows)
    return [(registry.label(report.channel), report) for report in reports if report.url]
