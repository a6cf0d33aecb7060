"""One SMTP connection that is kept, and what the server's answers mean for a recipient.

Sources: RFC 5321 (SMTP), RFC 3463 and 2034 (enhanced status codes), RFC 3207 (STARTTLS), RFC 4954 (AUTH).
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, replace
from typing import Final

from distributor.channels.answers import said
from distributor.channels.base import AWAY, REPEAT_POSSIBLE
from distributor.channels.mail.relay import Relay
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected

CONNECT_SECONDS = 15.0
COMMAND_SECONDS = 120.0  # RFC 5321 §4.5.3.2 asks for 5 minutes; a worker can't wait for that with every server
FINAL_DOT_SECONDS = 600.0  # §4.5.3.2.6: giving up early is what makes mails arrive twice
BROKEN_AT_MOST = 3  # messages in a row on which the connection breaks, until it is believed to be the server
MESSAGES_A_CONNECTION = 500  # many servers close after some hundreds or thousands; ending it ourselves costs less

_GONE: Final = 421  # “closing transmission channel”
_TOO_BIG = "5.3.4"
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")


class Stopped(Exception):
    """The connection can't be used; `outcome` is for everyone who was to be served by it."""

    def __init__(self, outcome: Deferred | Reconnect) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class _Goodbye(smtplib.SMTPServerDisconnected):
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

    def outcome(self, who: str, secrets: tuple[str, ...]) -> Deferred | Rejected:
        """Return what a refusal means for one recipient."""
        words = said(self.text, secrets)
        shown = self.enhanced or str(self.code)
        if self.permanent:
            return Rejected(f"{who} refused it: {words}", code=shown)
        return Deferred(f"{who} did not take it yet: {words}", code=shown)


def read_answer(code: int, text: bytes) -> Answer:
    """Read an answer as smtplib gives it."""
    words = text.decode("utf-8", "replace")
    found = _ENHANCED.match(words)
    return Answer(code, found.group() if found else "", words[found.end() :].strip() if found else words)


