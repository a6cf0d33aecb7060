"""What the practice world remembers: one SQLite file, used by one thread.

Mails come fast, so they are written in groups; whoever reads sees them all. A post is stored before it is answered.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MAILS_AT_ONCE = 200

_TABLES = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS mail_by_recipient ON mail (recipient);
CREATE TABLE IF NOT EXISTS post (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    remote_id TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    text TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    link TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS post_by_channel ON post (channel, id);
CREATE TABLE IF NOT EXISTS note (
    channel TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (channel, name)
);
CREATE TABLE IF NOT EXISTS file (
    name TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    content BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    name TEXT NOT NULL,
    seconds REAL NOT NULL,
    left INTEGER NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail that was caught. `content` is exactly what came over the wire, dots unstuffed."""

    id: int
    received_at: datetime
    sender: str
    recipient: str
    message_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """A post on one of the networks. `text` is as it was sent; `data` what else its network keeps."""

    id: int
    channel: str
    account: str
    remote_id: str
    created_at: datetime
    text: str
    reply_to: str
    link: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """Misbehaviour to come: `name`, how often still, and for `slow` how long."""

    channel: str
    name: str
    left: int
    seconds: float


def now() -> datetime:
    """Return the practice world's time (aware, UTC)."""
    return datetime.now(UTC)


