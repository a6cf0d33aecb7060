"""One connection to a relay: what is written when, and which reply belongs to what.

With PIPELINING the content of one message and the envelope of the next travel in one write (RFC 2920 §3.1). There is
never more than one content without an answer: so a process that dies repeats at most one message a connection.

    content A, MAIL B, RCPT B, DATA   →
                                      ←   250 (A), 250, 250, 354
    content B, MAIL C, RCPT C, DATA   →

Without PIPELINING each command waits for the reply to the one before.
"""

from __future__ import annotations

import asyncio
from enum import IntEnum
from typing import Final, Protocol

from distributor.channels.mail.replies import GONE, HungUp, read_answer
from distributor.channels.mail.smtp.mail import Mail, Prepared, Unfit, prepare
from distributor.channels.mail.smtp.opening import Opened
from distributor.channels.mail.smtp.routes import Route
from distributor.channels.mail.smtp.timeouts import QUIT, Timeouts
from distributor.channels.mail.smtp.wire import Babble, Replies
from distributor.domain.outcomes import Outcome

IDLE_SECONDS: Final = 10.0  # a connection without work is given back to the relay
ALONE: Final = 65_536  # bytes; a longer content is written by itself, so that it is known when its last byte is out
_BUFFER: Final = 8192
_GO_ON: Final = 354


class Stage(IntEnum):
    """What the next reply is about. At IDLE none is awaited; at READY it is our turn to send a content."""

    IDLE = 0
    MAIL = 1
    RCPT = 2
    DATA = 3
    READY = 4
    DOT = 5
    EMPTY = 6  # a content that nobody gets: the server wanted one though it had refused the recipient
    RSET = 7
    QUIT = 8


# As plain names: they are compared once a reply, and an enum's members are looked up slowly.
IDLE, MAIL, RCPT, DATA, READY, DOT, EMPTY, RSET, QUITTING = Stage


class Feeder(Protocol):
    """Who gives messages to a connection and hears what becomes of them."""

    full: bool  # no more acceptances may be read before those at hand are recorded

    def now(self) -> float: ...
    def take(self) -> Mail | None: ...
    def starving(self) -> bool:
        """Whether there is no message at hand, but there may be one in a moment."""
        ...

    def accepted(self, connection: Connection, mail: Mail, text: bytes) -> None: ...
    def settle(self, connection: Connection, mail: Mail, outcome: Outcome) -> None: ...
    def put_back(self, mail: Mail) -> None:
        """It was certainly not accepted, and that was not about it."""
        ...

    def broke(self, connection: Connection, mail: Mail, error: BaseException) -> None:
        """The connection ended on it before its last byte was out."""
        ...

    def answer_lost(self, connection: Connection, mail: Mail) -> None: ...
    def said_goodbye(self, connection: Connection, mail: Mail, code: int, text: bytes) -> None: ...
    def waits(self, connection: Connection) -> None:
        """It can take a message, or wants to know whether there is another one: call `go_on`."""
        ...

    def parks(self, connection: Connection) -> None:
        """It holds an acceptance back: call `go_on` when there is room."""
        ...

    def ended(self, connection: Connection) -> None: ...
    def closed(self, connection: Connection) -> None: ...


