"""The X channel (share-bar name `twitter`): a post, or a thread, to one account, through tweepy.

Source: https://docs.x.com/x-api/posts/create-posts
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from distributor.channels import pictures
from distributor.channels.base import (
    PARTLY_OUT,
    AccountField,
    ChannelSetting,
    Clock,
    Credentials,
    Intent,
    LookupAway,
    PostChannel,
)
from distributor.channels.connect_flow import ConnectFlow, Identity, TokenRenewal
from distributor.channels.network import NetworkChannel
from distributor.channels.post_steps import old_words
from distributor.channels.twitter import compose as composition
from distributor.channels.twitter import connect, refusals
from distributor.channels.twitter.capabilities import CAPABILITIES
from distributor.channels.twitter.client import Client, NoCredentials, client
from distributor.channels.twitter.payload import TwitterPayload
from distributor.channels.twitter.progress import Progress, cant_look, not_recalled
from distributor.channels.twitter.settings import SETTINGS
from distributor.channels.twitter.timeline import own_posts, thread_ids
from distributor.channels.twitter.uploads import NotUploaded, upload
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Payload, Variant

SHOWN_WITHIN = timedelta(minutes=1)  # by then a new post is on its account's timeline

_NO_CREDENTIALS = Reconnect("The X account has no usable token: connect it again.")

FIELDS = (
    AccountField(
        "access_token",
        "OAuth 2 user token",
        help="With the scopes tweet.read, tweet.write, users.read and media.write. Connecting in the browser fills it. "
        "Or leave it empty and give the four below.",
        secret=True,
        optional=True,
    ),
    AccountField("refresh_token", "Refresh token", secret=True, optional=True, hidden=True),
    AccountField(
        "consumer_key",
        "API key",
        help="OAuth 1, with “Read and write” permission.",
        secret=True,
        optional=True,
        unless="access_token",
    ),
    AccountField("consumer_secret", "API key secret", secret=True, optional=True, unless="access_token"),
    AccountField("oauth_token", "Access token", secret=True, optional=True, unless="access_token"),
    AccountField("oauth_token_secret", "Access token secret", secret=True, optional=True, unless="access_token"),
)


class TwitterChannel(NetworkChannel):
    """X. What is unclear is looked for on the account’s own timeline, and never posted again blindly."""

    name = "twitter"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    settings: tuple[ChannelSetting, ...] = SETTINGS
    connect_flow: ConnectFlow | None = connect.XConnectFlow()
    token_renewal: TokenRenewal | None = connect.XTokenRenewal()
    payload: type[Payload] = TwitterPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        """Post the parts one after the other, each as an answer to the one before; the picture goes with the first.

        When it is tried again, what is on the account's timeline already is not posted again: a thread goes on where it
        broke off.
        """
        if not variant.parts:
            return Rejected("There is nothing to post.")
        try:
            with client(credentials, timeout=self._timeout) as x:
                progress = Progress(variant)
                if intent.attempt > 1:
                    try:
                        progress.ids += _thread(x, variant, intent, self._clock)
                    except refusals.failures() as error:
                        return cant_look(refusals.outcome(error, credentials))
                return self._post(x, credentials, intent, progress)
        except NoCredentials:
            return _NO_CREDENTIALS

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        """Look on the account's own timeline since the first try; a thread counts when all of it is there."""
        if not variant.parts:
            return None
        try:
            with client(credentials, timeout=self._timeout) as x:
                progress = Progress(variant, list(_thread(x, variant, intent, self._clock)))
        except NoCredentials:
            raise LookupAway(_NO_CREDENTIALS.reason) from None
        except refusals.failures() as error:
            raise LookupAway(cant_look(refusals.outcome(error, credentials)).reason) from None
        return progress.receipt(credentials, self._clock()) if progress.complete else None

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:  # noqa: ARG002
        """Delete the posts, a thread's last one first, so that what is left always hangs together."""
        ids = receipt.ids
        if not ids or not all(
            number.isascii() and number.isdecimal() for number in ids
        ):  # they become part of addresses
            return Rejected("The post’s number on X is not known: delete it there.", remedy="look")
        try:
            with client(credentials, timeout=self._timeout) as x:
                for position, post_id in enumerate(reversed(ids)):
                    try:
                        x.delete(post_id)
                    except refusals.failures() as error:
                        if refusals.status(error) != refusals.NOT_FOUND:  # what is gone already is as it should be
                            return not_recalled(refusals.outcome(error, credentials), position, len(ids))
        except NoCredentials:
            return _NO_CREDENTIALS
        return Accepted(receipt)

    def identify(self, credentials: Credentials) -> Identity:
        return connect.identify(credentials, timeout=self._timeout)

    def _post(self, x: Client, credentials: Credentials, intent: Intent, progress: Progress) -> Outcome:
        variant, payload = progress.variant, TwitterPayload.of(progress.variant)
        try:
            media_ids = self._upload(x, credentials, variant) if not progress.ids else ()
        except NotUploaded as not_uploaded:
            return not_uploaded.outcome
        while not progress.complete:
            first = not progress.ids
            try:
                response = x.create(
                    variant.parts[len(progress.ids)],
                    reply_to="" if first else progress.ids[-1],
                    media_ids=media_ids if first else (),
                    # Of a thread the first post alone has them: the others belong to its conversation.
                    reply_settings=payload.reply_settings if first else "",
                    community_id=payload.community_id if first else "",
                )
                progress.add(response)
            except KeyError:
                return progress.partly(Unconfirmed("X answered without the post’s number."))
            except refusals.failures() as error:
                if not refusals.is_duplicate(error):
                    return progress.partly(refusals.outcome(error, credentials))
                outcome = self._duplicate(x, credentials, intent, progress, error)
                if outcome is not None:
                    return outcome
        return Accepted(progress.receipt(credentials, self._clock()), progress.allowance)

    def _upload(self, x: Client, credentials: Credentials, variant: Variant) -> tuple[str, ...]:
        limits = self.capabilities.pictures
        if variant.picture is None or limits is None:
            return ()
        return (upload(x, credentials, pictures.load(variant.picture, limits), now=self._clock()),)

    def _duplicate(
        self, x: Client, credentials: Credentials, intent: Intent, progress: Progress, error: Exception
    ) -> Outcome | None:
        """Tell our own post, whose answer had been lost, from an older one with the same words.

        None means that ours was found: `progress` has it, and the thread goes on after it.
        """
        raw_error = refusals.raw(error, credentials)
        try:
            thread = _thread(x, progress.variant, intent, self._clock)
        except refusals.failures() as away:
            reason = cant_look(refusals.outcome(away, credentials)).reason
            sentence = f"X says that it has this post already, and it could not be looked for: {reason}"
            return progress.partly(Unconfirmed(sentence, raw=raw_error))
        if len(thread) > len(progress.ids):
            progress.ids[:] = thread
            return None
        if not intent.nothing_out:
            # It may be ours, taken a moment ago and not yet shown among the account's posts.
            if progress.ids:
                deferral = Deferred(
                    "X says that it has the next post already, and does not show it yet.", raw=raw_error
                )
                return progress.partly(replace(deferral, retry_at=self._clock() + SHOWN_WITHIN, code=PARTLY_OUT))
            return Unconfirmed("X says that it has this post already, and does not show it: look on X.", raw=raw_error)
        return progress.partly(old_words("X", code="403", raw=raw_error))


def _thread(x: Client, variant: Variant, intent: Intent, clock: Clock) -> tuple[str, ...]:
    """Return the numbers of the posts that are there already. Raises what the client raises."""
    return thread_ids(variant.parts, own_posts(x, intent, clock))


channel: PostChannel = TwitterChannel()
