"""The addresses that mail comes back to: each names one mail to one recipient by our signed token.

`bounces+TOKEN@DOMAIN` is the return path (VERP: what bounces comes to it), `unsubscribe+TOKEN@DOMAIN` the mailto of
List-Unsubscribe.
"""

from __future__ import annotations

import re

BOUNCES = "bounces"
UNSUBSCRIBE = "unsubscribe"
COMPLAINTS = "complaints"  # for feedback loops, which are registered for one address

_ANY_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Fa-f0-9]{28,56}(?![A-Za-z0-9])")  # see domain/signed_tokens.py
_TOKEN_ADDRESS = re.compile(rf"({BOUNCES}|{UNSUBSCRIBE})\+([a-f0-9]{{28,56}})@", re.IGNORECASE)


def return_address(token: str, domain: str) -> str:
    """Return the return path of one mail: at most 64 octets before the @ (RFC 5321 §4.5.3.1.1)."""
    return f"{BOUNCES}+{token}@{domain}"


def unsubscribe_address(token: str, domain: str) -> str:
    """Return the address whose every mail unsubscribes one recipient from the lists of one dispatch."""
    return f"{UNSUBSCRIBE}+{token}@{domain}"


def tokens_in(text: str) -> list[tuple[str, str]]:
    """Return (`BOUNCES` or `UNSUBSCRIBE`, token), in lower case, of each such address in a text; nothing is checked."""
    return [(match[1].lower(), match[2].lower()) for match in _TOKEN_ADDRESS.finditer(text)]


def without_tokens(text: str) -> str:
    """Return a text in which nothing that may be a token is left: whoever has a token can unsubscribe its recipient."""
    return _ANY_TOKEN.sub("…", _TOKEN_ADDRESS.sub(r"\1+…@", text))
