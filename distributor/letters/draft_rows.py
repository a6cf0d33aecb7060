"""A draft as rows: the letter, its series and its authors."""

from __future__ import annotations

from dataclasses import asdict

from distributor.domain.letters import Draft
from distributor.letters.credits import Credits
from distributor.letters.models import Byline, Letter


def write(letter: Letter, draft: Draft) -> None:
    """Store what a draft says as what a stored letter says now, with its series and authors."""
    letter_credits = Credits([draft], letter.publication)
    put(letter, draft, letter_credits)
    letter.save()
    letter.bylines.all().delete()
    Byline.objects.bulk_create(letter_credits.bylines(letter, draft))
    letter_credits.save_changes()


def put(letter: Letter, draft: Draft, letter_credits: Credits) -> None:
    """Let a letter say what a draft says; nothing is stored by that."""
    letter.title = draft.title
    letter.series = letter_credits.series(draft)
    letter.number = draft.series.number if draft.series else None
    letter.editor_note = draft.editor_note
    letter.section = draft.section
    letter.language = draft.language
    letter.published_at = draft.published_at
    letter.canonical_url = draft.canonical_url
    # What an editor wrote about a picture stays with it, where the source says nothing of it.
    previous_alt = letter.image_alt if letter.image_url == draft.image_url else ""
    letter.image_url, letter.image_alt = draft.image_url, draft.image_alt or previous_alt
    letter.share_bar = list(draft.share_bar)
    letter.summary, letter.social = draft.summary, dict(draft.social)
    letter.tags = list(draft.tags) or letter.tags  # an editor's stay, where the source names none
    letter.language_inferred = draft.language_inferred
    letter.withheld, letter.notices = draft.withheld, list(draft.notices)
    letter.left_out = [asdict(piece) for piece in draft.left_out]
    letter.body_html = draft.body_html
    letter.body_text = draft.body_text
