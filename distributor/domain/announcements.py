"""What is announced to programs: one table of types, with what each says and an example of it.

A type's name, and what its fields mean, are for good: programs of others are written for them. A field may be added.
Names and form by the standard: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from distributor.domain.errors import BadInput
from distributor.domain.states import Event

TEST_TYPE: Final = "webhook.test"  # only ever sent by the test button, so nobody chooses it


@dataclass(frozen=True, slots=True)
class AnnouncementType:
    """One kind of thing that happens: `words` say what, `fields` what each value of its data is.

    `personal` ones are about a reader, many by nature, and written down only while somebody asks for them.
    """

    name: str
    words: str
    fields: Mapping[str, str]
    example: Mapping[str, Any]
    personal: bool = False

    @property
    def group(self) -> str:
        """What stands before the dot: `letter` of `letter.changed`."""
        return self.name.partition(".")[0]


_LETTER_FIELDS = {
    "letter": "its number, as in L7",
    "version": "the number of the version that it has by this",
    "title": "its title",
    "series": "the title of its series, null where it has none",
    "language": "its language, such as “en”",
    "url": "its address on the newsroom's site, “” where that is not known",
    "by": "who did it: an editor's name, also where a token of theirs acted; or what did, such as “a watched feed”",
}
_LETTER_EXAMPLE: Mapping[str, Any] = {
    "letter": 7,
    "version": 1,
    "title": "The ferry that waited",
    "series": "Letters from the pier",
    "language": "en",
    "url": "https://lantern.example/letters/the-ferry-that-waited",
    "by": "ida",
}
_DISPATCH_FIELDS = {
    "dispatch": "its number",
    "letter": "the letter's number, null for a digest",
    "title": "the title of the letter, or the digest's name",
    "channel": "the channel's name, such as “mail”",
    "target": "the account or lists that it goes to, as people call them",
    "state": "where it is now, such as “sent” or “partly”",
    "reason": "why it is there, in a sentence; “” where there is nothing to say",
    "due_at": "when it was, or is, to go out",
    "recipients": "how many people a mailing goes to, null until that is counted when it goes out, and 0 for a post",
}
_DISPATCH_EXAMPLE: Mapping[str, Any] = {
    "dispatch": 31,
    "letter": 7,
    "title": "The ferry that waited",
    "channel": "mail",
    "target": "Readers",
    "state": "sent",
    "reason": "",
    "due_at": "2026-03-02T07:00:00+00:00",
    "recipients": 12480,
}
_POST_FIELDS = {
    "dispatch": "its number",
    "letter": "the letter's number, null for a digest",
    "title": "the title of the letter",
    "channel": "the channel's name, such as “threads”",
    "target": "the account that it went out through",
    "url": "where it is, “” where its network gives no address",
    "remote_id": "its id there",
}
_POST_EXAMPLE: Mapping[str, Any] = {
    "dispatch": 32,
    "letter": 7,
    "title": "The ferry that waited",
    "channel": "threads",
    "target": "lantern",
    "url": "https://www.threads.com/@lantern/post/DRk1Zb0kTzY",
    "remote_id": "18050000000000001",
}
_PERSON_FIELDS = {
    "person": "their key, which stays the same",
    "email": "their address",
    "lists": "the short names of the lists that it is about",
    "how": "what brought it about, in words; “” where there is nothing to say",
}
_PERSON_EXAMPLE: Mapping[str, Any] = {
    "person": "0b6c8f4e-6a53-4b53-9d5e-2f7c1d0e9a11",
    "email": "noor@readers.example",
    "lists": ["readers"],
    "how": "",
}
_IMPORT_FIELDS = {
    "import": "its number",
    "name": "the file's name",
    "list": "the short name of the list",
    "added": "how many are new on the list",
    "updated": "how many were on it and have new values",
    "unchanged": "how many were on it just so",
    "refused": "how many rows could not be taken in",
    "kept_out": "how many left here or get no mail, and were not brought back",
}
_IMPORT_EXAMPLE: Mapping[str, Any] = {
    "import": 4,
    "name": "readers.csv",
    "list": "readers",
    "added": 9810,
    "updated": 120,
    "unchanged": 2550,
    "refused": 3,
    "kept_out": 41,
}

_WAITING_FIELDS = {
    "letter": "its number, as in L7",
    "title": "its title",
    "channels": "the names of the channels that wait",
    "dispatches": "the numbers of the dispatches that wait",
}
_WAITING_EXAMPLE: Mapping[str, Any] = {
    "letter": 7,
    "title": "The ferry that waited",
    "channels": ["mail", "threads"],
    "dispatches": [31, 32],
}
_ACCOUNT_FIELDS = {
    "account": "its number",
    "channel": "the channel's name, such as “threads”",
    "name": "the account's name",
    "reason": "what is to be done, in a sentence",
}
_ACCOUNT_EXAMPLE: Mapping[str, Any] = {
    "account": 3,
    "channel": "threads",
    "name": "The Lantern Post",
    "reason": "Its authorisation has ended: connect it again.",
}
_FIGURES_FIELDS = {
    "from": "the Monday that the week begins with, on the publication's clock",
    "until": "its Sunday",
    "letters": "how many letters went out",
    "posts": "how many posts went out",
    "mails": "how many mails were accepted",
    "openers": "how many people opened mails, each once a mailing",
    "clickers": "how many people followed links in mails, each once a mailing",
    "failures": "how many dispatches were refused for good",
    "newcomers": "how many people came to lists",
    "departures": "how many people left lists",
    "people": "how many are on the lists at its end, each once a list",
}
_FIGURES_EXAMPLE: Mapping[str, Any] = {
    "from": "2026-03-02",
    "until": "2026-03-08",
    "letters": 3,
    "posts": 11,
    "mails": 37440,
    "openers": 15120,
    "clickers": 2240,
    "failures": 1,
    "newcomers": 210,
    "departures": 34,
    "people": 12656,
}


def _letter(name: str, words: str, **example: Any) -> AnnouncementType:
    changes = {"changes": "the names of the fields that changed"} if name == "letter.changed" else {}
    return AnnouncementType(name, words, _LETTER_FIELDS | changes, {**_LETTER_EXAMPLE, **example})


def _dispatch(name: str, words: str, **example: Any) -> AnnouncementType:
    return AnnouncementType(name, words, _DISPATCH_FIELDS, {**_DISPATCH_EXAMPLE, **example})


def _person(name: str, words: str, **example: Any) -> AnnouncementType:
    return AnnouncementType(name, words, _PERSON_FIELDS, {**_PERSON_EXAMPLE, **example}, personal=True)


TYPES: Final[Mapping[str, AnnouncementType]] = {
    type_.name: type_
    for type_ in (
        _letter("letter.taken_in", "A letter is new here."),
        _letter("letter.changed", "A letter says something else than before.", version=2, changes=["title"]),
        AnnouncementType(
            "letter.waiting",
            "A letter is queued, and nobody has approved it within five minutes.",
            _WAITING_FIELDS,
            _WAITING_EXAMPLE,
        ),
        _dispatch("dispatch.approved", "A person's approval, or a rule's, lets a dispatch go out.", state="held"),
        _dispatch("dispatch.going_out", "A dispatch is being sent; once more for each further try.", state="sending"),
        _dispatch("dispatch.sent", "A dispatch is out: all of it (“sent”), or a mailing without some (“partly”)."),
        _dispatch("dispatch.failed", "A dispatch was refused for good.", state="failed", reason="Nobody was reached."),
        _dispatch(
            "dispatch.unconfirmed",
            "The answer to a post was lost: it may be out.",
            channel="threads",
            target="The Lantern Post",
            state="unconfirmed",
            reason="Threads took the request, but its answer was lost.",
            recipients=0,
        ),
        AnnouncementType("post.published", "A post is out, with its link.", _POST_FIELDS, _POST_EXAMPLE),
        _person("person.subscribed", "Somebody is on lists: for the first time, or again."),
        _person("person.confirmed", "Somebody confirmed that they want the letters, where they are asked to."),
        _person("person.changed", "Somebody chose how often letters come.", how="weekly"),
        _person("person.left", "Somebody is not on these lists any more.", how="the page of an unsubscribe link"),
        _person("person.bounced", "Somebody's mailbox is gone: they get no mail any more.", how="550 5.1.1 unknown"),
        _person("person.complained", "Somebody reported a mail as spam: they get no mail any more.", how="complaint"),
        AnnouncementType("import.done", "A file of people is on a list.", _IMPORT_FIELDS, _IMPORT_EXAMPLE),
        AnnouncementType(
            "account.needs_person",
            "An account has to be connected again, or its authorisation ends within a week.",
            _ACCOUNT_FIELDS,
            _ACCOUNT_EXAMPLE,
        ),
        AnnouncementType(
            "figures.week",
            "A week is over in which something happened: its figures.",
            _FIGURES_FIELDS,
            _FIGURES_EXAMPLE,
        ),
    )
}
DEFAULT_TYPES: Final = tuple(name for name, type_ in TYPES.items() if not type_.personal)
"""What an endpoint gets that names no types: all that is not about one reader."""

OF_EVENT: Final[Mapping[Event, str]] = {
    Event.APPROVE: "dispatch.approved",
    Event.APPROVE_AGAIN: "dispatch.approved",
    Event.RELEASE: "dispatch.going_out",
    Event.ACCEPT: "dispatch.sent",
    Event.ACCEPT_SOME: "dispatch.sent",
    Event.CONFIRM: "dispatch.sent",
    Event.REJECT: "dispatch.failed",
    Event.LOSE_ANSWER: "dispatch.unconfirmed",
}
"""Which events of a dispatch are announced, and as what."""


def type_names(words: Iterable[str]) -> tuple[str, ...]:
    """Return the types that somebody names, in the table's order: `letter.changed`, `letter.*` for a group, or `*`.

    Raises BadInput for none, and for one that there is not.
    """
    names: set[str] = set()
    for word in filter(None, (word.strip() for word in words)):
        matches = {name for name, type_ in TYPES.items() if word in ("*", name, f"{type_.group}.*")}
        if not matches:
            raise BadInput(f"“{word[:80]}” is nothing that is announced: choose from {', '.join(TYPES)}.")
        names |= matches
    if not names:
        raise BadInput("Choose at least one type of what is announced, such as letter.*.")
    return tuple(name for name in TYPES if name in names)


def body_of(type_name: str, *, at: datetime, publication: str, data: Mapping[str, Any]) -> bytes:
    """Return an announcement as programs get it: JSON of `type`, `timestamp` (UTC) and `data`, always the same bytes.

    `at` is aware: when it happened, not when it is sent. The `data` begins with the publication's short name.
    """
    payload = {
        "type": type_name,
        "timestamp": at.astimezone(UTC).isoformat(),
        "data": {"publication": publication, **data},
    }
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=False).encode()
