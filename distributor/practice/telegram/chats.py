"""The chats of the practice world's Telegram: the practice channel, and some in which something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from distributor.practice.telegram.parts import BadRequest

BOT_ID = 7_000_000_001
BOT_NAME = "practice_letters_bot"
TOKEN = f"{BOT_ID}:practice-telegram-bot-token"
CHANNEL_NAME = "practice_letters"
CHANNEL_ID = -1_001_002_003_000  # less the number of the account: each has a channel of its own
GROUP = -4_001  # a group in which the bot is a member
MOVED_GROUP, SUPERGROUP = -4_002, -1_001_700_700_700
READ_ONLY, CLOSED_CHANNEL = "@practice_reading", "@practice_closed"


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat; `member` is what getChatMember says of the bot."""

    id: int
    type: str
    title: str
    username: str = ""
    member: Mapping[str, Any] = field(default_factory=lambda: {"status": "member"})

    def to_json(self) -> dict[str, Any]:
        result: dict[str, Any] = {"id": self.id, "type": self.type, "title": self.title}
        return result | ({"username": self.username} if self.username else {})

    def check_write(self) -> None:
        """Raise BadRequest where the bot may not write: a missing right is a 400, like any mistake."""
        if self.type == "channel" and not self.member.get("can_post_messages"):
            raise BadRequest("Bad Request: need administrator rights in the channel chat")


def find_chat(name: str, number: int) -> Chat:
    """Return the chat that an account means by an @name or a number. Raises BadRequest."""
    own_id = CHANNEL_ID - number
    poster = {"status": "administrator", "can_post_messages": True}
    chats = {
        f"@{CHANNEL_NAME}": Chat(own_id, "channel", "The Practice Letters", CHANNEL_NAME, poster),
        str(own_id): Chat(own_id, "channel", "The Practice Letters", CHANNEL_NAME, poster),
        str(GROUP): Chat(GROUP, "group", "The Practice Reading Group"),
        str(SUPERGROUP): Chat(SUPERGROUP, "supergroup", "The Practice Reading Supergroup"),
        READ_ONLY: Chat(-1_001_500, "channel", "Only Reading", READ_ONLY[1:], {"status": "administrator"}),
    }
    if name == str(MOVED_GROUP):
        problem = "Bad Request: group chat was upgraded to a supergroup chat"
        raise BadRequest(problem, migrate_to_chat_id=SUPERGROUP)
    if name == CLOSED_CHANNEL:
        raise BadRequest("Forbidden: bot was kicked from the channel chat", code=403)
    if name not in chats:
        raise BadRequest("Bad Request: chat not found")
    return chats[name]
