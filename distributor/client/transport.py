"""Sending calls, once and again: for programs that wait, and for asyncio. Both do what `calls` decides."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar

import httpx

from distributor.client import calls
from distributor.client.calls import Call, Model
from distributor.client.errors import Unreachable

TIMEOUT: Final = 30.0  # seconds
M = TypeVar("M", bound=Model)


def options(base_url: str, token: str) -> dict[str, Any]:
    """Return what both of httpx's clients are made with. The token goes to this server alone: nothing is followed.

    Raises ValueError for what is no web address.
    """
    if not base_url.startswith(("https://", "http://")):
        raise ValueError(f"“{base_url}” is no web address: give the installation's, such as https://news.example.")
    agent = {"User-Agent": "distributor-client/1", "Authorization": f"Bearer {token}"}
    return {"base_url": base_url.rstrip("/"), "headers": agent, "timeout": TIMEOUT, "follow_redirects": False}


class Transport:
    """Sends calls and waits for their answers."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def send(self, call: Call) -> httpx.Response:
        """Return the answer to a call. Raises ProblemError for one that says no, Unreachable where none comes."""
        key, tries = call.new_key(), 0
        arguments = call.arguments(key)
        while True:
            tries += 1
            try:
                response, error = self._client.request(**arguments), None
            except httpx.TransportError as failure:
                response, error = None, failure
            wait = calls.wait_before_repeat(call, tries, response)
            if wait is None:
                return calls.check(_answer(response, error, self._client.base_url))
            time.sleep(wait)

    def pages(self, call: Call, model: type[M]) -> Iterator[M]:
        """Go through a list, page by page as it is asked for."""
        cursor: str | None = ""
        while cursor is not None:
            items, cursor = calls.page_of(self.send(_next_page(call, cursor)), model)
            yield from items


class AsyncTransport:
    """Sends calls for asyncio."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, call: Call) -> httpx.Response:
        """Return the answer to a call. Raises ProblemError for one that says no, Unreachable where none comes."""
        key, tries = call.new_key(), 0
        arguments = call.arguments(key)
        while True:
            tries += 1
            try:
                response, error = await self._client.request(**arguments), None
            except httpx.TransportError as failure:
                response, error = None, failure
            wait = calls.wait_before_repeat(call, tries, response)
            if wait is None:
                return calls.check(_answer(response, error, self._client.base_url))
            await asyncio.sleep(wait)

    async def pages(self, call: Call, model: type[M]) -> AsyncIterator[M]:
        """Go through a list, page by page as it is asked for."""
        cursor: str | None = ""
        while cursor is not None:
            items, cursor = calls.page_of(await self.send(_next_page(call, cursor)), model)
            for item in items:
                yield item


def _next_page(call: Call, cursor: str) -> Call:
    """Return the call for the page at a cursor: a search by POST says it in its body."""
    if not cursor:
        return call
    if call.method == "GET":
        return replace(call, query={**call.query, "cursor": cursor})
    return replace(call, body={**call.body, "cursor": cursor})


def _answer(response: httpx.Response | None, error: httpx.TransportError | None, address: httpx.URL) -> httpx.Response:
    if response is None:
        host = f"{address.scheme}://{address.netloc.decode()}"
        raise Unreachable(f"{host} gives no answer ({type(error).__name__}): is it the right address?") from error
    return response
