"""A letter that was sent by mail: its subject is the title, its HTML or else its text the letter, with its pictures.

The email package takes a mail apart; the letter in it is parsed as all sources are, in a process of its own.
"""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses
from hashlib import sha256
from typing import Final

from distributor.channels.mail.charsets import decode
from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.domain.mail_addresses import normal_address
from distributor.domain.source_keys import SourceKey, id_keys
from distributor.letters.intake import parse_apart
from distributor.letters.intake.picture_folders import plain_path

LIMIT: Final = 25_000_000  # bytes of a mail
MOST_PARTS: Final = 200
_ADDRESS: Final = re.compile(r"letters\+([0-9a-f]{8,64})@", re.IGNORECASE)
_CONTAINER: Final = re.compile(rb"boundary\s*=|^content-type:\s*message/", re.IGNORECASE | re.MULTILINE)
_CID: Final = re.compile(r"cid:([^\s\"'<>)]{1,300})", re.IGNORECASE)
_PREFIX: Final = re.compile(r"^(?:\s*(?:fwd?|wg|tr|rv|전달|回复|转发)\s*:\s*)+", re.IGNORECASE)
# Where a mail says for whom it is: what the server wrote first, then what the sender did.
_RECIPIENTS: Final = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")


@dataclass(frozen=True, slots=True)
class MailHead:
    """What is looked at before a mail is taken: the doors' keys that it is for, who sent it, and its own id."""

    keys: tuple[str, ...]
    sender: str
    message_id: str


def head_of(raw: bytes, *, recipient: str = "") -> MailHead:
    """Return what a mail says of itself; `recipient` is what its envelope says, "" where that is not known.

    Raises SourceError for a mail that can't be taken apart.
    """
    with _parser_guard():
        message = _message(raw)
        texts = [recipient, *(text for name in _RECIPIENTS for text in _header(message, name))]
        keys = dict.fromkeys(key.lower() for text in texts for key in _ADDRESS.findall(text))
        senders = [address for _, address in getaddresses(_header(message, "from"))]
        sender = normal_address(senders[0]) if len(senders) == 1 else None
        return MailHead(tuple(keys), sender or "", "".join(_header(message, "message-id")[:1])[:500])


def draft_of(raw: bytes) -> Draft:
    """Return the letter in a mail. Raises SourceError where there is none."""
    with _parser_guard():
        message = _message(raw)
        subject = _PREFIX.sub("", " ".join("".join(_header(message, "subject")[:1]).split()))
        html, text, pictures = _contents(message)
        mail_id = _id(message, raw).value
    if not subject:
        raise SourceError("The mail has no subject: that is the letter’s title.")
    if not html.strip() and not text.strip():
        raise SourceError("The mail has no text.")
    markup = _CID.sub(lambda match: _name(match[1]) if _name(match[1]) in pictures else match[0], html)
    item = {
        "id": mail_id,
        "title": subject,
        "content_html": markup,
        "content_text": "" if html.strip() else text,
    }
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    drafts = parse_apart(
        feed.encode(), name="The mail", content_type="application/feed+json", folder=_MailFolder(pictures)
    )
    return drafts[0]


@contextmanager
def _parser_guard() -> Iterator[None]:
    """Make one sentence of whatever the email package breaks at: anybody may send a mail, and it reads headers late."""
    try:
        yield
    except SourceError:
        raise
    except Exception as error:
        raise SourceError("The mail can’t be taken apart.") from error


def _header(message: EmailMessage, name: str) -> list[str]:
    """Return what stands in all headers of a name; in one that breaks its parser, as it was written."""
    try:
        return [str(value) for value in message.get_all(name, [])]
    except Exception:  # noqa: BLE001 # IndexError for “<”, ValueError, AttributeError: it makes no promise
        values = [str(value) for key, value in message.raw_items() if key.lower() == name]
        return [value.encode("utf-8", "replace").decode() for value in values]


def _message(raw: bytes) -> EmailMessage:
    """Take a mail apart. Raises SourceError for one that is nested deeper than any letter."""
    if len(raw) > LIMIT:
        raise SourceError(f"The mail is larger than {LIMIT // 1_000_000} MB.")
    if len(_CONTAINER.findall(raw)) > MOST_PARTS:
        raise SourceError("The mail has more parts than any letter.")
    try:
        message = email.message_from_bytes(raw, policy=default)
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise SourceError("The mail can’t be taken apart.") from error
    assert isinstance(message, EmailMessage)
    return message


def _contents(message: EmailMessage) -> tuple[str, str, dict[str, bytes]]:
    """Return a mail's HTML, its text, and its pictures by the names that the HTML has for them."""
    html, text, pictures = "", "", {}
    for part in _parts(message):
        kind = part.get_content_type()
        if kind.startswith("image/"):
            content = part.get_payload(decode=True)
            name = _name(str(part.get("content-id", "")).strip("<> ") or part.get_filename() or "")
            if name and isinstance(content, bytes):
                pictures[name] = content
        elif part.get_content_disposition() != "attachment" and kind in ("text/html", "text/plain"):
            content_text = _text(part)
            html = html or (content_text if kind == "text/html" else "")
            text = text or (content_text if kind == "text/plain" else "")
    return html, text, pictures


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            return
        if not part.is_multipart():
            yield part


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    return decode(content, part.get_content_charset(""))


def _name(content_id: str) -> str:
    """Return the path by which a letter's HTML names a picture of its mail."""
    return f"mail-{sha256(content_id.encode()).hexdigest()[:20]}" if content_id else ""


def _id(message: EmailMessage, raw: bytes) -> SourceKey:
    """The same mail again is the same letter: by its Message-ID, else by all that it says."""
    message_id = "".join("".join(_header(message, "message-id")[:1]).split()) or sha256(raw).hexdigest()
    (key,) = id_keys(f"urn:mail:{message_id[:400]}")
    return key


class _MailFolder:
    """The pictures of a mail, by path."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._pictures = pictures

    def picture(self, path: str) -> bytes | None:
        return self._pictures.get(plain_path(path))
