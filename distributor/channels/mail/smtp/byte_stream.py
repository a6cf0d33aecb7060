"""The bytes of one connection: what comes in is handed on, and it is known whether all that was written is out."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from typing import Final

from distributor.channels.mail.replies import HungUp

ALONE: Final = 65_536  # bytes; a longer content is written by itself, so that it is known when its last byte is out
_BUFFER: Final = 8192  # for replies, which are short


class ByteStream(asyncio.BufferedProtocol):
    """asyncio's side of a connection. Takes over a transport that somebody else opened."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.loss: BaseException | None = None  # why nothing comes or goes any more
        self.since = time.monotonic()  # when something came, or was written that is to be answered
        self.unsent = False  # of what was written, something is not out yet
        self._later = b""  # what is written once that is
        self._alone = False  # nothing was written together with the last content
        self._unsent_bytes = 0
        self._buffer = memoryview(bytearray(_BUFFER))
        transport.set_write_buffer_limits(high=0)  # `pause_writing` then says that something is unsent
        transport.set_protocol(self)

    @abstractmethod
    def on_bytes(self, data: bytes) -> None:
        """Something came."""

    @abstractmethod
    def on_loss(self, error: BaseException) -> None:
        """The connection is gone."""

    def write_content(self, content: bytes, after: bytes) -> None:
        """Write a content and what follows it, in one piece if it is not so long that its end may matter by itself."""
        self._unsent_bytes = 0
        self._alone = not after or len(content) > ALONE
        if not self._alone or not after:
            self.transport.write(b"".join((content, b".\r\n", after)))
            return
        self.transport.write(content + b".\r\n")
        if self.unsent:
            self._later = after
        else:
            self.transport.write(after)

    @property
    def incomplete(self) -> bool:
        """Whether the last content certainly did not leave as a whole."""
        return self.unsent and self._alone

    def note_progress(self, now: float) -> None:
        """Look whether bytes still go out; if so, nothing is overdue."""
        remaining_bytes = self.transport.get_write_buffer_size()
        if remaining_bytes != self._unsent_bytes:
            self._unsent_bytes, self.since = remaining_bytes, now

    # asyncio.BufferedProtocol

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 # as asyncio calls it
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.since = time.monotonic()
        self.on_bytes(bytes(self._buffer[:nbytes]))

    def connection_lost(self, exc: Exception | None) -> None:
        self.loss = exc or HungUp()
        self.on_loss(self.loss)

    def pause_writing(self) -> None:
        self.unsent = True

    def resume_writing(self) -> None:
        self.unsent = False
        self.since = time.monotonic()
        if self._later:
            after, self._later = self._later, b""
            self.transport.write(after)
