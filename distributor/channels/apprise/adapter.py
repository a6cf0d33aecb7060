"""The Apprise channel: a text to one service, by the address that the library Apprise has for it.

Source: https://appriseit.com/services/
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from distributor.channels.apprise import compose as composition
from distributor.channels.apprise import results
from distributor.channels.apprise.capabilities import CAPABILITIES
from distributor.channels.apprise.payload import ApprisePayload
from distributor.channels.base import AccountField, Credentials, Intent, PostChannel
from distributor.channels.network import NetworkChannel
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Outcome, Reconnect, Rejected
from distributor.domain.text_fit import fit
from distributor.domain.text_length import measure
from distributor.domain.variants import Concern, Payload, Variant
from distributor.lazy_modules import LazyModule

if TYPE_CHECKING:
    from distributor.channels.apprise import service, wire
    from distributor.channels.apprise.service import Service
else:  # they load the library with its hundred plugins
    service, wire = LazyModule("distributor.channels.apprise.service"), LazyModule("distributor.channels.apprise.wire")

WITHIN = 60.0  # seconds for all requests of one message

FIELDS = (
    AccountField(
        "url",
        "Apprise address",
        help="Such as slack://… or discord://…: appriseit.com/services says how each is written. It holds the keys.",
        secret=True,
    ),
)


class AppriseChannel(NetworkChannel):
    """A service that Apprise knows. It can't be asked what is there, so what is unclear stays for a person."""

    name = "apprise"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    payload: type[Payload] = ApprisePayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def check_account(self, credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:
        try:
            target = service.read(credentials.values.get("url", ""))
        except service.Unusable as error:
            return (Concern(str(error)),)
        if not any(variant.parts) or _fit(variant, target) == variant.parts[0]:
            return ()
        size = measure(variant.parts[0], CAPABILITIES)
        return (
            Concern(f"{target.name} takes {target.limit:,} characters and the text has {size:,}: it is cut there."),
        )

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:  # noqa: ARG002 # no idempotency
        if not any(variant.parts):
            return Rejected("There is nothing to send.")
        try:
            target = service.read(credentials.values.get("url", ""))
        except service.Unusable as error:
            return Reconnect(str(error))
        text, title = _split(_fit(variant, target), variant, target)
        with self.client(credentials, within=WITHIN) as client:
            transport = wire.Wire(client, endpoint=credentials.endpoint)
            accepted = target.notify(transport, title=title, text=text)
        return results.outcome(accepted, transport, target.name, self._clock(), url=credentials.endpoint)


def _fit(variant: Variant, target: Service) -> str:
    """Return the text as this service takes it, its link whole at its end."""
    whole = variant.parts[0]
    if target.limit <= 0:
        return whole
    fit_result = fit(whole, replace(CAPABILITIES, label=target.name, limit=target.limit), keep=_link(variant))
    return fit_result.parts[0] if fit_result.parts else whole


def _split(text: str, variant: Variant, target: Service) -> tuple[str, str]:
    """Return the text without the letter's title, and the title, where the service shows a title by itself."""
    title = ApprisePayload.of(variant).title
    body = text.removeprefix(f"{title}\n").strip()
    if title and body and body != text and len(title) <= target.title_limit:
        return body, title
    return text, ""


def _link(variant: Variant) -> str:
    return variant.link if variant.parts[0].endswith(variant.link) else ""


channel: PostChannel = AppriseChannel()
