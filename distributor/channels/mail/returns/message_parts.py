"""Opening a mail that anyone may have written: limits first, and nothing in here raises.

The email package has parts whose time grows with the square of a header's length or the depth of a nesting; so lines,
headers, nesting and the whole are limited before it sees anything. Reports are small, what they lose is the letter.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from distributor.channels.mail.charsets import decode

SIZE = 256 * 1024  # bytes that are looked at: in every kind of report the returned letter comes last
LINE = 998  # RFC 5322 §2.1.1
_CONTINUATIONS = 20  # lines of one header
_CONTAINERS = 40  # parts that may hold other parts
_TEXT = 64 * 1024  # characters of one part's text
_HEADER = 2000

_LONG_HEADER = re.compile(rb"((?:^[ \t][^\n]*\n){%d})(?:^[ \t][^\n]*\n)+" % _CONTINUATIONS, re.MULTILINE)
_LONG_LINE = re.compile(rb"([^\n]{%d})[^\n]+" % LINE)
_CONTAINER = re.compile(rb"boundary\s*=|^content-type:\s*message/", re.IGNORECASE | re.MULTILINE)


def parse(raw: bytes) -> Message | None:
    """Return a mail's beginning, parsed, or None for what is nested too deeply to be a report."""
    cut = raw[: 2 * SIZE].replace(b"\r\n", b"\n")[:SIZE]
    if len(_CONTAINER.findall(cut)) > _CONTAINERS:
        return None
    cut = _LONG_HEADER.sub(rb"\1", _LONG_LINE.sub(rb"\1", cut))
    try:
        return email.message_from_bytes(cut)
    except (MessageError, ValueError, LookupError, RecursionError):
        return None


def own_parts(message: Message) -> Iterator[Message]:
    """Yield a mail's parts, but not those of a mail that is attached to it."""
    if message.get_content_maintype() == "multipart" and isinstance(message.get_payload(), list):
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from own_parts(part)
    else:
        yield message


def header(message: Message, name: str) -> str:
    """Return a header in words, on one line; "" where there is none."""
    lower_name = name.lower()
    value = next((str(value) for key, value in message.raw_items() if key.lower() == lower_name), "")[:_HEADER]
    return " ".join(_decoded_words(value).split())


def headers(message: Message) -> list[tuple[str, str]]:
    """Return all headers as (name in lower case, value as it stands), unfolded."""
    return [(name.lower(), " ".join(_readable(str(value)[:_HEADER]).split())) for name, value in message.raw_items()]


def text(part: Message) -> str:
    """Return a part's text, its beginning; what can't be decoded becomes “�”."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return decode(payload[: 4 * _TEXT], part.get_content_charset(""))[:_TEXT]


def _readable(value: str) -> str:
    """Return a header that holds bytes beyond ASCII, as no standard allows, as text."""
    return value if value.isascii() else decode(value.encode("utf-8", "surrogateescape"))


def blocks(part: Message) -> list[dict[str, str]]:
    """Return the groups of fields of a report's part (RFC 3464 §2.1): names in lower case, the first of each counts.

    The email package reads message/delivery-status as such groups; other types, and what came in base64, it does not.
    """
    payload = part.get_payload()
    if isinstance(payload, list):
        read = [headers(part) for part in payload if isinstance(part, Message)]
        if any(len(group) > 1 for group in read):
            return [_first(group) for group in read if group]
        inner = payload[0] if payload and isinstance(payload[0], Message) else part
        encoding = part.get("Content-Transfer-Encoding")
        if encoding is not None and "Content-Transfer-Encoding" not in inner:
            inner["Content-Transfer-Encoding"] = str(encoding)
        return _fields(text(inner))
    return _fields(text(part))


def moment(value: str, otherwise: datetime) -> datetime:
    """Return the time (aware) that a header says, or `otherwise` where it says none that can be; never a later one."""
    try:
        read = parsedate_to_datetime(value)
        read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return otherwise
    return min(read, otherwise) if read.year >= 2000 else otherwise


def _decoded_words(value: str) -> str:
    if "=?" not in value:
        return _readable(value)
    try:
        return "".join(
            text if isinstance(text, str) else decode(text, charset or "")
            for text, charset in decode_header(_readable(value))
        )
    except (MessageError, ValueError):
        return value


def _fields(body: str) -> list[dict[str, str]]:
    groups = []
    for group in re.split(r"\r?\n[ \t]*\r?\n", body):
        text = re.sub(r"\r?\n[ \t]+", " ", group)
        pairs = [line.partition(":") for line in text.splitlines() if ":" in line]
        if pairs:
            groups.append(_first([(name.strip().lower(), value.strip()) for name, _, value in pairs]))
    return groups


def _first(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return dict(reversed(pairs))
