"""Where the next connection goes, and what a relay's answers say about the relay itself.

Sources: RFC 5321 §4.2 and §3.8 (421), RFC 3463 (enhanced status codes), RFC 6531 (SMTPUTF8).
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import Final

from distributor.channels.base import AWAY, CROWDED, REPEAT_POSSIBLE, PermitsFor
from distributor.channels.mail.relay import Relay
from distributor.channels.mail.replies import (
    NO_SUCH_LETTERS,
    QUEUE_FULL,
    SERVICE_UNAVAILABLE,
    TOO_BIG,
    Reply,
    Stopped,
    reason,
)
from distributor.channels.mail.smtp.connection_share import ConnectionShare, UnsharedConnections
from distributor.channels.responses import excerpt
from distributor.domain.outcomes import Deferred, Outcome, Reconnect, Rejected

BROKEN_AT_MOST: Final = 3  # messages in a row on which a connection ends, until it is believed to be the relay
GOODBYES_AT_MOST: Final = 2  # 421 in a row before a recipient was named, the last of them on a new connection
LONGEST_ASIDE: Final = 60.0  # seconds
CROWDED_SECONDS: Final = 30.0  # a relay that refuses a further connection is not asked for one before that


class Route:
    """A relay and how it fares. Each method that takes an answer returns what it means; where that concerns everyone
    (`replies.concerns_everyone`), whoever called puts the route aside.
    """

    def __init__(self, relay: Relay, permits: PermitsFor = UnsharedConnections) -> None:
        self.relay = relay
        self.part = ConnectionShare(permits(relay.key, relay.connections_in_all)) if relay.connections_in_all else None
        self.secrets = (relay.password,) if relay.password else ()
        self.open = 0
        self.opening = 0
        self.closings = 0  # for the server they are still open
        self.trusted = False  # it has said of one message at least what becomes of it
        self.outcome: Deferred | Reconnect | None = None  # it was put aside
        self._aside_until = 0.0
        self._asides = 0
        self._ceiling = relay.connections
        self._crowded_until = 0.0
        self._context: ssl.SSLContext | None = None
        self.begin()

    def begin(self) -> None:
        """Forget what was counted in a row."""
        self._breaks = 0  # with no answer that counts in between
        self._lost_answers = 0  # with no answer to any content in between
        self._goodbyes = 0

    def context(self) -> ssl.SSLContext:
        """Return the TLS context; certificates are always verified. Raises Stopped."""
        if self._context is None:
            try:
                self._context = ssl.create_default_context(cafile=self.relay.ca or None)
            except OSError:
                reason = f"{self.relay.label}’s ca file can’t be read: it has to hold certificates (PEM)."
                raise Stopped(Reconnect(reason)) from None
        return self._context

    # Whether it is used

    def usable(self, now: float) -> bool:
        return self._aside_until <= now

    def put_aside(self, outcome: Deferred | Reconnect, now: float) -> None:
        """Use it no more for a time that grows while nothing good is heard from it."""
        self.outcome = outcome
        self.trusted = False
        self._context = None  # were it the certificate: the authorities are read anew
        self._aside_until = now + min(2.0**self._asides, LONGEST_ASIDE)
        self._asides = min(self._asides + 1, 10)
        self.begin()

    def take_back(self) -> None:
        """Use it again, whatever was: there is no other."""
        self._aside_until = 0.0

    def lower_ceiling(self, now: float) -> None:
        """It did not take one more connection while others are served: be content with those for a while."""
        self._ceiling = max(1, self.open)
        self._crowded_until = now + CROWDED_SECONDS

    def share(self, now: float, *, more: bool) -> int:
        """Ask for its part of the connections that all workers share, if it has one; `more`: mails wait for one.

        Returns how many of those that are open, or opening, are due to other workers.
        """
        if self.part is None:
            return 0
        has = self.open + self.opening
        count = max(has, self._target(now)) if more and self.usable(now) else has
        self.part.ask(count, has=has + self.closings, now=now)
        return max(0, has - self.part.limit)

    def hold(self, now: float) -> int:
        """Hold no more of its part than is open, in a pause. Returns as `share` does."""
        if self.part is None:
            return 0
        self.part.hold(has=self.open + self.opening + self.closings, now=now)
        return max(0, self.open + self.opening - self.part.limit)

    def close(self) -> None:
        """Give its part back."""
        if self.part is not None:
            self.part.close()

    def room(self, now: float) -> int:
        """Return how many connections it may have now."""
        target = self._target(now)
        return target if self.part is None else max(0, min(target, self.part.limit - self.closings))

    def _target(self, now: float) -> int:
        """Return how many are asked for: one, as long as nothing is known about it."""
        if not self.trusted:
            return 1
        return min(self._ceiling, self.relay.connections) if now < self._crowded_until else self.relay.connections

    # What is heard from it

    def note_service(self) -> None:
        """It took a sender: it serves."""
        self._goodbyes = 0

    def note_acceptance(self) -> None:
        self.trusted = True
        self._breaks = self._lost_answers = self._asides = 0

    def goodbye(self, reply: Reply, *, fresh: bool) -> Deferred | None:
        """421 before a recipient was named: it is not about this message. None: try another connection."""
        self._goodbyes += 1
        if self._goodbyes >= GOODBYES_AT_MOST and fresh:
            return self._away(reply)
        return None

    def sender_refusal(self, reply: Reply, *, utf8: bool) -> Outcome:
        """No recipient was named yet: it is about this one only by the mail's size or SMTPUTF8."""
        words = excerpt(reply.text, self.secrets)
        if reply.enhanced_code == TOO_BIG or reply.code == 552:
            return Rejected(f"The server does not take a mail of this size: {words}", code=reply.best_code)
        if utf8 and reply.permanent:
            # Whatever the server calls it, the mailbox is not gone.
            code = NO_SUCH_LETTERS if reply.enhanced_code.startswith("5.1.") else reply.best_code
            return Rejected(f"{self.relay.label} refuses an address with letters beyond ASCII: {words}", code)
        if reply.permanent:
            return Reconnect(f"{self.relay.label} does not let this account send: {words}", code=reply.best_code)
        return self._away(reply)

    def refusal(self, reply: Reply, *, content: bool = False) -> Outcome:
        """Judge a refusal of one recipient or content. Here a 421 may be theirs, as when a domain is throttled."""
        if content:
            self._lost_answers = 0
        if reply.enhanced_code == QUEUE_FULL:
            return self._away(reply)
        outcome = reply.outcome("The server", self.secrets, late=content)
        if reply.code == SERVICE_UNAVAILABLE and isinstance(outcome, Deferred):
            return self._counted_break(outcome)
        self.trusted = True
        self._breaks = 0
        return outcome

    def break_outcome(self, error: BaseException) -> Deferred:
        """The connection ended on the same message for the second time, before its last byte was out."""
        return self._counted_break(Deferred(f"{self.relay.label} breaks the connection off: {reason(error)}"))

    def lost_answer(self) -> tuple[Deferred, Deferred | None]:
        """The connection ended after a message's last byte. Return its outcome and, when it is enough, everyone's."""
        self._lost_answers += 1
        outcome = Deferred("The server’s answer was lost; it is sent again, perhaps twice.", code=REPEAT_POSSIBLE)
        if self._lost_answers < BROKEN_AT_MOST:
            return outcome, None
        return outcome, Deferred(f"{self.relay.label} does not say what becomes of mails.", code=AWAY)

    def _counted_break(self, outcome: Deferred) -> Deferred:
        self._breaks += 1
        if self._breaks < BROKEN_AT_MOST:
            return outcome
        return Deferred(outcome.reason, code=AWAY)

    def _away(self, reply: Reply) -> Deferred:
        words = excerpt(reply.text, self.secrets)
        return Deferred(f"{self.relay.label} takes no mail for now: {words}", code=AWAY)


