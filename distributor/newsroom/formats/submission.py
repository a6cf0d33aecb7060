"""A letter as a newsroom's system handed it in, before it is understood, and how it becomes a draft."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake import parse_apart

LIMIT: Final = 5_000_000  # bytes of a call

Event = Literal["publish", "withdraw", "other"]


class Malformed(SourceError):
    """A call that holds no letter in the form that its door is for."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a call says. `event` is `other` where it is about nothing that concerns us, and `why` says what.

    Of `html`, `markdown` and `text` one is the letter. `id` is the system's own, made unique by what stands before it.
    """

    event: Event
    why: str = ""
    title: str = ""
    html: str = ""
    markdown: str = ""
    text: str = ""
    url: str = ""
    id: str = ""
    authors: tuple[str, ...] = ()
    summary: str = ""
    date: str = ""
    language: str = ""
    section: str = ""
    image: str = ""
    status: str = ""


def read_json(body: bytes) -> Mapping[str, Any]:
    """Return the object that a call holds. Raises Malformed."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("It is no JSON.") from error
    if not isinstance(payload, dict):
        raise Malformed("Its JSON is no object.")
    return payload


def draft_of(submission: Submission) -> Draft:
    """Return a submission as a draft: parsed as an entry of a feed or as Markdown, within the limits of all sources.

    Raises SourceError where it is no letter.
    """
    if submission.markdown:
        (draft,) = parse_apart(_markdown(submission).encode(), name="letter.md", url=submission.url)
        return draft
    drafts = parse_apart(_feed(submission).encode(), name="The call", content_type="application/feed+json")
    return drafts[0]


def _markdown(submission: Submission) -> str:
    """JSON is YAML: so nothing in a value can be front matter of its own."""
    fields = {
        "title": submission.title,
        "id": submission.id,
        "authors": list(submission.authors),
        "summary": submission.summary,
        "date": submission.date,
        "language": submission.language,
        "section": submission.section,
        "image": submission.image,
        "canonical_url": submission.url,
        "status": submission.status,
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items() if value]
    return "\n".join(["---", *lines, "---", "", submission.markdown])


def _feed(submission: Submission) -> str:
    item = {
        "id": submission.id,
        "url": submission.url,
        "title": submission.title,
        "content_html": submission.html,
        "content_text": submission.text,
        "summary": submission.summary,
        "image": submission.image,
        "date_published": submission.date,
        "language": submission.language,
        "authors": [{"name": name} for name in submission.authors],
        "tags": [submission.section] if submission.section else [],
        "status": submission.status,
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "", "items": [item]}
    return json.dumps(feed)
