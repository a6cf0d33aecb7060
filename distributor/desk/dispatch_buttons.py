"""The buttons of a dispatch: what the table of actions offers now, and what a pressed one sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from distributor.delivery.planning.earliest_release import zone_of
from distributor.domain.dispatch_actions import Action, Argument
from distributor.domain.errors import BadTime
from distributor.letters.models import Publication
from distributor.time_words import parse_time

YES = "yes"  # what a flag and an agreement are sent as


def arguments(action: Action, sent: Mapping[str, str], publication: Publication) -> tuple[dict[str, Any], str]:
    """Return an action's arguments as its button sent them, and what was decided on the way, "" for nothing.

    Raises BadTime for a time that can't be understood.
    """
    values: dict[str, Any] = {}
    notes: list[str] = []
    for argument in action.arguments:
        text = sent.get(argument.name, "").strip()
        if argument.kind == "time":
            values[argument.name], note = _time(argument, text, publication)
            notes.append(note)
        else:
            values[argument.name] = text == YES if argument.kind == "flag" else text
    return values, " ".join(filter(None, notes))


def _time(argument: Argument, text: str, publication: Publication) -> tuple[Any, str]:
    if not text:
        raise BadTime(f"Give a time, for example “{argument.example}”, or press “Send now”.")
    parsed = parse_time(text, now=timezone.now(), zone=zone_of(publication))
    return parsed.at, parsed.note
