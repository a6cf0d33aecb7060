"""What a connection asks of the engine, and what it says to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from distributor.channels.mail.smtp.round import Round
from distributor.channels.mail.smtp.transaction import MailTransaction
from distributor.domain.outcomes import Outcome

if TYPE_CHECKING:
    from distributor.channels.mail.smtp.connection import SmtpConnection


class Feeder(Protocol):
    """Who gives messages to a connection and hears what becomes of them."""

    round: Round

    def on_acceptance(self, connection: SmtpConnection, mail: MailTransaction, text: bytes) -> None: ...
    def settle(self, connection: SmtpConnection, mail: MailTransaction, outcome: Outcome) -> None:
        """It has this outcome, or, where the outcome concerns everyone, needs another relay."""
        ...

    def on_break(self, connection: SmtpConnection, mail: MailTransaction, error: BaseException) -> None:
        """The connection ended on it before its last byte was out."""
        ...

    def on_lost_answer(self, connection: SmtpConnection, mail: MailTransaction) -> None:
        """The connection ended after its last byte was out, or may have been."""
        ...

    def on_goodbye(self, connection: SmtpConnection, mail: MailTransaction, code: int, text: bytes) -> None:
        """The server closes before a recipient was named."""
        ...

    def on_idle(self, connection: SmtpConnection) -> None:
        """It can take a message, or wants to know whether there is another one: call `go_on`."""
        ...

    def on_park(self, connection: SmtpConnection) -> None:
        """It holds an acceptance back: call `go_on` when there is room."""
        ...

    def on_end(self, connection: SmtpConnection) -> None:
        """No message goes over it any more."""
        ...

    def on_close(self, connection: SmtpConnection) -> None:
        """It is gone."""
        ...
