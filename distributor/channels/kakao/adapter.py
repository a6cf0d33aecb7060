"""The KakaoTalk channel: one message card, to the connected account's own chat room or to its friends.

Source: https://developers.kakao.com/docs/latest/en/kakaotalk-message/rest-api
"""

from __future__ import annotations

import httpx

from distributor.channels import http
from distributor.channels.base import AccountField, ChannelSetting, Credentials, Intent, PostChannel
from distributor.channels.connect_flow import ConnectFlow, Identity, TokenRenewal
from distributor.channels.kakao import api, friends, refusals
from distributor.channels.kakao import compose as composition
from distributor.channels.kakao.capabilities import CAPABILITIES
from distributor.channels.kakao.compose import SETTINGS
from distributor.channels.kakao.connect import FIELDS, FRIENDS, KakaoConnectFlow, KakaoTokenRenewal, identify
from distributor.channels.kakao.payload import TO_FRIENDS, KakaoPayload, Template
from distributor.channels.network import NetworkChannel
from distributor.channels.responses import is_token, lost_answer, unreachable
from distributor.domain.capabilities import Capabilities
from distributor.domain.outcomes import Accepted, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Concern, Payload, Variant


class KakaoChannel(NetworkChannel):
    """KakaoTalk. What was sent can’t be listed, so what is unclear stays for a person."""

    name = "kakao"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    settings: tuple[ChannelSetting, ...] = SETTINGS
    connect_flow: ConnectFlow | None = KakaoConnectFlow()
    token_renewal: TokenRenewal | None = KakaoTokenRenewal()
    payload: type[Payload] = KakaoPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def check_account(self, credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:
        """Say when the account has not agreed to what the variant needs, where that is known."""
        scope = credentials.values.get("scope", "").split()
        if KakaoPayload.of(variant).to == TO_FRIENDS and scope and FRIENDS not in scope:
            message = (
                "It was connected without its friends list, so it can’t write to friends: connect it again with it."
            )
            return (Concern(message),)
        return ()

    def calls(self, variant: Variant) -> int:
        """Return one message, or what one call to friends holds at most; how many there are is not known before."""
        return friends.AT_ONCE if KakaoPayload.of(variant).to == TO_FRIENDS else 1

    def identify(self, credentials: Credentials) -> Identity:
        return identify(credentials, timeout=self._timeout)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        token = credentials.values.get("access_token", "")
        payload = KakaoPayload.of(variant)
        if not is_token(token):
            return Reconnect("The Kakao account has no usable token: connect it again.")
        if payload.template is None:
            return Rejected("There is nothing to send: the variant holds no Kakao template.")
        with self.client(credentials) as client:
            if payload.to == TO_FRIENDS:
                transmission = friends.FriendsMessage(client, credentials, token, intent, self._clock())
                return friends.send(transmission, payload.template)
            return self._to_me(client, credentials, token, payload.template)

    def _to_me(self, client: httpx.Client, credentials: Credentials, token: str, template: Template) -> Outcome:
        try:
            http_response = client.post(
                api.address(credentials, api.TO_ME),
                headers=api.bearer(token),
                data={"template_object": template.body()},
            )
        except http.NEVER_SENT:
            return unreachable("Kakao")
        except httpx.RequestError:
            return lost_answer("Kakao")
        response = api.read(http_response, api.secrets(credentials))
        if not response.success:
            return refusals.judge(response, self._clock(), renewable=bool(credentials.values.get("refresh_token")))
        if response.body.get("result_code") != 0:
            return Unconfirmed("Kakao answered without saying whether the message was sent.", response.raw)
        # Kakao gives a message no id and no address.
        url = credentials.endpoint if credentials.practice else ""
        return Accepted(Receipt(remote_id="", url=url, at=self._clock(), raw={"result_code": 0}))


channel: PostChannel = KakaoChannel()
