"""What would keep a letter or a dispatch from going out, and what should be known before it does: all in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.utils import timezone

from distributor.audience.models import MailingList, Segment
from distributor.channels import registry
from distributor.delivery import epochs, overrides
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import embargoes
from distributor.delivery.planning.dispatch_rows import standing_dispatches
from distributor.delivery.planning.earliest_release import zone_of
from distributor.delivery.planning.targets import targets_of
from distributor.delivery.transitions import state_of
from distributor.delivery.variants import concerns, letter_previews, missing_values
from distributor.delivery.variants.letter_previews import LetterPreview
from distributor.domain.states import State
from distributor.domain.times import stamp
from distributor.domain.variants import Concern
from distributor.letters.models import Letter

NO_PREVIEWS: Final[Mapping[str, LetterPreview]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PreflightConcern:
    """One concern; `channel` is "" for what is about the letter itself, or about all."""

    concern: Concern
    channel: str = ""


def of_letter(
    letter: Letter,
    *,
    channels: Sequence[str] | None = None,
    lists: Sequence[MailingList] = (),
    segment: Segment | None = None,
    at: datetime | None = None,
    previews: Mapping[str, LetterPreview] = NO_PREVIEWS,
) -> tuple[PreflightConcern, ...]:
    """Return what is to be known before a letter is queued like this (see `planning.queue.queue_letter`).

    `previews` are those of its variants that are made already, by channel.
    """
    names = tuple(channels or letter.share_bar or letter.publication.share_bar)
    entries = [PreflightConcern(concern) for concern in (*_of_house(), *_of_letter(letter, at))]
    if not names:
        sentence = "The letter names no channels and the publication has no share bar: name them."
        entries.append(PreflightConcern(Concern(sentence, "refuse")))
    for name in dict.fromkeys(names):
        of_channel = _of_channel(letter, name, lists, segment, previews.get(name))
        entries += [PreflightConcern(concern, name) for concern in of_channel]
    return tuple(entries)


def of_dispatch(dispatch: Dispatch) -> tuple[PreflightConcern, ...]:
    """Return what is to be known before a letter's dispatch goes out."""
    assert dispatch.letter is not None
    entries = [PreflightConcern(concern) for concern in (*_of_house(), *_of_letter(dispatch.letter, dispatch.due_at))]
    entries += [PreflightConcern(concern, dispatch.channel) for concern in dict.fromkeys(_of_dispatch(dispatch))]
    return tuple(entries)


def is_ready(entries: Iterable[PreflightConcern]) -> bool:
    """Whether nothing would keep it from going out."""
    return all(entry.concern.level != "refuse" for entry in entries)


def _of_house() -> Iterator[Concern]:
    if epochs.held_because():
        yield Concern(epochs.WAITS, "refuse")


def _of_letter(letter: Letter, at: datetime | None) -> Iterator[Concern]:
    embargo = embargoes.of_letter(letter, at=at, now=timezone.now())
    if embargo is not None:
        yield Concern(embargo.sentence)
    yield from _of_twin(letter)
    for piece in letter.left_out:
        yield Concern(f"Left out of the letter: {piece['what']}. {piece['why']}", "note")
    for notice in letter.notices:
        yield Concern(notice, "note")


def _of_twin(letter: Letter) -> Iterator[Concern]:
    """Say that another letter of the same title is out: it may be this one, taken in a second time."""
    out = Dispatch.objects.filter(
        letter__publication=letter.publication, letter__title__iexact=letter.title, released_at__isnull=False
    ).exclude(letter=letter)
    dispatch = out.order_by("-released_at").only("letter_id", "released_at").first()
    if dispatch is not None and dispatch.released_at is not None:
        moment = stamp(dispatch.released_at, zone_of(letter.publication))
        yield Concern(f"A letter with the same title went out before: L{dispatch.letter_id}, {moment}.")


def _of_channel(
    letter: Letter,
    name: str,
    lists: Sequence[MailingList],
    segment: Segment | None,
    letter_preview: LetterPreview | None,
) -> Iterator[Concern]:
    targets = targets_of(letter.publication, name, lists, segment)
    yield from (Concern(target.problem, "refuse") for target in targets if target.problem)
    if name not in registry.names():
        return
    variant_preview = (letter_preview or letter_previews.of_letter(letter, name)).preview
    yield from variant_preview.concerns
    for target in targets:
        if variant_preview.variant is not None and target.list_ids:
            yield from missing_values.of_lists(target.list_ids, variant_preview.variant)
        dispatch = standing_dispatches(letter, name, target.key).first()
        if dispatch is not None:
            text = f"It is queued for {target.name} already: {dispatch.reference} is {state_of(dispatch).predicate}."
            yield Concern(text, "note")


def _of_dispatch(dispatch: Dispatch) -> Iterator[Concern]:
    state = state_of(dispatch)
    if state in (State.BLOCKED, State.PAUSED, State.FAILED):
        yield Concern(f"It is {state.predicate}. {dispatch.reason}".strip(), "refuse")
    variant_state = overrides.state(dispatch)
    yield from variant_state.preview.concerns
    yield from (Concern(sentence) for sentence in variant_state.change.sentences)
    yield from (entry.concern for entry in concerns.of_dispatches([dispatch]))