class Connection:
    """A connection that opens when it is needed, and again when the server closed it."""

    def __init__(self, relay: Relay, *, command_seconds: float = COMMAND_SECONDS) -> None:
        self._relay = relay
        self._seconds = command_seconds
        self._client: smtplib.SMTP | None = None
        self._sent = 0
        self._broken = 0
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
        try:
            return self._send(sender, recipient, message, message_id)
        except (smtplib.SMTPException, OSError):
            self._drop()  # it may just have been idle for too long
        try:
            return self._send(sender, recipient, message, message_id)
        except _Goodbye as error:
            self._drop()
            raise Stopped(Deferred(f"{self._name} takes no mail for now: {_reason(error)}", code=AWAY)) from None
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            self._broken += 1
            deferred = Deferred(f"{self._name} breaks the connection off: {_reason(error)}", code=AWAY)
            if self._broken >= BROKEN_AT_MOST:
                raise Stopped(deferred) from None
            return replace(deferred, code="")  # it may be this one message that it can't stand

    @property
    def _name(self) -> str:
        return f"The mail relay {self._relay.host}"

    def _send(self, sender: str, recipient: str, message: bytes, message_id: str) -> Outcome:
        client = self._ready()
        options = []
        if not recipient.isascii():
            if not client.has_extn("smtputf8"):
                return Rejected(f"{self._name} can’t send to addresses with letters beyond ASCII.", code="5.6.7")
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        if client.has_extn("size"):
            options.append(f"SIZE={len(message)}")
        began = read_answer(*client.mail(sender, options))
        if not began.good:
            return self._sender_refused(began)
        answer = read_answer(*client.rcpt(recipient))
        if answer.good:
            answer = read_answer(*client.docmd("DATA"))
            if answer.code == 354:
                return self._content(client, message, message_id)
        if answer.code == _GONE:
            raise _Goodbye(answer.text)
        client.rset()
        return answer.outcome("The server", self._secrets)

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
            return Deferred("The server’s answer was lost; it is sent again, perhaps twice.", code=REPEAT_POSSIBLE)
        self._sent += 1
        self._broken = 0
        if answer.good:
            return Accepted(Receipt(remote_id=message_id, raw={"answer": said(answer.text, self._secrets)}))
        if answer.code == _GONE:
            self._drop()
        return answer.outcome("The server", self._secrets)

    def _sender_refused(self, answer: Answer) -> Outcome:
        """Judge a refusal before any recipient was named: it says nothing about this one."""
        if answer.code == _GONE:
            raise _Goodbye(answer.text)
        words = said(answer.text, self._secrets)
        shown = answer.enhanced or str(answer.code)
        if answer.enhanced == _TOO_BIG or answer.code == 552:
            assert self._client is not None
            self._client.rset()
            return Rejected(f"The server does not take a mail of this size: {words}", code=shown)
        self.close()
        if answer.permanent:
            raise Stopped(Reconnect(f"{self._name} does not let this account send: {words}", code=shown))
        raise Stopped(Deferred(f"{self._name} takes no mail for now: {words}", code=AWAY))

    def _ready(self) -> smtplib.SMTP:
        if self._client is not None and self._sent >= MESSAGES_A_CONNECTION:
            self.close()
        if self._client is None:
            self._client = self._open()
            self._sent = 0
        return self._client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _open(self) -> smtplib.SMTP:
        """Connect, encrypt and log in. Raises Stopped."""
        relay = self._relay
        try:
            client = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise Stopped(Deferred(f"{self._name} can’t be reached: {_reason(error)}", code=AWAY)) from None
        try:
            assert client.sock is not None
            client.sock.settimeout(self._seconds)
            client.ehlo_or_helo_if_needed()
            if relay.encryption in ("required", "optional"):
                self._start_tls(client)
            if relay.user:
                self._log_in(client)
        except Stopped:
            client.close()
            raise
        except (smtplib.SMTPException, OSError) as error:
            client.close()
            raise Stopped(Deferred(f"{self._name} did not let us in: {_reason(error)}", code=AWAY)) from None
        return client

    def _connect(self) -> smtplib.SMTP:
        relay = self._relay
        if relay.encryption == "implicit":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                relay.host, relay.port, local_hostname=_own_name(), timeout=CONNECT_SECONDS, context=context
            )
        return smtplib.SMTP(relay.host, relay.port, local_hostname=_own_name(), timeout=CONNECT_SECONDS)

    def _start_tls(self, client: smtplib.SMTP) -> None:
        if client.has_extn("starttls"):
            client.starttls(context=ssl.create_default_context())
            client.ehlo()
        elif self._relay.encryption == "required":
            raise Stopped(
                Reconnect(
                    f"{self._name} offers no encryption (STARTTLS): use smtps:// if it has a port for that, or "
                    "starttls=optional in its address."
                )
            )

    def _log_in(self, client: smtplib.SMTP) -> None:
        if not isinstance(client.sock, ssl.SSLSocket) and not self._relay.is_local:
            raise Stopped(Reconnect(f"{self._name} offers no encryption, so the password was not sent to it."))
        try:
            client.login(self._relay.user, self._relay.password)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                raise
            raise Stopped(
                Reconnect(f"{self._name} does not accept the user name and password.", code=str(error.smtp_code))
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise Stopped(Reconnect(f"{self._name} offers no login: leave user and password out.")) from None


def _own_name() -> str:
    """Return our name for EHLO, without asking DNS: a full one, or an address literal (RFC 5321 §4.1.3)."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate can’t be verified ({error.verify_message})."
    if isinstance(error, TimeoutError):
        return "it does not answer in time."
    if isinstance(error, socket.gaierror):
        return "its name can’t be resolved."
    if isinstance(error, smtplib.SMTPServerDisconnected) and not isinstance(error, _Goodbye):
        return "it closed the connection."
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return said(text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text), ())
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return said(str(error) or type(error).__name__, ())
