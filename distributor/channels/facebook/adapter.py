"""The Facebook channel: one post on one page, by the Graph API.

Source: https://developers.facebook.com/docs/graph-api/reference/page/feed/
"""

from __future__ import annotations

import logging
import re

import httpx

from distributor.channels import http
from distributor.channels.answers import is_token, look_first, lost, page, unreachable
from distributor.channels.base import Credentials, Field, Intent, LookupAway
from distributor.channels.facebook import compose as composing
from distributor.channels.facebook import graph
from distributor.channels.facebook.capabilities import CAPABILITIES
from distributor.channels.network import NetworkChannel
from distributor.domain.capabilities import Capabilities
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Accepted, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Variant

logger = logging.getLogger(__name__)

ROOT = "https://graph.facebook.com"
PAGES_LOOKED_AT = 5

FIELDS = (
    Field("page_id", "Page ID", help="The number of the page, in its “About” section."),
    Field(
        "page_token",
        "Page access token",
        help="A long-lived page token with pages_manage_posts and pages_read_engagement.",
        secret=True,
    ),
    Field("api_version", "Graph API version", help="For example v24.0. Meta ends each one after about two years."),
)


class FacebookChannel(NetworkChannel):
    """A Facebook page. What is unclear is looked for in the page’s own feed, and never posted again blindly."""

    name = "facebook"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[Field, ...] = FIELDS
    compose = staticmethod(composing.compose)
    check = staticmethod(composing.check)

    def send(self, account: Credentials, variant: Variant, intent: Intent) -> Outcome:
        if not variant.parts and not variant.link:
            return Rejected("There is nothing to post.")
        if not _is_complete(account):
            return Reconnect("The Facebook account has no usable page ID, token or API version: connect it again.")
        if intent.attempt > 1:
            known = look_first(lambda: self.find_existing(account, intent, variant))
            if known is not None:
                return known
        form = {"message": _message(variant)}
        if variant.link:
            form["link"] = variant.link
        try:
            with self.client(account) as client:
                answer = client.post(_feed(account), headers=_headers(account), data=form)
        except http.NEVER_SENT:
            return unreachable("Facebook")
        except httpx.RequestError:
            return lost("Facebook")
        return self._outcome(answer, account, variant, intent)

    def find_existing(self, account: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        """Look for the message in the page's own feed since the first try."""
        wanted = graph.comparable(_message(variant))
        query = {
            "fields": "id,message,created_time,permalink_url",
            "since": str(int((intent.first_tried_at - graph.CLOCKS_DIFFER).timestamp())),
            "limit": "100",
        }
        try:
            with self.client(account) as client:
                for _ in range(PAGES_LOOKED_AT):
                    answer = client.get(_feed(account), headers=_headers(account), params=query)
                    stories, after = graph.read_feed(answer)
                    for story in stories:
                        if graph.comparable(story.message) == wanted:
                            url = page(account, story.id, story.url or f"https://www.facebook.com/{story.id}")
                            return Receipt(remote_id=story.id, url=url, at=story.created_at, raw={"found": True})
                    if not after:
                        return None
                    query["after"] = after
        except (AddressRefused, httpx.RequestError):
            raise LookupAway("Facebook did not answer.") from None
        return None

    def _outcome(self, answer: httpx.Response, account: Credentials, variant: Variant, intent: Intent) -> Outcome:
        usage = graph.usage(answer)
        if usage > graph.USAGE_HIGH:
            logger.warning("The Facebook account “%s” has used %d %% of what its app may do.", account.name, usage)
        if answer.is_success:
            post_id = graph.post_id(answer)
            if not post_id:
                return Unconfirmed("Facebook answered without the post’s number.")
            url = page(account, post_id, f"https://www.facebook.com/{post_id}")
            return Accepted(Receipt(post_id, url=url, at=self._clock(), raw={"id": post_id, "usage_percent": usage}))
        error = graph.read_error(answer, account.values.values())
        if error.code == graph.DUPLICATE:
            return self._duplicate(account, variant, intent)
        return graph.outcome(error, answer, self._clock())

    def _duplicate(self, account: Credentials, variant: Variant, intent: Intent) -> Outcome:
        """Tell our own post, whose answer had been lost, from an older one with the same words."""
        try:
            found = self.find_existing(account, intent, variant)
        except LookupAway:
            return Unconfirmed("Facebook says that it has this post already, and could not be asked for it.")
        if found is not None:
            return Accepted(found)
        return Rejected("Facebook has the same post from before: change the text.", code=str(graph.DUPLICATE))


def _message(variant: Variant) -> str:
    return "\n\n".join(variant.parts)


def _is_complete(account: Credentials) -> bool:
    """Whether the values are of the right shape; they become part of an address."""
    values = account.values
    return bool(
        re.fullmatch(r"\d{1,30}", values.get("page_id", ""))
        and re.fullmatch(r"v\d{1,3}\.\d{1,2}", values.get("api_version", ""))
        and is_token(values.get("page_token", ""))
    )


def _feed(account: Credentials) -> str:
    return f"{account.endpoint or ROOT}/{account.values['api_version']}/{account.values['page_id']}/feed"


def _headers(account: Credentials) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.values['page_token']}"}  # never in the URL: URLs end up in logs
