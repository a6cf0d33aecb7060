"""What adapters have in common when they turn a network's answers into outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from distributor.channels.base import Credentials, LookupAway
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Rejected, Unconfirmed

_REASON_LENGTH = 300
_SHORTEST_SECRET = 4  # shorter values would blot out ordinary words
_A_LITTLE_WHILE = timedelta(seconds=30)  # where we are asked to wait and not told how long
_LONGEST_WAIT = timedelta(days=1)


def utc_now() -> datetime:
    """Return the time (aware, UTC): the clock that channels use unless they are given another."""
    return datetime.now(UTC)


def excerpt(text: str, secrets: Iterable[str]) -> str:
    """Return what a network said, on one line, shortened, and with every secret blotted out.

    No network is known to repeat a token in its answers; one that does must not get it into our records.
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "…")
    text = " ".join(text.split())
    return text if len(text) <= _REASON_LENGTH else f"{text[: _REASON_LENGTH - 1]}…"


def is_token(value: str) -> bool:
    """Whether a value can stand in an HTTP header at all; one with a line break, say, was badly pasted."""
    return bool(value) and value.isascii() and value.isprintable() and " " not in value


def retry_after(headers: Mapping[str, str], now: datetime, *, otherwise: timedelta = _A_LITTLE_WHILE) -> datetime:
    """Return when to try again: by Retry-After (RFC 9110 §10.2.3: seconds or a date), else after `otherwise`.

    It is a second from now at the earliest, and a day at the latest.
    """
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    wait = otherwise
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=float(text[:9]))
    elif text:
        try:
            at = parsedate_to_datetime(text)
            wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
        except ValueError:
            pass  # neither of the two: as if it were not there
    return now + min(max(wait, timedelta(seconds=1)), _LONGEST_WAIT)


def unreachable(network: str) -> Deferred:
    """The request certainly did not leave."""
    return Deferred(f"{network} could not be reached; nothing was sent.")


def lost_answer(network: str) -> Unconfirmed:
    """The request left, and no answer came that says what became of it."""
    return Unconfirmed(f"{network} took the request, but its answer was lost.")


def unclear(network: str, status: int) -> Unconfirmed:
    """An answer came that does not say what became of the request."""
    return Unconfirmed(f"{network} answered with an error of its own ({status}), which does not say what became of it.")


def look_first(look: Callable[[], Receipt | None]) -> Outcome | None:
    """Look for the post before it is tried again; None means that it is not there and may be sent.

    Whatever the last try's answer was: what is there already is never posted again.
    """
    try:
        receipt = look()
    except LookupAway as error:
        return Deferred(f"It could not be looked up whether it is there already: {error}")
    return Accepted(receipt) if receipt else None


def forgetting(outcome: Outcome) -> Outcome:
    """Return an outcome by which nothing of earlier tries is kept, unless it says itself what is."""
    if isinstance(outcome, Deferred | Rejected | Unconfirmed) and outcome.keep is None:
        return replace(outcome, keep={})
    return outcome


def page(credentials: Credentials, remote_id: str, real: str) -> str:
    """Return where a post can be seen: on the network, or on the practice world's page of it."""
    return f"{credentials.endpoint}#post-{remote_id}" if credentials.practice else real
