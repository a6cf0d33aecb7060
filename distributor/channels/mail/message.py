"""The bytes of a mail. What is the same for everyone is made once; per recipient only what differs.

Headers by RFC 5322, 2919 (List-Id), 2369 (List-*), 8058 (one-click unsubscription), 3834 (Auto-Submitted).
"""

from __future__ import annotations

import binascii
import re
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from distributor.channels.base import Intent
from distributor.channels.mail.dkim import Signer, body_hash
from distributor.channels.mail.envelope import Envelope
from distributor.channels.mail.returns.address import return_address, unsubscribe_address
from distributor.domain.host_names import ascii_host
from distributor.domain.recipients import Recipient
from distributor.domain.text_lines import one_line
from distributor.rendering.mail import RecipientPass

# Headers are written here and not by the email package: it folds at 78 characters by itself, and RFC-2047-encodes a
# List-Unsubscribe that does not fit on one line, which no mail program undoes. RFC 5322 §2.1.1 allows 998.
LINE = 76  # of encoded words and quoted-printable: RFC 2047 §2, RFC 2045 §6.7
_WORD = LINE - len(" =?utf-8?b??=")  # characters of base64 in one encoded word
SENDER_ID_LENGTH = (5, 15)  # Gmail's rule for the last part of Feedback-ID

_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]+@[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f]+")
_URL = re.compile(r"[A-Za-z0-9_.~%/:=&?#+!$,;'@()*\[\]-]*")
_ATEXT = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")


class BadAddress(Exception):
    """An address that can't stand in an envelope or a header."""


class BuiltMail(NamedTuple):
    """One message, as it goes out.

    `content` has its lines ended by CRLF, and no line begins with a dot: none has to be stuffed. `sender` is the
    envelope's: the return path.
    """

    content: bytes
    sender: str
    message_id: str

    @property
    def size(self) -> int:
        """Its length in bytes, as SIZE (RFC 1870) has it."""
        return len(self.content)


