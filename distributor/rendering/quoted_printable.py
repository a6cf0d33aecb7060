"""Quoted-printable (RFC 2045 §6.7) in pieces that can stand in any order.

Every piece begins and ends at the start of a line: what does not end in a line break ends in a soft one. So static
pieces are encoded once and for all, values as they come, and whatever a condition or a loop makes of them has no line
above 76 characters, CRLF everywhere, and no line that begins with a dot (none has to be stuffed, RFC 5321 §4.5.2).
"""

from __future__ import annotations

import binascii
import re
from typing import Any

from markupsafe import escape

_LINE = 75  # and the “=” of a soft line break
_SOFT = "=\r\n"
# Values as most are, which stand for themselves: printable ASCII but “=”, no dot at the start, short. In HTML, nothing
# that is to be escaped.
_AS_IT_IS = re.compile(rf"(?!\.)[ -<>-~]{{1,{_LINE}}}").fullmatch
_AS_IT_IS_IN_HTML = re.compile(rf"(?!\.)[ !#-%(-;?-~]{{1,{_LINE}}}").fullmatch


def encode(text: str) -> str:
    """Return a text as one piece. Its line breaks, of any kind, become CRLF; what UTF-8 can't say becomes “?”."""
    flat = binascii.b2a_qp(one_kind_of_break(text).encode("utf-8", "replace"), istext=True).replace(b"=\n", b"")
    *lines, tail = flat.decode("ascii").split("\n")
    pieces = [f"{_fold(line)}\r\n" for line in lines]
    if tail:
        pieces.append(f"{_fold(tail)}{_SOFT}")
    return "".join(pieces)


def encode_text(value: Any) -> str:
    """Return a value that is written out, as one piece of plain text."""
    if type(value) is str and _AS_IT_IS(value):
        return value + _SOFT
    return encode(str(value))


def encode_html(value: Any) -> str:
    """Return a value that is written out, as one piece of HTML: escaped, unless it is Markup."""
    if type(value) is str and _AS_IT_IS_IN_HTML(value):
        return value + _SOFT
    return encode(str(escape(value)))


def one_kind_of_break(text: str) -> str:
    """Return a text whose line breaks are all LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _fold(line: str) -> str:
    """Return one encoded line, without its break, in lines that are short enough."""
    end = len(line)
    if end <= _LINE and line[:1] != ".":
        return line
    pieces, start = [], 0
    while start < end:
        dot = line[start] == "."
        stop = min(start + (_LINE - 2 if dot else _LINE), end)
        if stop < end:  # not within “=XX”
            stop -= 1 if line[stop - 1] == "=" else 2 if line[stop - 2] == "=" else 0
        pieces.append(f"=2E{line[start + 1 : stop]}" if dot else line[start:stop])
        start = stop
    return _SOFT.join(pieces)
