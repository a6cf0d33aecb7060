"""What every template of a variant gets to see."""

from __future__ import annotations

from typing import Any

from distributor.domain import leads, text_direction
from distributor.domain.letters import LetterView
from distributor.rendering import phrases
from distributor.rendering.addresses import ascii_url


def letter_context(letter: LetterView, *, channel: str = "") -> dict[str, Any]:
    """Return the names that a template of this letter can use, of its variant for a channel.

    `letter`, `publication`; `lead`, what it is about (`domain.leads`); `social`, the newsroom's own text for the
    channel, "" where it gives none (else `lead` is that text, too, for templates that know only that); `link`, the
    letter's address in ASCII ("" without one); `series_line`, `authors_line`, `date_line` ("" where the letter has
    none); `language`, `direction`, and `words`, the phrases of the letter's language.
    """
    social = letter.social.get(channel, "").strip()
    language = letter.language or letter.publication.language or "en"
    return {
        "letter": letter,
        "publication": letter.publication,
        "lead": social or leads.lead(letter.body_text, summary=letter.summary),
        "social": social,
        "link": ascii_url(letter.url),
        "series_line": phrases.series_line(letter.series, language),
        "authors_line": phrases.names(letter.authors, language),
        "date_line": phrases.date_line(letter.published_at, letter.publication.time_zone, language),
        "language": language,
        "direction": text_direction.of_text(f"{letter.title}\n{letter.body_text}", language),
        "words": phrases.words(language),
    }


def base_url(letter: LetterView) -> str:
    """Return what relative addresses in the letter's body are relative to."""
    return letter.canonical_url or letter.shared_url
