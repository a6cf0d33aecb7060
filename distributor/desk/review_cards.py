"""A letter's variants as its review shows them: with what editors wrote and fields to write in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from distributor.channels import registry
from distributor.delivery import overrides
from distributor.delivery.models import Dispatch
from distributor.delivery.preflight import PreflightConcern
from distributor.delivery.variants import letter_links, letter_previews
from distributor.delivery.variants.letter_previews import LetterPreview
from distributor.desk import presentation
from distributor.desk.presentation import Card
from distributor.desk.review_forms import VariantForm, values_of
from distributor.domain.overrides import NO_OVERRIDE, Override
from distributor.domain.states import VACANT
from distributor.domain.variants import Concern
from distributor.letters.models import Letter

NO_EDITS: Final[Mapping[str, VariantForm]] = MappingProxyType({})
_LEVELS: Final = ("refuse", "warning", "note")


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """One channel's variant: its `form` is None where it can't be edited by itself.

    `own_parts` are what an editor wrote of it, `dispatches` those of the letter that are planned or out there, and
    `cost` says what it costs, "" for nothing.
    """

    card: Card
    form: VariantForm | None
    own_parts: tuple[str, ...]
    dispatches: tuple[Dispatch, ...]
    cost: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know before a letter goes out, and the labels and names of the channels that it is about."""

    concern: Concern
    channels: tuple[tuple[str, str], ...] = ()


def previews(letter: Letter, channels: Sequence[str], contents: Mapping[str, Override]) -> dict[str, LetterPreview]:
    """Return the variants of these channels with what editors wrote for them."""
    names = [name for name in dict.fromkeys(channels) if name in registry.names()]
    return dict(zip(names, letter_previews.of_channels(letter, names, contents), strict=True))


def of_channels(letter: Letter, channels: Sequence[str], contents: Mapping[str, Override]) -> list[ReviewCard]:
    """Return the cards of these channels with these contents."""
    return of_previews(letter, previews(letter, channels, contents), contents)


def of_previews(
    letter: Letter,
    letter_variants: Mapping[str, LetterPreview],
    contents: Mapping[str, Override],
    edits: Mapping[str, VariantForm] = NO_EDITS,
) -> list[ReviewCard]:
    """Return the cards of some variants; `edits` are the forms that were sent for some of them."""
    by_channel: dict[str, list[Dispatch]] = {}
    for dispatch in presentation.dispatches(letter).defer("variant", "approved_variant"):
        by_channel.setdefault(dispatch.channel, []).append(dispatch)
    return [
        _card(card, contents.get(card.channel, NO_OVERRIDE), by_channel.get(card.channel, []), edits.get(card.channel))
        for card in presentation.cards_of(letter, letter_variants.values())
    ]


def findings(entries: Iterable[PreflightConcern]) -> list[Finding]:
    """Return each concern once, the gravest first, with all channels that it is about."""
    by_concern: dict[Concern, dict[str, str]] = {}
    for entry in entries:
        names = by_concern.setdefault(entry.concern, {})
        if entry.channel:
            names[entry.channel] = registry.label(entry.channel)
    order = sorted(by_concern, key=lambda concern: _LEVELS.index(concern.level))
    return [Finding(concern, tuple(by_concern[concern].items())) for concern in order]


def _card(card: Card, content: Override, dispatches: list[Dispatch], edit: VariantForm | None) -> ReviewCard:
    states = {state.value for state in overrides.STATES}
    is_post = letter_links.takes_short(card.channel) and card.variant is not None
    can_edit = is_post and (not dispatches or any(row.state in states or row.state in VACANT for row in dispatches))
    text = content.text or "\n\n".join(part.text for part in card.parts)
    form = edit or VariantForm(initial=values_of(content, text), auto_id=f"{card.channel}-%s")
    return ReviewCard(
        card, form if can_edit else None, content.parts, tuple(dispatches), registry.get(card.channel).capabilities.cost
    )
