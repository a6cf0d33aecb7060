"""When a dispatch may be released at the earliest, and why not sooner: the one rule, on every way to `scheduled`.

What counts, in this order:

- the hold: an editor may still make it a draft again;
- the publication's quiet hours, in which nobody is disturbed. They are the newsroom's own, so a person's word on one
  dispatch goes before them: “Send now”, and a time that was chosen for it in these hours. `Dispatch.at_any_hour` keeps
  that word for tries that come later, until it is a draft again. A letter's queueing is no such word, since its time is
  meant for all channels: it is moved, and that is said. A digest's hour is chosen by its publication for the reader's
  clock, and stays. What has begun (a thread of which some is out, mail that is being sent) is finished;
- the channel's own hours, which a law or its network gives: nobody's word goes before them;
- the page that the others send people to. That wait is kept where what is due is claimed (`claims`), so that they
  follow at once when the page goes out before its time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.delivery.variants.previews import options_for
from distributor.domain import planning
from distributor.domain.planning import Delay, EarliestRelease, QuietHours, after_quiet
from distributor.domain.states import FINISHED
from distributor.letters.models import Publication

# What was due before the quiet hours may still go out so long after: a queue of other posts, a worker that was busy.
GRACE = timedelta(minutes=15)


def earliest_release(dispatch: Dispatch, moment: datetime, *, begun: bool = False) -> EarliestRelease:
    """Return when a dispatch that is wanted at a moment (aware) may be released, and what moved it.

    With `begun` some of it is out already, and is finished in the quiet hours too.
    """
    link = dispatch.waits_for
    return planning.earliest_release(
        moment,
        hold_until=dispatch.hold_until,
        quiet=None if begun or dispatch.at_any_hour else quiet_hours(dispatch.publication),
        zone=zone_of(dispatch.publication),
        channel_hours=partial(channel_hours, dispatch.publication, dispatch.channel),
        link_at=link.due_at if link is not None and link.state not in FINISHED else None,
    )


def at_release(dispatch: Dispatch, now: datetime, *, begun: bool = False) -> EarliestRelease:
    """Return `earliest_release` of what was released: its hours may have ended, or changed, until `now`."""
    quiet = quiet_hours(dispatch.publication)
    late = now - dispatch.due_at > GRACE
    in_time = not late and (quiet is None or not _is_quiet(dispatch.due_at, quiet, dispatch.publication))
    return earliest_release(dispatch, now, begun=begun or in_time)


def on_resuming(dispatch: Dispatch, now: datetime, *, begun: bool = False) -> EarliestRelease:
    """Return `earliest_release` of what has a time already, and was paused.

    What moved it there is found anew, since the pause had a reason of its own: it is why it could not go out now.
    """
    wanted_now = earliest_release(dispatch, now, begun=begun)
    if wanted_now.due_at == dispatch.due_at:
        return wanted_now
    return earliest_release(dispatch, max(dispatch.due_at, now), begun=begun)


def explain(dispatch: Dispatch, first: EarliestRelease, before: str = "") -> str:
    """Return the reason to note on a dispatch for its time: `before`, and what moved it.

    The hold shows as the state, and the wait for the page in reports, as it is then: neither is noted.
    """
    text = "" if first.delay in (Delay.HOLD, Delay.LINK) else sentence(dispatch, first)
    return f"{before} {text}".strip()


def sentence(dispatch: Dispatch, first: EarliestRelease) -> str:
    """Say to an editor what moved a dispatch, "" where nothing did."""
    return first.sentence(zone_of(dispatch.publication), registry.label(dispatch.channel))


def is_quiet(dispatch: Dispatch, moment: datetime) -> bool:
    """Whether a moment (aware) is in the quiet hours of a dispatch's publication."""
    quiet = quiet_hours(dispatch.publication)
    return quiet is not None and _is_quiet(moment, quiet, dispatch.publication)


def _is_quiet(moment: datetime, quiet: QuietHours, publication: Publication) -> bool:
    return after_quiet(moment, quiet, zone_of(publication)) > moment


def quiet_hours(publication: Publication) -> QuietHours | None:
    """Return the hours in which a publication disturbs nobody; None where it has none."""
    if publication.quiet_from is None or publication.quiet_until is None:
        return None
    return QuietHours(publication.quiet_from, publication.quiet_until)


def zone_of(publication: Publication) -> ZoneInfo:
    """Return the time zone in which a publication's hours are meant."""
    return ZoneInfo(publication.time_zone)


def channel_hours(publication: Publication, channel: str, moment: datetime) -> datetime:
    """Return the first time from `moment` (aware) on that the channel's own rules leave to this publication.

    A channel that there is not forbids nothing.
    """
    adapter = registry.CHANNELS.get(channel)
    if adapter is None:
        return moment
    options = options_for(publication.slug, publication.channel_options, channel)
    return max(moment, adapter.not_before(options, moment))
