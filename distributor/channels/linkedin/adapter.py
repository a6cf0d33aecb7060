"""The LinkedIn channel: one post of a member or an organisation, by the Posts API.

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

import re
from typing import Any

import httpx

from distributor.channels import http, pictures
from distributor.channels.base import AccountField, ChannelSetting, Credentials, Intent, LookupAway, PostChannel
from distributor.channels.connect_flow import ConnectRefused, Identity
from distributor.channels.linkedin import api, identity, refusals, uploads
from distributor.channels.linkedin import compose as composition
from distributor.channels.linkedin.capabilities import CAPABILITIES
from distributor.channels.linkedin.connect import LinkedInConnectFlow, LinkedInTokenRenewal
from distributor.channels.linkedin.little_text import to_little_text, to_plain
from distributor.channels.linkedin.payload import CARD, CONNECTIONS, PICTURE, PUBLIC, LinkedInPayload
from distributor.channels.lookups import comparable, window
from distributor.channels.network import NetworkChannel
from distributor.channels.post_steps import old_words
from distributor.channels.responses import look_first, lost_answer, page, unreachable
from distributor.domain.capabilities import Capabilities
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Concern, Payload, Variant

PAGES_LOOKED_AT = 5
_LINK = re.compile(r"https?://\S+")
READ_MEMBER, READ_ORGANISATION = "r_member_social", "r_organization_social"

FIELDS = (
    AccountField("author", "Author", help="Who posts: urn:li:organization:… (the page’s number) or urn:li:person:…"),
    AccountField(
        "access_token",
        "Access token",
        help="With w_member_social for a member, or w_organization_social and r_organization_social for a page.",
        secret=True,
    ),
    AccountField(
        "api_version", "API version", help="Year and month, such as 202610. LinkedIn ends each after about a year."
    ),
    AccountField("refresh_token", "Refresh token", secret=True, optional=True, hidden=True),
    AccountField("scopes", "Scopes that were granted", optional=True, hidden=True),
)
SETTINGS = (
    ChannelSetting(
        "show",
        "Shows",
        help="The card of the letter’s link, or the picture by itself with the link in the text.",
        choices=(CARD, PICTURE),
        default=CARD,
    ),
    ChannelSetting(
        "visibility",
        "Seen by",
        help="Everybody, or the member’s connections only. Pages post to everybody.",
        choices=(PUBLIC, CONNECTIONS),
        default=PUBLIC,
    ),
)


class LinkedInChannel(NetworkChannel):
    """LinkedIn. An organisation’s posts can be looked through; a member’s only with a scope that hardly any app has."""

    name = "linkedin"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    settings: tuple[ChannelSetting, ...] = SETTINGS
    connect_flow = LinkedInConnectFlow()
    token_renewal = LinkedInTokenRenewal()
    payload: type[Payload] = LinkedInPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def check_account(self, credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:
        author = credentials.values.get("author", "")
        if api.is_organisation(author) and LinkedInPayload.of(variant).visibility == CONNECTIONS:
            return (Concern(f"“{credentials.name}” is a page and can post to everybody only: it won’t post this."),)
        return ()

    def can_look(self, credentials: Credentials) -> bool:
        """Whether this account's posts may be read. Where its scopes are not known, pages are taken to."""
        organisation = api.is_organisation(credentials.values.get("author", ""))
        scopes = credentials.values.get("scopes", "").split()
        if not scopes:
            return organisation
        return (READ_ORGANISATION if organisation else READ_MEMBER) in scopes

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        problem = _unsendable(credentials, variant)
        if problem is not None:
            return problem
        if intent.attempt > 1 and self.can_look(credentials):
            receipt = look_first(lambda: self.find_existing(credentials, intent, variant))
            if receipt is not None:
                return receipt
        try:
            with self.client(credentials, headers=api.account_headers(credentials)) as client:
                payload = _post(credentials, variant, self._picture(client, credentials, variant))
                response = client.post(f"{api.root(credentials.endpoint)}/rest/posts", json=payload)
        except uploads.NotUploaded as error:
            return error.outcome
        except http.NEVER_SENT:
            return unreachable("LinkedIn")
        except httpx.RequestError:
            return lost_answer("LinkedIn")
        return self._outcome(response, credentials, variant, intent)

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        """Look for the text among the author's newest posts, back to the first try; None where it may not be read."""
        if not self.can_look(credentials) or not variant.parts or api.missing_value(credentials):
            return None
        text = _comparable(_text(variant))
        try:
            with self.client(credentials, headers=api.account_headers(credentials)) as client:
                for number in range(PAGES_LOOKED_AT):
                    response = _newest(client, credentials, number)
                    bounds = window(intent, response.headers, self._clock())
                    recent = [post for post in api.read_posts(response) if not bounds.is_older(post.created_at)]
                    for post in recent:
                        if post.id not in bounds.foreign_ids and _comparable(to_plain(post.little_text)) == text:
                            return Receipt(
                                post.id, url=_url(credentials, post.id), at=post.created_at, raw={"found": True}
                            )
                    if len(recent) < api.PAGE:
                        return None
        except (AddressRefused, httpx.RequestError):
            raise LookupAway("LinkedIn did not answer.") from None
        return None

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:  # noqa: ARG002
        if api.missing_value(credentials):
            return _incomplete(credentials)
        try:
            with self.client(credentials, headers=api.account_headers(credentials)) as client:
                response = client.delete(
                    api.post_address(credentials.endpoint, receipt.remote_id), headers={"X-RestLi-Method": "DELETE"}
                )
        except (AddressRefused, httpx.RequestError):
            return Deferred("LinkedIn did not say whether the post is gone; deleting it again harms nobody.")
        if response.is_success or response.status_code == httpx.codes.NOT_FOUND:
            return Accepted(receipt)
        outcome = self._refusal(response, credentials)
        if isinstance(outcome, Unconfirmed):
            return Deferred(f"LinkedIn could not delete the post now ({response.status_code}).", raw=outcome.raw)
        return outcome

    def identify(self, credentials: Credentials) -> Identity:
        missing_value = api.missing_value(credentials)
        if missing_value:
            raise ConnectRefused(f"The LinkedIn account has no usable {missing_value}.")
        with self.client(credentials, headers=api.account_headers(credentials)) as client:
            return identity.identify(client, credentials)

    def _picture(self, client: httpx.Client, credentials: Credentials, variant: Variant) -> str:
        """Upload the variant's picture and return its URN, "" where it has none. Raises NotUploaded."""
        if variant.picture is None or CAPABILITIES.pictures is None:
            return ""
        picture = pictures.load(variant.picture, CAPABILITIES.pictures)
        return uploads.upload(client, credentials, picture, self._clock())

    def _outcome(self, response: httpx.Response, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        if response.is_success:
            urn = api.new_id(response)
            if not urn:
                return Unconfirmed("LinkedIn answered without the post’s number.")
            return Accepted(Receipt(urn, url=_url(credentials, urn), at=self._clock(), raw={"id": urn}))
        refusal = refusals.read(response, credentials.values.values())
        if refusals.DUPLICATE in refusal.codes:
            return self._duplicate(credentials, variant, intent, refusal)
        return self._refusal(response, credentials)

    def _refusal(self, response: httpx.Response, credentials: Credentials) -> Outcome:
        refusal = refusals.read(response, credentials.values.values())
        return refusals.outcome(
            response, refusal, self._clock(), renewable=bool(credentials.values.get("refresh_token"))
        )

    def _duplicate(
        self, credentials: Credentials, variant: Variant, intent: Intent, refusal: refusals.Refusal
    ) -> Outcome:
        """Tell our own post, whose answer had been lost, from an older one with the same words.

        The message names a post, but not reliably one that exists (https://github.com/ComposioHQ/composio/issues/2710).
        """
        reason = "LinkedIn says that it has this post already"
        try:
            receipt = self.find_existing(credentials, intent, variant)
        except LookupAway:
            return Unconfirmed(f"{reason}, and could not be asked for it.", raw=refusal.raw)
        if receipt is not None:
            return Accepted(receipt)
        if not intent.nothing_out:  # what is listed lags behind, and members' posts are not listed at all
            return Unconfirmed(f"{reason}, perhaps from the try before: look at the account’s posts.", raw=refusal.raw)
        return old_words("LinkedIn", code=refusal.code, raw=refusal.raw)


def _unsendable(credentials: Credentials, variant: Variant) -> Outcome | None:
    """Say why this can't even be tried; None when it can."""
    if not variant.parts:
        return Rejected("There is nothing to post.")
    if api.missing_value(credentials):
        return _incomplete(credentials)
    if api.is_organisation(credentials.values["author"]) and LinkedInPayload.of(variant).visibility == CONNECTIONS:
        return Rejected("A page can post to everybody only, and this post is for connections: change who sees it.")
    return None


def _incomplete(credentials: Credentials) -> Reconnect:
    return Reconnect(f"The LinkedIn account has no usable {api.missing_value(credentials)}: connect it again.")


def _post(credentials: Credentials, variant: Variant, image: str) -> dict[str, Any]:
    """Return the post as the API takes it; `image` is an uploaded picture's URN, "" for none."""
    payload = LinkedInPayload.of(variant)
    post: dict[str, Any] = {
        "author": credentials.values["author"],
        "commentary": to_little_text(_text(variant)),
        "visibility": payload.visibility,
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    if variant.link and payload.show == CARD:
        article = {"source": variant.link, "title": payload.title or variant.parts[0][:100]}
        if payload.description:
            article["description"] = payload.description
        if image:
            article["thumbnail"] = image
        post["content"] = {"article": article}
    elif image and variant.picture is not None and CAPABILITIES.pictures is not None:
        alt = pictures.short_alt(variant.picture.alt, CAPABILITIES.pictures)
        post["content"] = {"media": {"id": image, "altText": alt}}
    return post


def _text(variant: Variant) -> str:
    return "\n\n".join(variant.parts)


def _newest(client: httpx.Client, credentials: Credentials, number: int) -> httpx.Response:
    """Ask for one page of the author's posts, the newest first, counted from 0. Raises what httpx raises."""
    query = {
        "q": "author",
        "author": credentials.values["author"],
        "sortBy": "CREATED",
        "count": str(api.PAGE),
        "start": str(number * api.PAGE),
    }
    url = f"{api.root(credentials.endpoint)}/rest/posts"
    return client.get(url, params=query, headers={"X-RestLi-Method": "FINDER"})


def _comparable(text: str) -> str:
    """Return a text so that LinkedIn's own changes do not matter, also to links, which it shortens (lnkd.in)."""
    return comparable(_LINK.sub("https://", text))


def _url(credentials: Credentials, urn: str) -> str:
    return page(credentials, urn, f"https://www.linkedin.com/feed/update/{urn}/")


channel: PostChannel = LinkedInChannel()
