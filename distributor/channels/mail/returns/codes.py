"""Finding what a server said: enhanced status codes (RFC 3463) in fields and in sentences."""

from __future__ import annotations

import re

from distributor.domain.bounces import is_mailbox_gone
from distributor.domain.refusals import is_after_message, is_vague

NO_MAILBOX = "5.1.1"
_LATE = "(in reply to end of DATA command)"  # as Postfix writes it

_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
# At the beginning of what a server said, behind the field's type at most (`smtp;`).
_FIRST = re.compile(r"\s*(?:[\w-]{1,20};)?\s*([45]\.[0-7]\.\d{1,3})(?![\d.])")
# In free text: behind a reply code, or the marks that servers set before it. A version or an IP address has neither.
_CODE = re.compile(
    r"(?:\b[45]\d\d[- ]'?|[#(\[]|(?:status|code|error)\b[^\w\n]{1,4})\s?#?([45]\.[0-7]\.\d{1,3})(?![\d.])",
    re.IGNORECASE,
)
_REPLY = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ -]\D)")
_LONE_REPLY = re.compile(r"(?:response ?code|smtp ?code|error(?: code)?)\W{1,4}([45])[0-5]\d\b", re.IGNORECASE)


def status(field: str, diagnostic: str) -> str:
    """Return the code that says most of a Status field and the words beside it; "" where neither has one.

    Where they disagree, the hopeful one counts: a passing trouble before a refusal, a refusal before “is gone”.
    """
    matches = (_STATUS.match(field), _FIRST.match(diagnostic), _CODE.search(diagnostic))
    return _implied(_hopeful([match[1] for match in matches if match], diagnostic), diagnostic)


def in_text(words: str) -> str:
    """Return the code that words give, without what they imply; "" for none."""
    match = _CODE.search(words)
    return _hopeful([match[1]] if match else [], words)


def with_stage(words: str, *, late: bool) -> str:
    """Return a server's words with the command that they answer, where that stands elsewhere in a notice."""
    return f"{words} {_LATE}" if late and words and not is_after_message(words) else words


def _hopeful(codes: list[str], words: str) -> str:
    specific_codes = [code for code in codes if not code.endswith(".0.0")] or codes
    if specific_codes:
        return min(specific_codes, key=lambda code: (code[0], is_mailbox_gone(code, words)))
    reply = _REPLY.search(words) or _LONE_REPLY.search(words)
    return f"{reply[1]}.0.0" if reply else ""


def _implied(code: str, words: str) -> str:
    """Return “no such mailbox” in place of a code that says nothing beside words that do."""
    return NO_MAILBOX if is_vague(code) and is_mailbox_gone(code, words) else code
