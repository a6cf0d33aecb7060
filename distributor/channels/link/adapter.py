"""The link channel: publishes the letter's page in the page store."""

from __future__ import annotations

from distributor.channels.base import Credentials, Intent, PostChannel
from distributor.channels.link import compose as composition
from distributor.channels.link import page_store
from distributor.channels.link.capabilities import CAPABILITIES
from distributor.channels.link.payload import LinkPayload
from distributor.channels.network import NetworkChannel
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Accepted, Outcome, Receipt, Rejected
from distributor.domain.variants import Payload, Variant


class LinkChannel(NetworkChannel):
    """Our own pages. Publishing the same intent again changes nothing, so what is unclear is simply done again."""

    name = "link"
    capabilities: Capabilities = CAPABILITIES
    payload: type[Payload] = LinkPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:  # noqa: ARG002 # needs none
        try:
            return Accepted(page_store.PAGES.get().put(variant, intent))
        except page_store.PageRefused as error:
            return Rejected(str(error))

    def find_existing(
        self,
        credentials: Credentials,  # noqa: ARG002 # needs none
        intent: Intent,
        variant: Variant,  # noqa: ARG002 # the intent is enough
    ) -> Receipt | None:
        try:
            return page_store.PAGES.get().find(intent)
        except page_store.PageRefused:
            return None

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:  # noqa: ARG002 # needs none
        """Take the page down: its address says from then on that it was there, and publishing again is possible."""
        try:
            page_store.PAGES.get().remove(variant, receipt)
        except page_store.PageRefused as error:
            return Rejected(str(error))
        return Accepted(receipt)


channel: PostChannel = LinkChannel()
