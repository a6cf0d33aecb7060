"""What is particular to Apprise: its plugins get out by our guarded client only, and what their answers mean."""

from __future__ import annotations

import ast
import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import requests
from apprise.manager_plugins import NotificationManager

from distributor.channels.apprise import plugins, service
from distributor.channels.apprise.adapter import AppriseChannel
from distributor.channels.base import Credentials, Options
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Variant
from distributor.practice import identities
from tests.contract.cases.spec import posting
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.scripted_http import Answer, answering
from tests.unit.rendering.letters import LETTER

HELLO = posting("apprise")("Hello")
TOKEN = "T0ken-of-the-address"
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
TWILIO = "twilio://AC" + "0" * 32 + ":" + "1" * 32 + "@15551234567/15557654321/15557654322"


def send(url: str, variant: Variant = HELLO, *, endpoint: str = "") -> Outcome:
    return AppriseChannel().send(Credentials(1, "x", {"url": url}, endpoint), variant, new_intent())


def ask(status: int, body: object = "", headers: dict[str, str] | None = None) -> Outcome:
    with answering(Answer(status, body, headers or {})) as server:
        return send(f"jsons://service.example.org/{TOKEN}", endpoint=server.url)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[httpx.Request]]:
    """Take every request off the wire, and give each the next of these statuses, and the last one again."""

    def answer(*statuses: int, body: bytes = b"ok") -> list[httpx.Request]:
        left, requests_made = list(statuses), []

        def take(_transport: object, request: httpx.Request) -> httpx.Response:
            request.read()
            requests_made.append(request)
            status = left.pop(0) if len(left) > 1 else left[0]
            return httpx.Response(status, headers={"Location": "/else"}, stream=httpx.ByteStream(body))

        monkeypatch.setattr("distributor.channels.http.GuardedTransport.handle_request", take)
        return requests_made

    return answer


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Accepted) for status in (200, 201, 204)),
        *((status, Unconfirmed) for status in (301, 302, 307, 500, 502, 503)),
        *((status, Reconnect) for status in (401, 403, 404, 410)),
        *((status, Rejected) for status in (400, 413, 422)),
    ],
)
def test_statuses(status: int, kind: type) -> None:
    outcome = ask(status)
    assert type(outcome) is kind
    if isinstance(outcome, Rejected | Reconnect):
        assert outcome.code == str(status)
        assert outcome.raw == {"statuses": [status]}


def test_a_service_says_when_it_takes_messages_again() -> None:
    outcome = ask(429, "", {"Retry-After": "90"})
    assert isinstance(outcome, Deferred)
    assert outcome.whole_account
    assert outcome.retry_at is not None
    assert timedelta(seconds=85) < outcome.retry_at - datetime.now(UTC) <= timedelta(seconds=90)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (SLACK, "hooks.slack.com"),
        (DISCORD, "discord.com"),
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord.com"),
        ("ntfy://letters", "ntfy.sh"),
        ("ntfys://ntfy.example.org/letters", "ntfy.example.org"),
        ("jsons://user:pass@service.example.org:8443/x", "service.example.org"),
        ("pover://" + "u" * 30 + "@" + "a" * 30, "api.pushover.net"),
        ("mmosts://chat.example.org/" + "a" * 26, "chat.example.org"),
        ("workflows://flow.example.org/workflowid12/signature123", "flow.example.org"),
    ],
)
def test_services_are_reached_by_our_client(url: str, host: str, heard: Callable[..., list[httpx.Request]]) -> None:
    asked = heard(200)
    assert isinstance(send(url), Accepted)
    [request] = asked
    assert (request.url.scheme, request.url.host, request.method) == ("https", host, "POST")
    assert b"Hello" in request.content


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1:8080", "169.254.169.254/latest", "[::1]", "192.168.1.1"]
)
@pytest.mark.parametrize("schema", ["jsons", "xmls", "forms", "ntfys", "apprises"])
def test_no_private_address_is_ever_reached(schema: str, host: str) -> None:
    outcome = send(f"{schema}://{host}/{TOKEN}")
    assert isinstance(outcome, Rejected | Reconnect)  # some of them are no addresses to Apprise
    assert not isinstance(outcome, Rejected) or outcome.code == "address"


