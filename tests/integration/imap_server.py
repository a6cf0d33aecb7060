"""A small IMAP server on a real socket: one mailbox, with as much of RFC 3501 as reading one asks for."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What is in the folders, by UID; and the flags of what is in the inbox."""

    port: int = 0
    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    flagged: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"imap://letters:secret@127.0.0.1:{self.port}/INBOX?starttls=off"

    def put(self, *messages: bytes) -> None:
        for message in messages:
            inbox = self.folders["INBOX"]
            inbox[max(inbox, default=0) + 1] = message

    def count(self, folder: str = "INBOX") -> int:
        return len(self.folders.get(folder, {}))


@contextmanager
def running() -> Iterator[Mailbox]:
    """Run the server for the block."""
    mailbox = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, command, rest = _words(line)
                for answer in _answers(mailbox, command, rest):
                    self.wfile.write(answer + b"\r\n")
                self.wfile.write(f"{tag} OK done\r\n".encode())
                if command == "LOGOUT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()


def _words(line: bytes) -> tuple[str, str, str]:
    tag, _, rest = line.decode().strip().partition(" ")
    command, _, rest = rest.partition(" ")
    if command.upper() == "UID":
        command, _, rest = rest.partition(" ")
    return tag, command.upper(), rest


def _answers(mailbox: Mailbox, command: str, rest: str) -> Iterator[bytes]:
    inbox = mailbox.folders["INBOX"]
    name = rest.rpartition(" ")[2].strip('"')
    uids = [int(number) for number in re.findall(r"\d+", rest.partition(" ")[0])] if command not in _NAMED else []
    if command == "CAPABILITY":
        yield b"* CAPABILITY IMAP4rev1 UIDPLUS MOVE"
    elif command in ("SELECT", "EXAMINE"):
        yield f"* {len(inbox)} EXISTS".encode()
    elif command == "SEARCH":
        waiting = sorted(inbox.keys() - mailbox.flagged - mailbox.deleted)
        yield b"* SEARCH " + " ".join(map(str, waiting)).encode()
    elif command == "FETCH":
        for uid in uids:
            content = inbox[uid]
            yield f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}".encode()
            yield content + b")"
    elif command == "STORE":
        (mailbox.flagged if "Flagged" in rest else mailbox.deleted).update(uids)
    elif command == "LIST" and name in mailbox.folders:
        yield f'* LIST () "/" "{name}"'.encode()
    elif command == "CREATE":
        mailbox.folders[name] = {}
    elif command in ("COPY", "MOVE"):
        for uid in uids:
            mailbox.folders[name][uid] = inbox[uid] if command == "COPY" else inbox.pop(uid)
    elif command == "EXPUNGE":
        for uid in mailbox.deleted:
            inbox.pop(uid, None)


_NAMED = ("CAPABILITY", "LOGIN", "SELECT", "EXAMINE", "LIST", "CREATE", "SEARCH", "LOGOUT", "NOOP")
