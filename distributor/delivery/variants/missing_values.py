"""How many of a mailing's readers lack a value that its mail writes, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from distributor.audience.models import Subscription
from distributor.channels.payloads import EMPTY, STOP, AddressedPayload
from distributor.delivery.models import Dispatch
from distributor.domain.variants import Concern, Variant

EACH_LETTER: Final = "each letter"


def concerns(dispatch: Dispatch, variant: Variant) -> tuple[Concern, ...]:
    """Return what an editor should know before a mailing begins: one sentence for each attribute that some lack."""
    cadence = dispatch.digest.cadence if dispatch.digest else EACH_LETTER
    list_ids = dispatch.lists.values_list("pk", flat=True) if _writes_attributes(variant) else ()
    return of_lists(list_ids, variant, cadence=cadence)


def of_lists(list_ids: Iterable[int], variant: Variant, *, cadence: str = EACH_LETTER) -> tuple[Concern, ...]:
    """Return the same for the people on some lists who want mail so often."""
    payload = variant.payload
    if not isinstance(payload, AddressedPayload) or not payload.attributes:
        return ()
    counts = _lacking(list_ids, cadence, payload.attributes)
    level: Literal["note", "warning"] = "note" if payload.missing == EMPTY else "warning"
    return tuple(Concern(_sentence(name, count, payload.missing), level) for name, count in counts.items())


def stop_reason(dispatch: Dispatch, variant: Variant) -> str:
    """Return why a mailing may not begin, "" where it may: its publication wants nobody to lack a value."""
    payload = variant.payload
    if not isinstance(payload, AddressedPayload) or payload.missing != STOP:
        return ""
    return " ".join(concern.message for concern in concerns(dispatch, variant))


def _writes_attributes(variant: Variant) -> bool:
    return isinstance(variant.payload, AddressedPayload) and bool(variant.payload.attributes)


def _lacking(list_ids: Iterable[int], cadence: str, names: tuple[str, ...]) -> dict[str, int]:
    """Return how many people on these lists lack each attribute, of those that anybody lacks.

    Of a segment all people on the lists are counted: it may have fewer.
    """
    people = Subscription.objects.filter(list__in=list(list_ids), state="active", cadence=cadence)
    counts = {
        name: people.exclude(subscriber__attributes__has_key=name).values("subscriber").distinct().count()
        for name in names
    }
    return {name: count for name, count in counts.items() if count}


def _sentence(name: str, count: int, missing: str) -> str:
    people = "One person on the lists has" if count == 1 else f"{count:,} people on the lists have"
    if missing == EMPTY:
        return f"{people} no “{name}”: nothing is written in its place."
    if missing == STOP:
        return f"{people} no “{name}”: fill it in, give the template something in its place, or choose another way."
    verb = "gets" if count == 1 else "get"
    pronoun = "That person" if count == 1 else "They"
    return f"{people} no “{name}”. {pronoun} {verb} no mail: give the template something in its place, or fill it in."