class MessageBuilder:
    """Makes the messages of one dispatch from its mail. `clock` says what Date is.

    With a `return_domain` what comes back comes to addresses there that hold the recipient's token (see
    `returning/address.py`), without to the publication's sender. `signers` sign in their order. Raises BadAddress for
    the sender's address, the one for answers, or the return domain.
    """

    def __init__(
        self,
        envelope: Envelope,
        intent: Intent,
        mail: RecipientPass,
        *,
        clock: Callable[[], datetime],
        return_domain: str = "",
        signers: Sequence[Signer] = (),
    ) -> None:
        self._envelope = envelope
        self._clock = clock
        self._mail = mail
        self._signers = tuple(signers)
        self._key = intent.key
        self._sender = sender_address(envelope.sender_email)
        self._return_domain = sender_address(f"x@{return_domain}")[2:] if return_domain else ""
        self._domain = self._sender.rpartition("@")[2]
        self._from = address_header("From", envelope.sender_name, envelope.sender_email)
        self._reply_to = f"Reply-To: {sender_address(envelope.reply_to)}\r\n" if envelope.reply_to else ""
        self._leave_by_mail = f"<mailto:{quote(self._sender, safe='@+')}?subject=unsubscribe"
        # Quoted-printable never holds “=_”, so no body can hold this line.
        boundary = f"=_{secrets.token_hex(16)}"
        self._shared_headers = self._common_headers(boundary)
        self._before_text = _part(boundary, "plain")
        self._before_html = f"\r\n{_part(boundary, 'html')}"
        self._end = f"\r\n--{boundary}--\r\n"
        self._second = -1.0
        self._date = ""

    def message_id(self, recipient: Recipient) -> str:
        """Return the Message-ID, the same in every try: a repeat can be recognised by it.

        Nobody can count on from it to that of someone else, and to have it proves nothing: replies quote it in public.
        """
        return f"<{self._key}.{recipient.track or recipient.id}@{self._domain}>"

    def build(self, recipient: Recipient) -> BuiltMail:
        """Return the message for one recipient.

        Raises BadAddress, and TemplateError when the mail needs what this recipient does not have.
        """
        mail, message_id = self._mail.encode(recipient), self.message_id(recipient)
        head = (
            f"{self._from}{address_header('To', recipient.name, recipient.email)}"
            f"{text_header('Subject', mail.subject)}"
            f"{self._date_header()}"
            f"Message-ID: {message_id}\r\n"
            f"{self._unsubscribe(recipient)}"
            f"{self._shared_headers}"
        )
        body = f"{self._before_text}{mail.text}{self._before_html}{mail.html}{self._end}"
        sender = self._sender
        if self._return_domain and recipient.token:
            sender = return_address(recipient.token, self._return_domain)
        content = self._sign(head, body) if self._signers else f"{head}\r\n{body}".encode()
        return BuiltMail(content, sender, message_id)

    def _sign(self, head: str, body: str) -> bytes:
        headers, content = head.encode(), body.encode("ascii")
        content_hash = body_hash((content,))
        return b"".join((*(signer.sign(headers, content_hash) for signer in self._signers), headers, b"\r\n", content))

    def _date_header(self) -> str:
        now = self._clock()
        second = now.timestamp() // 1
        if second != self._second:
            self._date = f"Date: {format_datetime(now)}\r\n"
            self._second = second
        return self._date

    def _common_headers(self, boundary: str) -> str:
        envelope = self._envelope
        phrase = _phrase(envelope.list_name, "List-Id")
        archive = f"<{url_in_header(envelope.archive_url)}>"
        identifier = self._list_id()
        list_headers = (
            f"List-Id: {phrase} <{identifier}>\r\n" if phrase else f"List-Id: <{identifier}>\r\n",
            f"List-Help: {archive}\r\nList-Archive: {archive}\r\n" if envelope.archive_url else "",
            "List-Post: NO\r\n",
        )
        headers = (
            *(list_headers if envelope.is_of_list else ()),
            f"Feedback-ID: {self._feedback_id()}\r\n",
            self._reply_to,
            "Auto-Submitted: auto-generated\r\n",
            "Precedence: bulk\r\n" if envelope.is_of_list else "",
            "MIME-Version: 1.0\r\n",
            f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n',
        )
        return "".join(headers)

    def _list_id(self) -> str:
        """Return the list's identifier in ASCII: it ends with the sender's domain where it has no site's."""
        domain = self._envelope.sender_email.rpartition("@")[2]
        whole = self._envelope.list_id
        whole = f"{whole.removesuffix(domain)}{self._domain}" if whole.endswith(domain) else whole
        return re.sub(r"[^\x21-\x7e]+|[<>]", "-", whole)

    def _feedback_id(self) -> str:
        """Return campaign:list:stream:sender, as Gmail's feedback loop groups complaints."""
        shortest, longest = SENDER_ID_LENGTH
        sender = re.sub(r"[^a-z0-9]+", "-", self._domain.lower()).strip("-")[:longest].ljust(shortest, "-")
        list_name = re.sub(r"[^A-Za-z0-9.-]+", "-", self._envelope.stream) or "list"
        return f"{self._key}:{list_name}:{self._envelope.kind}:{sender}"

    def _unsubscribe(self, recipient: Recipient) -> str:
        """Return List-Unsubscribe, and with a web address the promise that one POST to it is enough (RFC 8058)."""
        if not self._envelope.is_of_list:
            return ""
        if not recipient.token:
            mail = f"{self._leave_by_mail}>"
        elif self._return_domain:
            mail = f"<mailto:{unsubscribe_address(recipient.token, self._return_domain)}?subject=unsubscribe>"
        else:
            mail = f"{self._leave_by_mail}%20{recipient.token}>"
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
        return f"{local}@{domain if domain.isascii() else ascii_host(domain)}"
    except ValueError:  # also UnicodeError: half a character
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
    value = one_line(value)
    if value.isascii() and len(field) + len(value) + 2 <= LINE and "=?" not in value:
        return f"{field}: {value}\r\n"
    return f"{field}: {_encode(value, field)}\r\n"


def _part(boundary: str, kind: str) -> str:
    return (
        f'--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )


def _phrase(name: str, field: str) -> str:
    """Return a display name: as it is, quoted, or encoded (RFC 5322 §3.2.5, RFC 2047 §5)."""
    name = one_line(name)
    if _ATEXT.fullmatch(name) and "=?" not in name and len(name) <= LINE:
        return name
    if name.isascii() and "=?" not in name and len(name) <= LINE:
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return _encode(name, field)


def _encode(value: str, field: str) -> str:
    """Return a value folded and, where it has to be, encoded."""
    if value.isascii() and "=?" not in value and all(len(word) < LINE for word in value.split()):
        return Header(value, "us-ascii", maxlinelen=LINE, header_name=field).encode(linesep="\r\n")
    # A subject with a name in it is new for everyone, and Header takes longer for it than the rest of the mail does.
    data, start, words = value.encode("utf-8", "replace"), 0, []
    room = _WORD - len(field) - 1  # the first line begins with the field's name
    while start < len(data):
        stop = min(start + max(room // 4 * 3, 4), len(data))
        while stop < len(data) and data[stop] & 0xC0 == 0x80:  # not within a character: RFC 2047 §5
            stop -= 1
        words.append(f"=?utf-8?b?{binascii.b2a_base64(data[start:stop], newline=False).decode('ascii')}?=")
        start, room = stop, _WORD
    return "\r\n ".join(words)


def url_in_header(url: str) -> str:
    """Return a URL in ASCII, with nothing in it that ends a header or its angle brackets."""
    return url if _URL.fullmatch(url) else quote(url, safe="%/:=&?~#+!$,;'@()*[]")
