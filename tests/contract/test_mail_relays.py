"""What a relay does to one recipient, and what to all of them; logins and hosts beyond the ordinary."""

from __future__ import annotations

from base64 import b64decode

import pytest

from distributor.channels.base import AWAY, REPEAT_POSSIBLE
from distributor.domain.outcomes import Accepted, Deferred, Reconnect, Rejected
from tests.contract.scripted_smtp import HANGUP, PASSWORD, ScriptedServer, deliver, scripted, url_of

pytestmark = pytest.mark.usefixtures("loopback_allowed")


@pytest.fixture(autouse=True, params=["lock-step", "pipelining"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers mean is the same whether commands wait for each other or travel together."""
    if request.param == "pipelining":
        monkeypatch.setattr(ScriptedServer, "hello", "250-scripted\n250 PIPELINING")


@pytest.mark.parametrize("hangup", ["", HANGUP])
def test_an_answer_counts_even_when_the_server_then_hangs_up(hangup: str) -> None:
    with scripted() as server:
        server.special = {"RCPT": {"gone": f"550 5.1.1 unknown{hangup}"}, ".": {"spam": f"554 5.7.1 spam{hangup}"}}
        outcomes = deliver(url_of(server), "gone", "a", "spam", "b")
        assert [getattr(one, "code", None) for one in outcomes] == ["5.1.1", None, "5.7.1", None]
        assert len([command for command in server.heard if "gone@" in command]) == 1


@pytest.mark.parametrize("step", ["RCPT", "DATA", "."])
def test_a_421_for_one_recipient_is_that_ones_own(step: str) -> None:
    """Those behind a throttled domain get their mail all the same, over a new connection."""
    with scripted() as server:
        server.special = {step: {"slow": "421 4.7.0 domain throttled", "slower": "421 busy"}}
        outcomes = deliver(url_of(server), "slow", "slower", "a", "slow", "slower", "b")
        assert [getattr(one, "code", None) for one in outcomes] == ["4.7.0", "421", None, "4.7.0", "421", None]
        assert {type(one) for one in outcomes} == {Deferred, Accepted}
        assert server.connections == 5


@pytest.mark.parametrize("step", ["RCPT", "DATA", "DOT"])
def test_several_421_in_a_row_are_the_servers(step: str) -> None:
    with scripted(**{step: "421 4.3.2 closing"}) as server:
        outcomes = deliver(url_of(server), *"abcde")
        assert [getattr(one, "code", None) for one in outcomes] == ["4.3.2", "4.3.2", AWAY, AWAY, AWAY]
        assert server.connections == 3


def test_answers_lost_one_after_the_other_are_the_servers() -> None:
    """Each such mail may have been taken: the third still is one that may come twice, and no other is risked."""
    with scripted(DOT="") as server:
        server.special = {"RCPT": {"gone": "550 5.1.1 unknown"}}
        outcomes = deliver(url_of(server), "a", "b", "gone", "c", "d", "e")
        codes = [getattr(one, "code", None) for one in outcomes]
        assert codes == [REPEAT_POSSIBLE, REPEAT_POSSIBLE, "5.1.1", REPEAT_POSSIBLE, AWAY, AWAY]
        assert len([content for content in server.contents if content]) == 3  # an empty one is nobody's


def test_answers_lost_now_and_then_stop_nobody() -> None:
    with scripted() as server:
        server.special = {".": {"lost": ""}}
        outcomes = deliver(url_of(server), *("lost", "lost", "a") * 3)
        assert [getattr(one, "code", None) for one in outcomes] == [REPEAT_POSSIBLE, REPEAT_POSSIBLE, None] * 3


@pytest.mark.parametrize(
    ("answer", "code"),
    [("550 5.6.7 no such letters", "5.6.7"), ("555 unknown option", "555"), ("550 5.1.1 unknown", "5.6.7")],
)
@pytest.mark.parametrize("hangup", ["", HANGUP])
def test_smtputf8_that_is_refused_is_one_recipients_own(answer: str, code: str, hangup: str) -> None:
    with scripted(EHLO="250-scripted\n250 SMTPUTF8", MAILUTF8=answer + hangup) as server:
        outcomes = deliver(url_of(server), "민지", "kim")
        assert [type(one) for one in outcomes] == [Rejected, Accepted]
        assert getattr(outcomes[0], "code", None) == code


def test_login_beyond_ascii_is_utf_8() -> None:
    with scripted(EHLO="250-scripted\n250 AUTH CRAM-MD5 PLAIN", AUTH="235 2.7.0 welcome") as server:
        assert [type(one) for one in deliver(url_of(server, login="k%C3%AFm:p%C3%A4ss@"))] == [Accepted]
        [login] = [command for command in server.heard if command.startswith("AUTH")]
        assert b64decode(login.split()[2]).decode() == "\0kïm\0päss"


@pytest.mark.parametrize(
    ("login", "offered"),
    [
        ("kim:s%C3%A4cret", "CRAM-MD5 LOGIN"),
        ("k%C3%AFm:s%C3%A4cret", "LOGIN"),
        ("kim:s%C3%A4cret", "PLAIN"),  # and it says no
        ("kim:s%E4cret", "PLAIN"),  # which is not UTF-8
    ],
)
def test_login_beyond_ascii_that_does_not_work(login: str, offered: str) -> None:
    with scripted(EHLO=f"250-scripted\n250 AUTH {offered}", AUTH="535 5.7.8 no") as server:
        outcomes = deliver(url_of(server, login=f"{login}@"), "a", "b")
        assert [type(one) for one in outcomes] == [Reconnect, Reconnect]
        assert "cret" not in repr(outcomes)
        assert "password" in repr(outcomes)


@pytest.mark.parametrize("host", ["mail..example.com", ".example.com", f"{'m' * 64}.example.com", f"{'바' * 64}.kr"])
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_host_that_is_no_name_asks_for_another(scheme: str, host: str) -> None:
    outcomes = deliver(f"{scheme}://kim:{PASSWORD}@{host}", "a", "b")
    assert [type(one) for one in outcomes] == [Reconnect, Reconnect]
    assert PASSWORD not in repr(outcomes)
