"""How far a post or thread has come, and what is said of one that came only so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from distributor.channels.base import Credentials
from distributor.channels.post_steps import partly
from distributor.channels.responses import page
from distributor.channels.twitter import prices, refusals
from distributor.domain.outcomes import (
    Accepted,
    Allowance,
    Deferred,
    Outcome,
    Receipt,
    Reconnect,
    Rejected,
)
from distributor.domain.variants import Variant

if TYPE_CHECKING:
    import requests


@dataclass
class Progress:
    """The numbers of the posts that are out, in order, and what X last said is left of the account's budget."""

    variant: Variant
    ids: list[str] = field(default_factory=list)
    allowance: Allowance | None = None

    @property
    def complete(self) -> bool:
        return len(self.ids) == len(self.variant.parts)

    def add(self, response: requests.Response) -> None:
        """Take X's answer to a new post. Raises KeyError where it has no number, `refusals.failures` for odd shapes."""
        self.ids.append(str(response.json()["data"]["id"]))
        self.allowance = refusals.allowance(response.headers)

    def receipt(self, credentials: Credentials, now: datetime) -> Receipt:
        """Return the receipt; `raw["cost"]` is what the posts cost, whichever try made them."""
        first = self.ids[0]
        url = page(credentials, first, f"https://x.com/i/web/status/{first}")
        return Receipt(first, url=url, at=now, raw=self._raw(), thread=tuple(self.ids))

    def partly(self, outcome: Outcome) -> Outcome:
        """Say in an outcome how much of a thread is out, and what that cost."""
        reason = partly(outcome, self.ids, len(self.variant.parts))
        if not self.ids or isinstance(reason, Accepted):
            return reason
        return replace(reason, raw={**reason.raw, **self._raw()})

    def _raw(self) -> dict[str, object]:
        return {"ids": list(self.ids), "cost": prices.cost_record(self.variant, posts=len(self.ids))}


def cant_look(outcome: Outcome) -> Deferred | Reconnect:
    """Turn what a look-up met into an outcome for the post: nothing was posted.

    The account does not rest for it, as `parts.cant_look` would let it: X counts look-ups and posts apart.
    """
    if isinstance(outcome, Reconnect):
        return outcome
    retry_at = outcome.retry_at if isinstance(outcome, Deferred) else None
    raw = {} if isinstance(outcome, Accepted) else outcome.raw
    return Deferred("X could not be asked whether the post is there already.", retry_at=retry_at, raw=raw)


def not_recalled(outcome: Outcome, deleted_count: int, total: int) -> Outcome:
    """Turn what a deletion met into an outcome for it, of which so many posts are gone; it may always be repeated."""
    if isinstance(outcome, Accepted | Reconnect):
        return outcome
    sentence = f"{deleted_count} of {total} posts of the thread are deleted. " if deleted_count else ""
    if isinstance(outcome, Rejected):
        message = outcome.raw.get("message") or outcome.code
        return replace(outcome, reason=f"{sentence}X does not let it be deleted ({message}): delete it there.")
    retry_at = outcome.retry_at if isinstance(outcome, Deferred) else None
    return Deferred(f"{sentence}X could not be asked to delete it.", retry_at=retry_at, raw=outcome.raw)
