"""The versions of letters: written by every change, read by whoever shows or sends one, never changed or deleted.

Whatever changes a letter calls `record` in the same transaction. A dispatch that was approved keeps its `Version`;
`view` makes of it what rendering takes, and `differences` says what became of the letter since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone

from distributor.domain import differences as content_differences
from distributor.domain import json_records
from distributor.domain.differences import FieldDifference
from distributor.domain.errors import BadInput
from distributor.domain.letter_content import LetterContent, changed_fields
from distributor.domain.letters import LetterView
from distributor.letters.models import Letter, Version
from distributor.ports import NamedPort

ORIGIN_LIMIT = 1000  # characters

STOPS: NamedPort[Callable[[Version], None]] = NamedPort()
"""What stops when a letter has a new version: called in the transaction that writes it."""
ANNOUNCE: NamedPort[Callable[[Sequence[Version]], None]] = NamedPort()
"""Who announces letters' new versions: called in the transaction that writes them."""


def record_first(contents: Sequence[tuple[Letter, LetterContent, str]], *, actor: str) -> list[Version]:
    """Write what letters say that were stored just now, in this transaction, as their first versions; see `record`.

    Each comes with its origin. Nothing is queued of them yet, so that nothing stops.
    """
    rows = [
        _version(letter, content, number=1, changes=(), actor=actor, origin=origin)
        for letter, content, origin in contents
    ]
    Version.objects.bulk_create(rows)
    for announce in ANNOUNCE.get().values():
        announce(rows)
    return rows


@transaction.atomic
def record(letter: Letter, *, actor: str, origin: str) -> Version | None:
    """Write what is stored of a letter as its next version; None where its latest version says just that already.

    `actor` is a user's name, or on the command line the system's, and "" where a program acted by itself; `origin` says
    in words where the change comes from: an address, a file, “the desk”.
    """
    row = Letter.objects.select_for_update(of=("self",)).select_related("publication", "series").get(pk=letter.pk)
    content = row.content()
    previous = row.versions.order_by("-number").first()
    changes = changed_fields(content_of(previous), content) if previous else ()
    if previous and not changes:
        return None
    number = previous.number + 1 if previous else 1
    return _write(row, content, number=number, changes=changes, actor=actor, origin=origin)


def _write(
    letter: Letter, content: LetterContent, *, number: int, changes: Sequence[str], actor: str, origin: str
) -> Version:
    version = _version(letter, content, number=number, changes=changes, actor=actor, origin=origin)
    version.save()
    for stop in STOPS.get().values():
        stop(version)
    for announce in ANNOUNCE.get().values():
        announce([version])
    return version


def _version(
    letter: Letter, content: LetterContent, *, number: int, changes: Sequence[str], actor: str, origin: str
) -> Version:
    return Version(
        letter=letter,
        number=number,
        content=json_records.to_json(content),
        changes=list(changes),
        actor=actor,
        origin=origin[:ORIGIN_LIMIT],
        created_at=timezone.now(),
    )


def latest(letter: Letter) -> Version:
    """Return the version that says what the letter says now: every letter has one."""
    return letter.versions.latest("number")


def version_of(letter: Letter, number: int) -> Version:
    """Return one version of a letter. Raises BadInput where it has no such number."""
    version = letter.versions.filter(number=number).first()
    if version is None:
        raise BadInput(f"L{letter.pk} has no version {number}: its latest is {latest(letter).number}.")
    return version


def content_of(version: Version) -> LetterContent:
    """Return what a version says. Raises BadRecord for one that can't be read."""
    return json_records.from_json(LetterContent, version.content)


def view(version: Version, *, site_url: str, url: str) -> LetterView:
    """Return the value object that rendering takes, of what a letter said then.

    `url` is where followers are sent to. The publication is as it is now: only its letters have versions. Raises
    BadRecord.
    """
    letter = version.letter
    return content_of(version).view(publication=letter.publication.view(site_url=site_url), slug=letter.slug, url=url)


def differences(before: Version, after: Version) -> tuple[FieldDifference, ...]:
    """Return what changed between two versions of a letter, field by field; empty where both say the same."""
    return content_differences.differences(content_of(before), content_of(after))
