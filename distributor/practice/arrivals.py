"""What arrived, in the shape in which people and tests want to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import Any

from distributor.practice import networks
from distributor.practice.store import CaughtMail, Post, Store

_HEADERS = BytesHeaderParser(policy=policy.default)


@dataclass(frozen=True, slots=True)
class OpenMail:
    """A mail taken apart: decoded headers in order, both bodies ("" where there is none)."""

    mail: CaughtMail
    subject: str
    sender: str
    headers: tuple[tuple[str, str], ...]
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail's line in the inbox."""

    mail: CaughtMail
    subject: str
    sender: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A post and the replies that its own author hung onto it, oldest first."""

    posts: tuple[Post, ...]


def mail_line(mail: CaughtMail) -> MailLine:
    """Read a mail's headers only."""
    headers = _HEADERS.parsebytes(mail.content.partition(b"\r\n\r\n")[0])
    return MailLine(mail, str(headers.get("Subject", "")), str(headers.get("From", mail.sender)))


def open_mail(mail: CaughtMail) -> OpenMail:
    """Take a mail apart."""
    message = message_from_bytes(mail.content, _class=EmailMessage, policy=policy.default)
    return OpenMail(
        mail=mail,
        subject=str(message.get("Subject", "")),
        sender=str(message.get("From", mail.sender)),
        headers=tuple((name, str(value)) for name, value in message.items()),
        html=_body(message, "html"),
        text=_body(message, "plain"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def threads(posts: Sequence[Post]) -> list[Thread]:
    """Group posts (newest first) into threads, the newest first."""
    by_id = {post.remote_id: post for post in posts}
    members: dict[str, list[Post]] = {}
    for post in reversed(posts):
        root = post
        while root.reply_to in by_id:
            root = by_id[root.reply_to]
        members.setdefault(root.remote_id, []).append(post)
    return [Thread(tuple(group)) for group in reversed(members.values())]


def counts(store: Store) -> dict[str, int]:
    """Return how much arrived: mails, different recipients, and posts by channel."""
    return {
        "mail": store.count_mails(),
        "recipients": store.count_recipients(),
        **{channel: store.count_posts(channel) for channel in networks.BY_CHANNEL},
    }


def post_json(post: Post) -> dict[str, Any]:
    """Return a post as JSON types."""
    return {
        "id": post.remote_id,
        "channel": post.channel,
        "account": post.account,
        "created_at": post.created_at.isoformat(),
        "text": post.text,
        "reply_to": post.reply_to,
        "link": post.link,
        "data": dict(post.data),
    }


def listed_json(line: MailLine) -> dict[str, Any]:
    """Return an inbox line as JSON types."""
    return {
        "id": line.mail.id,
        "received_at": line.mail.received_at.isoformat(),
        "sender": line.mail.sender,
        "recipient": line.mail.recipient,
        "message_id": line.mail.message_id,
        "subject": line.subject,
        "size": len(line.mail.content),
    }


def opened_json(mail: OpenMail) -> dict[str, Any]:
    """Return an opened mail as JSON types."""
    return {
        **listed_json(MailLine(mail.mail, mail.subject, mail.sender)),
        "from": mail.sender,
        "headers": [list(header) for header in mail.headers],
        "html": mail.html,
        "text": mail.text,
    }
