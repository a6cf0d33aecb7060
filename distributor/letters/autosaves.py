"""Editors' unsaved work: stored every few seconds while they write, and gone once it is saved or thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from distributor.domain.errors import BadInput
from distributor.letters.models import Autosave, Letter, Publication

LARGEST: Final = 4_000_000  # characters of all fields together
LIFETIME: Final = timedelta(days=90)  # after that nobody comes back to it


def keep(
    values: Mapping[str, Sequence[str]],
    *,
    editor: str,
    publication: Publication,
    now: datetime,
    letter: Letter | None = None,
    key: str = "",
    base: int = 0,
) -> Autosave:
    """Store what an editor has typed so far, in place of what they had typed before. `now` is aware.

    It belongs to the `letter`, or to a new one by its `key`. Raises BadInput for more than a letter holds.
    """
    if sum(len(text) for texts in values.values() for text in texts) > LARGEST:
        raise BadInput("The letter is too long to be saved: part it in two.")
    defaults = {
        "publication": publication,
        "base": base,
        "values": {name: [text.replace("\x00", "") for text in texts] for name, texts in values.items()},
        "saved_at": now,
    }
    lookup = {"letter": letter} if letter is not None else {"letter": None, "key": key}
    return Autosave.objects.update_or_create(editor=editor, **lookup, defaults=defaults)[0]


def of_editor(editor: str, *, letter: Letter | None = None, key: str = "") -> Autosave | None:
    """Return what an editor has not saved yet of a letter, or of a new one by its key."""
    return _rows(editor, letter, key).first()


def forget(editor: str, *, letter: Letter | None = None, key: str = "") -> None:
    """Throw an editor's unsaved work away, or have it gone after it was saved."""
    _rows(editor, letter, key).delete()


def forget_old(*, now: datetime) -> int:
    """Throw away what nobody came back to for LIFETIME, whoever wrote it; return how many. `now` is aware."""
    return Autosave.objects.filter(saved_at__lt=now - LIFETIME).delete()[0]


def of_colleagues(letter: Letter, *, editor: str) -> QuerySet[Autosave]:
    """Return others' unsaved work on a letter, the latest first."""
    return letter.autosaves.exclude(editor=editor).order_by("-saved_at")


def new_letters(editor: str) -> QuerySet[Autosave]:
    """Return the letters that an editor has begun to write and not saved yet, the latest first."""
    return Autosave.objects.filter(editor=editor, letter=None).select_related("publication").order_by("-saved_at")


def _rows(editor: str, letter: Letter | None, key: str) -> QuerySet[Autosave]:
    rows = Autosave.objects.filter(editor=editor)
    return rows.filter(letter=letter) if letter is not None else rows.filter(letter=None, key=key)
