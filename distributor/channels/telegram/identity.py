"""Which bot this is, which chat, and whether the one may write in the other.

Source: https://core.telegram.org/bots/api#getchatmember and #chatmemberadministrator
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from distributor.channels.base import Credentials
from distributor.channels.connect_flow import ConnectRefused, Identity, NetworkAway
from distributor.channels.telegram import api
from distributor.domain.errors import AddressRefused

_UNKNOWN_BOT = frozenset({401, 404})  # 404 is the answer to what has not even a token's form
_NO_SUCH_CHAT = frozenset({400, 403})


def identify(client: httpx.Client, credentials: Credentials) -> Identity:
    """Ask for the bot and the chat. Raises ConnectRefused, also where the bot may not write there, and NetworkAway."""
    me = _bot(client, credentials)
    name = f"@{me.get('username') or me.get('id')}"
    chat = _chat(client, credentials, name)
    kind = str(chat.get("type") or "")
    title = str(chat.get("title") or chat.get("first_name") or chat.get("username") or credentials.values["chat_id"])
    if kind != "private":
        _check_rights(client, credentials, me, name, kind, title)
    username = str(chat.get("username") or "")
    return Identity(
        str(chat.get("id") or credentials.values["chat_id"]),
        title,
        credentials.values,
        kind=kind,
        url=f"https://t.me/{username}" if username else "",
    )


def _bot(client: httpx.Client, credentials: Credentials) -> Mapping[str, Any]:
    response = _ask(client, credentials, "getMe")
    if response.code in _UNKNOWN_BOT:
        raise ConnectRefused("Telegram does not know this bot token: copy it again from @BotFather.")
    return _result(response)


def _chat(client: httpx.Client, credentials: Credentials, bot: str) -> Mapping[str, Any]:
    response = _ask(client, credentials, "getChat", chat_id=credentials.values["chat_id"])
    if response.new_chat:
        raise ConnectRefused(supergroup_sentence(response.new_chat))
    if response.code in _NO_SUCH_CHAT:
        raise ConnectRefused(
            f"The bot {bot} does not see the chat {credentials.values['chat_id']}: check the chat ID, and make the bot "
            f"an administrator there. Telegram says: “{response.description}”."
        )
    return _result(response)


def _check_rights(
    client: httpx.Client, credentials: Credentials, me: Mapping[str, Any], bot: str, kind: str, title: str
) -> None:
    response = _ask(client, credentials, "getChatMember", chat_id=credentials.values["chat_id"], user_id=me.get("id"))
    if response.code in _NO_SUCH_CHAT:
        raise ConnectRefused(f"The bot {bot} is not in “{title}”: make it an administrator there.")
    member = _result(response)
    status = member.get("status")
    if kind == "channel":
        may = status == "creator" or (status == "administrator" and bool(member.get("can_post_messages")))
    else:
        restricted = status == "restricted" and bool(member.get("can_send_messages"))
        may = status in ("creator", "administrator", "member") or restricted
    if not may:
        role = "an administrator who may post messages" if kind == "channel" else "a member who may send messages"
        raise ConnectRefused(f"The bot {bot} may not write in “{title}”: make it {role} there.")


def supergroup_sentence(new_chat: int) -> str:
    """Return the sentence for a group that became a supergroup."""
    return f"The Telegram group has become a supergroup with another number: put {new_chat} as the chat ID."


def _ask(client: httpx.Client, credentials: Credentials, method: str, **values: object) -> api.TelegramResponse:
    try:
        return api.read(client.post(api.address(credentials, method), json=values), credentials)
    except (AddressRefused, httpx.RequestError):
        raise NetworkAway("Telegram did not answer: try again in a moment.") from None


def _result(response: api.TelegramResponse) -> Mapping[str, Any]:
    if not response.ok:
        raise NetworkAway(f"Telegram could not be asked now ({response.code}).")
    return response.result
