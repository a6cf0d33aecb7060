"""What becomes of a feed's entries: each is a letter once, and those that are news are queued by the feed's rules.

An entry that was seen, by what it says, is passed over unless it was another one in between: its letter is there. So a
feed that changes its entries' ids and addresses on every read brings nothing new, and a long feed costs little. See
docs/decisions/watched-feeds.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max

from distributor.domain.errors import BadInput, UnclearLetter
from distributor.domain.feed_looks import NEWS_SPAN, brake
from distributor.domain.feed_news import Entry, entry_kinds
from distributor.domain.letters import Draft
from distributor.domain.recipient_fields import is_personal
from distributor.letters import media_store, source_feeds, source_locks
from distributor.letters.actions import Intake, take_in
from distributor.letters.intake import draft_json
from distributor.letters.intake.feed import is_cut_notice
from distributor.letters.models import Letter, LetterKey
from distributor.newsroom import intake_rules, withdrawals
from distributor.newsroom.models import FeedEntry, WatchedFeed

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
ACTOR = "a watched feed"
# What two readings of one entry have in common, whatever became of its addresses and ids.
_CONTENT = ("title", "body_html", "summary", "image_alt", "section", "withheld", "editor_note")


@dataclass(slots=True)
class EntriesResult:
    """What was in a feed: its entries, how many of them are news, how many of those go out, and what is to be said."""

    entries: int = 0
    archive: int = 0
    news: int = 0
    releases: int = 0
    asks: int = 0
    notes: list[str] = field(default_factory=list)


def take_in_entries(feed: WatchedFeed, drafts: Sequence[Draft], *, now: datetime) -> EntriesResult:
    """Make letters of the entries that were not seen before, and queue the news. In the transaction of the look.

    `drafts` are in the feed's order, the newest first as feeds are; `now` is aware. Nothing is queued where the feed
    was never read before (`connected_at` is None).
    """
    result = EntriesResult(entries=len(drafts))
    for name in dict.fromkeys(draft.feed for draft in drafts if draft.feed):
        source_feeds.note_reading(feed.publication, name, now=now)
    by_digest: dict[str, Draft] = {}
    for draft in drafts:
        by_digest.setdefault(digest_of(draft), intake_rules.in_series(draft, feed))
    for reversion in _reversions(feed, by_digest, result):
        _note_withheld(reversion, result)
    unseen_drafts = _unseen(feed, by_digest, result, now=now)
    if unseen_drafts:
        source_locks.lock_publication(feed.publication)
    rows: dict[str, FeedEntry] = {}
    intakes: dict[str, Intake] = {}
    for digest, draft in _oldest_first(unseen_drafts):
        rows[digest] = FeedEntry(feed=feed, digest=digest, title=draft.title, noted_at=now, seen_at=now)
        intake = _take_in(rows[digest], draft, feed)
        if intake is not None:
            intakes[digest] = intake
    _note_kinds(feed, by_digest, rows, intakes)
    news: list[tuple[FeedEntry, Letter, Draft]] = []
    for digest, row in rows.items():
        row.save()
        if row.letter is not None and row.kind == FeedEntry.Kind.NEWS:
            news.append((row, row.letter, by_digest[digest]))
        elif row.letter is not None:
            _note_withheld(intakes[digest], result)
        result.asks += row.asks
        result.archive += row.kind == FeedEntry.Kind.ARCHIVE
    _queue(feed, news, result, now=now)
    return result


def _note_kinds(
    feed: WatchedFeed, by_digest: Mapping[str, Draft], rows: Mapping[str, FeedEntry], intakes: Mapping[str, Intake]
) -> None:
    """Say in the rows of new entries which of them are news; those that were seen before are known by their place."""
    digests = [digest for digest in by_digest if digest in intakes or digest not in rows]
    entries = [
        Entry(digest in intakes and intakes[digest].created, by_digest[digest].published_at) for digest in digests
    ]
    for digest, kind in zip(digests, entry_kinds(entries, connected_at=feed.connected_at), strict=True):
        if digest in intakes:
            rows[digest].kind = FeedEntry.Kind(kind)


def news_before(feed: WatchedFeed, now: datetime) -> int:
    """Return how many news of a feed count for its limit now."""
    since = max(filter(None, (now - NEWS_SPAN, feed.count_from)))
    return feed.entries.filter(kind=FeedEntry.Kind.NEWS, noted_at__gt=since).count()


def digest_of(draft: Draft) -> str:
    """Return what tells one entry from another by what it says."""
    values = [getattr(draft, name) for name in _CONTENT]
    authors = [author.name for author in draft.authors]
    series = [draft.series.title, draft.series.number] if draft.series else []
    return sha256(json.dumps([*values, authors, series]).encode()).hexdigest()


@transaction.atomic
def answer(entry_id: int, *, corrects: Letter | None = None, actor: str = "", now: datetime) -> FeedEntry:
    """Say which letter an unclear entry is: it `corrects` one, or is a letter of its own, which is news then.

    Raises BadInput where the entry does not ask any more.
    """
    row = FeedEntry.objects.select_for_update().select_related("feed__publication").filter(pk=entry_id).first()
    if row is not None and row.letter_id and row.asks:
        raise BadInput(f"It is clear that this entry is L{row.letter_id}, which waits for your yes: approve it.")
    if row is None or row.kind != FeedEntry.Kind.UNCLEAR or row.draft is None:
        raise BadInput("This entry does not ask any more: look at its letter.")
    feed, draft = row.feed, draft_json.read(row.draft)
    intake = take_in(
        draft,
        publication=feed.publication,
        actor=actor,
        origin=f"the feed {feed.name}",
        corrects=corrects,
        is_new=corrects is None,
    )
    row.letter, row.draft, row.asks, row.reason = intake.letter, None, False, ""
    row.kind = FeedEntry.Kind.KNOWN if corrects else FeedEntry.Kind.NEWS
    row.noted_at = now
    if corrects:
        row.reason = withdrawals.after_edit(intake)
    else:
        plan = intake_rules.queue(intake.letter, feed, doubt=_doubt(draft))
        row.reason, row.asks = " ".join(plan.notes), not plan.goes_out and feed.approve
    row.save()
    return row


def _reversions(feed: WatchedFeed, drafts: Mapping[str, Draft], result: EntriesResult) -> list[Intake]:
    """Let letters say again what they said, whose entries were edited and edited back; return what that wrote.

    An entry was edited back where it was seen before, and what its letter said since then is not in the feed any more.
    """
    rows = feed.entries.filter(digest__in=drafts).exclude(letter=None).select_related("letter")
    entry_rows = {row.letter_id: row for row in rows.order_by("seen_at", "pk")}  # of each letter the latest
    other_rows = feed.entries.filter(letter__in=entry_rows).exclude(digest__in=drafts)
    last_seen = dict(other_rows.values_list("letter").annotate(Max("seen_at")))
    intakes = []
    for letter_id, row in entry_rows.items():
        draft, letter = drafts[row.digest], row.letter
        if letter is None or letter_id not in last_seen or last_seen[letter_id] <= row.seen_at:
            continue
        keys = [key.value for key in draft.keys]
        if LetterKey.objects.filter(publication=feed.publication, value__in=keys).exclude(letter=letter).exists():
            continue  # it has the address of another one by now
        origin = f"the feed {feed.name}"
        source_locks.lock_publication(feed.publication)
        try:
            with transaction.atomic():
                intake = take_in(draft, publication=feed.publication, actor=ACTOR, origin=origin, corrects=letter)
        except BadInput as error:
            result.notes.append(f"“{letter.title}” does not say again what it said: {error}")
            continue
        intakes.append(intake)
    return intakes


def _note_withheld(intake: Intake, result: EntriesResult) -> None:
    """Take back what has not gone out of a letter that its feed withholds by now, and say so."""
    letter = intake.letter
    if letter.withheld and letter.dispatches.exists():
        result.notes.append(f"“{letter.title}”: {withdrawals.after_edit(intake)}")


def _unseen(
    feed: WatchedFeed, by_digest: Mapping[str, Draft], result: EntriesResult, *, now: datetime
) -> list[tuple[str, Draft]]:
    """Return the entries that were not seen before, with their digests; of those that were, that they are there."""
    rows = feed.entries.filter(digest__in=by_digest)
    digests = set(rows.values_list("digest", flat=True))
    rows.update(seen_at=now)
    elsewhere = _under_other_addresses([by_digest[digest] for digest in digests], feed)
    if elsewhere:
        are = "1 entry has" if elsewhere == 1 else f"{elsewhere} entries have"
        result.notes.append(
            f"{are} other ids and addresses than before, and say what they said: no new letters. One that is meant as "
            "a letter of its own is queued with “distributor queue ADDRESS --new”."
        )
    return [(digest, draft) for digest, draft in by_digest.items() if digest not in digests]


def _oldest_first(drafts: Sequence[tuple[str, Draft]]) -> list[tuple[str, Draft]]:
    """Return entries in the order in which they were published: by their dates, else against their feed's order."""
    dates = {digest: draft.published_at for digest, draft in drafts}
    backwards = list(reversed(drafts))
    return sorted(backwards, key=lambda pair: dates[pair[0]] or _LONG_AGO) if all(dates.values()) else backwards


