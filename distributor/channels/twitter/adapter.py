"""The X channel (share-bar name `twitter`): a post, or a thread, to one account, through tweepy.

Source: https://docs.x.com/x-api/posts/create-post
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import requests
import tweepy

from distributor.channels.answers import page
from distributor.channels.base import PARTLY_OUT, Credentials, Field, Intent, LookupAway
from distributor.channels.network import NetworkChannel
from distributor.channels.twitter import compose as composing
from distributor.channels.twitter import refusals
from distributor.channels.twitter.capabilities import CAPABILITIES
from distributor.channels.twitter.client import Client, NoCredentials, client
from distributor.channels.twitter.timeline import own_posts, thread_ids
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Variant

# tweepy reads errors without looking at their shape, so an odd body surfaces as one of the last two.
FAILURES = (tweepy.TweepyException, requests.RequestException, AttributeError, TypeError)

_NO_CREDENTIALS = Reconnect("The X account has no usable token: connect it again.")

FIELDS = (
    Field(
        "access_token",
        "OAuth 2 user token",
        help="With the scopes tweet.read, tweet.write and users.read. Or leave it empty and give the four below.",
        secret=True,
        optional=True,
    ),
    Field("consumer_key", "API key", help="OAuth 1, with “Read and write” permission.", secret=True, optional=True),
    Field("consumer_secret", "API key secret", secret=True, optional=True),
    Field("oauth_token", "Access token", secret=True, optional=True),
    Field("oauth_token_secret", "Access token secret", secret=True, optional=True),
)


class TwitterChannel(NetworkChannel):
    """X. What is unclear is looked for on the account’s own timeline, and never posted again blindly."""

    name = "twitter"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[Field, ...] = FIELDS
    compose = staticmethod(composing.compose)
    check = staticmethod(composing.check)

    def send(self, account: Credentials, variant: Variant, intent: Intent) -> Outcome:
        """Post the parts one after the other, each as an answer to the one before.

        When it is tried again, what is on the account's timeline already is not posted again: a thread goes on where it
        broke off.
        """
        if not variant.parts:
            return Rejected("There is nothing to post.")
        try:
            with client(account, timeout=self._timeout) as x:
                ids: list[str] = []
                if intent.attempt > 1:
                    try:
                        ids += thread_ids(variant.parts, own_posts(x, intent.first_tried_at))
                    except FAILURES as error:
                        return _cant_look(refusals.outcome(error, account.values.values()))
                return self._post(x, account, variant, intent, ids)
        except NoCredentials:
            return _NO_CREDENTIALS

    def find_existing(self, account: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        """Look on the account's own timeline since the first try; a thread counts when all of it is there."""
        if not variant.parts:
            return None
        try:
            with client(account, timeout=self._timeout) as x:
                ids = thread_ids(variant.parts, own_posts(x, intent.first_tried_at))
        except NoCredentials:
            raise LookupAway(_NO_CREDENTIALS.reason) from None
        except FAILURES as error:
            reason = _cant_look(refusals.outcome(error, account.values.values())).reason
            raise LookupAway(reason) from None
        return self._receipt(account, ids) if len(ids) == len(variant.parts) else None

    def _post(self, x: Client, account: Credentials, variant: Variant, intent: Intent, ids: list[str]) -> Outcome:
        total = len(variant.parts)
        for part in variant.parts[len(ids) :]:
            try:
                new_id = x.create(part, reply_to=ids[-1] if ids else "")["data"]["id"]
            except KeyError:
                return _partly(Unconfirmed("X answered without the post’s number."), ids, total)
            except FAILURES as error:
                if refusals.is_duplicate(error):
                    return self._duplicate(account, variant, intent, ids)
                return _partly(refusals.outcome(error, account.values.values()), ids, total)
            ids.append(str(new_id))
        return Accepted(self._receipt(account, ids))

    def _duplicate(self, account: Credentials, variant: Variant, intent: Intent, ids: Sequence[str]) -> Outcome:
        """Tell our own post, whose answer had been lost, from an older one with the same words."""
        try:
            found = self.find_existing(account, intent, variant)
        except LookupAway as error:
            return Unconfirmed(f"X says that it has this post already, and it could not be looked for: {error}")
        if found is not None:
            return Accepted(found)
        refused = Rejected("X has the same text from before: change it.", code="403")
        return _partly(refused, ids, len(variant.parts))

    def _receipt(self, account: Credentials, ids: Sequence[str]) -> Receipt:
        url = page(account, ids[0], f"https://x.com/i/web/status/{ids[0]}")
        return Receipt(remote_id=ids[0], url=url, at=self._clock(), raw={"ids": list(ids)})


def _cant_look(outcome: Outcome) -> Deferred | Reconnect:
    """Turn what a look-up met into an outcome for the post: nothing was posted."""
    if isinstance(outcome, Reconnect):
        return outcome
    retry_at = outcome.retry_at if isinstance(outcome, Deferred) else None
    return Deferred("X could not be asked whether the post is there already.", retry_at=retry_at)


def _partly(outcome: Outcome, ids: Sequence[str], total: int) -> Outcome:
    """Say in an outcome how much of a thread is out."""
    if not ids or isinstance(outcome, Accepted):
        return outcome
    reason = f"{len(ids)} of {total} posts of the thread are out. {outcome.reason}"
    if isinstance(outcome, Deferred):
        return replace(outcome, reason=reason, code=PARTLY_OUT)
    return replace(outcome, reason=reason)