def next_route(routes: Sequence[Route], now: float) -> Route | None:
    """Return where the next connection goes, or None when there are enough.

    Connections are shared out by weight: no relay gets more of them than its weight allows beside the one that has the
    fewest for its weight.
    """
    usable = [route for route in routes if route.usable(now)]
    if not usable:
        return None
    scale = min(route.relay.connections / route.relay.weight for route in usable)
    best: tuple[float, Route] | None = None
    for route in usable:
        has = route.open + route.opening
        if has < min(route.room(now), max(1, int(route.relay.weight * scale))):
            share = (has + 1) / route.relay.weight
            if best is None or share < best[0]:
                best = (share, route)
    return best[1] if best else None


def most_connections(routes: Sequence[Route], now: float) -> int:
    """Return how many connections there may be, at least one."""
    return max(1, sum(route.room(now) for route in routes if route.usable(now)))


def crowding_outcome(routes: Sequence[Route], now: float) -> Deferred:
    """Return what it means for everyone that other workers have all connections."""
    relay = max(routes, key=lambda route: (route.part is not None, route.usable(now))).relay
    most = relay.connections_in_all
    limit_text = (
        f"{most} connections in all, and other workers have them" if most > 1 else "one connection, and it is in use"
    )
    return Deferred(f"{relay.label} takes {limit_text}; the rest waits for that.", code=CROWDED)


def everyones(routes: Sequence[Route]) -> Deferred | Reconnect:
    """Return what it means for everyone that no relay is left: a delay, as long as one of them may come back."""
    whys = [route.outcome for route in routes if route.outcome is not None]
    return next((outcome for outcome in whys if isinstance(outcome, Deferred)), whys[0])
