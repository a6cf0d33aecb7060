"""The engine: feeds the connections of an account's relays, and yields what becomes of each message.

It owns an asyncio loop that runs in slices only, from a plain generator: whoever records what is yielded may use
blocking calls, since the loop stands still then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from distributor.channels.base import AWAY, MaySend, Pause, PermitsFor, RecipientOutcome, always
from distributor.channels.mail.relay import Relay
from distributor.channels.mail.replies import Stopped, concerns_everyone, read_reply, words_of
from distributor.channels.mail.smtp.connection import SmtpConnection
from distributor.channels.mail.smtp.connection_share import ASK_AGAIN_SECONDS, UnsharedConnections
from distributor.channels.mail.smtp.handshake import ReadyConnection, open_connection
from distributor.channels.mail.smtp.round import Round
from distributor.channels.mail.smtp.routes import Route, crowding_outcome, everyones, most_connections, next_route
from distributor.channels.mail.smtp.timeouts import Timeouts
from distributor.channels.mail.smtp.transaction import MailTransaction
from distributor.channels.responses import excerpt
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect

logger = logging.getLogger(__name__)

GATHER_SECONDS: Final = 0.02  # an outcome waits no longer than that for others
CLOSE_SECONDS: Final = 1.0  # for the goodbyes of all connections together
CROWDED_SECONDS: Final = 1.0  # without a connection; then the caller may have something else to do


class Engine:
    """Sends over pipelined connections to one or several relays. Not for several threads at a time.

    Connections stay open from one `send` to the next; `close` ends them.
    """

    def __init__(self, relays: Sequence[Relay], timeouts: Timeouts, permits: PermitsFor = UnsharedConnections) -> None:
        """`permits` is asked for connections to relays that limit those of all workers, and for no others."""
        self.now = time.monotonic  # the loop's own clock
        self._timeouts = timeouts
        self._routes = [Route(relay, permits) for relay in relays]
        self._shared_routes = [route for route in self._routes if route.part is not None]
        self._loop = asyncio.SelectorEventLoop()
        self._open: set[SmtpConnection] = set()
        self._closing_connections: set[SmtpConnection] = set()
        self._openings: set[asyncio.Task[None]] = set()
        self._gather_timer: asyncio.TimerHandle | None = None
        self._ran_at = self._checked_at = 0.0
        self._start(())

    @property
    def stop_outcome(self) -> Deferred | Reconnect | None:
        """What everyone gets who is not served in this round any more, once no relay is left."""
        return self.round.stop_outcome

    def send(
        self, mails: Iterable[MailTransaction | Pause | RecipientOutcome], *, may_send: MaySend = always
    ) -> Iterator[Sequence[RecipientOutcome]]:
        """Send each message and yield what became of it, in any order, in groups.

        `mails` is asked for the next one while the loop stands still, about two messages a connection ahead. A
        `RecipientOutcome` in it was settled before, and comes back in a group. After a `Pause` it is asked again when
        the time is over or a group was yielded.

        A group holds at most as many outcomes as there are connections. While the caller has it nothing more is sent;
        no more acceptances are read than that, and each connection has at most one content without an answer. So what
        may be accepted and is not recorded by the caller is never more than twice the connections.

        `may_send` is asked before each content goes out; after a no those without one are `Deferred` with `LAPSED`.

        Ends when `mails` does and each has its outcome; what `mails` raises is raised once what is under way has. When
        it is closed before, nothing but what had no answer yet may have been accepted without having been yielded.
        """
        self._begin(mails, may_send)
        current_round = self.round
        try:
            while self.round is current_round:  # else another one has begun, and this one was left half-way
                self.round.pull(most_connections(self._routes, self.now()) + 1)
                if self.now() - self._ran_at > self._timeouts.tick:
                    self._run(0.0)  # the caller took its time: hear first who hung up, before more is written
                self._wake()
                if not self.round.outcomes:
                    if self._over():
                        break
                    more = len(self.round.queue) > len(self._openings)
                    for route in self._shared_routes:
                        self._retire(route, route.share(self.now(), more=more))
                    self._open_connections()
                    self._mind_the_crowd()
                    self._run(self._patience())
                yield from current_round.groups()
            if current_round.error is not None:
                raise current_round.error
        finally:
            if self.round is current_round:
                self._leave()

    def close(self) -> None:
        """Say goodbye on every connection, and end the loop."""
        if self._loop.is_closed():
            return
        for opening in self._openings:
            opening.cancel()
        for connection in list(self._open):
            connection.end()
        self._hear_goodbyes()
        for connection in self._closing_connections:
            connection.transport.abort()
        self._run(0.0)
        self._loop.close()
        for route in self._shared_routes:
            route.close()

    def rest(self) -> bool:
        """End a round that was left half-way, and look for what came while nobody was looking.

        Returns whether there is a connection that is still good.
        """
        self._leave()
        self._run(0.0)
        self._check()
        if self._shared_routes:
            self._hold_what_is_open()
        return bool(self._open or self._openings)

    def descriptors(self) -> list[int]:
        """Return the file descriptors of all connections."""
        sockets = (
            connection.transport.get_extra_info("socket") for connection in (*self._open, *self._closing_connections)
        )
        return [descriptor for socket in sockets if socket and (descriptor := socket.fileno()) >= 0]

    # A round

    def _start(self, mails: Iterable[MailTransaction | Pause | RecipientOutcome], may_send: MaySend = always) -> None:
        self.round = Round(mails, stop=self._loop.stop, now=self.now, may_send=may_send)
        self._waiting_connections: list[SmtpConnection] = list(self._open)
        self._parked_connections: list[SmtpConnection] = []
        self._suspects: set[MailTransaction] = set()  # a connection ended on them once
        self._served_at = self.now()
        for route in self._routes:
            route.begin()

    def _begin(self, mails: Iterable[MailTransaction | Pause | RecipientOutcome], may_send: MaySend) -> None:
        if not any(route.usable(self.now()) for route in self._routes):
            for route in self._routes:
                route.take_back()
        self.rest()
        self._start(mails, may_send)

    def _leave(self) -> None:
        """Keep the connections that are at rest, or opening; what is under way on others, nobody hears of any more."""
        self.round.end()
        for connection in [connection for connection in self._open if not connection.idle]:
            connection.abandon()
        self._start(())

    def _over(self) -> bool:
        return self.round.exhausted and not self.round.queue and all(connection.idle for connection in self._open)

    def _wake(self) -> None:
        """Let connections go on that wait for a message, or for room."""
        most = max(1, len(self._open))
        self.round.allow(most)
        connections = (*self._parked_connections, *self._waiting_connections)
        self._parked_connections, self._waiting_connections = [], []
        for connection in connections:
            connection.go_on()
        busy = len(self._open) - len(self._waiting_connections)
        self.round.group_size = max(1, min(busy, most) // 2)

    def _patience(self) -> float:
        """Return how long the loop may run when nothing happens."""
        pause = self.round.pause_left()
        most = self._timeouts.tick
        if self._shared_routes and self.round.queue:
            most = min(most, ASK_AGAIN_SECONDS)
        return most if pause is None else min(most, pause)

    def _run(self, seconds: float) -> None:
        """Let the loop run: for one turn, or until `seconds` are over or there is something to do outside of it."""
        timer = self._loop.call_later(seconds, self._loop.stop) if seconds > 0 else None
        if timer is None:
            self._loop.stop()
        self._loop.run_forever()
        for handle in (timer, self._gather_timer):
            if handle is not None:
                handle.cancel()
        self._gather_timer = None
        self._ran_at = self.now()
        if self._ran_at - self._checked_at >= self._timeouts.tick:
            self._check()

    def _check(self) -> None:
        self._checked_at = now = self.now()
        for connection in (*self._open, *self._closing_connections):
            connection.check(now)

    def _hear_goodbyes(self) -> None:
        """Let the loop run until all that is closing is closed, a second at most."""
        until = self.now() + CLOSE_SECONDS
        while (self._closing_connections or self._openings) and self.now() < until:
            self._run(0.05)

    # Sharing with other workers

    def _retire(self, route: Route, surplus: int) -> None:
        """Let go of so many of a relay's connections, which other workers are due."""
        if surplus:
            own_connections = sorted(
                (connection for connection in self._open if connection.route is route), key=_hardly_needed
            )
            for connection in own_connections[:surplus]:
                connection.retire()

    def _hold_what_is_open(self) -> None:
        """Give back what is not needed for a pause, in which the loop stands still and nobody hears of a closing."""
        for route in self._shared_routes:
            self._retire(route, route.hold(self.now()))
        self._hear_goodbyes()
        for route in self._shared_routes:
            route.hold(self.now())

    def _mind_the_crowd(self) -> None:
        """End the round when other workers have had all connections for a while."""
        now = self.now()
        if (
            not self._shared_routes
            or self._open
            or self._openings
            or not self.round.queue
            or self.round.stop_outcome is not None
        ):
            self._served_at = now
        elif now - self._served_at > CROWDED_SECONDS:
            self.round.stop_outcome = crowding_outcome(self._routes, now)
            self._loop.stop()

    # Opening, and giving up

    def _open_connections(self) -> None:
        """Open further connections when there are messages that none is free for."""
        while len(self.round.queue) > len(self._openings) and self.round.stop_outcome is None:
            route = next_route(self._routes, self.now())
            if route is None:
                break
            route.opening += 1
            opening = self._loop.create_task(self._connect(route))
            self._openings.add(opening)
            opening.add_done_callback(self._openings.discard)

    async def _connect(self, route: Route) -> None:
        try:
            session = await open_connection(route.relay, self._timeouts, route.context)
        except Stopped as error:
            if route.open and route.trusted:
                route.lower_ceiling(self.now())
            else:
                self._put_aside(route, error.outcome)
        except Exception as error:
            logger.exception("%s could not be opened", route.relay.label)
            self._put_aside(route, Deferred(f"{route.relay.label} can’t be used ({type(error).__name__}).", code=AWAY))
        else:
            self._take_in(route, session)
        finally:
            route.opening -= 1

    def _take_in(self, route: Route, session: ReadyConnection) -> None:
        connection = SmtpConnection(self, route, session, self._timeouts)
        self._open.add(connection)
        route.open += 1
        connection.go_on()

    def _put_aside(self, route: Route, outcome: Deferred | Reconnect) -> None:
        """Use a relay no more for now, and when it was the last one, tell everyone."""
        now = self.now()
        if route.usable(now):
            logger.warning("%s", outcome.reason)
            route.put_aside(outcome, now)
        if not any(route.usable(now) for route in self._routes):
            self.round.stop_outcome = everyones(self._routes)
        for connection in [connection for connection in self._open if connection.route is route]:
            connection.wind_down()
        self._loop.stop()

    # What connections say (`connection.Feeder`)

    def on_acceptance(self, connection: SmtpConnection, mail: MailTransaction, text: bytes) -> None:
        connection.route.note_acceptance()
        reply = excerpt(words_of(text), connection.route.secrets)
        self._note(mail, Accepted(Receipt(mail.message_id, raw={"answer": reply})))

    def settle(self, connection: SmtpConnection, mail: MailTransaction, outcome: Outcome) -> None:
        if concerns_everyone(outcome):
            assert isinstance(outcome, Deferred | Reconnect)
            self.round.put_back(mail)
            self._put_aside(connection.route, outcome)
        else:
            self._note(mail, outcome)

    def _note(self, mail: MailTransaction, outcome: Outcome) -> None:
        if self.round.note(RecipientOutcome(mail.recipient, outcome)) == 1 and self._gather_timer is None:
            self._gather_timer = self._loop.call_later(GATHER_SECONDS, self._loop.stop)

    def on_break(self, connection: SmtpConnection, mail: MailTransaction, error: BaseException) -> None:
        if mail in self._suspects:
            self.settle(connection, mail, connection.route.break_outcome(error))
        else:
            self._suspects.add(mail)
            self.round.put_back(mail)

    def on_lost_answer(self, connection: SmtpConnection, mail: MailTransaction) -> None:
        outcome, outcome_of_all = connection.route.lost_answer()
        self._note(mail, outcome)
        if outcome_of_all is not None:
            self._put_aside(connection.route, outcome_of_all)

    def on_goodbye(self, connection: SmtpConnection, mail: MailTransaction, code: int, text: bytes) -> None:
        self.round.put_back(mail)
        outcome = connection.route.goodbye(read_reply(code, text), fresh=not connection.answer_count)
        if outcome is not None:
            self._put_aside(connection.route, outcome)

    def on_idle(self, connection: SmtpConnection) -> None:
        self._waiting_connections.append(connection)
        if len(self._waiting_connections) >= len(self._open) or self.round.starving():
            self._loop.stop()

    def on_park(self, connection: SmtpConnection) -> None:
        self._parked_connections.append(connection)
        self._loop.stop()

    def on_end(self, connection: SmtpConnection) -> None:
        self._open.discard(connection)
        connection.route.open -= 1
        if connection.loss is None:
            self._closing_connections.add(connection)
            connection.route.closings += 1
        self._loop.stop()

    def on_close(self, connection: SmtpConnection) -> None:
        if connection in self._closing_connections:
            self._closing_connections.discard(connection)
            connection.route.closings -= 1
            self._loop.stop()


def _hardly_needed(connection: SmtpConnection) -> tuple[bool, bool]:
    """Sort those first that end anyway, then those with nothing to do."""
    return not connection.retiring, not connection.idle
