"""Relays that are not like the practice world's: encryption, logins, refusals, broken connections."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from distributor.channels.base import AWAY
from distributor.channels.mail.replies import read_answer
from distributor.domain.outcomes import Accepted, Deferred, Reconnect, Rejected
from tests.contract.scripted import HANGUP, PASSWORD, ScriptedServer, deliver, scripted, url_of


@pytest.fixture(autouse=True, params=["lock-step", "pipelining"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers mean is the same whether commands wait for each other or travel together."""
    if request.param == "pipelining":
        monkeypatch.setattr(ScriptedServer, "hello", "250-scripted\n250 PIPELINING")


@pytest.mark.parametrize(
    ("code", "text", "kind", "shown"),
    [
        (550, "5.1.1 Unknown", Rejected, "5.1.1"),
        (550, "No such user", Rejected, "550"),
        (554, "5.7.1 Policy", Rejected, "5.7.1"),
        (450, "4.2.1 Busy", Deferred, "4.2.1"),
        (451, "Greylisted", Deferred, "451"),
        (550, "4.2.2 Mailbox full", Deferred, "4.2.2"),  # the codes disagree: nobody is given up for that
        (450, "5.1.1 Unknown", Deferred, "5.1.1"),
        (550, "5.1.1Unknown", Rejected, "550"),
    ],
)
def test_enhanced_codes_decide(code: int, text: str, kind: type, shown: str) -> None:
    outcome = read_answer(code, text.encode()).outcome("The server", ())
    assert type(outcome) is kind
    assert outcome.code == shown


def test_starttls_is_required_unless_told_otherwise() -> None:
    with scripted() as server:
        [outcome] = deliver(url_of(server, ""))
        assert isinstance(outcome, Reconnect)
        assert "STARTTLS" in outcome.reason
        assert not [command for command in server.heard if command.startswith("MAIL")]
        assert [type(one) for one in deliver(url_of(server, "?starttls=optional"))] == [Accepted]


def test_password_is_not_sent_unencrypted_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(EHLO="250-scripted\n250 AUTH PLAIN") as server:
        monkeypatch.setattr("distributor.channels.mail.relay.Relay.is_local", False)
        [outcome] = deliver(url_of(server, login=f"kim:{PASSWORD}@"))
        assert isinstance(outcome, Reconnect)
        assert not [command for command in server.heard if command.startswith("AUTH")]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("535 5.7.8 no", Reconnect), ("454 4.7.0 later", Deferred), ("", Deferred)],
)
def test_login_that_fails(answer: str, kind: type) -> None:
    with scripted(EHLO="250-scripted\n250 AUTH PLAIN", AUTH=answer) as server:
        [outcome] = deliver(url_of(server, login=f"kim:{PASSWORD}@"))
        assert type(outcome) is kind
        assert PASSWORD not in repr(outcome)


