"""The mail channel: a letter to every recipient, through an account's SMTP relays or its provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

from distributor.channels.base import (
    AccountField,
    AddressedChannel,
    ChannelSetting,
    Clock,
    Credentials,
    Intent,
    MaySend,
    Pace,
    Pause,
    PermitsFor,
    RecipientOutcome,
    Session,
    always,
    at_any_time,
)
from distributor.channels.mail import compose as composition
from distributor.channels.mail import missing_values, relay, transports
from distributor.channels.mail.capabilities import CAPABILITIES
from distributor.channels.mail.dkim import signers_from
from distributor.channels.mail.message import BadAddress, MessageBuilder, envelope_address
from distributor.channels.mail.payload import MailPayload
from distributor.channels.mail.render_failures import unmade
from distributor.channels.mail.replies import slows_down
from distributor.channels.mail.smtp import Engine, MailTransaction, Timeouts, keeper, timeouts
from distributor.channels.responses import utc_now
from distributor.domain.capabilities import Capabilities
from distributor.domain.errors import BadSettings
from distributor.domain.outcomes import Reconnect
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Concern, Payload, Variant
from distributor.lazy_modules import LazyModule
from distributor.rendering.mail import RecipientPass

if TYPE_CHECKING:
    from distributor.channels.mail.providers import session as provider_sessions
else:  # it loads anymail
    provider_sessions = LazyModule("distributor.channels.mail.providers.session")

FIELDS = (
    AccountField(
        "url",
        "Address of the relay or provider",
        help="smtp://user:password@host:587 (encrypted by STARTTLS) or smtps://user:password@host:465. Several relays, "
        "separated by blanks, stand in for each other. Or a provider: postmark://SERVER-TOKEN@, and others.",
        secret=True,
    ),
    AccountField(
        "return_domain",
        "Domain that bounces come back to",
        help="Its mail has to be read (docs/operators/returns.md); empty: they come to the publication’s sender.",
        optional=True,
    ),
    *transports.FIELDS,
)


class MailChannel:
    """Mail. A session renders while it sends, over connections that are kept for the next one.

    `timeout` is how many seconds a relay may take for a command.
    """

    name = "mail"
    settings: tuple[ChannelSetting, ...] = (missing_values.MISSING,)
    connect_flow: None = None
    token_renewal: None = None
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    payload: type[Payload] = MailPayload
    compose = staticmethod(composition.compose)
    compose_digest = staticmethod(composition.compose_digest)
    check = staticmethod(composition.check)
    not_before = staticmethod(at_any_time)

    def __init__(self, *, timeout: float = timeouts.COMMAND, clock: Clock = utc_now) -> None:
        self._timeouts = Timeouts(command=timeout)
        self._clock = clock

    slows_down = staticmethod(slows_down)

    def check_account(self, credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:
        """What its provider doesn't do; an address that can't be read is refused where it is used."""
        if credentials.practice:
            return ()
        try:
            return transports.concerns(credentials.values.get("url", ""), variant)
        except BadSettings:
            return ()

    def pace(self, credentials: Credentials) -> Pace:
        """What the relays' URLs say, added up: a turn uses all of them."""
        try:
            relays = relay.of(credentials)
        except BadSettings:
            return Pace()
        rates = [relay_of_account.rate for relay_of_account in relays]
        return Pace(sum(rates) if all(rates) else 0.0, max(account_relay.domain_start for account_relay in relays))

    def open(
        self, credentials: Credentials, variant: Variant, intent: Intent, *, permits: PermitsFor | None = None
    ) -> AbstractContextManager[Session]:
        """Compile the variant; the connection is made for the first recipient. Raises TemplateError.

        `permits` is asked where a relay's URL has `connections_in_all`.
        """
        return self._open(credentials, missing_values.recipient_pass(variant), variant, intent, permits)

    @contextmanager
    def _open(
        self,
        credentials: Credentials,
        mail: RecipientPass,
        variant: Variant,
        intent: Intent,
        permits: PermitsFor | None,
    ) -> Iterator[Session]:
        session: Session
        with ExitStack() as stack:
            try:
                session_context = transports.session(
                    credentials,
                    smtp=lambda account: self._relay_session(account, mail, variant, intent, permits),
                    provider=lambda account: provider_sessions.open_session(
                        account, variant, intent, mail=mail, clock=self._clock
                    ),
                )
                session = stack.enter_context(session_context)
            except BadSettings as error:
                session = _ClosedSession(Reconnect(str(error)))
            except BadAddress:
                wrong = "The publication’s sender address, or the return domain, is wrong: correct it."
                session = _ClosedSession(Reconnect(wrong))
            yield session

    @contextmanager
    def _relay_session(
        self,
        credentials: Credentials,
        mail: RecipientPass,
        variant: Variant,
        intent: Intent,
        permits: PermitsFor | None,
    ) -> Iterator[Session]:
        """Open a session with the account's relays. Raises BadSettings and BadAddress."""
        builder = MessageBuilder(
            MailPayload.of(variant).envelope,
            intent,
            mail,
            clock=self._clock,
            return_domain=credentials.values.get("return_domain", ""),
            signers=signers_from(credentials.values),
        )
        with keeper.lend(relay.of(credentials), self._timeouts, permits) as engine:
            yield _MailSession(builder, engine)


class _MailSession:
    """Renders as fast as the engine takes it."""

    def __init__(self, builder: MessageBuilder, engine: Engine) -> None:
        self._builder = builder
        self._engine = engine

    def deliver(
        self, recipients: Iterable[Recipient | Pause], *, may_send: MaySend = always
    ) -> Iterator[Sequence[RecipientOutcome]]:
        return self._engine.send(self._mails(recipients), may_send=may_send)

    def _mails(self, recipients: Iterable[Recipient | Pause]) -> Iterator[MailTransaction | Pause | RecipientOutcome]:
        for recipient in recipients:
            if isinstance(recipient, Pause):
                yield recipient
            elif self._engine.stop_outcome is not None:  # whoever still comes needs no mail of their own
                yield RecipientOutcome(recipient, self._engine.stop_outcome)
            else:
                yield self._mail(recipient)

    def _mail(self, recipient: Recipient) -> MailTransaction | RecipientOutcome:
        try:
            address = envelope_address(recipient.email)
            mail_content = self._builder.build(recipient)
        except Exception as error:  # noqa: BLE001 # whatever it is, it is about this one mail
            return RecipientOutcome(recipient, unmade(recipient, error))
        return MailTransaction(
            recipient, mail_content.sender, address, mail_content.content, mail_content.message_id, stuffed=True
        )


class _ClosedSession:
    """A session that can't begin: everyone gets the reason."""

    def __init__(self, outcome: Reconnect) -> None:
        self._outcome = outcome

    def deliver(
        self,
        recipients: Iterable[Recipient | Pause],
        *,
        may_send: MaySend = always,  # noqa: ARG002 # nothing goes out as it is
    ) -> Iterator[Sequence[RecipientOutcome]]:
        for recipient in recipients:
            if not isinstance(recipient, Pause):
                yield (RecipientOutcome(recipient, self._outcome),)


channel: AddressedChannel = MailChannel()
