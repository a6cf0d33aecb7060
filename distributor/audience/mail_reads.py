"""Who has read which mails: a port, since what readers did is in an upper room."""

from __future__ import annotations

from typing import LiteralString, Protocol

from distributor.ports import Port


class ReadCondition(Protocol):
    """Returns the condition of SQL that a person has opened, or followed a link of, one of some mailings.

    `person` is SQL for the person's number, `mailings` for an array of the mailings' numbers.
    """

    def __call__(self, *, person: LiteralString, mailings: LiteralString) -> LiteralString: ...


READS: Port[ReadCondition] = Port("what readers did with mails")
