"""The Threads channel: a post, or several that answer each other, of one account.

A post of text is made by one call (`auto_publish_text`: “the returned ID is the published Threads ID”, as Meta's own
sample https://github.com/fbsamples/threads_api has it); one with a picture by two (`containers.py`).

Sources: https://developers.facebook.com/docs/threads/posts, /docs/threads/changelog, /docs/threads/posts/delete-posts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import httpx

from distributor.channels import http, meta, pictures
from distributor.channels.base import AccountField, ChannelSetting, Credentials, Intent, LookupAway, PostChannel
from distributor.channels.connect_flow import ConnectFlow, ConnectRefused, Identity, NetworkAway, TokenRenewal
from distributor.channels.network import NetworkChannel
from distributor.channels.post_steps import partly
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import forgetting, is_token, lost_answer, page, unreachable
from distributor.channels.threads import compose as composition
from distributor.channels.threads import containers, refusals, timeline
from distributor.channels.threads.api import ThreadsApi
from distributor.channels.threads.capabilities import CAPABILITIES
from distributor.channels.threads.connect import ThreadsConnectFlow, ThreadsTokenRenewal, identity_of
from distributor.channels.threads.payload import EVERYONE, ThreadsPayload
from distributor.channels.threads.timeline import OwnPost
from distributor.domain.capabilities import Capabilities
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Payload, Variant

_NO_TOKEN = Reconnect("The Threads account has no usable token: connect it again.")

FIELDS = (
    AccountField(
        "access_token",
        "Access token",
        help="A long-lived one, with threads_basic, threads_content_publish, threads_manage_replies, "
        "threads_read_replies and threads_delete.",
        secret=True,
    ),
)


class ThreadsChannel(NetworkChannel):
    """A Threads account. What is unclear is looked for among its own posts, and never posted again blindly."""

    name = "threads"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    settings: tuple[ChannelSetting, ...] = composition.SETTINGS
    connect_flow: ConnectFlow | None = ThreadsConnectFlow()
    token_renewal: TokenRenewal | None = ThreadsTokenRenewal()
    payload: type[Payload] = ThreadsPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        """Post the parts one after the other, each as an answer to the one before.

        When it is tried again, what is there already is not posted again: a thread goes on where it broke off.
        """
        return forgetting(self._send(credentials, variant, intent))

    def _send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        if not variant.parts:
            return Rejected("There is nothing to post.")
        if not is_token(credentials.values.get("access_token", "")):
            return _NO_TOKEN
        with self._api(credentials) as api:
            posts: list[OwnPost] = []
            if intent.attempt > 1:
                try:
                    posts = self._look(api, variant, intent)
                except LookupAway as error:
                    return Deferred(f"It could not be looked up whether it is there already: {error}", keep=intent.kept)
            return self._post(api, credentials, variant, intent, posts)

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        """Look among the account's own posts since the first try; a thread counts when all of it is there."""
        if not variant.parts:
            return None
        if not is_token(credentials.values.get("access_token", "")):
            raise LookupAway(_NO_TOKEN.reason)
        with self._api(credentials) as api:
            posts = self._look(api, variant, intent)
            if len(posts) == len(variant.parts):
                return self._receipt(credentials, posts)
            try:
                is_unlisted = not posts and containers.is_published(api, intent.kept)
            except (AddressRefused, httpx.RequestError):
                raise LookupAway("Threads did not answer.") from None
        if is_unlisted:
            raise LookupAway("Threads says that the post is out, but does not list it yet.")
        return None

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:  # noqa: ARG002
        """Delete all posts of a thread, the last one first. Threads takes 100 deletions a day."""
        if not is_token(credentials.values.get("access_token", "")):
            return _NO_TOKEN
        ids = receipt.ids
        if not ids or not all(
            number.isascii() and number.isdigit() for number in ids
        ):  # they become part of an address
            return Rejected("The post has no number to delete it by: delete it on Threads.", remedy="look")
        with self._api(credentials) as api:
            for post_id in reversed(ids):
                try:
                    outcome = self._delete(api, post_id)
                except (AddressRefused, httpx.RequestError):
                    outcome = Deferred("Threads did not answer: the post is deleted later.")
                if outcome is not None:
                    return outcome
        return Accepted(receipt)

    def identify(self, credentials: Credentials) -> Identity:
        if not is_token(credentials.values.get("access_token", "")):
            raise ConnectRefused(_NO_TOKEN.reason)
        try:
            with self._api(credentials) as api:
                return identity_of(api.get("me", fields="id,username,name"), credentials.values)
        except (AddressRefused, httpx.RequestError):
            raise NetworkAway("Threads did not answer: try again in a moment.") from None

    @contextmanager
    def _api(self, credentials: Credentials) -> Iterator[ThreadsApi]:
        with self.client(credentials) as client:
            yield ThreadsApi(client, credentials)

    def _look(self, api: ThreadsApi, variant: Variant, intent: Intent) -> list[OwnPost]:
        """Return the parts that are there already. Raises LookupAway."""
        try:
            posts = timeline.own_posts(api, intent, self._clock(), answers=len(variant.parts) > 1)
        except (AddressRefused, httpx.RequestError):
            raise LookupAway("Threads did not answer.") from None
        return timeline.thread(variant.parts, posts)

    def _post(
        self, api: ThreadsApi, credentials: Credentials, variant: Variant, intent: Intent, posts: list[OwnPost]
    ) -> Outcome:
        for index in range(len(posts), len(variant.parts)):
            form = _form(variant, index, posts)
            if "image_url" in form:
                result = containers.publish(api, form, intent.kept, self._clock())
            else:
                result = _publish(api, form, self._clock())
            if not isinstance(result, str):
                return partly(result, [post.id for post in posts], len(variant.parts))
            posts.append(OwnPost(result))
        return Accepted(self._receipt(credentials, [_with_address(api, posts[0]), *posts[1:]]))

    def _delete(self, api: ThreadsApi, post_id: str) -> Outcome | None:
        """Return None when the post is gone. Raises what httpx raises."""
        response = api.delete(post_id)
        if response.is_success:
            return None
        error = meta.read_error(response, api.secrets)
        gone = error.code == refusals.NOT_THERE_YET or (error.code, error.subcode) == (meta.INVALID, meta.NOT_THERE)
        if response.is_client_error and gone:
            # The same words for a post that is gone and for an account that may not be seen any more.
            about = api.get("me", fields="id")
            if about.is_success:
                return None
            error, response = meta.read_error(about, api.secrets), about
        outcome = refusals.outcome(error, response, self._clock())
        if isinstance(outcome, Unconfirmed):
            return Deferred("Threads had an error of its own: the post is deleted later.", raw=outcome.raw)
        return outcome

    def _receipt(self, credentials: Credentials, posts: Sequence[OwnPost]) -> Receipt:
        first = posts[0]
        return Receipt(
            first.id,
            url=page(credentials, first.id, first.url),
            at=first.at or self._clock(),
            raw={"ids": [post.id for post in posts], "permalink": first.url},
            thread=tuple(post.id for post in posts),
        )


