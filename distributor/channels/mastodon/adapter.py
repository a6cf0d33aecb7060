"""The Mastodon channel: a post, or a thread, to one account on any server that speaks Mastodon's API.

Source: https://docs.joinmastodon.org/methods/statuses/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from distributor.channels.base import AccountField, ChannelSetting, Credentials, Intent, LookupAway, PostChannel
from distributor.channels.calls import CallFailure, Refused
from distributor.channels.connect_flow import ConnectFlow, Identity
from distributor.channels.mastodon import compose as composition
from distributor.channels.mastodon import connect, media
from distributor.channels.mastodon.capabilities import CAPABILITIES
from distributor.channels.mastodon.payload import MastodonPayload
from distributor.channels.mastodon.server import NETWORK, Server, outcome, the_id
from distributor.channels.mastodon.statuses import OwnPost, own_posts, read_post, thread
from distributor.channels.network import NetworkChannel
from distributor.channels.origins import NoServer
from distributor.channels.post_steps import before, cant_look, no_picture, not_deleted, partly
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import forgetting, is_token, page
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Accepted, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Concern, Payload, Variant

_LANGUAGE = re.compile(r"[a-z]{2,3}(?![a-zA-Z])")  # ISO 639: “pt” of “pt-BR”


class MastodonChannel(NetworkChannel):
    """Mastodon. A repeat is caught by the server for an hour, and looked for among the account’s own posts after it."""

    name = "mastodon"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = connect.FIELDS
    settings: tuple[ChannelSetting, ...] = composition.SETTINGS
    connect_flow: ConnectFlow | None = connect.MastodonConnectFlow()
    payload: type[Payload] = MastodonPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def check_account(self, credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:
        return composition.check_account(credentials, variant)

    def calls(self, variant: Variant) -> int:
        """Return one call for each post, and one for the picture."""
        return max(len(variant.parts), 1) + (variant.picture is not None)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        """Post the parts one after the other, each as an answer to the one before.

        When it is tried again, what is there already is not posted again, and a thread goes on behind it. The picture
        is uploaded before anything is posted.
        """
        return forgetting(self._send(credentials, variant, intent))

    def _send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        problem = _unsendable(credentials, variant)
        if problem is not None:
            return problem
        try:
            with self._server(credentials) as server:
                out: list[OwnPost] = []
                if intent.attempt > 1:
                    try:
                        out += self._posts_out(server, credentials, variant, intent)
                    except CallFailure as failure:
                        return cant_look(outcome(failure, self._clock()), NETWORK)
                pictures: list[str] = []
                if variant.picture is not None and not out:
                    try:
                        pictures.append(
                            media.attach(server, variant.picture, stored_id=intent.kept.get(media.MEDIA_ID, ""))
                        )
                    except media.NotReady as not_ready:
                        return media.not_ready(not_ready, self._clock())
                    except CallFailure as failure:
                        return no_picture(outcome(failure, self._clock()), NETWORK)
                return self._post(server, credentials, variant, intent, out, pictures)
        except NoServer as error:
            return Reconnect(str(error))
        except CallFailure as failure:
            return before(outcome(failure, self._clock()), NETWORK)

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        """Look among the account's own posts since the first try; a thread counts when all of it is there."""
        if not variant.parts:
            return None
        try:
            with self._server(credentials) as server:
                out = self._posts_out(server, credentials, variant, intent)
        except NoServer as error:
            raise LookupAway(str(error)) from None
        except CallFailure as failure:
            raise LookupAway(cant_look(outcome(failure, self._clock()), NETWORK).reason) from None
        return self._receipt(credentials, out) if len(out) == len(variant.parts) else None

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:  # noqa: ARG002
        """Delete the posts, the last one of a thread first."""
        if not receipt.ids:
            return Rejected("The post has no number to delete it by: delete it on Mastodon.", remedy="look")
        try:
            with self._server(credentials) as server:
                for post_id in reversed(receipt.ids):
                    _delete(server, str(post_id))
        except NoServer as error:
            return Reconnect(str(error))
        except CallFailure as failure:
            return not_deleted(outcome(failure, self._clock()), NETWORK)
        return Accepted(receipt)

    def identify(self, credentials: Credentials) -> Identity:
        with self.client(credentials) as client:
            return connect.identify(client, credentials)

    @contextmanager
    def _server(self, credentials: Credentials) -> Iterator[Server]:
        """Open the account's server. Raises NoServer, and Refused where there is no usable token."""
        token = credentials.values.get("access_token", "")
        if not is_token(token):
            raise Refused(401, message="no usable token")
        with self.client(credentials) as client:
            yield Server(client, connect.root(credentials), token)

    def _posts_out(self, server: Server, credentials: Credentials, variant: Variant, intent: Intent) -> list[OwnPost]:
        user_id = credentials.values.get("user_id", "")
        if not user_id:
            user_id = the_id(json_object(server.get("/api/v1/accounts/verify_credentials")))
        return thread(variant.parts, own_posts(server, user_id, intent, self._clock))

    def _post(
        self,
        server: Server,
        credentials: Credentials,
        variant: Variant,
        intent: Intent,
        out: list[OwnPost],
        pictures: Sequence[str],
    ) -> Outcome:
        total = len(variant.parts)
        for number in range(len(out) + 1, total + 1):
            body = _status(variant, number, reply_to=out[-1].id if out else "", pictures=pictures)
            key = f"{intent.key}-{number}"
            try:
                response = server.post("/api/v1/statuses", json=body, headers={"Idempotency-Key": key})
            except CallFailure as failure:
                return partly(outcome(failure, self._clock()), [post.id for post in out], total)
            post = read_post(json_object(response))
            if not post.id:
                no_number = Unconfirmed("The Mastodon server answered without the post’s number.")
                return partly(no_number, [post.id for post in out], total)
            out.append(post)
        return Accepted(self._receipt(credentials, out), server.allowance)

    def _receipt(self, credentials: Credentials, out: Sequence[OwnPost]) -> Receipt:
        first = out[0]
        ids = tuple(post.id for post in out)
        return Receipt(
            first.id, page(credentials, first.id, first.url), self._clock(), raw={"ids": list(ids)}, thread=ids
        )


