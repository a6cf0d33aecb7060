"""Digests: found due by the clocks of those who get them, and sent as any other mail.

Any number of workers may plan at once: the row of a run (publication, cadence, zone, local day) is made by one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import connection, transaction

from distributor.audience.models import MailingList
from distributor.channels import registry
from distributor.channels.base import AddressedChannel
from distributor.delivery import accounts, ledger, queries, wake
from distributor.delivery.models import Digest, Dispatch
from distributor.delivery.previews import options_for
from distributor.delivery.transitions import locked, move
from distributor.domain.digests import (
    MARGIN,
    MOST_LETTERS,
    REACH,
    Cadence,
    DigestLetter,
    DigestView,
    TopLetter,
    due_day,
    moment_of,
)
from distributor.domain.letters import AuthorView, SeriesView
from distributor.domain.states import FINISHED, Event, State
from distributor.domain.variants import Variant
from distributor.letters.models import Page, Publication
from distributor.letters.publishing import page_url, taken_down_urls
from distributor.rendering import phrases
from distributor.rendering.addresses import ascii_url

# The numbers of a publication's most read letters, the most read first, on a day (UTC).
Top = Callable[[Publication, date], Sequence[int]]


def plan(*, now: datetime, top: Top) -> int:
    """Make the dispatches of all digests that are due at `now` (aware) and have something new for someone.

    Returns how many were made. What is due and was made before, or had nothing new then, is left alone.
    """
    made = 0
    for publication in Publication.objects.filter(digests_from__isnull=False).order_by("pk"):
        for cadence, zone, day in _due(publication, now):
            made += _run(Digest(publication=publication, cadence=cadence.value, zone=zone, day=day), now=now, top=top)
    return made


def _due(publication: Publication, now: datetime) -> list[tuple[Cadence, str, date]]:
    """Return the runs that are due and have not been."""
    assert publication.digests_from is not None
    due = []
    for cadence, zone in _awaited(publication):
        day = due_day(
            cadence, publication.digests_at, zone=ZoneInfo(zone), now=now, not_before=publication.digests_from
        )
        if day is not None:
            due.append((cadence, zone, day))
    known = set(publication.digests.filter(day__in={day for _, _, day in due}).values_list("cadence", "zone", "day"))
    return [one for one in due if (one[0].value, *one[1:]) not in known]


def _awaited(publication: Publication) -> list[tuple[Cadence, str]]:
    home = publication.time_zone
    asked: dict[str, Any] = {
        "publication": publication.pk,
        "home": home,
        "zones": sorted(available_timezones() - {home}),
    }
    with connection.cursor() as cursor:
        cursor.execute(queries.DIGEST_ZONES, asked)
        return [(Cadence(cadence), zone) for cadence, zone in cursor.fetchall()]


@transaction.atomic
def _run(digest: Digest, *, now: datetime, top: Top) -> bool:
    """Make one run, with its dispatch where someone gets something; return whether there is one."""
    publication = digest.publication
    digest.cutoff = now - MARGIN
    pages = _new_pages(digest, now=now)
    lists = list(publication.lists.values_list("pk", flat=True))
    digest.letters = [asdict(_shown(page)) for page in pages]
    if pages and not _is_awaited(digest, lists):
        digest.letters = []
    if digest.letters:
        digest.top = [asdict(one) for one in _top(publication, top(publication, now.date()))]
    Digest.objects.bulk_create([digest], ignore_conflicts=True)
    mine = Digest.objects.select_for_update().get(
        publication=publication, cadence=digest.cadence, zone=digest.zone, day=digest.day
    )
    if not mine.letters or Dispatch.objects.filter(digest=mine).exists():
        return False  # nothing new, or another worker was first
    _dispatch(mine, lists, now=now)
    _take_the_place_of_others(mine)
    return True


def _new_pages(digest: Digest, *, now: datetime) -> list[Page]:
    """Return the pages that went live within the digest's reach, the newest first."""
    known = Page.objects.select_related("letter__publication").filter(
        letter__publication=digest.publication,
        published_at__gt=now - REACH[Cadence(digest.cadence)],
        published_at__lte=digest.cutoff,
    )
    return list(known.order_by("-published_at", "-pk")[:MOST_LETTERS])


