"""A mail server that says what a test wants it to say."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

from distributor.channels.base import Credentials, Session
from distributor.channels.mail.adapter import MailChannel
from distributor.channels.mail.smtp import keeper
from distributor.domain.outcomes import Outcome
from distributor.domain.recipients import Recipient
from tests.contract.conftest import mail_of, new_intent, reader

PASSWORD = "s3cret-word"
HANGUP = " (and hangs up)"


def deliver(url: str, *names: str) -> list[Outcome]:
    """Send to each name, say goodbye, and return the outcomes in the order of the names."""
    account = Credentials(1, "relay", {"url": url})
    with MailChannel(timeout=2).open(account, mail_of("Hello"), new_intent()) as session:
        recipients = [reader(name) for name in names or ("kim",)]
        outcomes = in_order(session, recipients)
    keeper.close()
    return outcomes


def in_order(session: Session, recipients: Sequence[Recipient]) -> list[Outcome]:
    """Send to each recipient and return the outcomes in the recipients' order. Each has to be an object of its own."""
    outcomes: dict[int, Outcome] = {}
    for group in session.deliver(recipients):
        for delivered in group:
            assert id(delivered.recipient) not in outcomes
            outcomes[id(delivered.recipient)] = delivered.outcome
    assert len(outcomes) == len(recipients)
    return [outcomes[id(recipient)] for recipient in recipients]


class ScriptedServer(ThreadingTCPServer):
    """Answers commands from a table; what is not in it gets 250. An empty answer, or HANGUP at its end, hangs up.

    What one recipient gets goes before: `special["RCPT"] = {"kim": "550 no"}`; the content counts as ".".
    """

    hello = "250 scripted"
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.answers = {"EHLO": self.hello, "DATA": "354 go on", ".": "250 2.0.0 taken", **answers}
        self.special: dict[str, dict[str, str]] = {}
        self.heard: list[str] = []
        self.connections = 0


class _Conversation(StreamRequestHandler):
    server: ScriptedServer
    recipient = ""

    def handle(self) -> None:
        self.server.connections += 1
        if not self._say(self.server.answers.get("", "220 scripted")):
            return
        while line := self.rfile.readline():
            command = line.decode().strip()
            self.server.heard.append(command)
            verb = command.partition(" ")[0].upper()
            verb = "MAILUTF8" if "SMTPUTF8" in command and "MAILUTF8" in self.server.answers else verb
            if verb == "RCPT":
                self.recipient = command
            if not self._say(self._answer(verb)):
                return
            if verb == "DATA" and self.server.answers["DATA"].startswith("354"):
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    pass
                if not self._say(self._answer(".")):
                    return
            if verb == "QUIT":
                return

    def _answer(self, verb: str) -> str:
        for name, answer in self.server.special.get(verb, {}).items():
            if f"<{name}@" in self.recipient:
                return answer
        return self.server.answers.get(verb, "250 OK")

    def _say(self, answer: str) -> bool:
        said = answer.removesuffix(HANGUP)
        if said:
            self.wfile.write(said.replace("\n", "\r\n").encode() + b"\r\n")
        return bool(said) and said == answer


@contextmanager
def scripted(**answers: str) -> Iterator[ScriptedServer]:
    with ScriptedServer(
        {"" if verb == "GREETING" else "." if verb == "DOT" else verb: text for verb, text in answers.items()}
    ) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def url_of(server: ScriptedServer, options: str = "?starttls=off&connections=1", login: str = "") -> str:
    """Return the server's address; with one connection, what is sent goes one after the other."""
    return f"smtp://{login}127.0.0.1:{server.server_address[1]}{options}"
