"""Relays that are not like the practice world's: encryption, logins, refusals, broken connections."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from distributor.channels.base import AWAY
from distributor.channels.mail.replies import read_reply
from distributor.domain.outcomes import Accepted, Deferred, Reconnect, Rejected
from tests.contract.scripted_smtp import HANGUP, PASSWORD, ScriptedServer, deliver, scripted, url_of
from tests.servers.base import free_port, write_certificate

pytestmark = pytest.mark.usefixtures("loopback_allowed")


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
    outcome = read_reply(code, text.encode()).outcome("The server", ())
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
    return write_certificate(tmp_path / "relay.pem")


@pytest.fixture
def tls_relay(certificate: Path) -> Iterator[Callable[[bool], int]]:
    """Return a starter: `tls_relay(True)` speaks TLS from the first byte; it returns the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    started: list[Controller] = []

    def start(implicit: bool) -> int:
        options = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
        port = free_port()  # aiosmtpd can't be told to find one itself
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
    assert [type(outcome) for outcome in deliver(f"{url}?ca={certificate}", "a", "b")] == [Accepted, Accepted]
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert [type(outcome) for outcome in deliver(url, "a", "b")] == [Accepted, Accepted]


def test_words_before_the_encryption_are_not_taken_for_the_servers_own() -> None:
    """CVE-2011-0411: what somebody put behind the answer to STARTTLS."""
    with scripted(EHLO="250-scripted\n250 STARTTLS", STARTTLS="220 go on\n250-scripted\n250 PIPELINING") as server:
        [outcome] = deliver(url_of(server, ""))
        assert isinstance(outcome, Deferred)
        assert outcome.code == AWAY
        assert server.heard[-1] == "STARTTLS"


