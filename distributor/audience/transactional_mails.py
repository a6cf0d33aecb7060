"""Transactional mails as what comes back needs them: a port, since they are in an upper room.

In the return path they have tokens of a purpose of their own, since these lead to no lists. What reads tokens has them
as recipients of the dispatch `NO_DISPATCH`, whose numbers are those of the mails.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from distributor.audience import signed_tokens
from distributor.ports import Port

NO_DISPATCH: Final = 0  # no dispatch has it
_RECIPIENT: Final = 1  # a token holds two numbers, and each of these mails has one recipient


@dataclass(frozen=True, slots=True)
class TransactionalMails:
    """`addresses` returns where mails of these numbers went; `note` keeps what came back: number, kind, words."""

    addresses: Callable[[Collection[int]], Mapping[int, str]]
    note: Callable[[int, str, str], None]


MAILS: Port[TransactionalMails] = Port("transactional mails")


def write_token(mail: int) -> str:
    """Return the token of one mail."""
    return signed_tokens.transactional_tokens().write(mail, _RECIPIENT)


def read_token(token: str) -> tuple[int, int] | None:
    """Return (dispatch, subscriber) of a recipient's token, (`NO_DISPATCH`, mail) of one of these mails, or None."""
    recipient = signed_tokens.recipient_tokens().read(token)
    if recipient is not None:
        return recipient
    mail = signed_tokens.transactional_tokens().read(token)
    return None if mail is None else (NO_DISPATCH, mail[0])
