"""Answers of many lines where Django is asynchronous, as the web server runs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

from distributor.stored_streams import StoredStream, file_answer


async def blocks_of(answer: StoredStream) -> list[bytes]:
    return [block async for block in cast("AsyncIterator[bytes]", answer)]


def test_an_answer_is_read_in_blocks_and_not_all_at_once() -> None:
    answer = file_answer(("x" * 1_000 for _ in range(1_000)), "application/x-ndjson")
    blocks = asyncio.run(blocks_of(answer))
    assert len(blocks) > 10
    assert sum(map(len, blocks)) == 1_000_000 == int(answer.headers["Content-Length"])
