"""What channels that post on a network have in common: a base class with the parts that most of them share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import httpx

from distributor.channels import http
from distributor.channels.base import AccountField, ChannelSetting, Clock, Credentials, Intent, Options
from distributor.channels.connect_flow import ConnectFlow, ConnectRefused, Identity, TokenRenewal
from distributor.channels.responses import utc_now
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Outcome, Receipt, Rejected
from distributor.domain.variants import Concern, Payload, Variant

TIMEOUT = 30.0  # seconds, for each of: connect, one write, one read


class NetworkChannel:
    """A PostChannel without the parts that are its network's own: `compose`, `check` and `send`.

    `timeout` is in seconds, for connecting and for each read and write; `clock` tells the time (aware).
    """

    name: str
    capabilities: Capabilities
    fields: tuple[AccountField, ...] = ()
    settings: tuple[ChannelSetting, ...] = ()
    payload: type[Payload] = Payload
    connect_flow: ConnectFlow | None = None
    token_renewal: TokenRenewal | None = None

    def __init__(self, *, timeout: float = TIMEOUT, clock: Clock = utc_now) -> None:
        self._timeout = timeout
        self._clock = clock

    def check_account(self, credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:  # noqa: ARG002
        return ()

    def can_look(self, credentials: Credentials) -> bool:  # noqa: ARG002
        """Return what holds for all accounts of the channel."""
        return self.capabilities.lookup

    def not_before(self, options: Options, moment: datetime) -> datetime:  # noqa: ARG002
        """Return `moment`: it sends day and night."""
        return moment

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:  # noqa: ARG002
        """Return None: nothing can be asked."""
        return None

    def calls(self, variant: Variant) -> int:
        """Return one call for each post."""
        return max(len(variant.parts), 1)

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:  # noqa: ARG002
        return Rejected(f"{self.capabilities.label} can’t delete what was sent.")

    def identify(self, credentials: Credentials) -> Identity:  # noqa: ARG002
        raise ConnectRefused(f"{self.capabilities.label} can’t be asked whose account this is.")

    def client(
        self, credentials: Credentials, *, headers: Mapping[str, str] | None = None, within: float | None = None
    ) -> httpx.Client:
        """Return the guarded client, which may reach the practice world for a practice account only.

        `within`: seconds for all that it does, for a host that is anybody's: it could send a byte now and then.
        """
        allow = (credentials.endpoint,) if credentials.practice else ()
        client = http.client(allow=allow, timeout=self._timeout, within=within)
        client.headers.update(headers or {})
        return client
