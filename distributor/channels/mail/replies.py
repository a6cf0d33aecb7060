"""What a mail server's answer says, and what it means for one recipient or for everyone.

Sources: RFC 5321 (SMTP), RFC 3463 and 2034 (enhanced status codes).
"""

from __future__ import annotations

import os
import re
import socket
import ssl
from dataclasses import dataclass
from typing import Final

from distributor.channels.base import AWAY
from distributor.channels.mail.charsets import decode
from distributor.channels.responses import excerpt
from distributor.domain.outcomes import Deferred, Outcome, Reconnect, Rejected

SERVICE_UNAVAILABLE: Final = 421  # “closing transmission channel”
QUEUE_FULL: Final = "4.3.1"  # “mail system full” (RFC 3463 §3.4): the server's own store, not one mailbox
TOO_BIG: Final = "5.3.4"
NO_SUCH_LETTERS: Final = "5.6.7"  # RFC 6531 §3.5: an address beyond ASCII is not permitted

_ENHANCED_CODE = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
# What servers say to who sends too fast: a mailbox or host that gets too much (4.2.1, 4.3.2, 4.4.5) or a policy.
_TOO_FAST = frozenset({"4.2.1", "4.3.2", "4.4.5"})
_GREYLIST_CODE = "4.7.1"  # what most greylisting says: come again later, however slowly


class Stopped(Exception):
    """A relay can't be used; `outcome` is for everyone who was to be served by it."""

    def __init__(self, outcome: Deferred | Reconnect) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class HungUp(ConnectionError):
    """The server closed the connection without a word."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: the three digits, the enhanced code where it gave one, and its words."""

    code: int
    enhanced_code: str
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        """Whether it is a refusal for good. Where the two codes disagree, the hopeful one counts (promise 7)."""
        return self.code >= 500 and not self.enhanced_code.startswith("4")

    @property
    def best_code(self) -> str:
        """The code that says most."""
        return self.enhanced_code or str(self.code)

    def outcome(self, receiver: str, secrets: tuple[str, ...], *, late: bool = False) -> Deferred | Rejected:
        """Return what a refusal means for one recipient; `late` is one at the end of the message."""
        words = excerpt(self.text, secrets)
        if self.permanent:
            return Rejected(
                f"{receiver} refused it{' at the end of the message' if late else ''}: {words}", code=self.best_code
            )
        return Deferred(f"{receiver} did not take it yet: {words}", code=self.best_code)


def read_reply(code: int, text: bytes) -> Reply:
    """Read a reply: its three digits, and its text, which may have several lines."""
    words = decode(text)
    match = _ENHANCED_CODE.match(words)
    return Reply(code, match.group() if match else "", words[match.end() :].strip() if match else words)


def words_of(text: bytes) -> str:
    """Return a reply's text without its enhanced code."""
    words = decode(text)
    match = _ENHANCED_CODE.match(words)
    return words[match.end() :] if match else words


def concerns_everyone(outcome: Outcome) -> bool:
    """Whether an outcome is about the relay or the account, and not about one recipient."""
    return isinstance(outcome, Reconnect) or (isinstance(outcome, Deferred) and outcome.code == AWAY)


def slows_down(code: str) -> bool:
    """Whether an outcome with this code (the enhanced one, or three digits) asks to send more slowly to a domain."""
    return code == str(SERVICE_UNAVAILABLE) or code in _TOO_FAST or (code.startswith("4.7.") and code != _GREYLIST_CODE)


def reason(error: BaseException) -> str:
    """Return why a connection ended or never began, as the end of a sentence."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate can’t be verified ({error.verify_message})."
    if isinstance(error, TimeoutError):
        return "it does not answer in time."
    if isinstance(error, socket.gaierror):
        return "its name can’t be resolved."
    if isinstance(error, (HungUp, ConnectionResetError, BrokenPipeError)):
        return "it closed the connection."
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS as it should."
    if isinstance(error, OSError):
        return f"{os.strerror(error.errno)}." if error.errno else "it takes no connection."
    return "what it says is not SMTP."
