"""A mail as anymail's backends take it, with every header that the SMTP way has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import Any

from anymail.message import AnymailMessage

from distributor.channels.base import Clock, Intent
from distributor.channels.mail.message import MessageBuilder, envelope_address, sender_address
from distributor.channels.mail.payload import MailPayload
from distributor.channels.mail.providers.merge_templates import MergeTemplate
from distributor.channels.mail.providers.provider import Provider
from distributor.domain.recipients import Recipient
from distributor.domain.text_lines import one_line
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass, RenderedMail

# The keys of a mail's metadata: webhooks give them back (see events.py).
DISPATCH, SUBSCRIBER, TOKEN = "dispatch", "subscriber", "mark"

# What the interfaces have fields of their own for, or make themselves.
_OWN_FIELDS = frozenset({"from", "to", "subject", "mime-version", "content-type", "content-transfer-encoding"})
_PERSONAL = frozenset({"message-id", "list-unsubscribe", "list-unsubscribe-post"})


@dataclass(frozen=True, slots=True)
class PreparedMail:
    """A mail to one recipient: its headers, and its own content or, for a merged mail, its values."""

    recipient: Recipient
    address: str
    headers: Mapping[str, str]
    sender: str
    content: RenderedMail | None = None
    values: Mapping[str, str] | None = None


class MailMaker:
    """Makes the mails of one dispatch. Raises BadAddress for the sender's."""

    def __init__(
        self,
        provider: Provider,
        variant: Variant,
        intent: Intent,
        *,
        mail: RecipientPass,
        clock: Clock,
        return_domain: str = "",
        merge_template: MergeTemplate | None = None,
    ) -> None:
        self._provider = provider
        self._mail = mail
        envelope = MailPayload.of(variant).envelope
        self._from = _mailbox(envelope.sender_name, sender_address(envelope.sender_email))
        self._own_sender = sender_address(envelope.sender_email)
        self._key = intent.key
        self._tags = [envelope.stream] if envelope.stream else []
        # Only its headers are used: the provider makes the bytes, and signs them.
        empty = RecipientPass(Variant("mail"))
        self._builder = MessageBuilder(envelope, intent, empty, clock=clock, return_domain=return_domain)
        self._merge_template = merge_template

    @property
    def merging(self) -> bool:
        """Whether one text is sent with everyone's values."""
        return self._merge_template is not None

    def prepare(self, recipient: Recipient) -> PreparedMail:
        """Return the mail to one recipient. Raises BadAddress, and TemplateError as RecipientPass does."""
        address = envelope_address(recipient.email)
        content = self._builder.build(recipient)
        headers = {**_headers(content.content), **self._provider.extra_headers}
        if self._merge_template is not None and address.isascii():
            return PreparedMail(
                recipient, address, headers, content.sender, values=self._merge_template.values(recipient)
            )
        return PreparedMail(recipient, address, headers, content.sender, content=self._mail.render(recipient))

    def message(self, mail: PreparedMail) -> Any:
        """Return a mail with its own content."""
        content = mail.content or self._mail.render(mail.recipient)
        options = self._options()
        if self._provider.envelope != "none" and mail.sender != self._own_sender:
            options["envelope_sender"] = mail.sender
        if self._provider.metadata:
            options["metadata"] = self._metadata(mail.recipient)
        message = AnymailMessage(
            subject=content.subject,
            body=content.text,
            from_email=self._from,
            to=[_mailbox(mail.recipient.name, mail.address)],
            headers=dict(mail.headers),
            **options,
        )
        message.attach_alternative(content.html, "text/html")
        return message

    def merged_message(self, mails: Sequence[PreparedMail]) -> Any:
        """Return one mail to many, of which nobody sees the others. Their addresses differ."""
        assert self._merge_template is not None
        common = {name: value for name, value in mails[0].headers.items() if name.lower() not in _PERSONAL}
        message = AnymailMessage(
            subject=self._merge_template.subject,
            body=self._merge_template.text,
            from_email=self._from,
            to=[_mailbox(mail.recipient.name, mail.address) for mail in mails],
            headers=common,
            merge_data={mail.address: dict(mail.values or {}) for mail in mails},
            merge_headers={mail.address: _without(mail.headers, common) for mail in mails},
            merge_metadata={mail.address: self._metadata(mail.recipient) for mail in mails},
            **self._options(),
        )
        message.attach_alternative(self._merge_template.html, "text/html")
        return message

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"tags": self._tags} if self._tags else {}
        if self._provider.tracking:
            options.update(track_opens=False, track_clicks=False)  # we count ourselves
        return options

    def _metadata(self, recipient: Recipient) -> dict[str, str]:
        return {DISPATCH: self._key, SUBSCRIBER: str(recipient.id), TOKEN: recipient.token}


def _headers(content: bytes) -> dict[str, str]:
    """Return a message's headers on one line each, without those that interfaces have fields of their own for."""
    head = content.partition(b"\r\n\r\n")[0].decode()
    read = HeaderParser().parsestr(head, headersonly=True)
    return {name: _unfold(value) for name, value in read.items() if name.lower() not in _OWN_FIELDS}


def _unfold(value: str) -> str:
    return "".join(value.splitlines())


def _without(headers: Mapping[str, str], common: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in common}


def _mailbox(name: str, address: str) -> str:
    """Return a mailbox for anymail, which encodes for each provider what has to be: the name stays as it is."""
    name = one_line(name)
    quoted_name = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted_name}" <{address}>' if name else address
