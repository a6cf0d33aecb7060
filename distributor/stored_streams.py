"""Answers that may be large: written to a file as a whole, then sent a block at a time.

A view works while it has its turn at the database, and who reads slowly holds none (`config.turns`): so an answer is
whole before its first byte is sent, on disk where it is large, and a fault meanwhile is a refusal like any other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

IN_MEMORY: Final = 1_000_000  # bytes of an answer
_BLOCK: Final = 64 * 1024


class StoredStream(StreamingHttpResponse):
    """An answer that is read from a file, a block at a time, also where Django is asynchronous."""

    def __init__(self, file: IO[bytes], media_type: str) -> None:
        super().__init__(_blocks(file), content_type=media_type)
        self._file = file

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the blocks. Django itself would take them into memory all at once."""
        with self._file:
            while block := await sync_to_async(self._file.read)(_BLOCK):
                yield block

    def close(self) -> None:
        """Close the file with the answer, however much of it was read."""
        self._file.close()
        super().close()


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:  # a server need not call `close` of what it has read to its end
        while block := file.read(_BLOCK):
            yield block


def file_answer(parts: Iterable[str], media_type: str, *, file_name: str = "") -> StoredStream:
    """Return an answer of these parts of a text, which are all made before this returns."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        for part in parts:
            file.write(part.encode())
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    response = StoredStream(file, media_type)
    response.headers["Content-Length"] = str(size)
    if file_name:
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
