"""The Bluesky channel: a post, or a thread, to one account, over the AT Protocol.

Source: https://docs.bsky.app/docs/advanced-guides/posts
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from distributor.channels.base import AccountField, ChannelSetting, Credentials, Intent, LookupAway, PostChannel
from distributor.channels.bluesky import compose as composition
from distributor.channels.bluesky import records, sessions, xrpc
from distributor.channels.bluesky.capabilities import CAPABILITIES, POINTS_A_POST
from distributor.channels.bluesky.facets import Resolve
from distributor.channels.bluesky.keys import created_at, record_key
from distributor.channels.bluesky.payload import BlueskyPayload
from distributor.channels.bluesky.xrpc import Ref, Service
from distributor.channels.calls import CallFailure, Refused
from distributor.channels.connect_flow import Identity, TokenRenewal
from distributor.channels.network import NetworkChannel
from distributor.channels.origins import NoServer
from distributor.channels.post_steps import before, cant_look, no_picture, not_deleted, partly
from distributor.channels.responses import is_token, page
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Accepted, Outcome, Receipt, Reconnect, Rejected
from distributor.domain.variants import Payload, Variant


class BlueskyChannel(NetworkChannel):
    """Bluesky. A post’s key is made of its intent, so the network itself can’t take one twice."""

    name = "bluesky"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = sessions.FIELDS
    settings: tuple[ChannelSetting, ...] = composition.SETTINGS
    token_renewal: TokenRenewal | None = sessions.Renewal()
    payload: type[Payload] = BlueskyPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        """Post the parts one after the other, each as an answer to the one before.

        What is there already (this is not the first attempt, or another worker was faster) is left as it is, and a
        thread goes on behind it. The picture is uploaded before anything is posted.
        """
        if not variant.parts:
            return Rejected("There is nothing to post.")
        try:
            with self._service(credentials) as service:
                did = sessions.did_of(service)
                out: list[Ref] = []
                if intent.attempt > 1:
                    try:
                        out += _posts_out(service, did, variant, intent)
                    except CallFailure as failure:
                        return cant_look(xrpc.outcome(failure, self._clock()), xrpc.NETWORK)
                if len(out) == len(variant.parts):
                    return Accepted(self._receipt(credentials, out))
                try:
                    embed = records.embed(variant, service) if len(out) < records.embed_number(variant) else None
                except CallFailure as failure:
                    refusal = no_picture(xrpc.outcome(failure, self._clock()), xrpc.NETWORK)
                    return partly(refusal, [ref.uri for ref in out], len(variant.parts))
                return self._post(service, credentials, did, variant, intent, out, embed)
        except NoServer as error:
            return Reconnect(str(error))
        except CallFailure as failure:
            return before(xrpc.outcome(failure, self._clock()), xrpc.NETWORK)

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        """Ask for the records by their keys; a thread counts when all of it is there."""
        if not variant.parts:
            return None
        try:
            with self._service(credentials) as service:
                out = _posts_out(service, sessions.did_of(service), variant, intent)
        except NoServer as error:
            raise LookupAway(str(error)) from None
        except CallFailure as failure:
            raise LookupAway(cant_look(xrpc.outcome(failure, self._clock()), xrpc.NETWORK).reason) from None
        return self._receipt(credentials, out) if len(out) == len(variant.parts) else None

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:  # noqa: ARG002
        """Delete the posts, the last one of a thread first."""
        if not receipt.ids:
            return Rejected("The post has no number to delete it by: delete it on Bluesky.", remedy="look")
        try:
            with self._service(credentials) as service:
                for uri in reversed(receipt.ids):
                    service.delete(*_place(uri))
        except NoServer as error:
            return Reconnect(str(error))
        except CallFailure as failure:
            return not_deleted(xrpc.outcome(failure, self._clock()), xrpc.NETWORK)
        return Accepted(receipt)

    def identify(self, credentials: Credentials) -> Identity:
        with self.client(credentials) as client:
            return sessions.identify(client, credentials)

    @contextmanager
    def _service(self, credentials: Credentials) -> Iterator[Service]:
        """Open the account's service with its session. Raises NoServer, and Refused where there is no session yet."""
        token = credentials.values.get("access_token", "")
        if not is_token(token):
            raise Refused(400, "ExpiredToken", "no session yet")
        with self.client(credentials) as client:
            yield sessions.service(client, credentials, token=token)

    def _post(
        self,
        service: Service,
        credentials: Credentials,
        did: str,
        variant: Variant,
        intent: Intent,
        out: list[Ref],
        embed: dict[str, object] | None,
    ) -> Outcome:
        total = len(variant.parts)
        resolve = _resolver(service)
        for number in range(len(out) + 1, total + 1):
            record = records.record(
                variant,
                number,
                made_at=created_at(intent, number),
                before=out,
                embed_value=embed if number == records.embed_number(variant) else None,
                resolve=resolve,
            )
            try:
                out.append(service.put(did, record_key(intent, number), record))
            except CallFailure as failure:
                return partly(xrpc.outcome(failure, self._clock()), [ref.uri for ref in out], total)
        return Accepted(self._receipt(credentials, out), xrpc.allowance(service, POINTS_A_POST))

    def _receipt(self, credentials: Credentials, out: Sequence[Ref]) -> Receipt:
        did, key = _place(out[0].uri)
        url = page(credentials, out[0].uri, f"{sessions.PROFILES}/{did}/post/{key}")
        raw = {"posts": [ref.to_json() for ref in out]}
        return Receipt(out[0].uri, url, self._clock(), raw=raw, thread=tuple(ref.uri for ref in out))


def _posts_out(service: Service, did: str, variant: Variant, intent: Intent) -> list[Ref]:
    """Return as many of the intent's posts as are there, from the first one on. Raises CallFailure."""
    out: list[Ref] = []
    for number in range(1, len(variant.parts) + 1):
        ref = service.find(did, record_key(intent, number))
        if ref is None:
            break
        out.append(ref)
    return out


def _place(uri: str) -> tuple[str, str]:
    """Return the account and the key that a post's address (`at://did/app.bsky.feed.post/key`) names."""
    did, _, key = uri.removeprefix("at://").partition(f"/{xrpc.POSTS}/")
    return did, key


def _resolver(service: Service) -> Resolve:
    """Return what turns a handle into its DID. A name that can't be found out about is no reason not to post."""
    away = False

    def resolve(handle: str) -> str | None:
        nonlocal away
        if away:
            return None
        try:
            did = service.get("com.atproto.identity.resolveHandle", handle=handle).get("did")
        except Refused:
            return None
        except CallFailure:
            away = True  # and it is not waited for again
            return None
        return did if isinstance(did, str) and did.startswith("did:") else None

    return resolve


channel: PostChannel = BlueskyChannel()