def _under_other_addresses(drafts: Sequence[Draft], feed: WatchedFeed) -> int:
    """Return how many of these have keys, and none of them is any letter's."""
    names = [[key for key in draft.keys if key.kind != "entry"] for draft in drafts]
    values = [key.value for keys in names for key in keys]
    rows = LetterKey.objects.filter(publication=feed.publication, value__in=values).values_list("kind", "value")
    stored_keys = set(rows)
    return sum(bool(keys) and all((key.kind, key.value) not in stored_keys for key in keys) for keys in names)


def _take_in(row: FeedEntry, draft: Draft, feed: WatchedFeed) -> Intake | None:
    """Make a letter of an entry; None where a person has to say which letter it is, and its row says why."""
    origin = f"the feed {feed.name}"
    try:
        with transaction.atomic():
            intake = take_in(draft, publication=feed.publication, actor=ACTOR, origin=origin)
    except UnclearLetter as error:
        twin = _twin(draft, feed, error.candidates)
        if twin is None:
            row.kind, row.reason, row.asks = FeedEntry.Kind.UNCLEAR, str(error), True
            row.draft = _draft_json(draft, feed)
            return None
        intake = Intake(twin, created=False)
    except BadInput as error:
        row.kind, row.reason, row.asks = FeedEntry.Kind.FAILED, str(error), True
        return None
    row.letter = intake.letter
    return intake