def test_nothing_is_sent_unencrypted(heard: Callable[..., list[httpx.Request]]) -> None:
    asked = heard(200)
    outcome = send(f"json://service.example.org/{TOKEN}")
    assert isinstance(outcome, Rejected)
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "mailto://user:pass@example.org",
        "mqtt://example.org/topic",
        "rsyslog://example.org",
        "syslog://",
        "macosx://",
        "windows://",
        "aprs://user:pass@CALL",
        "xmpp://user:pass@example.org",
        "matrixs://user:pass@example.org/#room",
        f"{DISCORD}?template=/etc/hostname",
        f"{DISCORD}?template=http://127.0.0.1/template",
        "tgram://no-token",
        "unheard://of",
        "https://example.org/",
        "file:///etc/hostname",
    ],
)
def test_what_has_another_way_out_is_refused(url: str) -> None:
    outcome = send(url)
    assert isinstance(outcome, Reconnect)
    assert AppriseChannel().check_account(Credentials(1, "x", {"url": url}), HELLO)


def test_the_usual_services_are_usable_and_see_no_other_network() -> None:
    usable = {one.__module__.rpartition(".")[2]: one for one in _all() if plugins.is_harmless(one)}
    usual = "slack discord ntfy pushover mattermost gotify rocketchat zulip workflows google_chat line twilio mailgun"
    assert set(usual.split()) <= set(usable)
    assert not {"mqtt", "aprs", "rsyslog", "syslog", "macosx", "windows", "dbus", "smpp", "vapid"} & set(usable)
    for plugin in usable.values():
        for part in plugins._parts(plugin.__module__):
            assert requests not in [value for value in vars(sys.modules[part]).values() if callable(value)]
            assert vars(sys.modules[part]).get("requests") is not requests


@pytest.mark.parametrize(
    ("code", "harmless"),
    [
        ("import requests\nrequests.post('https://a')", True),
        ("from requests import RequestException", True),
        ("import os\nos.path.join('a')", True),
        ("from .discord import NotifyDiscord", True),
        ("open(template.path)", True),
        ("import requests\nrequests.Session()", False),
        ("import requests as http\nhttp.Session()", False),
        ("import os as _os\n_os.urandom(16)", True),
        ("import os as _os\n_os.system('x')", False),
        ("import io\nio.open('/etc/hostname')", False),
        ("import requests\nrequests.adapters.HTTPAdapter()", False),
        ("from requests import post", False),
        ("def send(self):\n    import requests", False),
        ("def send(self):\n    from ..apprise_attachment import AppriseAttachment", False),
        ("import socket", False),
        ("import http.client", False),
        ("import urllib.request", False),
        ("from urllib import request", False),
        ("import subprocess", False),
        ("import importlib", False),
        ("from .. import Apprise", False),
        ("from ..utils.http import HTTPPolicySession", False),
        ("import os\nos.system('x')", False),
        ("from os import system", False),
        ("import time\ntime.sleep(1)", False),
        ("from time import sleep", False),
        ("open('/etc/hostname')", False),
        ("__import__('socket')", False),
        ("eval('1')", False),
    ],
)
def test_a_plugins_code_is_read_for_other_ways_out(code: str, harmless: bool) -> None:
    assert plugins._is_harmless_code(ast.parse(code), f"{plugins.PACKAGE}.new") is harmless


def test_outside_of_a_message_a_plugin_sends_nothing() -> None:
    known = service.read(SLACK)
    assert known._plugin.notify(body="Hello") is False


