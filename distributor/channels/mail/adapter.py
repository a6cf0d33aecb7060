"""The mail channel: a letter to every recipient, through one SMTP relay."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from distributor.channels.answers import utc_now
from distributor.channels.base import Clock, Credentials, Delivered, Field, Intent, Pause, Session
from distributor.channels.mail import compose as composing
from distributor.channels.mail import relay
from distributor.channels.mail.capabilities import CAPABILITIES
from distributor.channels.mail.dkim import signers_from
from distributor.channels.mail.envelope import Envelope
from distributor.channels.mail.message import BadAddress, MessageBuilder, envelope_address
from distributor.channels.mail.replies import Stopped
from distributor.channels.mail.smtp import COMMAND_SECONDS, Connection
from distributor.domain.capabilities import Capabilities
from distributor.domain.errors import BadSettings, TemplateError
from distributor.domain.outcomes import Deferred, Outcome, Reconnect, Rejected
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass

logger = logging.getLogger(__name__)

FIELDS = (
    Field(
        "url",
        "Address of the relay",
        help="smtp://user:password@host:587 (encrypted by STARTTLS) or smtps://user:password@host:465.",
        secret=True,
    ),
)


class MailChannel:
    """Mail. A session renders and sends one recipient after the other over one kept connection."""

    name = "mail"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[Field, ...] = FIELDS
    compose = staticmethod(composing.compose)
    check = staticmethod(composing.check)

    def __init__(self, *, timeout: float = COMMAND_SECONDS, clock: Clock = utc_now) -> None:
        self._timeout = timeout
        self._clock = clock

    def open(self, account: Credentials, variant: Variant, intent: Intent) -> AbstractContextManager[Session]:
        """Compile the variant; the connection is made for the first recipient. Raises TemplateError."""
        return self._open(account, RecipientPass(variant), variant, intent)

    @contextmanager
    def _open(self, account: Credentials, mail: RecipientPass, variant: Variant, intent: Intent) -> Iterator[Session]:
        try:
            builder = MessageBuilder(
                Envelope.from_data(variant.data),
                intent,
                mail,
                clock=self._clock,
                return_domain=account.values.get("return_domain", ""),
                signers=signers_from(account.values),
            )
            connection = Connection(relay.of(account), command_seconds=self._timeout)
        except BadSettings as error:
            yield _Closed(Reconnect(str(error)))
            return
        except BadAddress:
            yield _Closed(Reconnect("The publication’s sender address, or the return domain, is wrong: correct it."))
            return
        try:
            yield _MailSession(builder, connection)
        finally:
            connection.close()


class _MailSession:
    """Renders and sends, one recipient after the other."""

    def __init__(self, builder: MessageBuilder, connection: Connection) -> None:
        self._builder = builder
        self._connection = connection

    def deliver(self, recipients: Iterable[Recipient | Pause]) -> Iterator[Sequence[Delivered]]:
        stopped: Deferred | Reconnect | None = None
        for recipient in recipients:
            if isinstance(recipient, Pause):
                time.sleep(recipient.seconds)
                continue
            if stopped is not None:  # whoever still comes needs no try of their own
                yield (Delivered(recipient, stopped),)
                continue
            try:
                outcome = self._deliver(recipient)
            except Stopped as error:
                outcome = stopped = error.outcome
            yield (Delivered(recipient, outcome),)

    def _deliver(self, recipient: Recipient) -> Outcome:
        try:
            address = envelope_address(recipient.email)
            built = self._builder.build(recipient)
        except TemplateError as error:
            return Rejected(str(error), code="template")
        except BadAddress:
            return Rejected("This is not a mail address.", code="address")
        except Exception as error:  # noqa: BLE001 # whatever it is, it is about this one mail
            kind = type(error).__name__
            logger.error("A mail could not be made for recipient %s: %s", recipient.id, kind)  # noqa: TRY400 # no values
            return Rejected(f"The mail could not be made for this recipient ({kind}): check the template.", "template")
        return self._connection.send(built.sender, address, built.content, built.message_id)


class _Closed:
    """A session that can't begin: everyone gets the reason."""

    def __init__(self, outcome: Reconnect) -> None:
        self._outcome = outcome

    def deliver(self, recipients: Iterable[Recipient | Pause]) -> Iterator[Sequence[Delivered]]:
        for recipient in recipients:
            if not isinstance(recipient, Pause):
                yield (Delivered(recipient, self._outcome),)
