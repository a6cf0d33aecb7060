"""One SMTP connection that is kept, and what becomes of each message that goes over it.

Source: RFC 5321 (SMTP).
"""

from __future__ import annotations

import smtplib
from dataclasses import replace
from typing import Final

from distributor.channels.answers import said
from distributor.channels.base import AWAY, REPEAT_POSSIBLE
from distributor.channels.mail.opening import open_client
from distributor.channels.mail.relay import Relay
from distributor.channels.mail.replies import Answer, Goodbye, Stopped, read_answer, reason
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected

COMMAND_SECONDS = 120.0  # RFC 5321 §4.5.3.2 asks for 5 minutes; a worker can't wait for that with every server
FINAL_DOT_SECONDS = 600.0  # §4.5.3.2.6: giving up early is what makes mails arrive twice
BROKEN_AT_MOST = 3  # messages in a row on which the connection ends, until it is believed to be the server
MESSAGES_A_CONNECTION = 500  # many servers close after some hundreds or thousands; ending it ourselves costs less

_GONE: Final = 421  # “closing transmission channel”
_TOO_BIG = "5.3.4"
_NO_SUCH_LETTERS = "5.6.7"  # RFC 6531 §3.5: an address beyond ASCII is not permitted


class Connection:
    """A connection that opens when it is needed, and again when the server closed it."""

    def __init__(self, relay: Relay, *, command_seconds: float = COMMAND_SECONDS) -> None:
        self._relay = relay
        self._seconds = command_seconds
        self._client: smtplib.SMTP | None = None
        self._sent = 0
        self._broken = 0  # in a row, with no answer that counts in between
        self._lost = 0  # in a row, with no answer to any content in between
        self._secrets = (relay.password,) if relay.password else ()

    def close(self) -> None:
        """Say goodbye, and don't mind whether it is heard."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.quit()
        except (smtplib.SMTPException, OSError):
            client.close()

    def send(self, sender: str, recipient: str, message: bytes, message_id: str) -> Outcome:
        """Hand over one message and return what became of it. Raises Stopped when the server serves nobody now.

        When the connection turns out to be dead before the message's last byte is out, nothing was accepted: so it is
        opened again and the message sent, once.
        """
        if self._lost >= BROKEN_AT_MOST:  # each of them may come twice: no more are risked
            raise Stopped(Deferred(f"{self._relay.shown} does not say what becomes of mails.", code=AWAY))
        try:
            return self._send(sender, recipient, message, message_id)
        except (smtplib.SMTPException, OSError):
            self._drop()  # it may just have been idle for too long
        try:
            return self._send(sender, recipient, message, message_id)
        except Goodbye as error:
            self._drop()
            raise Stopped(Deferred(f"{self._relay.shown} takes no mail for now: {reason(error)}", code=AWAY)) from None
        except (smtplib.SMTPException, OSError) as error:
            return self._ended(Deferred(f"{self._relay.shown} breaks the connection off: {reason(error)}"))

    def _ended(self, deferred: Deferred) -> Deferred:
        """Drop the connection. It may be about this one message; several in a row are about the server."""
        self._drop()
        self._broken += 1
        if self._broken >= BROKEN_AT_MOST:
            raise Stopped(replace(deferred, code=AWAY)) from None
        return deferred

    def _send(self, sender: str, recipient: str, message: bytes, message_id: str) -> Outcome:
        client = self._ready()
        options = []
        if not recipient.isascii():
            if not client.has_extn("smtputf8"):
                return Rejected(
                    f"{self._relay.shown} can’t send to addresses with letters beyond ASCII.", _NO_SUCH_LETTERS
                )
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        if client.has_extn("size"):
            options.append(f"SIZE={len(message)}")
        began = read_answer(*client.mail(sender, options))
        if not began.good:
            return self._sender_refused(client, began, utf8="SMTPUTF8" in options)
        answer = read_answer(*client.rcpt(recipient))
        if answer.good:
            answer = read_answer(*client.docmd("DATA"))
            if answer.code == 354:
                return self._content(client, message, message_id)
        if answer.code != _GONE:
            self._reset(client)
        return self._refused(answer)

    def _refused(self, answer: Answer) -> Outcome:
        """Judge an answer about one recipient. Here a 421 may be theirs too, as when their domain is throttled."""
        outcome = answer.outcome("The server", self._secrets)
        if answer.code == _GONE:
            assert isinstance(outcome, Deferred)
            return self._ended(outcome)
        self._broken = 0
        return outcome

    def _reset(self, client: smtplib.SMTP) -> None:
        """Make the connection ready for the next message. Whoever hangs up instead has given their answer before."""
        try:
            code, _ = client.rset()
        except (smtplib.SMTPException, OSError):
            code = _GONE
        if not 200 <= code < 300:
            self._drop()

    def _content(self, client: smtplib.SMTP, message: bytes, message_id: str) -> Outcome:
        """Send the content. Once it is out, a lost answer means that it may have been accepted."""
        client.send(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")  # no header begins with a dot
        try:
            assert client.sock is not None
            client.sock.settimeout(max(FINAL_DOT_SECONDS, self._seconds))
            answer = read_answer(*client.getreply())
            client.sock.settimeout(self._seconds)
        except (smtplib.SMTPException, OSError):
            self._drop()
            self._lost += 1
            return Deferred("The server’s answer was lost; it is sent again, perhaps twice.", code=REPEAT_POSSIBLE)
        self._sent += 1
        self._lost = 0
        if answer.good:
            self._broken = 0
            return Accepted(Receipt(remote_id=message_id, raw={"answer": said(answer.text, self._secrets)}))
        return self._refused(answer)

    def _sender_refused(self, client: smtplib.SMTP, answer: Answer, *, utf8: bool) -> Outcome:
        """Judge a refusal before any recipient was named: it is about this one only by the mail's size or SMTPUTF8."""
        if answer.code == _GONE:
            raise Goodbye(answer.text)
        words = said(answer.text, self._secrets)
        if answer.enhanced == _TOO_BIG or answer.code == 552:
            self._reset(client)
            return Rejected(f"The server does not take a mail of this size: {words}", code=answer.shown)
        if utf8 and answer.permanent:
            self._reset(client)
            code = _NO_SUCH_LETTERS if answer.enhanced.startswith("5.1.") else answer.shown  # the mailbox is not gone
            return Rejected(f"{self._relay.shown} refuses an address with letters beyond ASCII: {words}", code)
        self.close()
        if answer.permanent:
            raise Stopped(Reconnect(f"{self._relay.shown} does not let this account send: {words}", code=answer.shown))
        raise Stopped(Deferred(f"{self._relay.shown} takes no mail for now: {words}", code=AWAY))

    def _ready(self) -> smtplib.SMTP:
        if self._client is not None and self._sent >= MESSAGES_A_CONNECTION:
            self.close()
        if self._client is None:
            self._client = open_client(self._relay, seconds=self._seconds)
            self._sent = 0
        return self._client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
