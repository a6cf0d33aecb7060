"""The addresses that mail comes back to: each names one mail to one recipient by our signed mark.

`bounces+MARK@DOMAIN` is the return path (VERP: what bounces comes to it), `unsubscribe+MARK@DOMAIN` the mailto of
List-Unsubscribe.
"""

from __future__ import annotations

import re

BOUNCES = "bounces"
UNSUBSCRIBE = "unsubscribe"
COMPLAINTS = "complaints"  # for feedback loops, which are registered for one address

_ANY_MARK = re.compile(r"(?<![A-Za-z0-9])[A-Fa-f0-9]{28,56}(?![A-Za-z0-9])")  # see domain/signed_tokens.py
_MARKED_ADDRESS = re.compile(rf"({BOUNCES}|{UNSUBSCRIBE})\+([a-f0-9]{{28,56}})@", re.IGNORECASE)


def return_address(mark: str, domain: str) -> str:
    """Return the return path of one mail: at most 64 octets before the @ (RFC 5321 §4.5.3.1.1)."""
    return f"{BOUNCES}+{mark}@{domain}"


def unsubscribe_address(mark: str, domain: str) -> str:
    """Return the address whose every mail unsubscribes one recipient from the lists of one dispatch."""
    return f"{UNSUBSCRIBE}+{mark}@{domain}"


def marks_in(text: str) -> list[tuple[str, str]]:
    """Return (`BOUNCES` or `UNSUBSCRIBE`, mark), in lower case, of each such address in a text; nothing is checked."""
    return [(match[1].lower(), match[2].lower()) for match in _MARKED_ADDRESS.finditer(text)]


def without_marks(text: str) -> str:
    """Return a text in which nothing that may be a mark is left: whoever has a mark can unsubscribe its recipient."""
    return _ANY_MARK.sub("…", _MARKED_ADDRESS.sub(r"\1+…@", text))