class Store:
    """The file and everything that is asked of it."""

    def __init__(self, path: Path | str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")  # practice: losing it in a power cut harms nobody
        self._database.executescript(_TABLES)
        self._mails: list[tuple[str, str, str, str, bytes]] = []

    def close(self) -> None:
        self.flush()
        self._database.close()

    # Mail

    def add_mail(self, *, sender: str, recipient: str, message_id: str, content: bytes) -> None:
        self._mails.append((now().isoformat(), sender, recipient, message_id, content))
        if len(self._mails) >= MAILS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write the mails that are waiting."""
        if not self._mails:
            return
        mails, self._mails = self._mails, []
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT INTO mail (received_at, sender, recipient, message_id, content) VALUES (?, ?, ?, ?, ?)", mails
        )
        self._database.execute("COMMIT")

    def mails(self, *, recipient: str = "", limit: int = 50, offset: int = 0) -> list[CaughtMail]:
        """Return mails, the newest first; `recipient` is any part of the address."""
        self.flush()
        rows = self._database.execute(
            "SELECT * FROM mail WHERE recipient LIKE ? ESCAPE '\\' ORDER BY id DESC LIMIT ? OFFSET ?",
            (_like_pattern(recipient), limit, offset),
        )
        return [_mail(row) for row in rows]

    def count_mails(self, *, recipient: str = "") -> int:
        self.flush()
        return self._number("SELECT count(*) FROM mail WHERE recipient LIKE ? ESCAPE '\\'", _like_pattern(recipient))

    def count_recipients(self) -> int:
        """Return how many different addresses have mail."""
        self.flush()
        return self._number("SELECT count(DISTINCT recipient) FROM mail")

    def mail(self, mail_id: int) -> CaughtMail | None:
        self.flush()
        row = self._database.execute("SELECT * FROM mail WHERE id = ?", (mail_id,)).fetchone()
        return _mail(row) if row else None

    # Posts

    def add_post(
        self,
        channel: str,
        *,
        account: str,
        remote_id: str,
        text: str,
        reply_to: str = "",
        link: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> Post:
        created_at = now()
        self._database.execute(
            "INSERT INTO post (channel, account, remote_id, created_at, text, reply_to, link, data) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (channel, account, remote_id, created_at.isoformat(), text, reply_to, link, json.dumps(dict(data or {}))),
        )
        return self.posts(channel, limit=1)[0]

    def posts(
        self,
        channel: str,
        *,
        account: str = "",
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Post]:
        """Return a channel's posts, the newest first; `before` is the id to go on from."""
        conditions, values = ["channel = ?"], [channel]
        if account:
            conditions.append("account = ?")
            values.append(account)
        if since is not None:
            conditions.append("created_at >= ?")
            values.append(since.astimezone(UTC).isoformat())
        if before is not None:
            conditions.append("id < CAST(? AS INTEGER)")
            values.append(str(before))
        rows = self._database.execute(
            f"SELECT * FROM post WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?",  # noqa: S608 # our own words
            [*values, limit],
        )
        return [_post(row) for row in rows]

    def post(self, channel: str, remote_id: str) -> Post | None:
        row = self._database.execute(
            "SELECT * FROM post WHERE channel = ? AND remote_id = ?", (channel, remote_id)
        ).fetchone()
        return _post(row) if row else None

    def set_data(self, channel: str, remote_id: str, data: Mapping[str, Any]) -> None:
        """Replace what else a network keeps of a post."""
        self._database.execute(
            "UPDATE post SET data = ? WHERE channel = ? AND remote_id = ?", (json.dumps(dict(data)), channel, remote_id)
        )

    def count_posts(self, channel: str, *, account: str = "", within: timedelta | None = None) -> int:
        since = (now() - within).isoformat() if within else ""
        return self._number(
            "SELECT count(*) FROM post WHERE channel = ? AND (? = '' OR account = ?) AND created_at >= ?",
            channel,
            account,
            account,
            since,
        )

    def first_post_at(self, channel: str, *, account: str, within: timedelta) -> datetime | None:
        """Return when the oldest post of the running window was made."""
        row = self._database.execute(
            "SELECT min(created_at) FROM post WHERE channel = ? AND account = ? AND created_at >= ?",
            (channel, account, (now() - within).isoformat()),
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row[0] else None

    def remove_post(self, channel: str, remote_id: str) -> bool:
        """Delete a post; False when there is none."""
        result = self._database.execute("DELETE FROM post WHERE channel = ? AND remote_id = ?", (channel, remote_id))
        return result.rowcount > 0

    # What a network keeps besides: tokens, uploads, settings

    def keep(self, channel: str, name: str, value: Mapping[str, Any]) -> None:
        """Remember something of a network under a name, in the place of what was there."""
        self._database.execute("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", (channel, name, json.dumps(dict(value))))

    def note(self, channel: str, name: str) -> dict[str, Any] | None:
        row = self._database.execute(
            "SELECT value FROM note WHERE channel = ? AND name = ?", (channel, name)
        ).fetchone()
        return dict(json.loads(row["value"])) if row else None

    def names(self, channel: str, prefix: str) -> list[str]:
        """Return the names that begin so and under which something of a network is kept."""
        rows = self._database.execute(
            "SELECT name FROM note WHERE channel = ? AND substr(name, 1, ?) = ?", (channel, len(prefix), prefix)
        )
        return [row["name"] for row in rows]

    def take(self, channel: str, name: str) -> dict[str, Any] | None:
        """Return what was kept and forget it."""
        value = self.note(channel, name)
        self.forget(channel, name)
        return value

    def forget(self, channel: str, name: str) -> None:
        self._database.execute("DELETE FROM note WHERE channel = ? AND name = ?", (channel, name))

    def keep_file(self, name: str, type_: str, content: bytes) -> None:
        """Keep an uploaded picture, which pages then show at /files/{name}."""
        self._database.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?)", (name, type_, content))

    def file(self, name: str) -> tuple[str, bytes] | None:
        """Return a kept picture's type and content."""
        row = self._database.execute("SELECT type, content FROM file WHERE name = ?", (name,)).fetchone()
        return (row["type"], row["content"]) if row else None

    # Faults

    def add_fault(self, channel: str, name: str, *, times: int = 1, seconds: float = 5.0) -> None:
        self._database.execute(
            "INSERT INTO fault (channel, name, seconds, left) VALUES (?, ?, ?, ?)", (channel, name, seconds, times)
        )

    def faults(self) -> list[Fault]:
        """Return what is still to go wrong, in order."""
        rows = self._database.execute("SELECT * FROM fault WHERE left > 0 ORDER BY id")
        return [Fault(row["channel"], row["name"], row["left"], row["seconds"]) for row in rows]

    def take_fault(self, channel: str, names: Sequence[str] = ()) -> Fault | None:
        """Use up the channel's next fault once (the next one of `names`, where given) and return it."""
        row = self._database.execute(
            "SELECT * FROM fault WHERE channel = ? AND left > 0 ORDER BY id LIMIT 1", (channel,)
        ).fetchone()
        if row is None or (names and row["name"] not in names):
            return None
        self._database.execute("UPDATE fault SET left = left - 1 WHERE id = ?", (row["id"],))
        return Fault(row["channel"], row["name"], row["left"] - 1, row["seconds"])

    def clear_faults(self, channel: str = "") -> None:
        self._database.execute("DELETE FROM fault WHERE ? = '' OR channel = ?", (channel, channel))

    def clear(self) -> None:
        """Forget everything."""
        self._mails.clear()
        for table in ("mail", "post", "note", "file", "fault"):
            self._database.execute(f"DELETE FROM {table}")  # noqa: S608 # our own words

    def _number(self, query: str, *values: str) -> int:
        return int(self._database.execute(query, values).fetchone()[0])


def _like_pattern(part: str) -> str:
    literal = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"


def _mail(row: sqlite3.Row) -> CaughtMail:
    return CaughtMail(
        id=row["id"],
        received_at=datetime.fromisoformat(row["received_at"]),
        sender=row["sender"],
        recipient=row["recipient"],
        message_id=row["message_id"],
        content=row["content"],
    )


def _post(row: sqlite3.Row) -> Post:
    return Post(
        id=row["id"],
        channel=row["channel"],
        account=row["account"],
        remote_id=row["remote_id"],
        created_at=datetime.fromisoformat(row["created_at"]),
        text=row["text"],
        reply_to=row["reply_to"],
        link=row["link"],
        data=json.loads(row["data"]),
    )
