"""What an editor wrote becomes a letter, or its next version, and never in place of what somebody else wrote meanwhile.

Only what the editor changed is stored. Where others changed the letter since, both changes count; where both changed
the same field, nothing is stored and the editor decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from django.conf import settings
from django.db import transaction

from distributor.domain import media_names
from distributor.domain.errors import BadInput, EditConflict
from distributor.domain.letter_content import LetterContent, changed_fields
from distributor.domain.letters import Draft
from distributor.letters import actions, edits, versions
from distributor.letters.intake import letter_fields, parse_apart
from distributor.letters.intake.letter_fields import LetterFields
from distributor.letters.intake.markdown_text import to_markdown
from distributor.letters.models import Letter, Publication, Version

TEXT: Final = "body_html"  # the field of a content that Markdown stands for
_NAME: Final = "The text"


@dataclass(frozen=True, slots=True)
class Save:
    """The letter's new `version`, None where nothing is another, and `other_versions` that were saved meanwhile."""

    letter: Letter
    version: Version | None
    other_versions: tuple[Version, ...] = ()


def markdown_of(content: LetterContent, publication: Publication) -> str:
    """Return a letter's text as its editor reads and changes it, its stored pictures with their addresses."""
    return to_markdown(media_names.with_addresses(content.body_html, site_url(publication)))


def read_text(markdown: str, *, title: str = "", fields: LetterFields | None = None) -> Draft:
    """Return what an editor wrote as a draft. Raises SourceError for what costs too much to read."""
    content = markdown.replace("\r\n", "\n").encode(errors="replace")
    (draft,) = parse_apart(
        content,
        name=_NAME,
        content_type="text/markdown; charset=utf-8",
        fields=LetterFields(title=title) if fields is None else fields,
        as_written=True,
    )
    return draft


def create(fields: LetterFields, markdown: str, *, publication: Publication, key: str, actor: str, origin: str) -> Save:
    """Make a new letter of what an editor wrote; sent again with the same key, it changes that letter.

    Raises BadInput for a letter without a text, and EditConflict as `save` does.
    """
    if (letter := letter_of_key(publication, key)) is not None:
        return save(letter, fields, markdown, base=1, actor=actor, origin=origin)
    draft = read_text(markdown, fields=cast(LetterFields, {**fields, "id": _id(key)}))
    _check_text(draft)
    edits.check_picture(draft.image_url, publication)
    intake = actions.take_in(draft, publication=publication, actor=actor, origin=origin, is_new=True)
    return Save(intake.letter, versions.latest(intake.letter))


def letter_of_key(publication: Publication, key: str) -> Letter | None:
    """Return the letter that was made of what an editor wrote by this key, None where there is none yet."""
    rows = publication.letters.filter(keys__kind="id", keys__value=_id(key))
    return rows.select_related("publication", "series").first()


def save(letter: Letter, fields: LetterFields, markdown: str, *, base: int, actor: str, origin: str) -> Save:
    """Store what an editor changed of a letter since its version `base` as its next version.

    Raises BadInput for what a letter can't say, and EditConflict where somebody else changed the same fields.
    """
    basis = versions.content_of(versions.version_of(letter, base))
    changes = _changes(fields, basis, letter.publication)
    text = None
    if _lines(markdown) != _lines(markdown_of(basis, letter.publication)):
        text = read_text(markdown, title=changes.get("title", basis.title))
        _check_text(text)
    with transaction.atomic():
        Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        latest = versions.latest(letter)
        other_versions = tuple(letter.versions.filter(number__gt=base).order_by("number"))
        if other_versions:
            _check_conflict({*changes, *([TEXT] if text is not None else [])}, basis, latest)
        version = edits.edit_letter(letter, changes, text=text, actor=actor, origin=origin)
    return Save(letter, version, other_versions)


def site_url(publication: Publication) -> str:
    """Return where a publication's pages and pictures are."""
    return f"{settings.SITE_URL}/{publication.slug}"


def _id(key: str) -> str:
    return f"written-{key}"


def _changes(fields: LetterFields, basis: LetterContent, publication: Publication) -> LetterFields:
    """Return those fields that say something else than a content does."""
    values: dict[str, Any] = letter_fields.values(fields)
    own_values = {name: getattr(basis, name) for name in values if hasattr(basis, name)}
    own_values["image_url"] = media_names.address(basis.image_url, site_url(publication))
    names = {name for name, value in own_values.items() if name in values and values[name] != value}
    if "image_url" in names:
        names.add("image_alt")
    return cast(LetterFields, {name: value for name, value in fields.items() if name in names})


def _check_conflict(changes: set[str], basis: LetterContent, latest: Version) -> None:
    """Raise EditConflict where a version changed the same as somebody wants to change."""
    content = versions.content_of(latest)
    clashes = tuple(name for name in changed_fields(basis, content) if name in changes)
    if clashes:
        raise EditConflict(
            f"{latest.actor or 'A program'} changed this letter while you wrote, and the same of it: nothing of yours "
            "is saved yet.",
            letter_id=latest.letter_id,
            version=latest.number,
            fields=clashes,
        )


def _check_text(draft: Draft) -> None:
    if not draft.body_text.strip() and "<img" not in draft.body_html:
        raise BadInput("A letter needs a text: write it.")


def _lines(markdown: str) -> list[str]:
    """Return a text as it is compared: browsers end lines in their own way."""
    return [line.rstrip() for line in markdown.strip().splitlines()]