def test_login_that_is_not_offered() -> None:
    with scripted() as server:
        [outcome] = deliver(url_of(server, login=f"kim:{PASSWORD}@"))
        assert isinstance(outcome, Reconnect)


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ({"GREETING": "421 4.3.2 full"}, Deferred, AWAY),
        ({"GREETING": "554 5.7.1 no"}, Deferred, AWAY),
        ({"GREETING": ""}, Deferred, AWAY),
        ({"EHLO": "", "HELO": ""}, Deferred, AWAY),
        ({"MAIL": "451 4.3.0 later"}, Deferred, AWAY),
        ({"MAIL": "421 4.3.2 closing"}, Deferred, AWAY),
        ({"MAIL": "550 5.7.1 not your domain"}, Reconnect, "5.7.1"),
        ({"MAIL": "530 5.7.0 log in"}, Reconnect, "5.7.0"),
        ({"MAIL": "552 5.3.4 too big"}, Rejected, "5.3.4"),
        ({"RCPT": "421 4.7.0 throttled"}, Deferred, "4.7.0"),
        ({"RCPT": f"421 4.7.0 throttled{HANGUP}"}, Deferred, "4.7.0"),
        ({"RCPT": f"550 5.1.1 unknown{HANGUP}"}, Rejected, "5.1.1"),
        ({"RCPT": f"451 4.7.1 greylisted{HANGUP}"}, Deferred, "4.7.1"),
        ({"DATA": f"554 5.5.1 no{HANGUP}"}, Rejected, "5.5.1"),
        ({"DATA": "421 4.7.0 throttled"}, Deferred, "4.7.0"),
        ({"DOT": f"550 5.7.1 looks like spam{HANGUP}"}, Rejected, "5.7.1"),
        ({"MAIL": f"552 5.3.4 too big{HANGUP}"}, Rejected, "5.3.4"),
        ({"EHLO": "421 4.3.2 closing", "HELO": "421 4.3.2 closing"}, Deferred, AWAY),
        ({"RCPT": "550 5.1.1 unknown"}, Rejected, "5.1.1"),
        ({"RCPT": ""}, Deferred, ""),
        ({"DATA": "451 4.3.0 not now"}, Deferred, "4.3.0"),
        ({"DATA": "554 5.5.1 no"}, Rejected, "5.5.1"),
        ({"DATA": ""}, Deferred, ""),
        ({"DOT": "550 5.7.1 looks like spam"}, Rejected, "5.7.1"),
        ({"DOT": "451 4.7.1 greylisted"}, Deferred, "4.7.1"),
        ({"DOT": "421 4.3.2 closing"}, Deferred, "4.3.2"),
        ({"DOT": ""}, Deferred, "repeat-possible"),
    ],
)
def test_each_step_can_be_refused(answers: dict[str, str], kind: type, code: str) -> None:
    with scripted(**answers) as server:
        [outcome] = deliver(url_of(server))
        assert type(outcome) is kind
        assert getattr(outcome, "code", None) == code


def test_a_server_that_always_breaks_off_is_away_in_the_end() -> None:
    with scripted(RCPT="") as server:
        outcomes = deliver(url_of(server), *"abcdef")
        assert [getattr(outcome, "code", None) for outcome in outcomes] == ["", "", AWAY, AWAY, AWAY, AWAY]


def test_one_connection_serves_many() -> None:
    with scripted() as server:
        outcomes = deliver(url_of(server), *(f"r{number}" for number in range(20)))
        assert {type(outcome) for outcome in outcomes} == {Accepted}
        assert server.connections == 1
        assert server.heard[-1].upper() == "QUIT"


def test_a_connection_is_not_kept_for_ever() -> None:
    with scripted() as server:
        deliver(url_of(server, "?starttls=off&connections=1&messages=5"), *(f"r{number}" for number in range(12)))
        assert server.connections == 3


def test_nobody_there() -> None:
    with scripted() as server:
        url = url_of(server)
    [outcome] = deliver(url)
    assert isinstance(outcome, Deferred)
    assert outcome.code == AWAY


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that only who is told so trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test relay")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "relay.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def tls_relay(certificate: Path) -> Iterator[Callable[[bool], int]]:
    """Return a starter: `tls_relay(True)` speaks TLS from the first byte; it returns the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    started: list[Controller] = []

    def start(implicit: bool) -> int:
        options = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
        with socket.create_server(("127.0.0.1", 0)) as free:  # aiosmtpd can't be told to find one itself
            port = int(free.getsockname()[1])
        relay = Controller(Sink(), hostname="127.0.0.1", port=port, **options)
        started.append(relay)
        relay.start()
        return port

    yield start
    for relay in started:
        relay.stop()


@pytest.mark.parametrize("implicit", [False, True])
def test_tls_is_verified(
    implicit: bool, certificate: Path, tls_relay: Callable[[bool], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{'smtps' if implicit else 'smtp'}://127.0.0.1:{tls_relay(implicit)}"
    [unknown] = deliver(url)
    assert isinstance(unknown, Deferred)
    assert unknown.code == AWAY
    assert "certificate" in unknown.reason
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert [type(outcome) for outcome in deliver(url, "a", "b")] == [Accepted, Accepted]
