"""The Facebook channel: one post on one page, by the Graph API.

Sources: https://developers.facebook.com/docs/graph-api/reference/page/feed/, /page/photos/, /object/comments/.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import httpx

from distributor.channels import http, meta, pictures
from distributor.channels.base import AccountField, ChannelSetting, Credentials, Intent, LookupAway, PostChannel
from distributor.channels.connect_flow import ConnectFlow, ConnectRefused, Identity, NetworkAway
from distributor.channels.facebook import comments, feed, refusals
from distributor.channels.facebook import compose as composition
from distributor.channels.facebook.api import POST_ID, PageApi, is_complete
from distributor.channels.facebook.capabilities import CAPABILITIES
from distributor.channels.facebook.connect import FacebookConnectFlow
from distributor.channels.facebook.payload import FacebookPayload
from distributor.channels.network import NetworkChannel
from distributor.channels.post_steps import old_words
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import look_first, lost_answer, page, unreachable
from distributor.domain.capabilities import Capabilities
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Payload, Variant

logger = logging.getLogger(__name__)

_INCOMPLETE = Reconnect("The Facebook account has no usable page ID, token or API version: connect it again.")

FIELDS = (
    AccountField("page_id", "Page ID", help="The number of the page, in its “About” section."),
    AccountField(
        "page_token",
        "Page access token",
        help="A long-lived page token with pages_manage_posts and pages_read_engagement.",
        secret=True,
    ),
    AccountField(
        "api_version", "Graph API version", help="For example v24.0. Meta ends each one after about two years."
    ),
    AccountField("proof", "Proof that the app calls", secret=True, optional=True, hidden=True),
)


class FacebookChannel(NetworkChannel):
    """A Facebook page. What is unclear is looked for in the page’s own feed, and never posted again blindly."""

    name = "facebook"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    settings: tuple[ChannelSetting, ...] = composition.SETTINGS
    connect_flow: ConnectFlow | None = FacebookConnectFlow()
    payload: type[Payload] = FacebookPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        """Post, then comment where that is chosen: a comment that fails leaves the post accepted, and `raw` says so."""
        if not variant.parts and (not variant.link or _comment(variant)):
            return Rejected("There is nothing to post.")
        if not is_complete(credentials):
            return _INCOMPLETE
        if intent.attempt > 1:
            receipt = look_first(lambda: self.find_existing(credentials, intent, variant))
            if receipt is not None:
                return receipt
        with self._api(credentials) as api:
            try:
                response = _publish(api, variant)
            except http.NEVER_SENT:
                return unreachable("Facebook")
            except httpx.RequestError:
                return lost_answer("Facebook")
            return self._outcome(api, response, credentials, variant, intent)

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        """Look for the message in the page's own feed since the first try; a comment that is missing there is made."""
        if not is_complete(credentials):
            raise LookupAway(_INCOMPLETE.reason)
        try:
            with self._api(credentials) as api:
                story = feed.find(api, _message(variant), intent, self._clock())
                if story is None:
                    return None
                raw: dict[str, object] = {"id": story.id, "found": True}
                if _comment(variant):
                    raw["comment"] = comments.complete(api, story.id, _comment(variant))
        except (AddressRefused, httpx.RequestError):
            raise LookupAway("Facebook did not answer.") from None
        return self._receipt(credentials, story.id, raw, url=story.url, at=story.created_at)

    def calls(self, variant: Variant) -> int:
        return 2 if _comment(variant) else 1

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:  # noqa: ARG002
        """Delete the post, and its comments with it."""
        if not is_complete(credentials):
            return _INCOMPLETE
        if not POST_ID.fullmatch(receipt.remote_id):  # it becomes part of an address
            return Rejected("The post has no number to delete it by: delete it on Facebook.", remedy="look")
        try:
            with self._api(credentials) as api:
                response = api.delete(receipt.remote_id)
                error = meta.read_error(response, api.secrets)
                if (error.code, error.subcode) == (meta.INVALID, meta.NOT_THERE):
                    # The same words for a post that is gone and for a page that may not be seen any more.
                    about = api.get(api.page_id, fields="id")
                    if about.is_success:
                        return Accepted(receipt)
        except (AddressRefused, httpx.RequestError):
            return Deferred("Facebook did not answer: the post is deleted later.")
        if response.is_success:
            return Accepted(receipt, meta.read_usage(response).allowance(self._clock()))
        outcome = refusals.outcome(error, response, self._clock())
        if isinstance(outcome, Unconfirmed):
            return Deferred("Facebook had an error of its own: the post is deleted later.", raw=outcome.raw)
        return outcome

    def identify(self, credentials: Credentials) -> Identity:
        if not is_complete(credentials):
            raise ConnectRefused(_INCOMPLETE.reason)
        try:
            with self._api(credentials) as api:
                response = api.get(api.page_id, fields="id,name,link")
                error = meta.read_error(response, api.secrets)
        except (AddressRefused, httpx.RequestError):
            raise NetworkAway("Facebook did not answer: try again in a moment.") from None
        about = json_object(response)
        if response.is_success and about.get("id"):
            name = str(about.get("name") or about["id"])
            return Identity(str(about["id"]), name, credentials.values, kind="page", url=str(about.get("link") or ""))
        outcome = refusals.outcome(error, response, self._clock())
        if isinstance(outcome, Unconfirmed | Deferred):
            raise NetworkAway(f"Facebook could not say whose page this is ({error.code_text}): try again in a moment.")
        raise ConnectRefused(getattr(outcome, "reason", "Facebook does not show this page."))

    @contextmanager
    def _api(self, credentials: Credentials) -> Iterator[PageApi]:
        with self.client(credentials) as client:
            yield PageApi(client, credentials)

    def _outcome(
        self, api: PageApi, response: httpx.Response, credentials: Credentials, variant: Variant, intent: Intent
    ) -> Outcome:
        usage = meta.read_usage(response)
        if usage.percent > meta.USAGE_HIGH:
            logger.warning(
                "The Facebook account “%s” has used %d %% of what its app may do.", credentials.name, usage.percent
            )
        if not response.is_success:
            error = meta.read_error(response, api.secrets)
            if error.code == refusals.DUPLICATE:
                return self._duplicate(credentials, variant, intent, error.raw)
            return refusals.outcome(error, response, self._clock())
        post_id = meta.read_id(response, "post_id") or meta.read_id(response)
        if not post_id:
            return Unconfirmed("Facebook answered without the post’s number.")
        raw: dict[str, object] = {"id": post_id, "usage_percent": usage.percent}
        if _comment(variant):
            raw["comment"] = comments.add(api, post_id, _comment(variant))
        return Accepted(self._receipt(credentials, post_id, raw), usage.allowance(self._clock()))

    def _duplicate(
        self, credentials: Credentials, variant: Variant, intent: Intent, raw: Mapping[str, object]
    ) -> Outcome:
        """Tell our own post, whose answer had been lost, from an older one with the same words."""
        try:
            receipt = self.find_existing(credentials, intent, variant)
        except LookupAway:
            return Unconfirmed("Facebook says that it has this post already, and could not be asked for it.", raw=raw)
        if receipt is not None:
            return Accepted(receipt)
        if not intent.nothing_out:  # ours may not be listed yet
            reason = "Facebook says that it has this post already, perhaps from the try before: look at the page."
            return Unconfirmed(reason, raw=raw)
        return old_words("Facebook", code=str(refusals.DUPLICATE), raw=raw)

    def _receipt(
        self,
        credentials: Credentials,
        post_id: str,
        raw: Mapping[str, object],
        *,
        url: str = "",
        at: datetime | None = None,
    ) -> Receipt:
        real = url or f"https://www.facebook.com/{post_id}"
        comment = raw.get("comment")
        incomplete = str(comment.get("missing", "")) if isinstance(comment, Mapping) else ""
        return Receipt(post_id, page(credentials, post_id, real), at or self._clock(), raw, incomplete)


def _publish(api: PageApi, variant: Variant) -> httpx.Response:
    """Make the one call that makes the post. Raises what httpx raises."""
    message = _message(variant)
    if FacebookPayload.of(variant).kind == "photo" and variant.picture is not None:
        limits = CAPABILITIES.pictures
        assert limits is not None
        form = {"caption": message, "published": "true"}
        if variant.picture.alt:
            form["alt_text_custom"] = variant.picture.alt[: limits.alt_text]
        return api.upload(f"{api.page_id}/photos", form, pictures.load(variant.picture, limits))
    form = {"message": message}
    if variant.link and not _comment(variant):
        form["link"] = variant.link
    return api.post(f"{api.page_id}/feed", form)


def _message(variant: Variant) -> str:
    return "\n\n".join(variant.parts)


def _comment(variant: Variant) -> str:
    return FacebookPayload.of(variant).comment


channel: PostChannel = FacebookChannel()
