"""The channel to a KakaoTalk channel's followers: one message to the account's circle of phone numbers.

Kakao lets only its dealers do that, so it goes through a dealer's gateway, which is addressed by phone numbers. These
are the account's own (`recipients`): our subscribers have mail addresses only.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import httpx

from distributor.channels.base import (
    AccountField,
    ChannelSetting,
    Credentials,
    Intent,
    LookupAway,
    Options,
    PostChannel,
)
from distributor.channels.connect_flow import ConnectRefused, Identity, NetworkAway
from distributor.channels.kakaochannel import compose as composition
from distributor.channels.kakaochannel import recipients
from distributor.channels.kakaochannel.capabilities import CAPABILITIES
from distributor.channels.kakaochannel.compose import SETTINGS
from distributor.channels.kakaochannel.gateway import Batch, FillResult, Gateway, GatewayRefused, Message, contents_of
from distributor.channels.kakaochannel.kinds import BRAND, kind_of
from distributor.channels.kakaochannel.payload import KakaoChannelPayload
from distributor.channels.kakaochannel.solapi import SolapiGateway
from distributor.channels.network import NetworkChannel
from distributor.channels.responses import is_token, page
from distributor.domain import message_kinds
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected
from distributor.domain.variants import Concern, Payload, Variant

FIELDS = (
    AccountField("api_key", "API key", help="At solapi.com, under API keys.", secret=True),
    AccountField("api_secret", "API secret", secret=True),
    AccountField("channel_id", "Number of the KakaoTalk channel", help="Solapi’s own of it (pfId): KA01PF…"),
    AccountField(
        "recipients",
        "Phone numbers",
        help="Of the people who want these messages and follow the channel, one a line or separated by commas.",
        secret=True,
        lines=True,
    ),
)


class KakaoFollowersChannel(NetworkChannel):
    """A KakaoTalk channel's followers. Each dispatch is one batch at the gateway, which is released once."""

    name = "kakaochannel"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    settings: tuple[ChannelSetting, ...] = SETTINGS
    payload: type[Payload] = KakaoChannelPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def not_before(self, options: Options, moment: datetime) -> datetime:
        """Return the end of the night where this kind of message keeps it."""
        kind = kind_of(options.setting("kind", BRAND))
        return moment if kind is None else message_kinds.not_before(kind, moment)

    def check_account(self, credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:  # noqa: ARG002
        """Say which of the circle's numbers can't be reached."""
        circle = recipients.read(credentials.values.get("recipients", ""))
        concerns = []
        if problem := _problem_with(circle):
            concerns.append(Concern(problem))
        elif circle.unreadable:
            concerns.append(
                Concern(f"{circle.unreadable} of the phone numbers are no Korean mobile numbers: they get nothing.")
            )
        if len(circle.numbers) <= recipients.MOST:
            concerns.append(Concern(f"It goes to {len(circle.numbers)} phone numbers.", "note"))
        return tuple(concerns)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        if not _usable(credentials):
            return Reconnect("The KakaoTalk channel’s account has no usable keys: connect it again.")
        message, kind = composition.message_of(variant), kind_of(KakaoChannelPayload.of(variant).kind)
        if message is None or kind is None:
            return Rejected("There is nothing to send: the letter has no text.")
        circle = recipients.read(credentials.values.get("recipients", ""))
        if problem := _problem_with(circle):
            return Rejected(problem, remedy="settings")
        now = self._clock()
        if (opens_at := message_kinds.not_before(kind, now)) > now:
            return Deferred(f"{kind.label} may not be sent at this hour.", opens_at)
        try:
            with self.client(credentials) as client:
                return self._send(_gateway(client, credentials), credentials, kind, message, circle, intent)
        except GatewayRefused as error:
            return error.outcome

    def _send(
        self,
        gateway: Gateway,
        credentials: Credentials,
        kind: message_kinds.MessageKind,
        message: Message,
        circle: recipients.Recipients,
        intent: Intent,
    ) -> Outcome:
        since, contents = intent.first_tried_at, contents_of(message, circle.numbers)
        before = gateway.find(intent.key, since=since, contents=contents) if intent.attempt > 1 else None
        if before is not None and before.released:
            return Accepted(_receipt(credentials, before))
        if kind.template:
            template = gateway.template(message.template)
            if reason := message_kinds.refusal(kind, template=message.template, status=template.status):
                return Rejected(reason, code="template", remedy="settings")
            if unknown := sorted(set(map(_plain, template.variables)) - set(message.variables)):
                reason = f"The template {message.template} has a variable that no letter can fill: #{{{unknown[0]}}}."
                return Rejected(reason, code="template", remedy="settings")
            values = {f"#{{{_plain(name)}}}": message.variables[_plain(name)] for name in template.variables}
            message = replace(message, variables=values)
        batch = before or gateway.prepare(intent.key, contents)
        fill_result = FillResult(batch.size) if batch.size else gateway.fill(batch, message, circle.numbers)
        if not fill_result.size:
            code = max(fill_result.refusals, key=lambda code: fill_result.refusals[code], default="")
            code = code or "none"
            because = fill_result.reason or f"the gateway’s code is {code}"
            reason = f"None of the {len(circle.numbers)} phone numbers was taken: {because}."
            return Rejected(reason, code=code)
        try:
            batch_out = gateway.release(batch)
        except GatewayRefused as error:
            # What went out already is refused too: a batch goes out once.
            again = gateway.find(intent.key, since=since) if isinstance(error.outcome, Rejected) else None
            if again is None or not again.released:
                raise
            batch_out = again
        return Accepted(_receipt(credentials, batch_out, fill_result, circle))

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:  # noqa: ARG002
        """Return the released batch of this intent; one that was only prepared went to nobody."""
        try:
            with self.client(credentials) as client:
                batch = _gateway(client, credentials).find(intent.key, since=intent.first_tried_at)
        except GatewayRefused as error:
            raise LookupAway(str(error)) from None
        return _receipt(credentials, batch) if batch is not None and batch.released else None

    def identify(self, credentials: Credentials) -> Identity:
        if not _usable(credentials):
            raise ConnectRefused("The keys are not complete: copy both of them anew.")
        try:
            with self.client(credentials) as client:
                number, name = _gateway(client, credentials).owner()
        except GatewayRefused as error:
            kind = NetworkAway if isinstance(error.outcome, Deferred) else ConnectRefused
            raise kind(str(error)) from None
        return Identity(number, name, credentials.values)


def _gateway(client: httpx.Client, credentials: Credentials) -> Gateway:
    """Return the dealer's gateway: the one place that names a dealer."""
    return SolapiGateway(client, credentials)


def _usable(credentials: Credentials) -> bool:
    return all(is_token(credentials.values.get(name, "")) for name in ("api_key", "api_secret", "channel_id"))


def _problem_with(circle: recipients.Recipients) -> str:
    if not circle.numbers:
        return "There is no Korean mobile number among the account’s phone numbers: enter at least one."
    if len(circle.numbers) > recipients.MOST:
        return f"The account has {len(circle.numbers):,} phone numbers, and {recipients.MOST:,} go at most: split them."
    return ""


def _plain(name: str) -> str:
    """Return a variable's name without its brackets."""
    return name.removeprefix("#{").removesuffix("}").strip()


def _receipt(
    credentials: Credentials,
    batch: Batch,
    fill_result: FillResult | None = None,
    circle: recipients.Recipients | None = None,
) -> Receipt:
    raw = dict(batch.raw)
    if fill_result is not None:
        raw |= {"taken": fill_result.size, "refused": dict(fill_result.refusals)}
    if circle is not None and circle.unreadable:
        raw["unreadable"] = circle.unreadable
    return Receipt(batch.remote_id, page(credentials, batch.remote_id, batch.url), batch.at, raw)


channel: PostChannel = KakaoFollowersChannel()
