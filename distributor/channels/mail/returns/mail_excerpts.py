"""What a person sees of a mail that is not proven, so as to decide about it: who wrote what, and which way it came."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from typing import Final

from distributor.channels.mail.returns import message_parts, notices
from distributor.channels.mail.returns.address import without_tokens

# Characters: together they bound what one mail from anywhere takes of the database.
LINE: Final = 300
TEXT: Final = 4_000
HEADERS: Final = 4_000
_HEADER_LINES: Final = 60
_LINES: Final = ("From", "To", "Subject", "Date")


def excerpt_of(message: Message, sender: str) -> Mapping[str, str]:
    """Return the beginning of a mail by what it is: `sender` (the address alone), `from`, `to`, …, `text`, `headers`.

    Nothing in it acts for anybody: our tokens are taken out.
    """
    lines = {name.lower(): message_parts.header(message, name)[:LINE] for name in _LINES}
    headers = [f"{name}: {value}"[:LINE] for name, value in message_parts.headers(message)[:_HEADER_LINES]]
    parts = {
        "sender": sender[:LINE],
        **lines,
        "text": notices.words_of(message)[:TEXT].strip(),
        "headers": "\n".join(headers)[:HEADERS],
    }
    return {name: without_tokens(text) for name, text in parts.items() if text}
