"""Calls of the API about feeds."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from distributor.client import calls
from distributor.client.calls import UNSET, Call
from distributor.client.models import Feed, FeedQuestion, Looks
from distributor.client.transport import AsyncTransport, Transport


class FeedsCalls:
    """Feeds."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> Iterator[Feed]:
        """Watched feeds."""
        return self._transport.pages(Call("GET", "/feeds", query={"publication": publication, "limit": limit}), Feed)

    def create(
        self,
        *,
        url: str,
        publication: str = UNSET,
        name: str = UNSET,
        interval_minutes: int = UNSET,
        rules: Mapping[str, Any] | None = UNSET,
        idempotency_key: str = "",
    ) -> Feed:
        """Watch a feed."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    "/feeds",
                    body={
                        "publication": publication,
                        "url": url,
                        "name": name,
                        "interval_minutes": interval_minutes,
                        "rules": rules,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            Feed,
        )

    def show(self, feed_id: int) -> Feed:
        """One watched feed."""
        return calls.model_of(self._transport.send(Call("GET", f"/feeds/{calls.segment(feed_id)}")), Feed)

    def update(
        self,
        feed_id: int,
        *,
        name: str | None = UNSET,
        interval_minutes: int | None = UNSET,
        rules: Mapping[str, Any] | None = UNSET,
        if_match: str = "",
    ) -> Feed:
        """Change a watched feed."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "PATCH",
                    f"/feeds/{calls.segment(feed_id)}",
                    body={"name": name, "interval_minutes": interval_minutes, "rules": rules},
                    if_match=if_match,
                )
            ),
            Feed,
        )

    def delete(self, feed_id: int, *, if_match: str = "") -> None:
        """Watch a feed no more."""
        self._transport.send(Call("DELETE", f"/feeds/{calls.segment(feed_id)}", if_match=if_match))

    def entries(self, feed_id: int, *, limit: int = UNSET) -> Iterator[FeedQuestion]:
        """The entries of a feed that ask."""
        return self._transport.pages(
            Call("GET", f"/feeds/{calls.segment(feed_id)}/entries", query={"limit": limit}), FeedQuestion
        )

    def answer(
        self,
        feed_id: int,
        entry_id: int,
        *,
        corrects: int | None = UNSET,
        is_new: bool = UNSET,
        idempotency_key: str = "",
    ) -> FeedQuestion:
        """Say which letter an entry is."""
        return calls.model_of(
            self._transport.send(
                Call(
                    "POST",
                    f"/feeds/{calls.segment(feed_id)}/entries/{calls.segment(entry_id)}/answer",
                    body={"corrects": corrects, "is_new": is_new},
                    once=True,
                    key=idempotency_key,
                )
            ),
            FeedQuestion,
        )

    def look(self, feed_id: int, *, idempotency_key: str = "") -> Feed:
        """Have a worker look at a feed now."""
        return calls.model_of(
            self._transport.send(Call("POST", f"/feeds/{calls.segment(feed_id)}/look", once=True, key=idempotency_key)),
            Feed,
        )

    def looks(self, feed_id: int) -> Looks:
        """What the last looks found."""
        return calls.model_of(self._transport.send(Call("GET", f"/feeds/{calls.segment(feed_id)}/looks")), Looks)

    def pause(self, feed_id: int, *, idempotency_key: str = "") -> Feed:
        """Look at a feed no more until it is resumed."""
        return calls.model_of(
            self._transport.send(
                Call("POST", f"/feeds/{calls.segment(feed_id)}/pause", once=True, key=idempotency_key)
            ),
            Feed,
        )

    def resume(self, feed_id: int, *, idempotency_key: str = "") -> Feed:
        """Watch a feed again, and look at once."""
        return calls.model_of(
            self._transport.send(
                Call("POST", f"/feeds/{calls.segment(feed_id)}/resume", once=True, key=idempotency_key)
            ),
            Feed,
        )


class AsyncFeedsCalls:
    """Feeds, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(self, *, publication: str = UNSET, limit: int = UNSET) -> AsyncIterator[Feed]:
        """Watched feeds."""
        return self._transport.pages(Call("GET", "/feeds", query={"publication": publication, "limit": limit}), Feed)

    async def create(
        self,
        *,
        url: str,
        publication: str = UNSET,
        name: str = UNSET,
        interval_minutes: int = UNSET,
        rules: Mapping[str, Any] | None = UNSET,
        idempotency_key: str = "",
    ) -> Feed:
        """Watch a feed."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    "/feeds",
                    body={
                        "publication": publication,
                        "url": url,
                        "name": name,
                        "interval_minutes": interval_minutes,
                        "rules": rules,
                    },
                    once=True,
                    key=idempotency_key,
                )
            ),
            Feed,
        )

    async def show(self, feed_id: int) -> Feed:
        """One watched feed."""
        return calls.model_of(await self._transport.send(Call("GET", f"/feeds/{calls.segment(feed_id)}")), Feed)

    async def update(
        self,
        feed_id: int,
        *,
        name: str | None = UNSET,
        interval_minutes: int | None = UNSET,
        rules: Mapping[str, Any] | None = UNSET,
        if_match: str = "",
    ) -> Feed:
        """Change a watched feed."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "PATCH",
                    f"/feeds/{calls.segment(feed_id)}",
                    body={"name": name, "interval_minutes": interval_minutes, "rules": rules},
                    if_match=if_match,
                )
            ),
            Feed,
        )

    async def delete(self, feed_id: int, *, if_match: str = "") -> None:
        """Watch a feed no more."""
        await self._transport.send(Call("DELETE", f"/feeds/{calls.segment(feed_id)}", if_match=if_match))

    def entries(self, feed_id: int, *, limit: int = UNSET) -> AsyncIterator[FeedQuestion]:
        """The entries of a feed that ask."""
        return self._transport.pages(
            Call("GET", f"/feeds/{calls.segment(feed_id)}/entries", query={"limit": limit}), FeedQuestion
        )

    async def answer(
        self,
        feed_id: int,
        entry_id: int,
        *,
        corrects: int | None = UNSET,
        is_new: bool = UNSET,
        idempotency_key: str = "",
    ) -> FeedQuestion:
        """Say which letter an entry is."""
        return calls.model_of(
            await self._transport.send(
                Call(
                    "POST",
                    f"/feeds/{calls.segment(feed_id)}/entries/{calls.segment(entry_id)}/answer",
                    body={"corrects": corrects, "is_new": is_new},
                    once=True,
                    key=idempotency_key,
                )
            ),
            FeedQuestion,
        )

    async def look(self, feed_id: int, *, idempotency_key: str = "") -> Feed:
        """Have a worker look at a feed now."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/feeds/{calls.segment(feed_id)}/look", once=True, key=idempotency_key)
            ),
            Feed,
        )

    async def looks(self, feed_id: int) -> Looks:
        """What the last looks found."""
        return calls.model_of(await self._transport.send(Call("GET", f"/feeds/{calls.segment(feed_id)}/looks")), Looks)

    async def pause(self, feed_id: int, *, idempotency_key: str = "") -> Feed:
        """Look at a feed no more until it is resumed."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/feeds/{calls.segment(feed_id)}/pause", once=True, key=idempotency_key)
            ),
            Feed,
        )

    async def resume(self, feed_id: int, *, idempotency_key: str = "") -> Feed:
        """Watch a feed again, and look at once."""
        return calls.model_of(
            await self._transport.send(
                Call("POST", f"/feeds/{calls.segment(feed_id)}/resume", once=True, key=idempotency_key)
            ),
            Feed,
        )
