"""One message as the SMTP client takes it, and the commands that make up its envelope.

Sources: RFC 5321 §4.1.1.2 and .3, RFC 1870 (SIZE), RFC 6152 (8BITMIME), RFC 6531 (SMTPUTF8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from distributor.channels.mail.relay import Relay
from distributor.channels.mail.replies import NO_SUCH_LETTERS, TOO_BIG
from distributor.channels.mail.smtp.wire import Extensions, LineTooLong, wire_content
from distributor.domain.outcomes import Rejected
from distributor.domain.recipients import Recipient

_NO_ADDRESS = re.compile(r"[\x00-\x20<>\x7f]")  # what would end the address, or the command


@dataclass(frozen=True, slots=True, eq=False)
class MailTransaction:
    """One message to one recipient.

    `sender` and `address` are the envelope's, `sender` in ASCII; `content` has its lines ended by CRLF. With `stuffed`
    it goes over the wire as it is: the last line has its CRLF too, dots are doubled where a line begins with one, and
    no line is above 998 bytes. `message_id` is what an acceptance is known by.
    """

    recipient: Recipient
    sender: str
    address: str
    content: bytes
    message_id: str
    stuffed: bool = False


class Unfit(Exception):
    """This one can't be sent over this connection."""

    def __init__(self, outcome: Rejected) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


@dataclass(slots=True, eq=False)  # one a message: frozen ones take four times as long to make
class PreparedTransaction:
    """A message as it goes over the wire: the content without the dot that ends it."""

    mail: MailTransaction
    sender: str
    recipient: str
    content: bytes

    @property
    def utf8(self) -> bool:
        """Whether the server is asked for SMTPUTF8."""
        return not self.mail.address.isascii()


def prepare(mail: MailTransaction, relay: Relay, extensions: Extensions) -> PreparedTransaction:
    """Return the commands and the content, each with its CRLF. Raises Unfit where the server can't take it."""
    address, content = mail.address, mail.content
    if _NO_ADDRESS.search(mail.sender + address):
        raise Unfit(Rejected("This is not a mail address.", code="address"))
    options = ""
    if not content.isascii() or not address.isascii():
        options = _beyond_ascii(mail, relay, extensions)
    if extensions.size:
        if 0 < extensions.size_limit < len(content):
            raise Unfit(Rejected(f"{relay.label} does not take a mail of this size.", code=TOO_BIG))
        options += f" SIZE={len(content)}"
    return PreparedTransaction(
        mail,
        f"MAIL FROM:<{mail.sender}>{options}\r\n",
        f"RCPT TO:<{address}>\r\n",
        content if mail.stuffed else _stuff_content(content),
    )


def _beyond_ascii(mail: MailTransaction, relay: Relay, extensions: Extensions) -> str:
    if not mail.address.isascii() and not extensions.utf8:
        reason = f"{relay.label} can’t send to addresses with letters beyond ASCII."
        raise Unfit(Rejected(reason, code=NO_SUCH_LETTERS))
    if mail.address.isascii() and not extensions.eight_bit:
        reason = f"{relay.label} takes no mail with letters beyond ASCII that are not encoded."
        raise Unfit(Rejected(reason, code="5.6.3"))  # RFC 3463 §3.7: conversion required but not supported
    return " BODY=8BITMIME" if mail.address.isascii() else " SMTPUTF8 BODY=8BITMIME"


def _stuff_content(content: bytes) -> bytes:
    try:
        return wire_content(content)
    except LineTooLong:
        reason = "A line of this mail is longer than mail servers have to take (998 bytes): break it."
        raise Unfit(Rejected(reason, code="template")) from None