def _unsendable(credentials: Credentials, variant: Variant) -> Rejected | None:
    """Say why a variant can't go to this account's server at all: better than half a thread."""
    if not variant.parts:
        return Rejected("There is nothing to post.")
    limit, link = composition.limits_of(credentials.values)
    longest = max(composition.needs(part, variant, link) for part in variant.parts)
    if credentials.values.get("characters") and longest > limit:
        reason = f"The account’s server takes {limit:,} characters a post, and this has {longest:,}: shorten it."
        return Rejected(reason, code="too-long", remedy="shorten")
    return None


def _status(variant: Variant, number: int, *, reply_to: str, pictures: Sequence[str]) -> dict[str, Any]:
    """Return post `number` as the server wants it."""
    payload = MastodonPayload.of(variant)
    body: dict[str, Any] = {"status": variant.parts[number - 1], "visibility": payload.visibility}
    if language := _LANGUAGE.match(variant.language):
        body["language"] = language[0]
    if payload.spoiler_text:
        body["spoiler_text"] = payload.spoiler_text
    if payload.sensitive:
        body["sensitive"] = True
    if reply_to:
        body["in_reply_to_id"] = reply_to
    elif pictures:
        body["media_ids"] = list(pictures)
    return body


def _delete(server: Server, post_id: str) -> None:
    """Delete a post; one that is gone is no error. Raises CallFailure."""
    try:
        server.delete(f"/api/v1/statuses/{post_id}")
    except Refused as error:
        if error.status not in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise


channel: PostChannel = MastodonChannel()
