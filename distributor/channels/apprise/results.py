"""What became of a message. Apprise says only true or false: the answers that its requests got say more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from distributor.channels.responses import lost_answer, retry_after, unclear, unreachable
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed

if TYPE_CHECKING:
    from distributor.channels.apprise.wire import Wire

PAUSE = timedelta(minutes=5)  # where a service asks to wait and does not say how long
_TOO_MANY = 429
# An address is all that a service knows us by: unknown, withdrawn and forbidden are one and the same.
_NOT_OURS = frozenset({401, 403, 404, 410})


def outcome(done: bool, wire: Wire, name: str, now: datetime, *, url: str = "") -> Outcome:
    """Say what a message's end means. `name` is the service's.

    Refused for sure is only what every request was refused for (4xx): where one was answered otherwise, or not at all,
    the message may be there.
    """
    raw: dict[str, Any] = {"statuses": list(wire.statuses)} | ({"failure": wire.failure} if wire.failure else {})
    if not wire.statuses:
        return _not_sent(wire, name)
    if done:
        return Accepted(Receipt(remote_id="", url=url, at=now, raw=raw))
    if None in wire.statuses:
        return lost_answer(name)
    statuses = [status for status in wire.statuses if status is not None]
    server_errors = [status for status in statuses if status >= 500]
    if server_errors:
        return unclear(name, server_errors[-1])
    if any(status < 400 for status in statuses):
        return Unconfirmed(f"{name} answered, but not so that Apprise takes the message to be there.", raw=raw)
    return _refusal(statuses[-1], wire, name, now, raw)


def _not_sent(wire: Wire, name: str) -> Outcome:
    """Say why no request was answered; none has left."""
    if wire.refusal:
        return Rejected(f"{name} can’t be used: {wire.refusal}", code="address", remedy="settings")
    if wire.away:
        return unreachable(name)
    reason = f"Apprise sent nothing to {name}: its address names nobody, or it does not take such a text."
    return Rejected(reason, code="nothing-sent")


def _refusal(status: int, wire: Wire, name: str, now: datetime, raw: dict[str, Any]) -> Outcome:
    code = str(status)
    if status == _TOO_MANY:
        at = retry_after(wire.headers, now, otherwise=PAUSE)
        reason = f"{name} takes no more messages for now."
        return Deferred(reason, retry_at=at, code=code, whole_account=True, raw=raw)
    if status in _NOT_OURS:
        reason = f"{name} does not accept the account’s address ({code}): make a new one there, and connect it again."
        return Reconnect(reason, code=code, raw=raw)
    return Rejected(f"{name} refused the message ({code}).", code=code, raw=raw)
