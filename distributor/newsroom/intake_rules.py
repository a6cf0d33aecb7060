"""What becomes of a letter that came by itself: its dispatches are planned by the rules of its feed or door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from distributor.audience import segments
from distributor.audience.actions import check_open, find_lists
from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import QueueResult, queue_letter
from distributor.domain.errors import BadInput
from distributor.domain.letters import Draft, SeriesView
from distributor.domain.states import State
from distributor.letters.models import Letter, Publication
from distributor.newsroom.models import Arrival, FeedEntry, IntakeRules

MOST_HOLD = 7 * 24 * 60  # minutes
MOST_NEWS = 1_000  # letters in a day
_REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """How letters that come by themselves are planned; empty is as their publication and share bar have it.

    `approve`: they go out by themselves, `news_limit` of them in 24 hours; without it each waits as a draft.
    """

    series: str = ""
    channels: Sequence[str] = ()
    lists: Sequence[str] = ()
    segment: str = ""
    hold_minutes: int | None = None
    approve: bool = False
    news_limit: int = 5


@dataclass(frozen=True, slots=True)
class IntakePlan:
    """What was planned for a letter. `goes_out` says that it does so without a person; `notes` are sentences."""

    goes_out: bool
    notes: tuple[str, ...] = ()


def check(publication: Publication, settings: RuleSettings) -> None:
    """Raise BadInput for rules that can't be kept: a channel, list or segment that there is not, a number too large."""
    for name in settings.channels:
        registry.get(name)
    check_open(find_lists(publication, settings.lists))
    if settings.segment:
        segments.find(publication, settings.segment)
    if settings.hold_minutes is not None and not 0 <= settings.hold_minutes <= MOST_HOLD:
        raise BadInput(f"A hold has 0 to {MOST_HOLD:,} minutes: give another one.")
    if not 0 <= settings.news_limit <= MOST_NEWS:
        raise BadInput(f"0 to {MOST_NEWS:,} letters a day can go out by themselves: give another number.")
    if len(settings.series) > 300:
        raise BadInput("The series has a longer name than 300 characters: shorten it.")


def write(rules: IntakeRules, settings: RuleSettings) -> None:
    """Set the rules of a row that is to be saved."""
    rules.series = " ".join(settings.series.split())
    rules.channels = list(dict.fromkeys(settings.channels))
    rules.lists = list(dict.fromkeys(settings.lists))
    rules.segment = settings.segment
    rules.hold_minutes = settings.hold_minutes
    rules.approve = settings.approve
    rules.news_limit = settings.news_limit


def read(rules: IntakeRules) -> RuleSettings:
    """Return the rules of a row."""
    return RuleSettings(
        rules.series,
        tuple(rules.channels),
        tuple(rules.lists),
        rules.segment,
        rules.hold_minutes,
        rules.approve,
        rules.news_limit,
    )


def of_letter(letter: Letter) -> RuleSettings:
    """Return the rules of the feed or door that a letter came by; those that say nothing where it came by none.

    Who queues such a letter and names no channels, lists or segment means what was chosen for it there.
    """
    # Not by one that a feed only had as well: a letter that was written here, and whose page is in the feed since.
    kinds = (FeedEntry.Kind.NEWS, FeedEntry.Kind.ARCHIVE)
    entry = FeedEntry.objects.filter(letter=letter, kind__in=kinds).select_related("feed").order_by("pk").first()
    arrival = Arrival.objects.filter(letter=letter, is_news=True).select_related("door").first()
    rules = entry.feed if entry else arrival.door if arrival else None
    return read(rules) if rules else RuleSettings()


def in_series(draft: Draft, rules: IntakeRules) -> Draft:
    """Return a draft in the series of its feed or door, where it names none itself."""
    return replace(draft, series=SeriesView(rules.series)) if rules.series and draft.series is None else draft


def queue(letter: Letter, rules: IntakeRules, *, doubt: str = "") -> IntakePlan:
    """Plan a letter by these rules. With a `doubt`, a sentence, its dispatches are drafts that say it.

    What can't be planned (a list that was removed, no channel at all) is no error: the notes say it.
    """
    asks = doubt or ("" if rules.approve else "It came by itself, and its letters ask before they go out.")
    try:
        with transaction.atomic():
            result = _plan(letter, rules, approve=not asks)
    except BadInput as error:
        return IntakePlan(goes_out=False, notes=(str(error),))
    if doubt:
        _note_doubt(result.dispatches, doubt)
    goes_out = not asks and any(dispatch.state != State.DRAFT.value for dispatch in result.dispatches)
    return IntakePlan(goes_out, (*((doubt,) if doubt else ()), *result.notes))


def _plan(letter: Letter, rules: IntakeRules, *, approve: bool) -> QueueResult:
    publication = letter.publication
    return queue_letter(
        letter,
        hold_minutes=rules.hold_minutes,
        channels=rules.channels or None,
        lists=find_lists(publication, rules.lists),
        segment=segments.find(publication, rules.segment) if rules.segment else None,
        approve=approve,
    )


def _note_doubt(dispatches: Sequence[Dispatch], doubt: str) -> None:
    ids = [dispatch.pk for dispatch in dispatches if dispatch.state == State.DRAFT.value]
    Dispatch.objects.filter(pk__in=ids, reason="").update(reason=doubt[:_REASON_LENGTH])