def _is_awaited(digest: Digest, lists: Sequence[int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(queries.ANYONE_DUE, {**ledger.awaiting(digest), "lists": list(lists)})
        return bool(cursor.fetchone()[0])


def _dispatch(digest: Digest, lists: Sequence[int], *, now: datetime) -> None:
    account = next(iter(accounts.for_channel(digest.publication, accounts.MAIL)), None)
    dispatch = Dispatch.objects.create(
        publication=digest.publication,
        digest=digest,
        channel=accounts.MAIL,
        account=account,
        target_key=f"digest:{digest.pk}",
        target=f"{digest.cadence} digest, {digest.zone}",
        state=(State.SCHEDULED if account else State.BLOCKED).value,
        reason="" if account else "No mail account is connected.",
        due_at=now,
        approved_at=now,
    )
    dispatch.lists.set(MailingList.objects.filter(pk__in=lists))
    wake.after_commit("delivery.tick")


def _take_the_place_of_others(digest: Digest) -> None:
    """Cancel what is left of this digest's earlier runs, which were paused, blocked or slow: it has their letters.

    Two runs on their way to the same people at once would bring them the same letters.
    """
    earlier = Dispatch.objects.filter(
        digest__publication=digest.publication_id,
        digest__cadence=digest.cadence,
        digest__zone=digest.zone,
        digest__day__lt=digest.day,
    )
    for id_ in earlier.exclude(state__in=FINISHED).order_by("pk").values_list("pk", flat=True):
        other = locked(id_)
        if other.state not in FINISHED:
            move(other, Event.CANCEL, reason=f"Its letters are in the digest of {digest.day:%Y-%m-%d}.")
            wake.after_commit("delivery.mail", id_)  # who was still to get it has an outcome then


def _shown(page: Page) -> DigestLetter:
    """Return a letter as its page shows it, whatever became of the letter since."""
    data, publication = page.variant["data"], page.letter.publication
    language = data["language"] or publication.language
    published = datetime.fromisoformat(data["published"]) if data["published"] else page.published_at
    return DigestLetter(
        moment=moment_of(page.published_at),
        title=data["title"],
        url=ascii_url(page_url(page.letter)),
        lead=data["description"],
        series_line=phrases.series_line(
            SeriesView(data["series"], data["number"]) if data["series"] else None, language
        ),
        authors_line=phrases.names([AuthorView(name) for name in data["authors"]], language),
        date_line=phrases.date_line(published, publication.time_zone, language),
        picture=data["image"],
    )


def _top(publication: Publication, ids: Sequence[int]) -> list[TopLetter]:
    pages = Page.objects.select_related("letter__publication").filter(letter__in=ids, letter__publication=publication)
    known = {page.letter_id: page for page in pages}
    return [
        TopLetter(known[id_].variant["data"]["title"], ascii_url(page_url(known[id_].letter)))
        for id_ in ids
        if id_ in known
    ]


def view(digest: Digest) -> DigestView:
    """Return the value object that rendering takes."""
    return DigestView(
        publication=digest.publication.view(site_url=settings.SITE_URL),
        cadence=Cadence(digest.cadence),
        letters=tuple(DigestLetter(**one) for one in digest.letters),
        top=tuple(TopLetter(**one) for one in digest.top),
    )


def sample(publication: Publication, cadence: Cadence, *, since: datetime, now: datetime, top: Top) -> Variant | None:
    """Return the mail that would go out at `now` to someone who has had the letters up to `since`; None for no news.

    Nothing is stored. Raises TemplateError.
    """
    digest = Digest(publication=publication, cadence=cadence.value, zone=publication.time_zone, cutoff=now)
    shown = [_shown(page) for page in _new_pages(digest, now=now) if page.published_at > since]
    if not shown:
        return None
    digest.letters = [asdict(one) for one in shown]
    digest.top = [asdict(one) for one in _top(publication, top(publication, now.date()))]
    return compose(digest)


def leave_out_taken_down(digest: Digest) -> bool:
    """Take letters out of a digest whose pages were taken down since it was planned; return whether one is left.

    To be done before it is spread: who gets it is asked by its letters. One that has none left stays as it is.
    """
    gone = taken_down_urls(digest.publication)
    letters = [one for one in digest.letters if one["url"] not in gone]
    top = [one for one in digest.top if one["url"] not in gone]
    if letters and (letters, top) != (digest.letters, digest.top):
        digest.letters, digest.top = letters, top
        digest.save(update_fields=["letters", "top"])
    return bool(letters)


def compose(digest: Digest) -> Variant:
    """Return the variant of a digest. Raises TemplateError."""
    publication = digest.publication
    channel = cast(AddressedChannel, registry.get(accounts.MAIL))
    options = options_for(publication.slug, publication.channel_options, accounts.MAIL)
    return channel.compose_digest(view(digest), options)


@dataclass(frozen=True, slots=True)
class Run:
    """One run as people see it. `dispatch` and the rest of it are None where nothing was new for anyone."""

    day: date
    cadence: str
    zone: str
    letters: int
    dispatch: int | None
    state: str
    recipients: int | None
    accepted: int | None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "day": self.day.isoformat()}


def runs(publication: Publication, *, most: int) -> list[Run]:
    """Return a publication's newest runs, the newest first."""
    known = publication.digests.select_related("dispatch").order_by("-day", "-pk")[:most]
    found = {one: getattr(one, "dispatch", None) for one in known}
    counts = ledger.counts(dispatch for dispatch in found.values() if dispatch is not None)
    made = []
    for one, dispatch in found.items():
        counted = counts[dispatch.pk] if dispatch else None
        made.append(
            Run(
                day=one.day,
                cadence=one.cadence,
                zone=one.zone,
                letters=len(one.letters),
                dispatch=dispatch.pk if dispatch else None,
                state=dispatch.state if dispatch else "nothing new",
                recipients=counted.recipients if counted else None,
                accepted=counted.accepted if counted else None,
            )
        )
    return made
