"""What a mail server's answer says, and what it means for one recipient or for everyone.

Sources: RFC 5321 (SMTP), RFC 3463 and 2034 (enhanced status codes).
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass

from distributor.channels.answers import said
from distributor.domain.outcomes import Deferred, Reconnect, Rejected

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")


class Stopped(Exception):
    """The connection can't be used; `outcome` is for everyone who was to be served by it."""

    def __init__(self, outcome: Deferred | Reconnect) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Goodbye(smtplib.SMTPServerDisconnected):
    """The server said 421: it closes, and not because of this message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer: the three digits, the enhanced code where it gave one, and its words."""

    code: int
    enhanced: str
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        """Whether it is a refusal for good. Where the two codes disagree, the hopeful one counts (promise 7)."""
        return self.code >= 500 and not self.enhanced.startswith("4")

    @property
    def shown(self) -> str:
        """The code that says most."""
        return self.enhanced or str(self.code)

    def outcome(self, who: str, secrets: tuple[str, ...]) -> Deferred | Rejected:
        """Return what a refusal means for one recipient."""
        words = said(self.text, secrets)
        if self.permanent:
            return Rejected(f"{who} refused it: {words}", code=self.shown)
        return Deferred(f"{who} did not take it yet: {words}", code=self.shown)


def read_answer(code: int, text: bytes) -> Answer:
    """Read an answer as smtplib gives it."""
    words = text.decode("utf-8", "replace")
    found = _ENHANCED.match(words)
    return Answer(code, found.group() if found else "", words[found.end() :].strip() if found else words)


def reason(error: Exception) -> str:
    """Return why a connection ended or never began, as the end of a sentence."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate can’t be verified ({error.verify_message})."
    if isinstance(error, TimeoutError):
        return "it does not answer in time."
    if isinstance(error, socket.gaierror):
        return "its name can’t be resolved."
    if isinstance(error, smtplib.SMTPServerDisconnected) and not isinstance(error, Goodbye):
        return "it closed the connection."
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return said(text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text), ())
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return said(str(error) or type(error).__name__, ())
