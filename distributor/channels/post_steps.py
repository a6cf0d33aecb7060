"""Posts that take several steps: what an outcome says of those before, between and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from distributor.channels.base import PARTLY_OUT
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed


def partly(outcome: Outcome, out: Sequence[str], total: int) -> Outcome:
    """Say in an outcome that of `total` posts of a thread those with these ids are out."""
    if not out or isinstance(outcome, Accepted):
        return outcome
    reason = f"{len(out)} of {total} posts of the thread are out. {outcome.reason}"
    if isinstance(outcome, Deferred):
        return replace(outcome, reason=reason, code=PARTLY_OUT, out=tuple(out))
    return replace(outcome, reason=reason, out=tuple(out))


def old_words(network: str, *, code: str, raw: Mapping[str, Any]) -> Rejected:
    """Say that a network has these words from before, in a post that is not this dispatch's, and what to do."""
    reason = (
        f"{network} has a post of this account with the same words already, so it takes no second one: "
        "give this one other words, or cancel it."
    )
    return Rejected(reason, code, raw=raw)


def before(outcome: Outcome, network: str) -> Outcome:
    """Turn what a step before the post met into an outcome for the post, of which nothing was sent.

    An answer that was lost is not unclear then: the step is simply done again.
    """
    if isinstance(outcome, Unconfirmed):
        return Deferred(
            f"{network} gave no proper answer before the post was made; nothing was posted.", raw=outcome.raw
        )
    return outcome


def cant_look(outcome: Outcome, network: str) -> Deferred | Reconnect:
    """Turn what a look-up met into an outcome for the post, of which nothing was sent."""
    if isinstance(outcome, Reconnect):
        return outcome
    reason = f"{network} could not be asked whether the post is there already."
    if isinstance(outcome, Deferred):
        return replace(outcome, reason=reason)
    return Deferred(reason)


def no_picture(outcome: Outcome, network: str) -> Outcome:
    """Turn what uploading the picture met into an outcome for the post, of which nothing was sent."""
    if isinstance(outcome, Rejected):
        reason = f"{network} does not take the picture, so nothing was posted: choose another, or none."
        return replace(outcome, reason=reason)
    if isinstance(outcome, Unconfirmed):
        return Deferred(f"The picture could not be uploaded to {network}; nothing was posted.", raw=outcome.raw)
    return outcome


def not_deleted(outcome: Outcome, network: str) -> Outcome:
    """Turn what deleting met into an outcome of it: deleting again harms nobody."""
    if isinstance(outcome, Rejected):
        return replace(outcome, reason=f"{network} would not delete the post ({outcome.code}): do it there.")
    if isinstance(outcome, Unconfirmed):
        return Deferred(f"{network} has not said that the post is deleted.", raw=outcome.raw)
    return outcome
