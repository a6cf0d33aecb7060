"""One connection to a relay: what is written when, and which reply belongs to what.

With PIPELINING the content of one message and the envelope of the next travel in one write (RFC 2920 §3.1). There is
never more than one content without an answer: so a process that dies repeats at most one message a connection.

    content A, MAIL B, RCPT B, DATA   →
                                      ←   250 (A), 250, 250, 354
    content B, MAIL C, RCPT C, DATA   →

Without PIPELINING each command waits for the reply to the one before.
"""

from __future__ import annotations

import time
from enum import IntEnum
from typing import Final

from distributor.channels.mail.replies import SERVICE_UNAVAILABLE, read_reply
from distributor.channels.mail.smtp.byte_stream import ByteStream
from distributor.channels.mail.smtp.feeder import Feeder
from distributor.channels.mail.smtp.handshake import ReadyConnection
from distributor.channels.mail.smtp.routes import Route
from distributor.channels.mail.smtp.timeouts import QUIT, Timeouts
from distributor.channels.mail.smtp.transaction import PreparedTransaction, Unfit, prepare
from distributor.channels.mail.smtp.wire import Babble, Replies

IDLE_SECONDS: Final = 10.0  # a connection without work is given back to the relay
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


class SmtpConnection(ByteStream):
    """The client's side of one connection, from the first message to the last. Takes over what `opening` opened."""

    def __init__(self, feeder: Feeder, route: Route, session: ReadyConnection, timeouts: Timeouts) -> None:
        super().__init__(session.transport)
        self.route = route
        self.ended = False  # no message goes over it any more
        self.answer_count = 0  # messages that it is known of what became of them
        self._feeder = feeder
        self._timeouts = timeouts
        self._extensions = session.extensions
        self._pipelining = session.extensions.pipelining
        self._stage: int = IDLE
        self._body: PreparedTransaction | None = None  # its content is out, or on its way, and has no answer
        self._next: PreparedTransaction | None = None  # its envelope is out, or on its way
        self._message_count = 0
        self._winding_down = False
        self._replies = Replies()
        self._held_replies: list[tuple[int, bytes]] = []  # replies that are not looked at yet
        self._steps = (
            self._on_stray_reply,
            self._on_mail,
            self._on_rcpt,
            self._on_data,
            self._on_stray_reply,
            self._on_dot,
            self._on_empty,
            self._on_rset,
        )

    # The engine's side

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._stage == IDLE

    def go_on(self) -> None:
        """Look at what was held back, and take the next message if there is one."""
        if self.ended:
            return
        if self._held_replies:
            replies, self._held_replies = self._held_replies, []
            self._read(replies)
            if self.loss is not None and not self._held_replies:
                self.lose(self.loss)
        elif self._stage == READY:
            self.since = time.monotonic()
            self._content()
        elif self._stage == IDLE:
            self._begin_message()

    @property
    def retiring(self) -> bool:
        """Whether it takes no further message."""
        return self._message_count >= self.route.relay.messages

    def retire(self) -> None:
        """Take no further message and say goodbye after those that are under way, as when it has had its number."""
        self._message_count = self.route.relay.messages
        if self._stage == IDLE:
            self.end()

    def wind_down(self) -> None:
        """Send no further content; an answer that is still to come is waited for."""
        self._winding_down = True
        if self._body is None:
            self.end()

    def end(self) -> None:
        """Send nothing more. Must not be called while an answer is awaited that somebody still wants to know."""
        if self.ended:
            return
        self.ended = True
        self._feeder.on_end(self)
        if self._next is not None:
            self._feeder.round.put_back(self._next.mail)
        self._body = self._next = None
        self.since = time.monotonic()
        if self._stage == IDLE and self.loss is None:
            self._stage = QUITTING
            self.transport.write(b"QUIT\r\n")
        else:
            self.transport.close()

    def abandon(self) -> None:
        """Drop the connection, whatever is on it."""
        self._body = self._next = None
        self.ended = True
        self.since = time.monotonic()
        self._feeder.on_end(self)
        self.transport.abort()

    def lose(self, error: BaseException) -> None:
        """Drop the connection and say what that means for the messages on it."""
        if self.ended:
            return
        self.ended = True
        self._feeder.on_end(self)
        body, next_mail = self._body, self._next
        self._body = self._next = None
        self.transport.abort()
        if next_mail is not None:
            # It may be the cause when its sender was taken, or nothing else went over this connection; at READY it was
            # our turn.
            if body is None and self._stage != READY and (self._stage in (RCPT, DATA) or not self.answer_count):
                self._feeder.on_break(self, next_mail.mail, error)
            else:
                self._feeder.round.put_back(next_mail.mail)
        if body is not None:
            if self.incomplete:
                self._feeder.on_break(self, body.mail, error)
            else:
                self._feeder.on_lost_answer(self, body.mail)

    def check(self, now: float) -> None:
        """Drop the connection if a step takes too long."""
        if self.ended:
            if now - self.since > QUIT:
                self.transport.abort()
            return
        if self._held_replies or self._stage == READY:
            return  # it is our turn
        patience = self._timeouts.command
        if self._stage == IDLE:
            if now - self.since > IDLE_SECONDS:
                self.end()
            return
        if self._stage in (DOT, EMPTY):
            patience = self._timeouts.final_dot
            if self.unsent:
                patience = self._timeouts.data_block
                self.note_progress(now)
        if now - self.since > patience:
            self.lose(TimeoutError())

    # Replies

    def on_bytes(self, data: bytes) -> None:
        if self.ended:
            # Where connections are shared with other workers it counts as open until the server has closed it.
            if self._stage == QUITTING and self.route.part is None:
                self.transport.close()
        elif self._stage != DOT or self._next is None or not self._usual(data):
            self._read(self._replies.feed(data))

    def on_loss(self, error: BaseException) -> None:
        self._feeder.on_close(self)
        if not self._held_replies:
            self.lose(error)

    def _usual(self, data: bytes) -> bool:
        """Take the replies to a whole round at once, if all is well and there is no more: nearly always it is so."""
        if data.count(b"\n") != 4 or not self._replies.empty or self._held_replies:
            return False
        lines = data.split(b"\r\n")
        if len(lines) != 5 or lines[3][:4] != b"354 " or not lines[0][:4] == lines[1][:4] == lines[2][:4] == b"250 ":
            return False
        body = self._body
        if self._feeder.round.full or self._winding_down or body is None:
            return False
        self._body = None
        self.answer_count += 1
        self._feeder.on_acceptance(self, body.mail, lines[0][4:])
        self.route.note_service()
        self._ready()
        return True

    def _read(self, replies: list[tuple[int, bytes]]) -> None:
        if self._held_replies:
            self._held_replies += replies
            return
        for at, (code, text) in enumerate(replies):
            if self._stage == DOT and self._feeder.round.full:
                self._held_replies = replies[at:]
                self._feeder.on_park(self)
                return
            self._steps[self._stage](code, text)
            if self.ended:
                return
        if self._replies.babble:
            self.lose(Babble())

    def _on_mail(self, code: int, text: bytes) -> None:
        next_mail = self._next
        if 200 <= code < 300:
            self.route.note_service()
            self._stage = RCPT
            if not self._pipelining and next_mail is not None:
                self.transport.write(next_mail.recipient.encode())
            return
        assert next_mail is not None
        self._next = None
        if code == SERVICE_UNAVAILABLE:
            self._feeder.on_goodbye(self, next_mail.mail, code, text)
            self.end()
            return
        reply = read_reply(code, text)
        self._feeder.settle(self, next_mail.mail, self.route.sender_refusal(reply, utf8=next_mail.utf8))
        self._after_refusal(RCPT)

    def _on_rcpt(self, code: int, text: bytes) -> None:
        if self._next is None or 200 <= code < 300:
            self._stage = DATA
            if not self._pipelining:
                self.transport.write(b"DATA\r\n")
        else:
            self._on_refusal(code, text, DATA)

    def _on_data(self, code: int, text: bytes) -> None:
        if self._next is not None:
            if code == _GO_ON:
                self._ready()
            else:
                self._on_refusal(code, text, IDLE)
        elif code == _GO_ON:
            self._stage = EMPTY
            self.transport.write(b".\r\n")
        elif code == SERVICE_UNAVAILABLE:
            self.end()
        else:
            self._reset()

    def _on_dot(self, code: int, text: bytes) -> None:
        body = self._body
        assert body is not None
        self._body = None
        self.answer_count += 1
        self._stage = IDLE if self._next is None else MAIL
        if 200 <= code < 300:
            self._feeder.on_acceptance(self, body.mail, text)
        else:
            self._feeder.settle(self, body.mail, self.route.refusal(read_reply(code, text), content=True))
            if code == SERVICE_UNAVAILABLE and not self.ended:
                self._hang_up()
        if self._winding_down:
            self.end()
        if self._next is None and not self.ended:
            self._begin_message()

    def _on_empty(self, code: int, _text: bytes) -> None:
        if code == SERVICE_UNAVAILABLE:
            self._hang_up()
        else:
            self._begin_message()

    def _on_rset(self, code: int, _text: bytes) -> None:
        if not 200 <= code < 300:
            self._hang_up()
        elif self._next is None:
            self._begin_message()
        else:
            self._stage = MAIL

    def _on_stray_reply(self, _code: int, _text: bytes) -> None:
        """A reply that belongs to nothing, as when the server closes for being bored: the next might be misread."""
        self._hang_up()

    def _hang_up(self) -> None:
        self._stage = QUITTING  # without the word: the server has closed, or is out of step
        self.end()

    def _on_refusal(self, code: int, text: bytes, stage: int) -> None:
        """The server does not take this one. Who hangs up after that has given their answer before."""
        next_mail = self._next
        assert next_mail is not None
        self._next = None
        self.answer_count += 1
        self._feeder.settle(self, next_mail.mail, self.route.refusal(read_reply(code, text)))
        if code == SERVICE_UNAVAILABLE:
            self.end()
        self._after_refusal(stage)

    def _after_refusal(self, stage: int) -> None:
        """Wait for the replies to the commands that are out already; then the next message can begin."""
        if self.ended:
            return
        if self._pipelining and stage != IDLE:
            self._stage = stage
        else:
            self._reset()

    # What is written

    def _reset(self) -> None:
        """Make the connection ready for the next message, whose envelope goes along."""
        self._stage = RSET
        head = self._follow() if self._pipelining else b""
        self.transport.write(b"RSET\r\n" + head)

    def _begin_message(self) -> None:
        """Nothing is under way: begin the next message, or wait for one."""
        self._stage = IDLE
        if self.retiring or self._winding_down:
            self.end()
            return
        head = self._follow()
        next_mail = self._next
        if next_mail is None:
            self._feeder.on_idle(self)
            return
        self._stage = MAIL
        self.since = time.monotonic()
        self.transport.write(head if self._pipelining else next_mail.sender.encode())

    def _ready(self) -> None:
        self._stage = READY
        if self._winding_down or self.loss is not None:
            self.end()
        elif self._pipelining and self._feeder.round.starving():
            self._feeder.on_idle(self)
        else:
            self._content()

    def _content(self) -> None:
        """Send a content, and the envelope of the next message with it."""
        body = self._next
        if body is None or self.ended or self.loss is not None or self._feeder.round.lapsed():
            self.end()
            return
        self._next = None
        head = self._follow() if self._pipelining else b""
        self._body = body
        self._stage = DOT
        self.write_content(body.content, head)

    def _follow(self) -> bytes:
        """Take the next message that fits this server, if there is one, and return its envelope."""
        while self._message_count < self.route.relay.messages and not self._winding_down:
            mail = self._feeder.round.take()
            if mail is None:
                break
            try:
                self._next = next_mail = prepare(mail, self.route.relay, self._extensions)
            except Unfit as unfit:
                self._feeder.settle(self, mail, unfit.outcome)
                continue
            self._message_count += 1
            return f"{next_mail.sender}{next_mail.recipient}DATA\r\n".encode()
        return b""