def _form(variant: Variant, index: int, posts: Sequence[OwnPost]) -> dict[str, str]:
    """Return what is asked for one part."""
    form = {"media_type": "TEXT", "text": variant.parts[index]}
    picture = composition.picture_url(variant) if index == 0 else ""
    card, link = composition.card_of(variant)
    if picture:
        form |= {"media_type": "IMAGE", "image_url": picture}
        limits = CAPABILITIES.pictures
        if limits and variant.picture is not None and (alt := pictures.short_alt(variant.picture.alt, limits)):
            form["alt_text"] = alt
    elif link and index == card:
        form["link_attachment"] = link
    if posts:
        form["reply_to_id"] = posts[-1].id
    elif (audience := ThreadsPayload.of(variant).reply_control) != EVERYONE:
        form["reply_control"] = audience
    return form


def _publish(api: ThreadsApi, form: dict[str, str], now: datetime) -> str | Outcome:
    """Make a post of text by one call; return its number, or what became of it."""
    try:
        response = api.post("me/threads", {**form, "auto_publish_text": "true"})
    except http.NEVER_SENT:
        return unreachable("Threads")
    except httpx.RequestError:
        return lost_answer("Threads")
    if response.is_success:
        return meta.read_id(response) or Unconfirmed("Threads answered without the post’s number.")
    return refusals.outcome(meta.read_error(response, api.secrets), response, now)


def _with_address(api: ThreadsApi, post: OwnPost) -> OwnPost:
    """Ask for a new post's address; one that can't be had now is no reason to worry anybody."""
    if post.url:
        return post
    try:
        response = api.get(post.id, fields="permalink")
    except (AddressRefused, httpx.RequestError):
        return post
    return replace(post, url=str(json_object(response).get("permalink") or "")) if response.is_success else post


channel: PostChannel = ThreadsChannel()
