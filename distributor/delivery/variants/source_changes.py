"""What changed since a dispatch was approved: its letter, or what an editor wrote for its variant.

Neither changes what goes out (docs/decisions/approval.md): it is said, and a person approves again or ignores it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from distributor.delivery.models import Dispatch, Override
from distributor.domain.states import State
from distributor.domain.times import clock
from distributor.letters.models import Version

# Approved, and nothing of it is out: a change could still come to be seen.
OPEN_STATES = (State.HELD.value, State.SCHEDULED.value, State.PAUSED.value, State.BLOCKED.value)
_EDITABLE = (*OPEN_STATES, State.DRAFT.value, State.FAILED.value)


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What changed since one dispatch was approved.

    `version` is the letter's latest where that is not the approved one, `override` the editor's latest where that is
    not in what was approved; None for no change. `outdated_override` was written for an earlier version of the letter.
    """

    dispatch: Dispatch
    version: Version | None = None
    override: Override | None = None
    outdated_override: Override | None = None

    @property
    def waits_for_person(self) -> bool:
        """Whether somebody should approve again or ignore it."""
        return self.version is not None or self.override is not None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What an editor should know of it."""
        texts = []
        if self.version is not None:
            texts.append(
                f"The source has changed since it was approved ({_origin(self.version, self.dispatch)}): "
                "what was approved goes out."
            )
        if self.override is not None:
            texts.append("Its variant was edited since it was approved: what was approved goes out.")
        if self.outdated_override is not None and self.outdated_override.version is not None:
            number = self.outdated_override.version.number
            texts.append(f"Its own {_parts(self.outdated_override)} was written for version {number} of the letter.")
        return tuple(texts)

    def to_json(self) -> dict[str, Any] | None:
        """Return it as JSON types; None where nothing has changed."""
        if not self.sentences:
            return None
        return {
            "approved_version": self.dispatch.version.number if self.dispatch.version else None,
            "latest_version": self.version.number if self.version else None,
            "override": self.override.number if self.override else None,
            "outdated_override": self.outdated_override.number if self.outdated_override else None,
            "sentences": list(self.sentences),
        }


def of(dispatches: Iterable[Dispatch]) -> dict[int, SourceChange]:
    """Return what changed since each dispatch was approved, by their numbers, in two queries for all of them."""
    listed_dispatches = [dispatch for dispatch in dispatches if dispatch.letter_id and dispatch.state in _EDITABLE]
    latest_versions = {
        version.letter_id: version
        for version in Version.objects.filter(letter__in={dispatch.letter_id for dispatch in listed_dispatches})
        .order_by("letter_id", "-number")
        .distinct("letter_id")
        .defer("content")
    }
    latest_overrides = {
        override.dispatch_id: override
        for override in Override.objects.filter(dispatch__in=[dispatch.pk for dispatch in listed_dispatches])
        .select_related("version")
        .defer("version__content")
        .order_by("dispatch_id", "-number")
        .distinct("dispatch_id")
    }
    return {
        dispatch.pk: _change(dispatch, latest_versions.get(dispatch.letter_id or 0), latest_overrides.get(dispatch.pk))
        for dispatch in listed_dispatches
    }


def of_dispatch(dispatch: Dispatch) -> SourceChange:
    """Return what changed since one dispatch was approved."""
    return of([dispatch]).get(dispatch.pk) or SourceChange(dispatch)


def newer_version(dispatch: Dispatch) -> Version | None:
    """Return the letter's latest version where it is newer than what is approved, and nobody has ignored it."""
    if dispatch.version is None or dispatch.letter is None:
        return None
    seen_number = max(dispatch.version.number, dispatch.ignored_version)
    return dispatch.letter.versions.filter(number__gt=seen_number).order_by("-number").defer("content").first()


def stop_sentence(dispatch: Dispatch, version: Version) -> str:
    """Say why a dispatch stopped whose publication wants it to when its letter changes."""
    return (
        f"The source has changed since it was approved ({_origin(version, dispatch)}), and the publication stops it "
        "then: approve it again, or ignore the change."
    )


def _change(dispatch: Dispatch, version: Version | None, override: Override | None) -> SourceChange:
    is_approved = dispatch.version_id is not None and dispatch.state in OPEN_STATES
    approved_number = dispatch.version.number if dispatch.version is not None else 0
    has_changed = (
        is_approved and version is not None and version.number > max(approved_number, dispatch.ignored_version)
    )
    was_edited = is_approved and override is not None and override.pk != dispatch.approved_override_id
    is_outdated = (
        override is not None
        and bool(override.content.parts)
        and override.version is not None
        and version is not None
        and override.version.number < version.number
    )
    return SourceChange(
        dispatch,
        version=version if has_changed else None,
        override=override if was_edited else None,
        outdated_override=override if is_outdated else None,
    )


def _origin(version: Version, dispatch: Dispatch) -> str:
    """Say which version it is, by whom, from where and when."""
    actor_clause = f" by {version.actor}" if version.actor else ""
    origin = f" from {version.origin[:200]}" if version.origin else ""
    return f"version {version.number}{actor_clause}{origin}, {_local(version.created_at, dispatch)}"


def _local(moment: datetime, dispatch: Dispatch) -> str:
    return clock(moment, now=timezone.now(), zone=ZoneInfo(dispatch.publication.time_zone))


def _parts(override: Override) -> str:
    names = override.content.parts
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