def test_ca_that_holds_no_certificates(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing of the kind")
    with scripted() as server:
        [outcome] = deliver(f"smtps://127.0.0.1:{server.server_address[1]}?ca={file}")
    assert isinstance(outcome, Reconnect)
    assert "certificates" in outcome.reason


@pytest.mark.parametrize(
    ("options", "offered", "answers", "said"),
    [
        ("", "PLAIN LOGIN", {}, ["AUTH PLAIN AGtpbQBzM2NyZXQtd29yZA=="]),
        ("", "PLAIN", {"AUTH": "334 "}, ["AUTH PLAIN AGtpbQBzM2NyZXQtd29yZA==", "AGtpbQBzM2NyZXQtd29yZA=="]),
        (
            "",
            "LOGIN",
            {"AUTH": "334 VXNlcm5hbWU6", "a2lt": "334 UGFzc3dvcmQ6"},
            ["AUTH LOGIN", "a2lt", "czNjcmV0LXdvcmQ="],
        ),
        ("&auth=login", "PLAIN LOGIN", {"AUTH": "334 Ug", "a2lt": "334 U"}, ["AUTH LOGIN", "a2lt", "czNjcmV0LXdvcmQ="]),
        (
            "&auth=xoauth2",
            "PLAIN XOAUTH2",
            {},
            ["AUTH XOAUTH2 dXNlcj1raW0BYXV0aD1CZWFyZXIgczNjcmV0LXdvcmQBAQ=="],
        ),
    ],
)
def test_each_way_to_log_in(options: str, offered: str, answers: dict[str, str], said: list[str]) -> None:
    answers = {"AUTH": "235 2.7.0 welcome", **{verb.upper(): text for verb, text in answers.items()}}
    with scripted(EHLO=f"250-scripted\n250 AUTH {offered}", **answers) as server:
        [outcome] = deliver(url_of(server, f"?starttls=off{options}", login=f"kim:{PASSWORD}@"))
        assert isinstance(outcome, Accepted)
        began = next(number for number, line in enumerate(server.heard) if line.startswith("AUTH"))
        assert server.heard[began : began + len(said)] == said


def test_login_by_challenge() -> None:
    """The example of RFC 2195 §2."""
    challenge = "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"
    with scripted(EHLO="250-scripted\n250 AUTH CRAM-MD5", AUTH=challenge) as server:
        [outcome] = deliver(url_of(server, login="tim:tanstaaftanstaaf@"))
        assert isinstance(outcome, Accepted)
        assert "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw" in server.heard


def test_login_with_a_token_that_is_over() -> None:
    """The server says what is wrong in a challenge, and refuses once that has its answer."""
    with scripted(EHLO="250-scripted\n250 AUTH XOAUTH2", AUTH="334 eyJzdGF0dXMiOiI0MDAifQ==") as server:
        server.judge = lambda verb, _: "535 5.7.8 no" if not verb and "AUTH" in " ".join(server.heard) else None
        [outcome] = deliver(url_of(server, "?starttls=off&auth=xoauth2", login=f"kim:{PASSWORD}@"))
        assert isinstance(outcome, Reconnect)
        assert PASSWORD not in repr(outcome)


def test_login_by_a_way_that_is_not_offered() -> None:
    with scripted(EHLO="250-scripted\n250 AUTH PLAIN") as server:
        [outcome] = deliver(url_of(server, "?starttls=off&auth=xoauth2", login=f"kim:{PASSWORD}@"))
        assert isinstance(outcome, Reconnect)
        assert "auth=" in outcome.reason


def test_a_server_of_old_that_knows_only_helo() -> None:
    with scripted(EHLO="502 5.5.1 what?") as server:
        assert [type(outcome) for outcome in deliver(url_of(server), *"abc")] == [Accepted] * 3
        assert [line.split()[0] for line in server.heard[:3]] == ["EHLO", "HELO", "MAIL"]


def test_a_refused_recipient_whose_data_is_refused_too() -> None:
    """The usual way: 554 to DATA when no recipient was taken. The one after begins anew."""
    with scripted() as server:
        server.special = {
            "RCPT": {"gone": "550 5.1.1 unknown", "busy": "450 4.2.1 busy"},
            "DATA": {"gone": "554 5.5.1 no valid recipients", "busy": "503 5.5.1 no valid recipients"},
        }
        outcomes = deliver(url_of(server), "a", "gone", "b", "busy", "gone", "c")
        assert [getattr(one, "code", None) for one in outcomes] == [None, "5.1.1", None, "4.2.1", "5.1.1", None]
        assert server.accepted == ["a", "b", "c"]
        assert server.connections == 1


def test_a_sender_that_is_refused_for_one_message_only() -> None:
    """All three commands of its envelope are refused, and nothing shifts."""
    with scripted(EHLO="250-scripted\n250-PIPELINING\n250 SMTPUTF8", MAILUTF8="555 5.6.7 no") as server:
        server.special = {"RCPT": {"민지": "503 5.5.1 MAIL first"}, "DATA": {"민지": "503 5.5.1 RCPT first"}}
        outcomes = deliver(url_of(server), "a", "민지", "b")
        assert [getattr(one, "code", None) for one in outcomes] == [None, "5.6.7", None]
        assert server.accepted == ["a", "b"]


@pytest.mark.parametrize("babble", ["HTTP/1.1 400 Bad Request", "25x what", "2500 what", "\x00\x00", "x" * 5_000])
@pytest.mark.parametrize(
    ("step", "code"),
    [("GREETING", AWAY), ("EHLO", AWAY), ("MAIL", ""), ("RCPT", ""), ("DATA", ""), ("DOT", "repeat-possible")],
)
def test_what_is_no_smtp_ends_the_connection(step: str, code: str, babble: str) -> None:
    with scripted(**{step: babble}) as server:
        [outcome] = deliver(url_of(server))
        assert isinstance(outcome, Deferred)
        assert outcome.code == code


def test_more_than_the_server_takes_is_not_even_begun() -> None:
    with scripted(EHLO="250-scripted\n250-PIPELINING\n250 SIZE 100") as server:
        [outcome] = deliver(url_of(server))
        assert isinstance(outcome, Rejected)
        assert outcome.code == "5.3.4"
        assert not [line for line in server.heard if line.startswith("MAIL")]