def _draft_json(draft: Draft, feed: WatchedFeed) -> dict[str, Any]:
    """Return a draft as it is kept until a person has answered; its pictures are stored at once."""
    copy = media_store.with_copies(draft, feed.publication)
    media_store.keep(copy.pictures, feed.publication)
    return draft_json.write(replace(copy, pictures=()))


def _twin(draft: Draft, feed: WatchedFeed, candidates: Sequence[int]) -> Letter | None:
    """Return the letter that says the very same, where all keys are new: its feed gave it other ids and addresses.

    A person who takes in a source is asked then; by itself nothing may go out twice, so here it is that letter.
    """
    values = [key.value for key in draft.keys]
    if LetterKey.objects.filter(publication=feed.publication, value__in=values).exists():
        return None
    letters = feed.publication.letters.filter(pk__in=candidates, title=draft.title, body_text=draft.body_text)
    return letters.order_by("pk").first()


def _queue(
    feed: WatchedFeed, news: Sequence[tuple[FeedEntry, Letter, Draft]], result: EntriesResult, *, now: datetime
) -> None:
    """Queue the news by the feed's rules; where they are unusually many, all of them ask."""
    result.news = len(news)
    earlier = news_before(feed, now) - len(news)  # those of this look are stored already
    too_many = brake(news=len(news), earlier=max(earlier, 0), limit=feed.news_limit) if feed.approve else ""
    if too_many:
        result.notes.append(too_many)
    for row, letter, draft in news:
        plan = intake_rules.queue(letter, feed, doubt=too_many or _doubt(draft))
        row.reason, row.asks = " ".join(plan.notes), not plan.goes_out and feed.approve
        row.save(update_fields=["reason", "asks"])
        result.releases += plan.goes_out
        result.asks += row.asks


def _doubt(draft: Draft) -> str:
    """Return why an entry asks a person rather than goes out: it has only the beginning, or writes readers' values."""
    if is_personal(draft.title, draft.summary, draft.body_html):
        return "It writes values of each reader, such as a name or an attribute. So it asks first."
    return next((f"{notice} So it asks first." for notice in draft.notices if is_cut_notice(notice)), "")
