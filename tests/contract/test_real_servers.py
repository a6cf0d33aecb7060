"""The SMTP client against servers that we did not write: Postfix, Exim and aiosmtpd, over TLS."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from distributor.channels.base import AWAY
from distributor.channels.mail import relay
from distributor.channels.mail.smtp import Engine, MailTransaction, Timeouts
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected
from distributor.domain.recipients import Recipient
from tests.servers.aiosmtp import aiosmtpd
from tests.servers.base import BUSY, GONE, PASSWORD, USER, Server
from tests.servers.exim import exim
from tests.servers.postfix import postfix

pytestmark = pytest.mark.usefixtures("loopback_allowed")

SENDER = "editor@letters.example.org"
BODY = b".\r\n..\r\n.leading\r\n" + b"x" * 70 + b"\r\nend.\r\n"
SERVERS: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "postfix": postfix,
    "exim-plain": lambda home: exim(home, "PLAIN"),
    "exim-login": lambda home: exim(home, "LOGIN"),
    "aiosmtpd": aiosmtpd,
    "aiosmtpd-implicit": lambda home: aiosmtpd(home, implicit=True),
}


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="distributor-relay-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 # the server's own user has to get in
        with SERVERS[request.param](Path(folder)) as running:
            yield running


def deliver(url: str, *names: str) -> dict[str, Outcome]:
    engine = Engine(relay.read_all(url), Timeouts())
    head = f"From: {SENDER}\r\nTo: reader@example.org\r\nSubject: x\r\n\r\n".encode()
    mails = [
        MailTransaction(Recipient(1, name), SENDER, f"{name}@example.org", head + BODY, f"<{name}@x>") for name in names
    ]
    found = {done.recipient.email: done.outcome for group in engine.send(mails) for done in group}
    engine.close()
    assert len(found) == len(names)
    return found


def test_everyone_gets_what_was_sent(server: Server) -> None:
    """Also when some in between are refused: no reply is taken for another one's."""
    names = [f"r{number}" for number in range(60)]
    mixed = [*names[:7], GONE, *names[7:20], BUSY, *names[20:]]
    found = deliver(f"{server.url.format(login=f'{USER}:{PASSWORD}@')}&connections=4&messages=9", *mixed)
    assert {name for name, outcome in found.items() if isinstance(outcome, Accepted)} == set(names)
    gone, busy = found[GONE], found[BUSY]
    assert isinstance(gone, Rejected)
    assert gone.code == "5.1.1"
    assert isinstance(busy, Deferred)
    assert busy.code == "4.2.1"
    contents = server.received(len(names))
    assert len(contents) == len(names)
    for content in contents:
        lines = content.replace(b"\r\n", b"\n").rstrip(b"\n")
        assert lines.endswith(BODY.replace(b"\r\n", b"\n").rstrip(b"\n"))


def test_nothing_is_sent_to_a_server_whose_certificate_is_unknown(server: Server) -> None:
    url = server.url.format(login=f"{USER}:{PASSWORD}@").partition("?")[0]
    [outcome] = deliver(url, "kim").values()
    assert isinstance(outcome, Deferred)
    assert outcome.code == AWAY
    assert "certificate" in outcome.reason
    server.received(0)


def test_wrong_password_is_for_a_person(server: Server) -> None:
    if not server.logs_in:
        return
    [outcome] = deliver(server.url.format(login=f"{USER}:wrong@"), "kim").values()
    assert isinstance(outcome, Reconnect)
    assert "wrong" not in outcome.reason
