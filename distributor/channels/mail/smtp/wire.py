"""Replies as they come off the wire, and contents as they go onto it.

Sources: RFC 5321 §4.2 (replies), §4.5.2 (transparency), §4.5.3.1 (limits), §2.3.8 (lines).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LONGEST_REPLY_LINE: Final = 4096  # §4.5.3.1.5 asks for 512, servers say more
MOST_REPLY_LINES: Final = 200  # of one reply: whoever says more than that does not want to come to an end
LONGEST_LINE: Final = 998  # of a content, without its CRLF: §4.5.3.1.6

_BREAK = re.compile(rb"\r\n|\r|\n")
_CODES: Final = {b"%d" % code: code for code in range(200, 600)}


class Babble(Exception):
    """What came is no SMTP reply; the connection can't be used any further."""


class LineTooLong(Exception):
    """A content with a line that servers need not take."""


class Replies:
    """Cuts a stream of bytes into replies. Whatever comes, `feed` ends; `babble` says that it was no SMTP."""

    def __init__(self) -> None:
        self.babble = False
        self._partial_line = b""
        self._lines: list[bytes] = []  # of a reply that is not complete yet

    @property
    def empty(self) -> bool:
        """Whether nothing of another reply has come yet."""
        return not (self._partial_line or self._lines)

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Return (code, text) for each reply that is complete now, the lines of a text joined by line breaks.

        Nothing is read any more once `babble` is true; what was complete before still counts.
        """
        replies: list[tuple[int, bytes]] = []
        if self.babble:
            return replies
        lines = (self._partial_line + data if self._partial_line else data).split(b"\n")
        self._partial_line = lines.pop()
        if len(self._partial_line) > LONGEST_REPLY_LINE:
            self.babble = True
        for line in lines:
            code = _CODES.get(line[:3])
            after = line[3:4]
            if code is None or len(line) > LONGEST_REPLY_LINE or after not in b" -\r":
                self.babble = True
                break
            if after != b"-" and not self._lines:
                replies.append((code, line[4:].rstrip(b"\r")))
                continue
            self._lines.append(line[4:].rstrip(b"\r"))
            if after != b"-":
                replies.append((code, b"\n".join(self._lines)))
                self._lines.clear()
            elif len(self._lines) > MOST_REPLY_LINES:
                self.babble = True
                break
        return replies


@dataclass(frozen=True, slots=True)
class Extensions:
    """What a server offered in its answer to EHLO (§4.1.1.1).

    `login`: the ways of AUTH, in small letters. `size`: whether SIZE was offered; `size_limit`: how many bytes a
    message may have, 0 where nothing is said (RFC 1870).
    """

    starttls: bool = False
    pipelining: bool = False
    eight_bit: bool = False
    utf8: bool = False
    login: frozenset[str] = frozenset()
    size: bool = False
    size_limit: int = 0

    @classmethod
    def of(cls, text: bytes) -> Extensions:
        """Read the text of a reply to EHLO; its first line only greets. `AUTH=` is an old way to say `AUTH `."""
        parameters: dict[str, set[str]] = {}
        for line in text.decode("ascii", "replace").upper().split("\n")[1:]:
            name, *values = line.replace("AUTH=", "AUTH ", 1).split() or [""]
            parameters.setdefault(name, set()).update(values)
        limit = next(
            (size for size in parameters.get("SIZE", ()) if size.isascii() and size.isdigit() and len(size) < 16), "0"
        )
        return cls(
            starttls="STARTTLS" in parameters,
            pipelining="PIPELINING" in parameters,
            eight_bit="8BITMIME" in parameters,
            utf8="SMTPUTF8" in parameters,
            login=frozenset(way.lower() for way in parameters.get("AUTH", ())),
            size="SIZE" in parameters,
            size_limit=int(limit),
        )


def wire_content(content: bytes) -> bytes:
    """Return a content as it goes over the wire: lines ended by CRLF, also the last, and dots doubled (§4.5.2).

    A lone CR or LF becomes CRLF: to some servers it would end a line, and so perhaps the mail (“SMTP smuggling”).
    Raises LineTooLong.
    """
    if not content.count(b"\n") == content.count(b"\r") == content.count(b"\r\n"):
        content = _BREAK.sub(b"\r\n", content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    if max(map(len, content.split(b"\r\n"))) > LONGEST_LINE:
        raise LineTooLong
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..")
