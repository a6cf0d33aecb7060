"""The clients themselves: where the server is, who asks, and the calls by kind of thing."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import httpx

from distributor.client.groups import AsyncGroups, Groups
from distributor.client.transport import AsyncTransport, Transport, options


class Client(Groups):
    """Asks the API of one installation, and waits for each answer.

    `base_url` is its address (`https://news.example`), `token` one of `distributor api token create`. A `client` of
    httpx of your own replaces ours: then it has to know both. It closes with `close`, or as a context.
    """

    def __init__(self, base_url: str, token: str, *, client: httpx.Client | None = None) -> None:
        self._client = client or httpx.Client(**options(base_url, token))
        super().__init__(Transport(self._client))

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(AsyncGroups):
    """Asks the API for asyncio; as `Client` in all else."""

    def __init__(self, base_url: str, token: str, *, client: httpx.AsyncClient | None = None) -> None:
        self._client = client or httpx.AsyncClient(**options(base_url, token))
        super().__init__(AsyncTransport(self._client))

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
