"""How many of a mailing's readers lack a value that its mail writes, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

from django.db.models import QuerySet

from distributor.audience.models import Subscription
from distributor.channels.payloads import EMPTY, STOP, AddressedPayload
from distributor.delivery.models import Dispatch
from distributor.domain.variants import Concern, Variant

EACH_LETTER: Final = "each letter"
# The name alone: not where something stands in its place, or a template tests it.
_NAME: Final = re.compile(r"\{\{ recipient\.name(?: \| url_value)? \}\}")


def concerns(dispatch: Dispatch, variant: Variant) -> tuple[Concern, ...]:
    """Return what an editor should know before a mailing begins: one sentence for each value that some lack."""
    cadence = dispatch.digest.cadence if dispatch.digest else EACH_LETTER
    list_ids = dispatch.lists.values_list("pk", flat=True) if _writes_values(variant) else ()
    return of_lists(list_ids, variant, cadence=cadence)


def of_lists(list_ids: Iterable[int], variant: Variant, *, cadence: str = EACH_LETTER) -> tuple[Concern, ...]:
    """Return the same for the people on some lists who want mail so often."""
    payload = variant.payload
    if not isinstance(payload, AddressedPayload) or not _writes_values(variant):
        return ()
    people = Subscription.objects.filter(list__in=list(list_ids), state="active", cadence=cadence)
    counts = _lacking(people, payload.attributes)
    level: Literal["note", "warning"] = "note" if payload.missing == EMPTY else "warning"
    sentences = [_sentence(name, count, payload.missing) for name, count in counts.items()]
    nameless = (
        people.filter(subscriber__name="").values("subscriber").distinct().count() if _writes_name(variant) else 0
    )
    if nameless:
        sentences.append(_name_sentence(nameless, payload.missing))
    return tuple(Concern(sentence, level) for sentence in sentences)


def stop_reason(dispatch: Dispatch, variant: Variant) -> str:
    """Return why a mailing may not begin, "" where it may: its publication wants nobody to lack a value."""
    payload = variant.payload
    if not isinstance(payload, AddressedPayload) or payload.missing != STOP:
        return ""
    return " ".join(concern.message for concern in concerns(dispatch, variant))


def _writes_values(variant: Variant) -> bool:
    return isinstance(variant.payload, AddressedPayload) and (bool(variant.payload.attributes) or _writes_name(variant))


def _writes_name(variant: Variant) -> bool:
    return any(_NAME.search(part) for part in (variant.subject, variant.html, variant.text))


def _lacking(people: QuerySet[Subscription], names: tuple[str, ...]) -> dict[str, int]:
    """Return how many people on some lists lack each attribute, of those that anybody lacks.

    Of a segment all people on the lists are counted: it may have fewer.
    """
    counts = {
        name: people.exclude(subscriber__attributes__has_key=name).values("subscriber").distinct().count()
        for name in names
    }
    return {name: count for name, count in counts.items() if count}


def _name_sentence(count: int, choice: str) -> str:
    """Say who has no name. It keeps nobody's mail back but where the publication wants that: many give none."""
    people = "One person on the lists has" if count == 1 else f"{count:,} people on the lists have"
    advice = "write {{ recipient.name | default(“reader”) }} for something in its place"
    if choice == STOP:
        return f"{people} no name: {advice}, or choose another way."
    return f"{people} no name, and nothing is written in its place: {advice}."


def _sentence(name: str, count: int, missing: str) -> str:
    people = "One person on the lists has" if count == 1 else f"{count:,} people on the lists have"
    if missing == EMPTY:
        return f"{people} no “{name}”: nothing is written in its place."
    if missing == STOP:
        return f"{people} no “{name}”: fill it in, give the template something in its place, or choose another way."
    verb = "gets" if count == 1 else "get"
    pronoun = "That person" if count == 1 else "They"
    return f"{people} no “{name}”. {pronoun} {verb} no mail: give the template something in its place, or fill it in."
