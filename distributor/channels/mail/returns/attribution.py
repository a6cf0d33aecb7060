"""Which mail to whom a returned mail is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from uuid import UUID

from distributor.channels.mail.returns import message_parts
from distributor.channels.mail.returns.address import tokens_in

_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
_TEXT = 200_000  # characters that are searched
_CANDIDATES = 300
_DIGITS = 18  # of a number that fits into 64 bits
# A token in a link of the returned letter: in lower case, as we write it.
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[a-f0-9]{28,56}(?![A-Za-z0-9])")
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MESSAGE_ID = re.compile(rf"({_UUID})\.([a-f0-9]{{28,56}}|\d{{1,18}})(?=@|\b)", re.IGNORECASE)
_FEEDBACK_ID = re.compile(rf"^feedback-id: ?({_UUID}):", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Lookups:
    """What only the installation can say.

    - `token`: (dispatch, subscriber) of a signed token of ours that acts for the recipient, None for anything else;
    - `tracking`: the same of a token that only counts, as tracked links and Message-IDs hold it;
    - `dispatch`: the number of the dispatch with this key (as Message-IDs and Feedback-IDs hold it), None for no such.
    """

    token: Callable[[str], tuple[int, int] | None]
    tracking: Callable[[str], tuple[int, int] | None] = lambda _: None
    dispatch: Callable[[UUID], int | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Attribution:
    """One mail to one recipient, as far as it could be told; `certain` where our signature says so."""

    dispatch: int | None = None
    subscriber: int | None = None
    certain: bool = False


def address_tokens(message: Message, recipients: Sequence[str]) -> list[tuple[str, str]]:
    """Return what the mail was addressed to among our token addresses: (`bounces` or `unsubscribe`, token).

    `recipients` of the envelope go before what the headers say.
    """
    header_values = [value for name in _TO for key, value in message_parts.headers(message) if key == name]
    return [token for text in (*recipients, *header_values) for token in tokens_in(text[:2000])]


def identify(message: Message, tokens: Iterable[tuple[str, str]], lookups: Lookups) -> Attribution:
    """Return who a mail is about: by the address that it came to, else by what it returns of the letter."""
    for _, token in tokens:
        if read := lookups.token(token):
            return Attribution(*read, certain=True)
    text = searchable_text(message)
    candidates = dict.fromkeys([*(token for _, token in tokens_in(text)), *_TOKEN.findall(text)])
    recipients = {read for token in list(candidates)[:_CANDIDATES] if (read := lookups.token(token))}
    if recipients:
        # Several people in one mail: none of them can be told to be the one.
        return Attribution(*recipients.pop(), certain=True) if len(recipients) == 1 else Attribution()
    return by_message_id(text, lookups)


def by_message_id(text: str, lookups: Lookups) -> Attribution:
    """Return who a Message-ID of ours in a text names. It proves nothing: replies and archives quote it in public."""
    keys = {(match[1].lower(), match[2].lower()) for match in _MESSAGE_ID.finditer(text)}
    if len(keys) == 1:
        key, end = keys.pop()
        if read := lookups.tracking(end):
            return Attribution(*read)
        # As mails held it before, with the subscriber's number.
        if end.isdecimal() and len(end) <= _DIGITS and (dispatch := lookups.dispatch(UUID(key))):
            return Attribution(dispatch, int(end))
    match = _FEEDBACK_ID.search(text)
    return Attribution(lookups.dispatch(UUID(match[1]))) if match else Attribution()


def searchable_text(message: Message) -> str:
    """Return all headers and texts of a mail and of those that are attached to it."""
    texts, size = [], 0
    for part in message.walk():
        lines = [f"{name}: {value}" for name, value in message_parts.headers(part)]
        if part.get_content_maintype() == "text" or part.get_content_type() == "message/feedback-report":
            lines.append(message_parts.text(part))
        texts.append("\n".join(lines))
        size += len(texts[-1])
        if size > _TEXT:
            break
    return "\n".join(texts)[:_TEXT]
