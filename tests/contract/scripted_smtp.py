"""A mail server that says what a test wants it to say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from socketserver import StreamRequestHandler, ThreadingTCPServer

from distributor.channels.base import Credentials, Session
from distributor.channels.mail.adapter import MailChannel
from distributor.channels.mail.smtp import keeper
from distributor.domain.outcomes import Outcome
from distributor.domain.recipients import Recipient
from tests.contract.cases.mail import mail_of
from tests.contract.conftest import new_intent, reader
from tests.patience import PATIENCE

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

    What one recipient gets goes before: `special["RCPT"] = {"kim": "550 no"}`; the content counts as ".". Before that
    `judge(verb, recipient)` is asked, where there is one: it returns an answer, or None. It is asked about "BODY" when
    a content begins: any answer hangs up in the midst of it.
    """

    hello = "250 scripted"
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 100

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.answers = {"EHLO": self.hello, "DATA": "354 go on", ".": "250 2.0.0 taken", **answers}
        self.special: dict[str, dict[str, str]] = {}
        self.judge: Callable[[str, str], str | None] | None = None
        self.changed = threading.Condition()
        self.heard: list[str] = []
        self.contents: list[bytes] = []  # that came to their end
        self.accepted: list[str] = []  # whose content got a good answer, noted before it was given
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.too_early = 0  # contents that began before the one before had its answer

    def wait_for(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until something is so; fail when it is not in time."""
        with self.changed:
            assert self.changed.wait_for(condition, seconds)


class _Conversation(StreamRequestHandler):
    server: ScriptedServer
    disable_nagle_algorithm = True  # replies are written one by one
    recipient = ""

    def setup(self) -> None:
        super().setup()
        with self.server.changed:
            self.server.connections += 1
            self.server.open += 1
            self.server.most_open = max(self.server.most_open, self.server.open)

    def finish(self) -> None:
        super().finish()
        with self.server.changed:
            self.server.open -= 1
            self.server.changed.notify_all()

    def handle(self) -> None:
        try:
            self._talk()
        except ConnectionError:
            pass  # that is the client's good right

    def _talk(self) -> None:
        if not self._say(self._answer("")):
            return
        while line := self.rfile.readline():
            command = line.decode().strip()
            with self.server.changed:
                self.server.heard.append(command)
                self.server.changed.notify_all()
            verb = command.partition(" ")[0].upper()
            verb = "MAILUTF8" if "SMTPUTF8" in command and "MAILUTF8" in self.server.answers else verb
            if verb in ("RCPT", "RSET"):
                self.recipient = command.partition("<")[2].partition("@")[0]
            answer = self._answer(verb)
            if not self._say(answer):
                return
            if verb == "DATA" and answer.startswith("354") and not self._take_content():
                return
            if verb == "QUIT":
                return

    def _take_content(self) -> bool:
        if self.server.judge and self.server.judge("BODY", self.recipient) is not None:
            self.rfile.readline()
            return False
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        answer = self._answer(".")
        with self.server.changed:
            self.server.contents.append(b"".join(lines))
            if answer.startswith("2") and lines:  # an empty one is nobody's: its recipient was refused before
                self.server.accepted.append(self.recipient)
            self.server.changed.notify_all()
        if self._more().count(b"\r\n") > 3:
            self.server.too_early += 1
        return self._say(answer)

    def _more(self) -> bytes:
        """Return what is there already of what comes after the content: an envelope at most."""
        self.connection.setblocking(False)
        try:
            return self.rfile.peek() if isinstance(self.rfile, BufferedReader) else b""
        except BlockingIOError:
            return b""
        finally:
            self.connection.setblocking(True)

    def _answer(self, verb: str) -> str:
        if self.server.judge and (judged := self.server.judge(verb, self.recipient)) is not None:
            return judged
        for name, answer in self.server.special.get(verb, {}).items():
            if name == self.recipient:
                return answer
        return self.server.answers.get(verb, "250 OK" if verb else "220 scripted")

    def _say(self, answer: str) -> bool:
        said = answer.removesuffix(HANGUP)
        if said:
            self.wfile.write(said.replace("\n", "\r\n").encode("latin-1") + b"\r\n")
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
