"""The newsroom of `distributor demo`: it publishes in its feed, and the letters come in and go out by themselves."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from distributor.cli import services

if TYPE_CHECKING:
    from distributor.audience.models import MailingList
    from distributor.domain.letters import Draft
    from distributor.letters.models import Letter, Publication

Wait = Callable[[Callable[[], bool], str], None]


def publish(drafts: Sequence[Draft], publication: Publication, readers: MailingList, *, wait: Wait) -> list[Letter]:
    """Watch the practice newsroom's feed, have it publish these letters, and return them once they are queued.

    `wait` waits for a condition that another process brings about, which it names.
    """
    from distributor.newsroom import feed_actions
    from distributor.newsroom.feed_actions import FeedSettings
    from distributor.newsroom.intake_rules import RuleSettings

    rules = RuleSettings(lists=(readers.slug,), hold_minutes=0, approve=True)
    address = f"{services.practice_url()}/newsroom/feed.atom"
    feed_actions.add(publication, address, FeedSettings("The practice newsroom", rules=rules))
    wait(lambda: _call("/newsroom/hub")["subscribers"] == 1, "worker")
    for draft in drafts:
        _call("/newsroom/letters", {"title": draft.title, "html": _page(draft)})
    wait(lambda: _queued_letters(publication).count() == len(drafts), "worker")
    return list(_queued_letters(publication))


def _queued_letters(publication: Publication) -> Any:
    return publication.letters.filter(dispatches__isnull=False).distinct().order_by("pk")


def _page(draft: Draft) -> str:
    """Return a letter as a newsroom's feed has it: the editor's note, the byline, the text, and who the authors are."""
    note = f"<p><em>{escape(draft.editor_note)}</em></p>" if draft.editor_note else ""
    bylines = "".join(f"<p>By {escape(author.name)}</p>" for author in draft.authors)
    bios = "".join(f"<p><em>{escape(author.bio)}</em></p>" for author in draft.authors if author.bio)
    return f"{note}{bylines}{draft.body_html}{bios}"


def _call(path: str, payload: dict[str, str] | None = None) -> dict[str, Any]:
    data = None if payload is None else json.dumps(payload).encode()
    request = urllib.request.Request(f"{services.practice_url()}{path}", data)  # noqa: S310 - our own practice world
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
    return answer
