"""Calls of the API about dispatches."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import ActionAnswer, Dispatch, DispatchDelivery, Offer, PostAttempt, Preflight, Progress
from distributor.client.transport import AsyncTransport, Transport


class DispatchesCalls:
    """Dispatches."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        publication: str = UNSET,
        letter: int | None = UNSET,
        channel: str = UNSET,
        state: Sequence[str] = UNSET,
        finished: bool | None = UNSET,
        due_from: datetime | None = UNSET,
        due_before: datetime | None = UNSET,
        limit: int = UNSET,
    ) -> Iterator[Dispatch]:
        """Dispatches, the latest first."""
        return self._transport.pages(
            Call(
                "GET",
                "/dispatches",
                query={
                    "publication": publication,
                    "letter": letter,
                    "channel": channel,
                    "state": state,
                    "finished": finished,
                    "due_from": due_from,
                    "due_before": due_before,
                    "limit": limit,
                },
            ),
            Dispatch,
        )

    def show(self, dispatch_id: int) -> Dispatch:
        """One dispatch."""
        return calls.model_of(self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}")), Dispatch)

    def approve(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Approve a draft: its hold begins."""
        return calls.model_of(
            self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/approve", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    def approve_again(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Approve it as the letter and its variant are by now: its hold begins anew."""
        return calls.model_of(
            self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/approve-again", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    def attempts(self, dispatch_id: int, *, limit: int = UNSET) -> Iterator[PostAttempt]:
        """The tries of a post, the first one first."""
        return self._transport.pages(
            Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/attempts", query={"limit": limit}), PostAttempt
        )

    def cancel(self, dispatch_id: int, *, confirmed: bool = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Stop for good. What was delivered stays delivered."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/cancel",
                    body={"confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    def confirm(self, dispatch_id: int, *, url: str = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Say that an unconfirmed post is there: someone looked."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/confirm",
                    body={"url": url},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    def deliveries(
        self, dispatch_id: int, *, outcome: str | None = UNSET, limit: int = UNSET
    ) -> Iterator[DispatchDelivery]:
        """Who received a mailing, and what became of everyone."""
        return self._transport.pages(
            Call(
                "GET",
                f"/dispatches/{calls.segment(dispatch_id)}/deliveries",
                query={"outcome": outcome, "limit": limit},
            ),
            DispatchDelivery,
        )

    def ignore_change(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Let what was approved go out, although the letter has changed since."""
        return calls.model_of(
            self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/ignore-change", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    def next_slot(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Give it the time of its channel’s next slot that is free."""
        return calls.model_of(
            self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/next-slot", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    def offers(self, dispatch_id: int) -> builtins.list[Offer]:
        """What can be done with it now."""
        return calls.models_of(
            self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/offers")), Offer
        )

    def pause(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Stop for now: mail stops within the group that is being sent."""
        return calls.model_of(
            self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/pause", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    def preflight(self, dispatch_id: int) -> Preflight:
        """What to know before a dispatch goes out."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/preflight")), Preflight
        )

    def progress(self, dispatch_id: int) -> Progress:
        """How far it is."""
        return calls.model_of(
            self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/progress")), Progress
        )

    def recall(self, dispatch_id: int, *, confirmed: bool = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Delete a sent post at its network, where that can be."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/recall",
                    body={"confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    def release(self, dispatch_id: int, *, with_link: bool = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Send now, whatever its time, hold and quiet hours."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/release",
                    body={"with_link": with_link},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    def reschedule(self, dispatch_id: int, *, at: str, idempotency_key: str = "") -> ActionAnswer:
        """Give it another time."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/reschedule",
                    body={"at": at},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    def resend(
        self, dispatch_id: int, *, code: str = UNSET, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> ActionAnswer:
        """Send a mailing again to those it did not reach."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/resend",
                    body={"code": code, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    def resend_unopened(
        self, dispatch_id: int, *, subject: str, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> ActionAnswer:
        """Send a mailing again, with another subject, to those who got it and have not opened it."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/resend-unopened",
                    body={"subject": subject, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    def resume(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Go on with what is paused, or blocked and by now connected."""
        return calls.model_of(
            self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/resume", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    def retry(self, dispatch_id: int, *, confirmed: bool = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Send again what failed or is unconfirmed."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/retry",
                    body={"confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    def take_back(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Make what is approved a draft again, before it is sent."""
        return calls.model_of(
            self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/take-back", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )


class AsyncDispatchesCalls:
    """Dispatches, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        publication: str = UNSET,
        letter: int | None = UNSET,
        channel: str = UNSET,
        state: Sequence[str] = UNSET,
        finished: bool | None = UNSET,
        due_from: datetime | None = UNSET,
        due_before: datetime | None = UNSET,
        limit: int = UNSET,
    ) -> AsyncIterator[Dispatch]:
        """Dispatches, the latest first."""
        return self._transport.pages(
            Call(
                "GET",
                "/dispatches",
                query={
                    "publication": publication,
                    "letter": letter,
                    "channel": channel,
                    "state": state,
                    "finished": finished,
                    "due_from": due_from,
                    "due_before": due_before,
                    "limit": limit,
                },
            ),
            Dispatch,
        )

    async def show(self, dispatch_id: int) -> Dispatch:
        """One dispatch."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}")), Dispatch
        )

    async def approve(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Approve a draft: its hold begins."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/approve", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    async def approve_again(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Approve it as the letter and its variant are by now: its hold begins anew."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/approve-again", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    def attempts(self, dispatch_id: int, *, limit: int = UNSET) -> AsyncIterator[PostAttempt]:
        """The tries of a post, the first one first."""
        return self._transport.pages(
            Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/attempts", query={"limit": limit}), PostAttempt
        )

    async def cancel(self, dispatch_id: int, *, confirmed: bool = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Stop for good. What was delivered stays delivered."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/cancel",
                    body={"confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    async def confirm(self, dispatch_id: int, *, url: str = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Say that an unconfirmed post is there: someone looked."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/confirm",
                    body={"url": url},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    def deliveries(
        self, dispatch_id: int, *, outcome: str | None = UNSET, limit: int = UNSET
    ) -> AsyncIterator[DispatchDelivery]:
        """Who received a mailing, and what became of everyone."""
        return self._transport.pages(
            Call(
                "GET",
                f"/dispatches/{calls.segment(dispatch_id)}/deliveries",
                query={"outcome": outcome, "limit": limit},
            ),
            DispatchDelivery,
        )

    async def ignore_change(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Let what was approved go out, although the letter has changed since."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/ignore-change", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    async def next_slot(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Give it the time of its channel’s next slot that is free."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/next-slot", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    async def offers(self, dispatch_id: int) -> builtins.list[Offer]:
        """What can be done with it now."""
        return calls.models_of(
            await self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/offers")), Offer
        )

    async def pause(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Stop for now: mail stops within the group that is being sent."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/pause", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    async def preflight(self, dispatch_id: int) -> Preflight:
        """What to know before a dispatch goes out."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/preflight")), Preflight
        )

    async def progress(self, dispatch_id: int) -> Progress:
        """How far it is."""
        return calls.model_of(
            await self._transport.send(Call("GET", f"/dispatches/{calls.segment(dispatch_id)}/progress")), Progress
        )

    async def recall(self, dispatch_id: int, *, confirmed: bool = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Delete a sent post at its network, where that can be."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/recall",
                    body={"confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    async def release(self, dispatch_id: int, *, with_link: bool = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Send now, whatever its time, hold and quiet hours."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/release",
                    body={"with_link": with_link},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    async def reschedule(self, dispatch_id: int, *, at: str, idempotency_key: str = "") -> ActionAnswer:
        """Give it another time."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/reschedule",
                    body={"at": at},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    async def resend(
        self, dispatch_id: int, *, code: str = UNSET, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> ActionAnswer:
        """Send a mailing again to those it did not reach."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/resend",
                    body={"code": code, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    async def resend_unopened(
        self, dispatch_id: int, *, subject: str, confirmed: bool = UNSET, idempotency_key: str = ""
    ) -> ActionAnswer:
        """Send a mailing again, with another subject, to those who got it and have not opened it."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/resend-unopened",
                    body={"subject": subject, "confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    async def resume(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Go on with what is paused, or blocked and by now connected."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/resume", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )

    async def retry(self, dispatch_id: int, *, confirmed: bool = UNSET, idempotency_key: str = "") -> ActionAnswer:
        """Send again what failed or is unconfirmed."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/dispatches/{calls.segment(dispatch_id)}/retry",
                    body={"confirmed": confirmed},
                    once=True,
                    key=idempotency_key,
                )
            ),
            ActionAnswer,
        )

    async def take_back(self, dispatch_id: int, *, idempotency_key: str = "") -> ActionAnswer:
        """Make what is approved a draft again, before it is sent."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/dispatches/{calls.segment(dispatch_id)}/take-back", once=True, key=idempotency_key)
            ),
            ActionAnswer,
        )
