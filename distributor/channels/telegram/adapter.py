"""The Telegram channel: one message of a bot in one channel or group, by the Bot API.

Source: https://core.telegram.org/bots/api
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import httpx

from distributor.channels import http, pictures
from distributor.channels.base import AccountField, ChannelSetting, Credentials, Intent, PostChannel
from distributor.channels.connect_flow import ConnectRefused, Identity, NetworkAway
from distributor.channels.guard import GuardedTransport
from distributor.channels.network import NetworkChannel
from distributor.channels.response_bodies import mapping
from distributor.channels.responses import lost_answer, page, unclear, unreachable
from distributor.channels.telegram import api, identity
from distributor.channels.telegram import compose as composition
from distributor.channels.telegram.capabilities import CAPABILITIES
from distributor.channels.telegram.payload import TelegramPayload
from distributor.domain.capabilities import Capabilities
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Payload, Variant

PAUSE = timedelta(minutes=1)  # where a 429 names no time
LONGEST_WAIT = 86_400  # seconds; what is longer is no time to wait for
UNKNOWN_BOT = frozenset({401, 404})
SUPERGROUP = "-100"  # what the numbers of channels and supergroups begin with, and their addresses leave out

FIELDS = (
    AccountField("bot_token", "Bot token", help="From @BotFather, such as 123456789:ABC….", secret=True),
    AccountField(
        "chat_id", "Chat ID", help="A public channel’s or group’s @name, or its number, such as -1001234567890."
    ),
)
SETTINGS = (
    ChannelSetting(
        "show",
        "Shows",
        help="The preview of the letter’s link, or the picture with the text below it (at most 1,024 characters).",
        choices=(composition.PREVIEW, composition.PICTURE),
        default=composition.PREVIEW,
    ),
    ChannelSetting(
        "above",
        "Preview above",
        help="Show the link preview above the text.",
        choices=("no", "yes"),
        default="no",
    ),
    ChannelSetting("silent", "Silent", help="Notify subscribers without a sound.", choices=("no", "yes"), default="no"),
    ChannelSetting(
        "protect",
        "Protected",
        help="Turn off forwarding and saving.",
        choices=("no", "yes"),
        default="no",
    ),
)


class TelegramChannel(NetworkChannel):
    """Telegram. A bot can’t read what it wrote, so what is unclear stays for a person."""

    name = "telegram"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    settings: tuple[ChannelSetting, ...] = SETTINGS
    payload: type[Payload] = TelegramPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def client(
        self, credentials: Credentials, *, headers: Mapping[str, str] | None = None, within: float | None = None
    ) -> httpx.Client:
        """Return the guarded client, in which the token is put into addresses below everything that logs them."""
        transport = GuardedTransport(allow=(credentials.endpoint,) if credentials.practice else (), within=within)
        client = http.client(transport=api.WithToken(transport, credentials.values["bot_token"]), timeout=self._timeout)
        client.headers.update(headers or {})
        return client

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:  # noqa: ARG002 # no idempotency
        if not variant.parts:
            return Rejected("There is nothing to send.")
        if api.missing_value(credentials):
            return _incomplete(credentials)
        request = _message(credentials, variant)
        try:
            with self.client(credentials) as client:
                response = client.post(**request)
                return self._outcome(client, response, credentials)
        except http.NEVER_SENT:
            return unreachable("Telegram")
        except httpx.RequestError:
            return lost_answer("Telegram")

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:  # noqa: ARG002
        """Delete the message in the chat that it went to. Asking for several skips those that are gone already."""
        chat, _, number = receipt.remote_id.rpartition("_")
        if api.missing_value(credentials):
            return _incomplete(credentials)
        if not (re.fullmatch(r"-?[0-9]+", chat) and re.fullmatch(r"[0-9]+", number)):
            return Rejected("Which message it is isn’t known: delete it in Telegram.", remedy="look")
        payload = {"chat_id": int(chat), "message_ids": [int(number)]}
        try:
            with self.client(credentials) as client:
                response = client.post(api.address(credentials, "deleteMessages"), json=payload)
        except (AddressRefused, httpx.RequestError):
            return Deferred("Telegram did not say whether the message is gone; deleting it again harms nobody.")
        reading = api.read(response, credentials)
        if reading.ok:
            return Accepted(receipt)
        if reading.code == httpx.codes.BAD_REQUEST and not reading.new_chat:
            # It says so too of messages that are older than 48 hours, in words only.
            reason = (
                f"Telegram does not delete the message, as for any after 48 hours: “{reading.description}”. "
                "Delete it there."
            )
            return Rejected(reason, "400", "look", reading.raw)
        outcome = self._refusal(reading)
        return (
            Deferred(f"Telegram could not delete it now ({reading.code}).")
            if isinstance(outcome, Unconfirmed)
            else outcome
        )

    def identify(self, credentials: Credentials) -> Identity:
        if api.missing_value(credentials):
            raise ConnectRefused(f"The Telegram account has no usable {api.missing_value(credentials)}.")
        with self.client(credentials) as client:
            return identity.identify(client, credentials)

    def _outcome(self, client: httpx.Client, response: httpx.Response, credentials: Credentials) -> Outcome:
        reading = api.read(response, credentials)
        if reading.ok:
            return self._acceptance(reading.result, credentials)
        if reading.code == httpx.codes.BAD_REQUEST and not reading.new_chat:
            # A missing right comes as a 400 like everything else, so the rights are looked at.
            trouble = _trouble(client, credentials)
            if trouble:
                return Reconnect(trouble, str(reading.code), raw=reading.raw)
        return self._refusal(reading)

    def _acceptance(self, message: Mapping[str, Any], credentials: Credentials) -> Outcome:
        number, chat = message.get("message_id"), mapping(message.get("chat"))
        if not isinstance(number, int) or not isinstance(chat.get("id"), int):
            return Unconfirmed("Telegram answered without the message’s number.")
        remote_id = f"{chat['id']}_{number}"
        url = page(credentials, remote_id, _url(chat, number))
        return Accepted(Receipt(remote_id, url, self._clock(), {"chat": chat["id"], "message_id": number}))

    def _refusal(self, reading: api.TelegramResponse) -> Outcome:
        code, raw = str(reading.code), reading.raw
        if reading.new_chat:
            return Reconnect(identity.supergroup_sentence(reading.new_chat), code, raw=raw)
        if reading.code in UNKNOWN_BOT:
            return Reconnect("Telegram no longer accepts this bot’s token: connect the bot again.", code, raw=raw)
        if reading.code == httpx.codes.FORBIDDEN:
            reason = (
                f"Telegram does not let the bot write there: “{reading.description}”. Make it an administrator again."
            )
            return Reconnect(reason, code, raw=raw)
        if reading.code == httpx.codes.TOO_MANY_REQUESTS:
            wait = timedelta(seconds=reading.retry_after) if 0 < reading.retry_after <= LONGEST_WAIT else PAUSE
            return Deferred("Telegram takes no more messages for a moment.", self._clock() + wait, code, True, raw)
        if httpx.codes.is_client_error(reading.code):
            return Rejected(f"Telegram refused the message: “{reading.description or code}”.", code, raw=raw)
        return replace(unclear("Telegram", reading.code), raw=raw)


def _incomplete(credentials: Credentials) -> Reconnect:
    return Reconnect(f"The Telegram account has no usable {api.missing_value(credentials)}: connect it again.")


def _trouble(client: httpx.Client, credentials: Credentials) -> str:
    """Return why the bot can't write in the chat, "" where it can or where that can't be known."""
    try:
        identity.identify(client, credentials)
    except ConnectRefused as error:
        return str(error)
    except NetworkAway:
        return ""
    return ""


def _message(credentials: Credentials, variant: Variant) -> dict[str, Any]:
    """Return the request for a message, or for a photo with a caption, as httpx takes it."""
    payload = TelegramPayload.of(variant)
    text, entities = "\n\n".join(variant.parts), [asdict(entity) for entity in payload.entities]
    common: dict[str, Any] = {"chat_id": credentials.values["chat_id"]}
    if payload.silent:
        common["disable_notification"] = True
    if payload.protect:
        common["protect_content"] = True
    if variant.picture is not None and CAPABILITIES.pictures is not None:
        picture = pictures.load(variant.picture, CAPABILITIES.pictures)
        form = {**common, "caption": text}
        if entities:
            form["caption_entities"] = entities
        return {
            "url": api.address(credentials, "sendPhoto"),
            "data": {name: value if isinstance(value, str) else json.dumps(value) for name, value in form.items()},
            "files": {"photo": (picture.name, picture.content, picture.type)},
        }
    preview = {"url": variant.link, "prefer_large_media": True, "show_above_text": payload.above}
    message = {**common, "text": text, "link_preview_options": preview if variant.link else {"is_disabled": True}}
    if entities:
        message["entities"] = entities
    return {"url": api.address(credentials, "sendMessage"), "json": message}


def _url(chat: Mapping[str, Any], number: int) -> str:
    """Return where a message can be seen: https://core.telegram.org/api/links#message-links. Plain groups have none."""
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{number}"
    digits = str(chat["id"])
    return f"https://t.me/c/{digits.removeprefix(SUPERGROUP)}/{number}" if digits.startswith(SUPERGROUP) else ""


channel: PostChannel = TelegramChannel()
