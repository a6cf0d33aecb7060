"""What whoever reaches the listener, or a mailbox's server, can take: so many connections, and so much of a message."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from distributor.channels.mail.returns import mailbox
from distributor.domain.errors import ServiceAway
from distributor.insights import listener
from distributor.insights.listener import CONNECTIONS, KEPT, SIZE_LIMIT, BoundedLMTP, BoundedSMTP
from tests.integration.processes import wait_for
from tests.patience import PATIENCE

ADDRESS = "bounces@return.example"


class Messages(listener.Handler):
    """Keeps what it is given in place of storing it."""

    def __init__(self) -> None:
        super().__init__("return.example")
        self.contents: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.contents.append(envelope.original_content)
        return "250 2.0.0 OK"

    def close(self) -> None:
        """It has stored nothing."""
        self._thread.shutdown()


@contextmanager
def listening(kind: type[BoundedSMTP] = BoundedSMTP) -> Iterator[tuple[Messages, int]]:
    loop, handler = asyncio.new_event_loop(), Messages()
    server = loop.run_until_complete(
        loop.create_server(
            lambda: kind(
                handler, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="return.example", loop=loop
            ),
            "127.0.0.1",
            0,
        )
    )
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield handler, server.sockets[0].getsockname()[1]
    finally:
        wait_for(lambda: not handler.connections, what="all connections are closed")
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        handler.close()


def conversation(port: int) -> socket.socket:
    """Return a connection on which a message is about to be sent."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    heard = plain.recv(1000)
    assert heard.startswith(b"220")
    for line in ("HELO relay.example", "MAIL FROM:<>", f"RCPT TO:<{ADDRESS}>", "DATA"):
        plain.sendall(line.encode() + b"\r\n")
        heard = plain.recv(1000)
    assert heard.startswith(b"354")
    return plain


@pytest.mark.parametrize("line", [b"x\r\n", b"\r\n", b"x" * 998 + b"\r\n", b"x" * 300_000 + b"\r\n"])
def test_of_a_long_message_the_beginning_is_kept(line: bytes) -> None:
    message = b"Subject: gone\r\n\r\n" + line * (3 * KEPT // len(line))
    with listening() as (handler, port), smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
        assert client.sendmail("", [ADDRESS], message) == {}
        assert client.sendmail("", [ADDRESS], b"Subject: next\r\n\r\n") == {}
    assert handler.contents == [message[:KEPT], b"Subject: next\r\n\r\n"]


@pytest.mark.parametrize(
    "message", [b"a\r\n.b\r\n..\r\nc\r\n", b".\r\n", b"", b"x" * 200_000 + b"\r\n.\r\nend\r\n", b"\r\n.\r\n"]
)
@pytest.mark.parametrize("kind", [BoundedSMTP, BoundedLMTP])
def test_dots_and_ends_are_told_apart(message: bytes, kind: type[BoundedSMTP]) -> None:
    with listening(kind) as (handler, port):
        client = (smtplib.LMTP if kind is BoundedLMTP else smtplib.SMTP)("127.0.0.1", port, timeout=PATIENCE)
        with client:
            client.sendmail("", [ADDRESS], message)
    assert len(handler.contents) == 1
    assert handler.contents[0].strip() == message.strip()


def send_without_end(plain: socket.socket, line: bytes) -> bool:
    """Send a message's lines for as long as they are taken; return whether the other side ended it."""
    with suppress(OSError):
        for _ in range(4 * SIZE_LIMIT // len(line)):
            plain.sendall(line)
        return False
    return True


@pytest.mark.parametrize("line", [b"x" * 65_536, b"Dear neighbours\r\n" * 1_000])
def test_a_message_without_end_is_ended(line: bytes) -> None:
    with listening() as (handler, port):
        with conversation(port) as plain:
            assert send_without_end(plain, line)
        assert handler.contents == []
        with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
            assert client.sendmail("", [ADDRESS], b"Subject: next\r\n\r\n") == {}


def greeting(port: int, stack: ExitStack) -> bytes:
    plain = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
    return plain.recv(1000)


def test_so_many_connections_and_no_more() -> None:
    with listening() as (handler, port):
        with ExitStack() as stack:
            greetings = [greeting(port, stack) for _ in range(CONNECTIONS + 1)]
            assert all(line.startswith(b"220") for line in greetings[:-1])
            assert greetings[-1] == b"421 4.3.2 Too many connections at once, try again later\r\n"
            assert handler.connections == CONNECTIONS
        wait_for(lambda: handler.connections == 0, what="all connections are closed")
        with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
            assert client.sendmail("", [ADDRESS], b"Subject: next\r\n\r\n") == {}


def test_a_server_that_sends_more_than_was_asked_for_is_left() -> None:
    """A literal of a terabyte: imaplib would try to read all of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rwb") as stream:
                stream.write(b"* OK ready\r\n")
                stream.flush()
                while line := stream.readline():
                    tag, verb = line.split()[:2]
                    if verb == b"CAPABILITY":
                        stream.write(b"* CAPABILITY IMAP4rev1\r\n")
                    if verb == b"UID":
                        stream.write(b"* 1 FETCH (UID 1 BODY[]<0> {1000000000000}\r\n")
                    stream.write(tag + b" OK done\r\n")
                    stream.flush()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        place = mailbox.read_place(f"imap://a:b@127.0.0.1:{server.getsockname()[1]}/?starttls=off")
        with pytest.raises(ServiceAway, match="broke off"), mailbox.open_box(place) as box:
            box.message("1")
        thread.join(PATIENCE)
