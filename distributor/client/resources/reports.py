"""Calls of the API about reports."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

import builtins

from distributor.client import calls
from distributor.client.calls import Call
from distributor.client.models import DispatchReport, LetterReport, RankedLetter
from distributor.client.transport import AsyncTransport, Transport


class ReportsCalls:
    """Reports."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def dispatch(self, dispatch_id: int) -> DispatchReport:
        """What became of a dispatch."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/report")), DispatchReport
        )

    def letter(self, letter_id: int) -> LetterReport:
        """What became of a letter."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/letters/{calls.segment(letter_id)}/report")), LetterReport
        )

    def top(self, slug: str) -> builtins.list[RankedLetter]:
        """The ten letters most read lately."""
        return calls.models_of(
            self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/top")), RankedLetter
        )


class AsyncReportsCalls:
    """Reports, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def dispatch(self, dispatch_id: int) -> DispatchReport:
        """What became of a dispatch."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/report")), DispatchReport
        )

    async def letter(self, letter_id: int) -> LetterReport:
        """What became of a letter."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/letters/{calls.segment(letter_id)}/report")), LetterReport
        )

    async def top(self, slug: str) -> builtins.list[RankedLetter]:
        """The ten letters most read lately."""
        return calls.models_of(
            await self._transport.send(Call("GET", f"/publications/{calls.segment(slug)}/top")), RankedLetter
        )
