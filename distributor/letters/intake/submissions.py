"""A letter that a program gives: its text in one form, or where it is, and what is said of it beside that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from distributor.channels.http import fetch
from distributor.domain.errors import BadInput, ServiceAway
from distributor.domain.letters import Draft
from distributor.letters.intake import letter_fields
from distributor.letters.intake.letter_fields import LetterFields
from distributor.letters.intake.parser_processes import parse_apart
from distributor.letters.intake.remote_pictures import with_remote_pictures
from distributor.letters.intake.text_encoding import LIMIT

FETCH_SECONDS: Final = 15.0  # for a page, and as much again for copies of its pictures
FETCHES_AT_ONCE: Final = 4  # of one process of ours: each holds a request, and a connection to the database
_NAME: Final = "The text"
_fetches = threading.BoundedSemaphore(FETCHES_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Submission:
    """One of `html`, `markdown` and `url`, and the `fields` that go before what stands there.

    `html` is the letter's text, or a whole page in which it is looked for. With `copies` its pictures on the web are
    stored with it.
    """

    fields: LetterFields = field(default_factory=LetterFields)
    html: str = ""
    markdown: str = ""
    url: str = ""
    copies: bool = False

    @property
    def has_text(self) -> bool:
        """Whether it says where the letter's text is."""
        return bool(self.html.strip() or self.markdown.strip() or self.url)


def read_submission(submission: Submission) -> Draft:
    """Return the letter that is given.

    Raises BadInput (SourceError for what can't be read), and ServiceAway where too many addresses are read just now.
    """
    texts = [text for text in (submission.html, submission.markdown, submission.url) if text.strip()]
    if len(texts) != 1:
        raise BadInput(f"Give the letter's text in one way: html, markdown or url. These are {len(texts) or 'none'}.")
    letter_fields.values(submission.fields)  # what is wrong with them is said here, and not of the text
    with _turn(needed=bool(submission.url or submission.copies)):
        draft = _draft(submission)
        return with_remote_pictures(draft, within=FETCH_SECONDS) if submission.copies else draft


def _draft(submission: Submission) -> Draft:
    if submission.url:
        page = fetch(submission.url, limit=LIMIT, within=FETCH_SECONDS)
        (draft,) = parse_apart(
            page.content, name=page.url, url=page.url, content_type=page.content_type, fields=submission.fields
        )
        return draft
    kind = "html" if submission.html.strip() else "markdown"
    text = submission.html if kind == "html" else submission.markdown.replace("\r\n", "\n")
    (draft,) = parse_apart(
        text.encode(), name=_NAME, content_type=f"text/{kind}; charset=utf-8", fields=submission.fields
    )
    return draft


@contextmanager
def _turn(*, needed: bool) -> Iterator[None]:
    """Let a few at once go to the web, and refuse others: none waits, and none keeps all others waiting."""
    if not needed:
        yield
        return
    if not _fetches.acquire(blocking=False):
        raise ServiceAway("Too many letters are being fetched from the web just now: try again in a moment.")
    try:
        yield
    finally:
        _fetches.release()
