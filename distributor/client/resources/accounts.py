"""Calls of the API about accounts."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Account, Identity
from distributor.client.transport import AsyncTransport, Transport


class AccountsCalls:
    """Accounts."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, channel: str = UNSET, limit: int = UNSET) -> Iterator[Account]:
        """Connected accounts."""
        return self._transport.pages(
            Call("GET", "/accounts", query={"publication": publication, "channel": channel, "limit": limit}), Account
        )

    def show(self, account_id: int) -> Account:
        """One account, and how it is."""
        return calls.model_of(self._transport.send(Call("GET", f"/accounts/{calls.segment(account_id)}")), Account)

    def check(self, account_id: int) -> Identity:
        """Ask its network whether it works."""
        return calls.model_of(
            self._transport.send(Call("POST", f"/accounts/{calls.segment(account_id)}/check")), Identity
        )


class AsyncAccountsCalls:
    """Accounts, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, channel: str = UNSET, limit: int = UNSET) -> AsyncIterator[Account]:
        """Connected accounts."""
        return self._transport.pages(
            Call("GET", "/accounts", query={"publication": publication, "channel": channel, "limit": limit}), Account
        )

    async def show(self, account_id: int) -> Account:
        """One account, and how it is."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/accounts/{calls.segment(account_id)}")), Account
        )

    async def check(self, account_id: int) -> Identity:
        """Ask its network whether it works."""
        return calls.model_of(
            await self._transport.send(Call("POST", f"/accounts/{calls.segment(account_id)}/check")), Identity
        )
