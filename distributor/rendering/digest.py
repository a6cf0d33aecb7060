"""The letter pass of a digest: every letter's block once, each shown to those who have not had it yet."""

from __future__ import annotations

import hashlib
from typing import Any

from distributor.domain import text_direction
from distributor.domain.digests import DigestLetter, DigestView
from distributor.rendering import phrases
from distributor.rendering.addresses import ascii_url
from distributor.rendering.bounds import counted
from distributor.rendering.environment import environment, render_with
from distributor.rendering.letter import LetterMail, accent_context, finish, preheader
from distributor.rendering.placeholders import Placeholder, Placeholders
from distributor.rendering.template_sets import TemplateSet

SUBJECT, HTML, TEXT = "email/digest_subject.txt", "email/digest.html", "email/digest.txt"

_END = "{% endif %}"


def digest_mail(digest: DigestView, *, slug: str | TemplateSet = "", track: bool = False) -> LetterMail:
    """Render the digest's templates: `email/digest_subject.txt`, `email/digest.html`, `email/digest.txt`.

    In them each of `items` is a letter with `new` before and `end` behind what only those see who have not had it, by
    `recipient.since`. The rest is as for a letter (`letter_mail`). Raises TemplateError.
    """
    placeholders = Placeholders(f"d{hashlib.sha256(repr(digest).encode('utf-8', 'surrogatepass')).hexdigest()[:24]}")
    templates = environment(slug)
    templates.finalize = counted(placeholders.finalize)
    context = {**digest_context(digest), **placeholders.context()}
    subject, html, text = (render_with(templates, template, context) for template in (SUBJECT, HTML, TEXT))
    return finish(subject, html, text, placeholders, site=digest.publication.root_url if track else "")


def digest_context(digest: DigestView) -> dict[str, Any]:
    """Return what a digest's templates see."""
    publication = digest.publication
    language = publication.language or "en"
    words = phrases.words(language)
    return {
        "publication": publication,
        **accent_context(publication),
        "cadence": digest.cadence.value,
        "items": [
            {
                "letter": letter,
                "direction": text_direction.of_text(f"{letter.title}\n{letter.lead}", letter.language),
                "new": _new(letter),
                "end": Placeholder(_END),
            }
            for letter in digest.letters
        ],
        "title": digest.letters[0].title,
        "lead": digest.letters[0].lead,
        "preheader": preheader(digest.letters[0].lead),
        "and_more": Placeholder(_further_letters(digest.letters, words["more"])),
        "top": digest.top,
        "archive": ascii_url(f"{publication.site_url}/") if publication.site_url else "",
        "heading": words[digest.cadence.value],
        "language": language,
        "direction": text_direction.of_language(language),
        "words": words,
    }


def _new(letter: DigestLetter) -> Placeholder:
    return Placeholder(f"{{% if {letter.moment} > recipient.since %}}")


def _further_letters(letters: tuple[DigestLetter, ...], phrase: str) -> str:
    """Return Jinja2 that says how many letters beside the newest are new to the recipient, and nothing for none."""
    counts = [(letter.moment, count) for count, letter in enumerate(letters) if count]
    branches = [f"if {moment} > recipient.since %}} {phrase % count}" for moment, count in reversed(counts)]
    return "{% " + "{% el".join(branches) + _END if branches else ""
