"""One call of `Engine.send`: the messages that are asked for, and the outcomes that are not yielded yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from distributor.channels.base import LAPSED, MaySend, Pause, RecipientOutcome, always
from distributor.channels.mail.smtp.transaction import MailTransaction
from distributor.domain.outcomes import Deferred, Reconnect


class Round:
    """Stands between the caller and the connections. `stop` lets the loop stand still, so that the caller's turn comes;
    `now` is a monotonic clock (seconds).
    """

    def __init__(
        self,
        mails: Iterable[MailTransaction | Pause | RecipientOutcome],
        *,
        stop: Callable[[], None],
        now: Callable[[], float],
        may_send: MaySend = always,
    ) -> None:
        self.stop_outcome: Deferred | Reconnect | None = None  # for everyone who is not served any more
        self.exhausted = False
        self.error: Exception | None = None  # what `mails` raised
        self.full = False  # no more acceptances may be read before those at hand are recorded
        self.group_size = 1  # outcomes that are worth a group
        self.queue: deque[MailTransaction] = deque()
        self.outcomes: list[RecipientOutcome] = []
        self._source = iter(mails)
        self._most = 1
        self._paused_until = 0.0
        self._stop = stop
        self._now = now
        self._may_send = may_send

    # The engine's side

    def pull(self, count: int) -> None:
        """Ask for messages until so many are at hand. Once the round is stopped, they get that as their outcome."""
        now = self._now()
        if now >= self._paused_until:
            self._paused_until = 0.0
        if self.stop_outcome is not None:
            count = 1
            while self.queue:
                self.note(RecipientOutcome(self.queue.popleft().recipient, self.stop_outcome))
        try:
            while (
                not self.exhausted
                and not self._paused_until
                and len(self.queue) < count
                and len(self.outcomes) < self._most
            ):
                self._sort_in(next(self._source, None))
        except Exception as error:  # noqa: BLE001 # whatever it is, it is raised when what is under way has its outcome
            self.error = error
            self.exhausted = True
            self.queue.clear()

    def _sort_in(self, item: MailTransaction | Pause | RecipientOutcome | None) -> None:
        if isinstance(item, MailTransaction):
            if self.stop_outcome is None:
                self.queue.append(item)
            else:
                self.note(RecipientOutcome(item.recipient, self.stop_outcome))
        elif item is None:
            self.exhausted = True
        elif isinstance(item, Pause):
            self._paused_until = self._now() + item.seconds
        else:
            self.note(item)

    def pause_left(self) -> float | None:
        """Return the seconds until there may be messages again; None when nothing was said about that."""
        if self.exhausted or not self._paused_until:
            return None
        return max(0.0, self._paused_until - self._now())

    def allow(self, most: int) -> None:
        """Say how many acceptances may be read before they are yielded."""
        self._most = most
        self.full = len(self.outcomes) >= most

    def groups(self) -> Iterator[Sequence[RecipientOutcome]]:
        """Yield what is at hand, no more at a time than is allowed."""
        while self.outcomes:
            group, self.outcomes = self.outcomes[: self._most], self.outcomes[self._most :]
            self.full = len(self.outcomes) >= self._most
            yield group
            self._paused_until = 0.0

    def end(self) -> None:
        """Have nothing more sent."""
        self.exhausted = True
        self.queue.clear()

    # The connections' side

    def take(self) -> MailTransaction | None:
        if not self.queue or self.stop_outcome is not None:
            return None
        return self.queue.popleft()

    def lapsed(self) -> bool:
        """Whether the caller may send no more; then nobody who was not tried is."""
        if self._may_send():
            return False
        if self.stop_outcome is None:
            self.stop_outcome = Deferred("Whoever sent it may send no more.", code=LAPSED)
        self._stop()
        return True

    def put_back(self, mail: MailTransaction) -> None:
        """It was certainly not accepted, and that was not about it."""
        self.queue.appendleft(mail)
        self._stop()

    def starving(self) -> bool:
        """Whether there is no message at hand, but there may be one in a moment."""
        return not self.queue and not self.exhausted and not self._paused_until and self.stop_outcome is None

    def note(self, delivery: RecipientOutcome) -> int:
        """Keep an outcome until it is yielded; return how many there are now."""
        self.outcomes.append(delivery)
        count = len(self.outcomes)
        if count >= self._most:
            self.full = True
        if count >= self.group_size:
            self._stop()
        return count