class Connection(asyncio.BufferedProtocol):
    """The client's side of one connection, from the first message to the last. Takes over what `opening` opened."""

    def __init__(self, feeder: Feeder, route: Route, opened: Opened, timeouts: Timeouts) -> None:
        self.route = route
        self.ended = False  # no message goes over it any more
        self.body: Prepared | None = None  # its content is out, or on its way, and has no answer
        self.next: Prepared | None = None  # its envelope is out, or on its way
        self.stage: int = IDLE
        self.taken = 0
        self.answered = 0
        self._feeder = feeder
        self._timeouts = timeouts
        self._extensions = opened.extensions
        self._pipelining = opened.extensions.pipelining
        self._replies = Replies()
        self._held: list[tuple[int, bytes]] = []  # replies that are not looked at yet
        self._gone: BaseException | None = None  # the connection is lost, and replies are still held
        self._unsent = False
        self._alone = False  # nothing was written together with the content
        self._later = b""  # an envelope that waits until the content before it is out
        self._winding_down = False
        self._left = 0
        self._since = feeder.now()
        self._buffer = memoryview(bytearray(_BUFFER))
        self._steps = (
            self._unasked,
            self._on_mail,
            self._on_rcpt,
            self._on_data,
            self._unasked,
            self._on_dot,
            self._on_empty,
            self._on_rset,
        )
        self.transport = opened.transport
        self.transport.set_write_buffer_limits(high=0)  # `pause_writing` then says that something is unsent
        self.transport.set_protocol(self)

    @property
    def lost(self) -> bool:
        """Whether nothing comes or goes any more, though there may be replies that were held back."""
        return self._gone is not None

    # asyncio's side

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 # as asyncio calls it
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self.ended:
            if self.stage == QUITTING:
                self.transport.close()
            return
        self._since = self._feeder.now()
        data = bytes(self._buffer[:nbytes])
        if self.stage == DOT and self.next is not None and self._usual(data):
            return
        self._read(self._replies.feed(data))

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone = exc or HungUp()
        self._feeder.closed(self)
        if not self._held:
            self.lose(self._gone)

    def pause_writing(self) -> None:
        self._unsent = True

    def resume_writing(self) -> None:
        self._unsent = False
        self._since = self._feeder.now()
        if self._later:
            head, self._later = self._later, b""
            self.transport.write(head)

    # The engine's side

    def go_on(self) -> None:
        """Look at what was held back, and take the next message if there is one."""
        if self.ended:
            return
        if self._held:
            held, self._held = self._held, []
            self._read(held)
            if self._gone is not None and not self._held:
                self.lose(self._gone)
        elif self.stage == READY:
            self._since = self._feeder.now()
            self._content()
        elif self.stage == IDLE:
            self._rest()

    def wind_down(self) -> None:
        """Send no further content; an answer that is still to come is waited for."""
        self._winding_down = True
        if self.body is None:
            self.end()

    def end(self) -> None:
        """Send nothing more. Must not be called while an answer is awaited that somebody still wants to know."""
        if self.ended:
            return
        self.ended = True
        self._feeder.ended(self)
        if self.next is not None:
            self._feeder.put_back(self.next.mail)
        self.body = self.next = None
        self._since = self._feeder.now()
        if self.stage == IDLE and self._gone is None:
            self.stage = QUITTING
            self.transport.write(b"QUIT\r\n")
        else:
            self.transport.close()

    def abandon(self) -> None:
        """Drop the connection, whatever is on it."""
        self.body = self.next = None
        self.ended = True
        self._since = self._feeder.now()
        self._feeder.ended(self)
        self.transport.abort()

    def lose(self, error: BaseException) -> None:
        """Drop the connection and say what that means for the messages on it."""
        if self.ended:
            return
        self.ended = True
        self._feeder.ended(self)
        body, following = self.body, self.next
        self.body = self.next = None
        self.transport.abort()
        if following is not None:
            # Its sender was taken, or nothing else went over this connection: then it may be the cause.
            if body is None and (self.stage in (RCPT, DATA, READY) or not self.answered):
                self._feeder.broke(self, following.mail, error)
            else:
                self._feeder.put_back(following.mail)
        if body is not None:
            if self._unsent and self._alone:
                self._feeder.broke(self, body.mail, error)
            else:
                self._feeder.answer_lost(self, body.mail)

    def check(self, now: float) -> None:
        """Drop the connection if a step takes too long."""
        if self.ended:
            if now - self._since > QUIT:
                self.transport.abort()
            return
        if self._held or self.stage == READY:
            return  # it is our turn
        patience = self._timeouts.command
        if self.stage == IDLE:
            if now - self._since > IDLE_SECONDS:
                self.end()
            return
        if self.stage in (DOT, EMPTY):
            patience = self._timeouts.final_dot
            if self._unsent:
                patience = self._timeouts.data_block
                left = self.transport.get_write_buffer_size()
                if left != self._left:
                    self._left, self._since = left, now
        if now - self._since > patience:
            self.lose(TimeoutError())

    # Replies

    def _usual(self, data: bytes) -> bool:
        """Take the replies to a whole round at once, if all is well and there is no more: nearly always it is so."""
        if data.count(b"\n") != 4 or not self._replies.empty or self._held:
            return False
        lines = data.split(b"\r\n")
        if len(lines) != 5 or lines[3][:4] != b"354 " or not lines[0][:4] == lines[1][:4] == lines[2][:4] == b"250 ":
            return False
        body = self.body
        if self._feeder.full or self._winding_down or body is None:
            return False
        self.body = None
        self.answered += 1
        self._feeder.accepted(self, body.mail, lines[0][4:])
        self.route.greeted()
        self._ready()
        return True

    def _read(self, replies: list[tuple[int, bytes]]) -> None:
        if self._held:
            self._held += replies
            return
        for at, (code, text) in enumerate(replies):
            if self.stage == DOT and self._feeder.full:
                self._held = replies[at:]
                self._feeder.parks(self)
                return
            self._steps[self.stage](code, text)
            if self.ended:
                return
        if self._replies.babble:
            self.lose(Babble())

    def _on_mail(self, code: int, text: bytes) -> None:
        following = self.next
        if 200 <= code < 300:
            self.route.greeted()
            self.stage = RCPT
            if not self._pipelining and following is not None:
                self.transport.write(following.recipient.encode())
            return
        assert following is not None
        self.next = None
        if code == GONE:
            self._feeder.said_goodbye(self, following.mail, code, text)
            self.end()
            return
        answer = read_answer(code, text)
        self._feeder.settle(self, following.mail, self.route.sender_refused(answer, utf8=following.utf8))
        self._after_refusal(RCPT)

    def _on_rcpt(self, code: int, text: bytes) -> None:
        if self.next is None or 200 <= code < 300:
            self.stage = DATA
            if not self._pipelining:
                self.transport.write(b"DATA\r\n")
        else:
            self._refused(code, text, DATA)

    def _on_data(self, code: int, text: bytes) -> None:
        if self.next is not None:
            if code == _GO_ON:
                self._ready()
            else:
                self._refused(code, text, IDLE)
        elif code == _GO_ON:
            self.stage = EMPTY
            self.transport.write(b".\r\n")
        elif code == GONE:
            self.end()
        else:
            self._reset()

    def _on_dot(self, code: int, text: bytes) -> None:
        body = self.body
        assert body is not None
        self.body = None
        self.answered += 1
        self.stage = IDLE if self.next is None else MAIL
        if 200 <= code < 300:
            self._feeder.accepted(self, body.mail, text)
        else:
            self._feeder.settle(self, body.mail, self.route.refused(read_answer(code, text), content=True))
            if code == GONE and not self.ended:
                self._hang_up()
        if self._winding_down:
            self.end()
        if self.next is None and not self.ended:
            self._rest()

    def _on_empty(self, code: int, _text: bytes) -> None:
        if code == GONE:
            self._hang_up()
        else:
            self._rest()

    def _on_rset(self, code: int, _text: bytes) -> None:
        if not 200 <= code < 300:
            self._hang_up()
        elif self.next is None:
            self._rest()
        else:
            self.stage = MAIL

    def _unasked(self, _code: int, _text: bytes) -> None:
        """A reply that belongs to nothing, as when the server closes for being bored: the next might be misread."""
        self._hang_up()

    def _hang_up(self) -> None:
        self.stage = QUITTING  # without the word: the server has closed, or is out of step
        self.end()

    def _refused(self, code: int, text: bytes, stage: int) -> None:
        """The server does not take this one. Who hangs up after that has given their answer before."""
        following = self.next
        assert following is not None
        self.next = None
        self.answered += 1
        self._feeder.settle(self, following.mail, self.route.refused(read_answer(code, text)))
        if code == GONE:
            self.end()
        self._after_refusal(stage)

    def _after_refusal(self, stage: int) -> None:
        """Wait for the replies to the commands that are out already; then the next message can begin."""
        if self.ended:
            return
        if self._pipelining and stage != IDLE:
            self.stage = stage
        else:
            self._reset()

    # What is written

    def _reset(self) -> None:
        """Make the connection ready for the next message, whose envelope goes along."""
        self.stage = RSET
        head = self._follow() if self._pipelining else b""
        self.transport.write(b"RSET\r\n" + head)

    def _rest(self) -> None:
        """Nothing is under way: begin the next message, or wait for one."""
        self.stage = IDLE
        if self.taken >= self.route.relay.messages or self._winding_down:
            self.end()
            return
        head = self._follow()
        following = self.next
        if following is None:
            self._feeder.waits(self)
            return
        self.stage = MAIL
        self._since = self._feeder.now()
        self.transport.write(head if self._pipelining else following.sender.encode())

    def _ready(self) -> None:
        self.stage = READY
        if self._winding_down or self._gone is not None:
            self.end()
        elif self._pipelining and self._feeder.starving():
            self._feeder.waits(self)
        else:
            self._content()

    def _content(self) -> None:
        """Send a content, and the envelope of the next message with it."""
        body = self.next
        if body is None or self.ended or self._gone is not None:
            self.end()
            return
        self.next = None
        head = self._follow() if self._pipelining else b""
        self.body = body
        self.stage = DOT
        self._alone = not head or len(body.content) > ALONE
        if not self._alone or not head:
            self.transport.write(b"".join((body.content, b".\r\n", head)))
            return
        self.transport.write(body.content + b".\r\n")
        if self._unsent:
            self._later = head
        else:
            self.transport.write(head)

    def _follow(self) -> bytes:
        """Take the next message that fits this server, if there is one, and return its envelope."""
        while self.taken < self.route.relay.messages and not self._winding_down:
            mail = self._feeder.take()
            if mail is None:
                break
            try:
                self.next = following = prepare(mail, self.route.relay, self._extensions)
            except Unfit as unfit:
                self._feeder.settle(self, mail, unfit.outcome)
                continue
            self.taken += 1
            return f"{following.sender}{following.recipient}DATA\r\n".encode()
        return b""
