"""A stored letter, changed field by field: its next version. What is approved already goes out as it was approved."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from distributor.domain.errors import BadInput
from distributor.domain.letter_content import FIELDS as CONTENT_FIELDS
from distributor.domain.letter_content import LetterContent
from distributor.domain.letters import Draft, LeftOut
from distributor.domain.media_names import of_reference
from distributor.domain.source_keys import address_keys
from distributor.letters import draft_rows, letter_keys, media_store, versions
from distributor.letters.intake import letter_fields
from distributor.letters.intake.drafts import Findings, finish
from distributor.letters.intake.letter_fields import LetterFields
from distributor.letters.models import Letter, LetterKey, Publication, Version

# What may be understood of a new text, beside the text itself: it is the letter's from then on.
_TEXT_FIELDS = (
    *("title", "series", "editor_note", "authors", "section", "language", "published_at", "summary", "social"),
    "tags",
)
_PICTURE_FIELDS = ("image_url", "image_alt")


@transaction.atomic
def edit_letter(
    letter: Letter, fields: LetterFields, *, text: Draft | None = None, actor: str = "", origin: str = ""
) -> Version | None:
    """Change these fields of a letter, and its text where a `text` was read for it; None where nothing is another.

    What was understood of the new text counts too, where the fields don't say it. Keys of the source stay the letter's:
    taken in again, it says what its source says. Raises BadInput where the letter would have no title, and for an
    address that names another letter.
    """
    row = Letter.objects.select_for_update(of=("self",)).select_related("publication", "series").get(pk=letter.pk)
    draft = _changed_draft(row, fields, text)
    check_picture(draft.image_url, row.publication)
    draft = media_store.with_copies(draft, row.publication)
    media_store.keep(draft.pictures, row.publication)
    if "image_alt" in fields:
        row.image_alt = ""  # a word that is taken away stays away
    if "tags" in fields:
        row.tags = []
    draft_rows.write(row, draft)
    if fields.get("canonical_url"):
        _give_address(row, draft.canonical_url)
    version = versions.record(row, actor=actor, origin=origin)
    letter.refresh_from_db()
    return version


@transaction.atomic
def restore(letter: Letter, number: int, *, actor: str = "", origin: str = "") -> Version | None:
    """Let a letter say again what one of its versions says: its next version, None where it says just that now.

    Raises BadInput where it has no such version.
    """
    content = versions.content_of(versions.version_of(letter, number))
    row = Letter.objects.select_for_update(of=("self",)).select_related("publication", "series").get(pk=letter.pk)
    row.image_alt, row.tags = "", []
    findings = _findings(row, content)
    findings.left_out, findings.notices = (), ()  # they are about another text
    draft_rows.write(row, finish(findings))
    version = versions.record(row, actor=actor, origin=origin)
    letter.refresh_from_db()
    return version


def check_picture(reference: str, publication: Publication) -> None:
    """Raise BadInput for a stored picture (`media:NAME`) that the publication does not have."""
    if not reference.startswith("media:"):
        return
    name = of_reference(reference)
    if name is None or not media_store.belongs(name, publication.slug):
        raise BadInput(f"There is no stored picture “{reference[:80]}” here: upload it first.")


def _changed_draft(letter: Letter, fields: LetterFields, text: Draft | None) -> Draft:
    """Return a letter's draft with what is new."""
    findings = _findings(letter, letter.content())
    if text is not None:
        findings.body_html, findings.body_text = text.body_html, text.body_text
        findings.left_out, findings.notices = text.left_out, text.notices
        for name in (*_TEXT_FIELDS, *(_PICTURE_FIELDS if text.image_url else ())):
            if value := getattr(text, name):
                setattr(findings, name, value)
        findings.language_inferred = text.language_inferred if text.language else findings.language_inferred
    letter_fields.put(fields, findings)
    draft = finish(findings)
    if not draft.title:
        raise BadInput("A letter needs a title: give another one.")
    return replace(draft, pictures=text.pictures if text is not None else ())


def _findings(letter: Letter, content: LetterContent) -> Findings:
    """Return what a letter says as findings, with what intake had to say of it."""
    entries = {name: getattr(content, name) for name in CONTENT_FIELDS}
    return Findings(
        **entries,
        language_inferred=letter.language_inferred,
        left_out=tuple(LeftOut(**piece) for piece in letter.left_out),
        notices=tuple(letter.notices),
    )


def _give_address(letter: Letter, canonical_url: str) -> None:
    """Let a letter be known by its new address. Raises BadInput where another letter is."""
    keys = address_keys([canonical_url])
    for key in keys:
        owner = LetterKey.objects.filter(publication=letter.publication, kind=key.kind, value=key.value).first()
        if owner is not None and owner.letter_id != letter.pk:
            raise BadInput(f"{canonical_url} is the address of L{owner.letter_id}: give that one another first.")
    letter_keys.give(letter, keys, from_others=False)