def test_two_recipients_of_whom_one_was_refused_are_unclear(heard: Callable[..., list[httpx.Request]]) -> None:
    asked = heard(201, 400)
    assert isinstance(send(TWILIO), Unconfirmed)
    assert len(asked) == 2
    heard(400)
    assert isinstance(send(TWILIO), Rejected)
    heard(400, 500)
    assert isinstance(send(TWILIO), Unconfirmed)


def test_nothing_pauses_in_a_worker(heard: Callable[..., list[httpx.Request]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", _never)
    heard(429)
    assert isinstance(send(DISCORD), Deferred)
    heard(201)
    assert isinstance(send(f"{TWILIO}?retry=3&wait=5"), Accepted)


def _never(_seconds: float) -> None:
    raise AssertionError("a worker sleeps")


def test_an_answer_that_breaks_a_plugin_is_unclear(
    heard: Callable[..., list[httpx.Request]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> bool:
        requests_of_it = vars(sys.modules["apprise.plugins.slack"])["requests"]
        requests_of_it.post("https://hooks.slack.com/x", data="x")
        raise KeyError("answer")

    heard(200)
    monkeypatch.setattr("apprise.plugins.slack.NotifySlack.send", broken)
    outcome = send(SLACK)
    assert isinstance(outcome, Unconfirmed)
    assert outcome.raw == {"statuses": [200], "failure": "KeyError"}


def test_a_text_is_cut_for_a_service_that_takes_less(heard: Callable[..., list[httpx.Request]]) -> None:
    asked = heard(201)
    channel, account = AppriseChannel(), Credentials(1, "x", {"url": TWILIO})
    variant = channel.compose(LETTER, Options())
    assert variant.limit is not None
    assert 160 < variant.length <= variant.limit
    [concern] = channel.check_account(account, variant)
    assert "Twilio takes 160 characters" in concern.message
    assert channel.check_account(Credentials(1, "x", {"url": SLACK}), variant) == ()
    assert isinstance(channel.send(account, variant, new_intent()), Accepted)
    text = dict(httpx.QueryParams(asked[0].content.decode()))["Body"]
    assert len(text) <= 160
    assert text.endswith(LETTER.url)


def test_a_title_goes_where_titles_are_shown(world: World) -> None:
    channel = AppriseChannel()
    variant = channel.compose(LETTER, Options())
    assert isinstance(channel.send(practice_account(world, "apprise"), variant, new_intent()), Accepted)
    [post] = world.posts("apprise")
    assert post["data"]["said"]["title"] == LETTER.title
    assert post["data"]["said"]["message"].startswith("Letter 9 in “Letters to the Harbor Commission”")
    assert post["text"].replace("\n\n", "\n") == variant.parts[0].replace("\n\n", "\n")


def test_further_accounts_have_messages_of_their_own(world: World) -> None:
    account = practice_account(world, "apprise")
    for number in ("", "-2", "-3"):
        url = f"{account.values['url']}{number}"
        assert isinstance(send(url, endpoint=account.endpoint), Accepted)
    assert {post["account"] for post in world.posts("apprise")} == {"1", "2", "3"}


def test_the_address_gets_into_no_record(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    account = practice_account(world, "apprise")
    said = [repr(account)]
    for fault in ("", "429", "500", "drop-before", "drop-after-accept", "expired-token"):
        if fault:
            world.fault("apprise", fault)
        said.append(repr(AppriseChannel().send(account, HELLO, new_intent())))
    said.append(repr(send(f"mailto://user:{TOKEN}@example.org")))
    said.append(repr(send(f"unheard://{TOKEN}")))
    said.append(repr(service.read(f"jsons://service.example.org/{TOKEN}")))
    everything = "".join(said) + caplog.text
    assert identities.APPRISE_TOKEN not in everything
    assert TOKEN not in everything


def _all() -> list[type]:
    plugins.load()
    manager: Any = NotificationManager
    return list(manager().plugins())
