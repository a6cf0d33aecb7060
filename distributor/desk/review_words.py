"""What approving a letter does, in one sentence with exact figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.lists import format_list
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from distributor.delivery.review import ReviewPlan
from distributor.desk.formats import when
from distributor.domain.times import zone_label
from distributor.locale_formats import locale, number


def figures(plan: ReviewPlan) -> str:
    """Return what goes out: “Mail to 200,113 readers, 4 posts and the letter’s page”; "" for nothing."""
    pieces = []
    if plan.with_mail:
        pieces.append(
            ngettext("mail to %(count)s reader", "mail to %(count)s readers", plan.people) % _count(plan.people)
        )
    if plan.posts:
        pieces.append(ngettext("%(count)s post", "%(count)s posts", plan.posts) % _count(plan.posts))
    if plan.with_page:
        pieces.append(gettext("the letter’s page"))
    text = str(format_list(pieces, locale=locale())) if pieces else ""
    return text[:1].upper() + text[1:]


def times(plan: ReviewPlan, zone: str) -> str:
    """Return when it goes out, and until when it can be taken back, as two sentences."""
    moments = sorted(step.due_at for step in plan.releases)
    if not moments:
        return ""
    if plan.choice.at is None and not plan.choice.next_slot:
        return _soon(plan, moments, zone)
    first, last = near(moments[0], zone), near(moments[-1], zone)
    span = first if first == last else gettext("from %(first)s to %(last)s") % {"first": first, "last": last}
    until = gettext("Can be taken back until each goes out, the first at %(time)s.")
    if first == last:
        until = gettext("Can be taken back until %(time)s.")
    return f"{span}. {until % {'time': _clock(moments[0], zone)}}"


def _soon(plan: ReviewPlan, moments: list[datetime], zone: str) -> str:
    """Return the same for what goes out as soon as it may: the clock runs while somebody reads."""
    minutes = plan.hold // timedelta(minutes=1)
    is_later = moments[0] > timezone.now() + plan.hold + timedelta(minutes=1)  # quiet hours, say
    if is_later:
        time = {"time": near(moments[0], zone)}
        return gettext("from %(time)s. Can be taken back until then.") % time
    if minutes:
        text = ngettext(
            "%(count)s minute after you approve. Can be taken back until then.",
            "%(count)s minutes after you approve. Can be taken back until then.",
            minutes,
        ) % _count(minutes)
    else:
        text = gettext("at once. Can’t be taken back.")
    if moments[-1] - moments[0] <= timedelta(minutes=1):
        return text
    last = gettext("The last goes out %(time)s.") % {"time": near(moments[-1], zone)}
    return f"{text} {last}"


def near(moment: datetime, zone: str) -> str:
    """Return a moment as people say it: “tomorrow 09:00 KST”, with its date where it is neither today nor tomorrow."""
    clock = ZoneInfo(zone)
    days = (moment.astimezone(clock).date() - timezone.now().astimezone(clock).date()).days
    if days == 0:
        return gettext("today %(time)s") % {"time": _clock(moment, zone)}
    if days == 1:
        return gettext("tomorrow %(time)s") % {"time": _clock(moment, zone)}
    return when(moment, zone)


def _clock(moment: datetime, zone: str) -> str:
    clock = ZoneInfo(zone)
    return f"{moment.astimezone(clock):%H:%M} {zone_label(moment, clock)}"


def _count(value: int) -> dict[str, str]:
    return {"count": number(value)}
