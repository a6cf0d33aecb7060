"""What is done on the desk, for the record: every form that did something, by whom, to what, and from where.

The door of each view (`access`) calls `record` after a POST. A view that knows more says it with `note`; one that
writes its own entries, with the deed, is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from distributor.letters.models import Publication
from distributor.people import audit
from distributor.people.audit import Place

# What a page's form does, in the words of the API; `{name}` and `{action}` are of its address.
ACTIONS: Final[Mapping[str, str]] = {
    "act": "dispatches.{name}",
    "when": "dispatches.reschedule",
    "letter-when": "letters.reschedule",
    "resend-unopened": "dispatches.resend-unopened",
    "queue": "letters.queue",
    "withdraw": "letters.withdraw",
    "new": "letters.create",
    "write": "letters.create",
    "edit": "letters.update",
    "describe": "letters.update",
    "put_back": "letters.update",
    "restore-version": "letters.restore",
    "publication-settings": "publications.update",
    "channel-settings": "channel-settings.update",
    "slots": "slots.update",
    "account-add": "accounts.connect",
    "account-choose": "accounts.connect",
    "account-app": "accounts.app",
    "new-feed": "feeds.create",
    "edit-feed": "feeds.update",
    "new-door": "doors.create",
    "edit-door": "doors.update",
    "new-segment": "segments.create",
    "segment": "segments.update",
    "remove-segment": "segments.remove",
    "feed-act": "feeds.{action}",
    "door-act": "doors.{action}",
    "webhook-act": "webhooks.{action}",
    "editor-act": "editors.{action}",
    "editor-role": "editors.role",
    "undo": "returns.undo",
    "decide-events": "returns.decide",
    "decide-burst": "returns.{decision}",
    "lift": "suppressions.lift",
    "lift-chosen": "suppressions.lift",
    "lift-many": "suppressions.lift",
}


def note(
    request: HttpRequest,
    *,
    subject: str = "",
    publication: Publication | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **details: Any,
) -> None:
    """Say for the record what a form does: a view calls it where its address does not say enough. No secrets."""
    values = {"subject": subject, "publication": publication, "before": before, "after": after, "details": details}
    request._deed = values  # type: ignore[attr-defined]  # noqa: SLF001 - beside Django's own


def record(
    request: HttpRequest,
    response: HttpResponse,
    place: Place,
    places: Mapping[str, Any],
    publication_of: Callable[[], Publication | None],
) -> None:
    """Write down what a POST did, where it did something and nobody has written it down yet.

    `places` are the values of its address; `publication_of` finds what it is about where the view has not said so.
    """
    match = request.resolver_match
    if request.method != "POST" or match is None or place.entries or not _has_done_something(request, response):
        return
    deed: dict[str, Any] = getattr(request, "_deed", {})
    name = match.url_name or ""
    audit.record(
        ACTIONS.get(name, name).format(**places),
        actor=request.user.get_username(),
        door="desk",
        subject=deed.get("subject") or _subject(places),
        publication=deed.get("publication") or publication_of(),
        details=deed.get("details"),
        before=deed.get("before"),
        after=deed.get("after"),
    )


def _has_done_something(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a form did what was asked: it leads on, and somebody is told of a success."""
    if response.status_code != HTTPStatus.FOUND:
        return False
    # Reading them the public way would take them from the page that shows them.
    told = getattr(messages.get_messages(request), "_queued_messages", ())
    return any(message.level == messages.SUCCESS for message in told)


def _subject(places: Mapping[str, Any]) -> str:
    """Name what an address is about: “dispatch 12”."""
    rows = [f"{name.removesuffix('_id')} {value}" for name, value in places.items() if name.endswith("_id")]
    return ", ".join(rows or [str(value) for name, value in places.items() if name in ("channel", "publication")])
