"""The bytes of a mail. What is the same for everyone is made once; per recipient only what differs.

Headers by RFC 5322, 2919 (List-Id), 2369 (List-*), 8058 (one-click unsubscription), 3834 (Auto-Submitted).
"""

from __future__ import annotations

import binascii
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from distributor.channels.base import Intent
from distributor.channels.mail.envelope import Envelope
from distributor.domain.recipients import Recipient

# Headers are written here and not by the email package: it folds at 78 characters by itself, and RFC-2047-encodes a
# List-Unsubscribe that does not fit on one line, which no mail program undoes. RFC 5322 §2.1.1 allows 998.
LINE = 76  # of encoded words and quoted-printable: RFC 2047 §2, RFC 2045 §6.7
SENDER_ID_LENGTH = (5, 15)  # Gmail's rule for the last part of Feedback-ID

_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]+@[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]+")
_BREAK = re.compile(r"\r\n?")
_ATEXT = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")


class BadAddress(Exception):
    """An address that can't stand in an envelope or a header."""


class MessageBuilder:
    """Makes the messages of one dispatch. `clock` says what Date is. Raises BadAddress for the sender's."""

    def __init__(self, envelope: Envelope, intent: Intent, *, clock: Callable[[], datetime]) -> None:
        self._envelope = envelope
        self._clock = clock
        self._key = intent.key
        self._domain = sender_address(envelope.sender_email).rpartition("@")[2]
        self._from = address_header("From", envelope.sender_name, envelope.sender_email)
        # Quoted-printable never holds “=_”, so no body can hold this line.
        boundary = f"=_{secrets.token_hex(16)}"
        self._same = self._common_headers(boundary)
        self._before_text = _part(boundary, "plain")
        self._before_html = _part(boundary, "html")
        self._end = f"\r\n--{boundary}--\r\n".encode("ascii")

    def message_id(self, recipient: Recipient) -> str:
        """Return the Message-ID, the same in every try: a repeat can be recognised by it."""
        return f"<{self._key}.{recipient.id}@{self._domain}>"

    def build(self, recipient: Recipient, *, subject: str, html: str, text: str) -> bytes:
        """Return the message, lines ended by CRLF, dots not yet stuffed. Raises BadAddress."""
        head = (
            f"{self._from}{address_header('To', recipient.name, recipient.email)}"
            f"{text_header('Subject', subject)}"
            f"Date: {format_datetime(self._clock())}\r\n"
            f"Message-ID: {self.message_id(recipient)}\r\n"
            f"{self._unsubscribe(recipient)}"
        )
        return b"".join(
            (
                head.encode("utf-8"),
                self._same,
                self._before_text,
                quoted_printable(text),
                self._before_html,
                quoted_printable(html),
                self._end,
            )
        )

    def _common_headers(self, boundary: str) -> bytes:
        envelope = self._envelope
        phrase = _phrase(envelope.list_name, "List-Id")
        archive = f"<{url_in_header(envelope.archive_url)}>"
        identifier = self._list_id()
        headers = [
            f"List-Id: {phrase} <{identifier}>\r\n" if phrase else f"List-Id: <{identifier}>\r\n",
            f"List-Help: {archive}\r\nList-Archive: {archive}\r\n" if envelope.archive_url else "",
            "List-Post: NO\r\n",
            f"Feedback-ID: {self._feedback_id()}\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Precedence: bulk\r\n",
            "MIME-Version: 1.0\r\n",
            f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n',
        ]
        return "".join(headers).encode("ascii")

    def _list_id(self) -> str:
        """Return the list's identifier in ASCII: it ends with the sender's domain where it has no site's."""
        own = self._envelope.sender_email.rpartition("@")[2]
        whole = self._envelope.list_id
        whole = f"{whole.removesuffix(own)}{self._domain}" if whole.endswith(own) else whole
        return re.sub(r"[^\x21-\x7e]+|[<>]", "-", whole)

    def _feedback_id(self) -> str:
        """Return campaign:list:stream:sender, as Gmail's feedback loop groups complaints."""
        shortest, longest = SENDER_ID_LENGTH
        sender = re.sub(r"[^a-z0-9]+", "-", self._domain.lower()).strip("-")[:longest].ljust(shortest, "-")
        list_name = re.sub(r"[^A-Za-z0-9.-]+", "-", self._envelope.stream) or "list"
        return f"{self._key}:{list_name}:letter:{sender}"

    def _unsubscribe(self, recipient: Recipient) -> str:
        """Return List-Unsubscribe, and with a web address the promise that one POST to it is enough (RFC 8058)."""
        subject = quote(f"unsubscribe {self._key}.{recipient.id}")
        mail = f"<mailto:{quote(self._envelope.sender_email, safe='@+')}?subject={subject}>"
        if not recipient.unsubscribe_url:
            return f"List-Unsubscribe: {mail}\r\n"
        return (
            f"List-Unsubscribe: <{url_in_header(recipient.unsubscribe_url)}>,\r\n {mail}\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        )


def envelope_address(email: str) -> str:
    """Return an address as it stands in an envelope, its domain in ASCII. Raises BadAddress."""
    if not _ADDRESS.fullmatch(email):
        raise BadAddress
    local, _, domain = email.rpartition("@")
    try:
        local.encode("utf-8")
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise BadAddress from None


def sender_address(email: str) -> str:
    """Return a sender's address as it stands in an envelope: all ASCII. Raises BadAddress."""
    address = envelope_address(email)
    if not address.isascii():
        raise BadAddress  # the rest of the world could not answer
    return address


def address_header(field: str, name: str, email: str) -> str:
    """Return a header with one mailbox, CRLF at its end. Raises BadAddress."""
    mailbox = envelope_address(email)
    phrase = _phrase(name, field)
    if not phrase:
        return f"{field}: {mailbox}\r\n"
    fold = "\r\n" if len(field) + len(phrase) + len(mailbox) > LINE else ""
    return f"{field}: {phrase}{fold} <{mailbox}>\r\n"


@lru_cache(maxsize=1024)
def text_header(field: str, value: str) -> str:
    """Return a header of free text, CRLF at its end, encoded where it is not plain ASCII."""
    value = _one_line(value)
    if value.isascii() and len(field) + len(value) + 2 <= LINE and "=?" not in value:
        return f"{field}: {value}\r\n"
    return f"{field}: {_encoded(value, field)}\r\n"


def _part(boundary: str, kind: str) -> bytes:
    return (
        f'\r\n--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")


def _phrase(name: str, field: str) -> str:
    """Return a display name: as it is, quoted, or encoded (RFC 5322 §3.2.5, RFC 2047 §5)."""
    name = _one_line(name)
    if _ATEXT.fullmatch(name) and "=?" not in name and len(name) <= LINE:
        return name
    if name.isascii() and "=?" not in name and len(name) <= LINE:
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return _encoded(name, field)


def _encoded(value: str, field: str) -> str:
    """Return a value folded and, where it has to be, encoded."""
    plain = value.isascii() and "=?" not in value and all(len(word) < LINE for word in value.split())
    return Header(value, "us-ascii" if plain else "utf-8", maxlinelen=LINE, header_name=field).encode(linesep="\r\n")


def _one_line(value: str) -> str:
    """Return a value without line breaks and other controls: nothing in it can begin a header of its own."""
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())


def url_in_header(url: str) -> str:
    """Return a URL in ASCII, with nothing in it that ends a header or its angle brackets."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]")


def quoted_printable(text: str) -> bytes:
    """Return a text as quoted-printable with CRLF."""
    encoded = binascii.b2a_qp(_BREAK.sub("\n", text).encode("utf-8", "replace"), istext=True)
    return encoded.replace(b"\n", b"\r\n")
