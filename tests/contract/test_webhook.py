"""What is particular to webhooks: signatures, repeats, addresses, and what the answers mean."""

from __future__ import annotations

import base64
import json
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from distributor.channels import standard_webhooks, stored_variants
from distributor.channels.base import REPEAT_POSSIBLE, Credentials, Options
from distributor.channels.webhook.adapter import ANSWER_LIMIT, WebhookChannel
from distributor.channels.webhook.event import body
from distributor.channels.webhook.statuses import REPEAT_SPAN
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.practice import identities
from tests.contract.cases.spec import LINK, posting
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.scripted_http import Answer, answering
from tests.unit.rendering.letters import LETTER

HELLO = posting("webhook")("Hello")
SECRET = standard_webhooks.new_secret()
VALUES = {"url": "https://receiver.example.org/hooks/k3y-in-the-path", "secret": SECRET}
REAL = Credentials(1, "Receiver", VALUES)


def ask(status: int, body: object = "", headers: dict[str, str] | None = None, **values: str) -> Outcome:
    with answering(Answer(status, body, headers or {})) as server:
        return WebhookChannel().send(Credentials(1, "x", VALUES | values, server.url), HELLO, new_intent())


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Take every request off the wire, and answer it with 204."""
    requests: list[httpx.Request] = []

    def take(_transport: object, request: httpx.Request) -> httpx.Response:
        request.read()
        requests.append(request)
        return httpx.Response(204, stream=httpx.ByteStream(b""))

    monkeypatch.setattr("distributor.channels.http.GuardedTransport.handle_request", take)
    return requests


def test_a_call_is_signed_and_says_the_letter(heard: list[httpx.Request]) -> None:
    channel = WebhookChannel()
    variant = stored_variants.read(json.loads(json.dumps(channel.compose(LETTER, Options()).to_json())))
    intent = new_intent()
    assert isinstance(channel.send(REAL, variant, intent), Accepted)
    [request] = heard
    said = Webhook(SECRET).verify(request.content, dict(request.headers))
    assert str(request.url) == VALUES["url"]
    assert request.headers["webhook-id"] == said["id"] == intent.key
    assert said["type"] == "letter.published"
    assert datetime.fromisoformat(said["timestamp"]) == intent.first_tried_at
    letter = said["data"]
    assert letter["title"] == LETTER.title
    assert letter["url"] == LETTER.url
    assert letter["text"].startswith(LETTER.title)
    assert letter["authors"] == [
        {
            "name": "Seo Haneul",
            "email": "haneul@harbor.example.com",
            "bio": "Seo Haneul is a third-generation skipper.",
        }
    ]
    assert letter["series"] == {"title": "Letters to the Harbor Commission", "number": 9}
    assert letter["editor_note"] == LETTER.editor_note
    assert letter["language"] == "en"
    assert letter["publication"]["name"] == "Harbor Letters"
    assert letter["image"] == {"url": LETTER.image_url, "alt": LETTER.image_alt}
    assert letter["body_html"].startswith("<p>Dear Commissioners,</p>")
    assert letter["body_text"] == LETTER.body_text


@pytest.mark.parametrize(
    ("content", "there", "missing"),
    [("text", {"body_text"}, {"body_html"}), ("post", set(), {"body_text", "body_html"})],
)
def test_a_publication_may_ask_for_less(content: str, there: set[str], missing: set[str]) -> None:
    variant = WebhookChannel().compose(LETTER, Options(more={"content": content}))
    letter = json.loads(body(variant, key="1", at="x"))["data"]
    assert there <= set(letter)
    assert not missing & set(letter)


def test_every_try_says_the_very_same_with_a_fresh_signature(heard: list[httpx.Request]) -> None:
    now = datetime.now(UTC)
    intent = new_intent(at=now)
    for attempt, later in ((1, 0), (2, 61)):
        moment = now + timedelta(seconds=later)
        channel = WebhookChannel(clock=repeat(moment).__next__)
        channel.send(REAL, HELLO, replace(intent, attempt=attempt))
    first, second = heard
    assert first.content == second.content
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_the_receiver_refuses_an_old_timestamp(world: World) -> None:
    late = WebhookChannel(clock=lambda: datetime.now(UTC) - timedelta(minutes=6))
    assert isinstance(late.send(practice_account(world, "webhook"), HELLO, new_intent()), Reconnect)
    assert world.posts("webhook") == []


def test_the_receipt_says_where_it_is(world: World) -> None:
    intent = new_intent()
    outcome = WebhookChannel().send(practice_account(world, "webhook"), HELLO, intent)
    assert isinstance(outcome, Accepted)
    assert outcome.receipt.remote_id == intent.key
    [post] = world.posts("webhook")
    assert outcome.receipt.url == f"{world.url}/webhook#post-{post['id']}"
    assert f'id="post-{post["id"]}"' in world.http.get("/webhook").text


def test_receivers_take_the_same_intent_once_each(world: World) -> None:
    account, intent = practice_account(world, "webhook"), new_intent()
    for number in ("", "-2", "-3", "-2"):
        values = {**account.values, "url": f"{account.values['url']}{number}"}
        sent = WebhookChannel().send(Credentials(1, "x", values, account.endpoint), HELLO, intent)
        assert isinstance(sent, Accepted)
    assert len({post["id"] for post in world.posts("webhook")}) == 3


@pytest.mark.parametrize(
    ("status", "kind", "remedy"),
    [
        *((status, Rejected, "settings") for status in (301, 302, 303, 307, 308)),
        *((status, Rejected, "change") for status in (400, 403, 404, 405, 409, 413, 422)),
        (401, Reconnect, "reconnect"),
        (410, Reconnect, "reconnect"),
        (408, Deferred, "wait"),
        (425, Deferred, "wait"),
    ],
)
def test_statuses(status: int, kind: type, remedy: str) -> None:
    outcome = ask(status, "", {"Location": "https://example.org/"})
    assert type(outcome) is kind
    assert not isinstance(outcome, Accepted)
    assert outcome.remedy == remedy
    assert outcome.code == str(status)  # type: ignore[union-attr]
    assert outcome.raw["status"] == status


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_says_when_it_takes_calls_again(status: int) -> None:
    outcome = ask(status, "", {"Retry-After": "90"})
    assert isinstance(outcome, Deferred)
    assert outcome.whole_account
    assert outcome.retry_at is not None
    assert timedelta(seconds=85) < outcome.retry_at - datetime.now(UTC) <= timedelta(seconds=90)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_of_its_own_is_repeated_only_where_that_is_harmless(status: int) -> None:
    outcome = ask(status)
    assert isinstance(outcome, Deferred)
    assert outcome.code == REPEAT_POSSIBLE
    assert isinstance(ask(status, repeatable="no"), Unconfirmed)
    assert isinstance(ask(status, repeatable="perhaps"), Unconfirmed)


def test_a_lost_answer_is_a_persons_matter_where_repeats_are_not_harmless(world: World) -> None:
    account = practice_account(world, "webhook")
    careful = Credentials(1, "x", {**account.values, "repeatable": "no"}, account.endpoint)
    world.fault("webhook", "drop-after-accept")
    assert isinstance(WebhookChannel().send(careful, HELLO, new_intent()), Unconfirmed)


def test_a_lost_answer_is_a_persons_matter_when_no_further_try_follows(world: World) -> None:
    world.fault("webhook", "drop-after-accept", times=2)
    now = datetime.now(UTC)
    for ago, kind in ((REPEAT_SPAN - timedelta(minutes=5), Deferred), (REPEAT_SPAN, Unconfirmed)):
        intent = replace(new_intent(at=now - ago), attempt=5)
        assert type(WebhookChannel().send(practice_account(world, "webhook"), HELLO, intent)) is kind


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ({"url": "https://cms.example.org/7"}, "https://cms.example.org/7"),
        ({"url": "javascript:alert(1)"}, ""),
        ({"url": 7}, ""),
        ({"url": "https://[bad"}, ""),
        ([], ""),
        ("accepted", ""),
        ("", ""),
        ({"url": "https://cms.example.org/7", "more": "x" * (ANSWER_LIMIT * 3)}, ""),
    ],
)
def test_an_answer_may_say_where_it_is(body: object, url: str) -> None:
    outcome = ask(200, body)
    assert isinstance(outcome, Accepted)
    assert outcome.receipt.url == url


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/x", "https://localhost/x", "https://[::1]/x", "https://169.254.169.254/x", "https://10.1/"],
)
def test_no_private_address_is_ever_called(url: str) -> None:
    outcome = WebhookChannel().send(Credentials(1, "x", VALUES | {"url": url}), HELLO, new_intent())
    assert isinstance(outcome, Rejected)
    assert outcome.code == "address"


@pytest.mark.parametrize(
    "url", ["http://receiver.example.org/", "receiver.example.org", "https://", "https://a b/", ""]
)
def test_only_whole_encrypted_addresses_are_called(url: str, heard: list[httpx.Request]) -> None:
    outcome = WebhookChannel().send(Credentials(1, "x", VALUES | {"url": url}), HELLO, new_intent())
    assert isinstance(outcome, Reconnect)
    assert heard == []


def test_a_further_header_is_sent(heard: list[httpx.Request]) -> None:
    values = VALUES | {"header_name": "Authorization", "header_value": "Bearer abc def"}
    WebhookChannel().send(Credentials(1, "x", values), HELLO, new_intent())
    assert heard[0].headers["authorization"] == "Bearer abc def"


def test_a_host_may_have_any_script(heard: list[httpx.Request]) -> None:
    values = VALUES | {"url": "https://편지.example.org/받는곳"}
    assert isinstance(WebhookChannel().send(Credentials(1, "x", values), HELLO, new_intent()), Accepted)
    assert str(heard[0].url).startswith("https://xn--")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", ""),
        ("", "value"),
        ("Host", "internal"),
        ("webhook-id", "mine"),
        ("Content-Length", "0"),
        ("two words", "x"),
        ("X-A", "line\r\nX-B: break"),
        ("X-A", "토큰"),
    ],
)
def test_a_header_that_can_not_be_is_not_sent(name: str, value: str, heard: list[httpx.Request]) -> None:
    values = VALUES | {"header_name": name, "header_value": value}
    assert isinstance(WebhookChannel().send(Credentials(1, "x", values), HELLO, new_intent()), Reconnect)
    assert heard == []


@pytest.mark.parametrize("size", [23, 24, 64, 65])
def test_a_secret_has_the_standards_length(size: int) -> None:
    assert standard_webhooks.is_secret("whsec_" + base64.b64encode(b"x" * size).decode()) == (24 <= size <= 64)


def test_what_a_receiver_says_gets_into_no_record_with_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = "s3cret-value-of-the-header"
    said = ask(422, f"Not with {SECRET} and {token}", header_name="X-Token", header_value=token)
    ask(200, "")
    assert isinstance(said, Rejected)
    assert "Not with … and …" in said.reason
    everything = repr(said) + caplog.text
    assert SECRET not in everything
    assert token not in everything
    assert "k3y-in-the-path" not in everything


def test_a_large_call_is_mentioned() -> None:
    channel = WebhookChannel()
    large = channel.compose(replace(LETTER, body_text="The sea rises.\n\n" * 2500), Options())
    assert any("kB; 20 at most are advised" in one.message for one in channel.check(large))
    assert not [one for one in channel.check(channel.compose(LETTER, Options())) if "kB" in one.message]


def test_the_practice_receiver_judges_by_itself(world: World) -> None:
    """Signed by another secret, for another id, or for another text: none is believed."""
    body = json.dumps({"type": "letter.published", "timestamp": "x", "data": {"title": "", "url": LINK, "text": "Hi"}})
    good = standard_webhooks.headers((identities.WEBHOOK_SECRET,), key="k-1", body=body.encode(), now=datetime.now(UTC))
    others: list[tuple[dict[str, Any], str]] = [
        (good, body + " "),
        (good | {"webhook-id": "k-2"}, body),
        (good | {"webhook-signature": "v1,AAAA v2,"}, body),
        ({key: value for key, value in good.items() if key != "webhook-timestamp"}, body),
    ]
    token = {"X-Practice-Token": identities.WEBHOOK_TOKEN, "Content-Type": "application/json"}
    for headers, content in others:
        assert world.http.post("/webhook/letters", content=content, headers=token | headers).status_code == 401
    assert world.http.post("/webhook/letters", content=body, headers=token | good).status_code == 200
    assert world.http.post("/webhook/nobody", content=body, headers=token | good).status_code == 404


def test_the_receiver_in_the_manual_believes_our_calls_only() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "channels" / "webhook.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    known: dict[str, Any] = {}
    exec(code, known)
    now = datetime.now(UTC)
    headers = standard_webhooks.headers((SECRET,), key="k-1", body=b"{}", now=now)
    assert known["is_ours"](headers, b"{}", SECRET)
    assert not known["is_ours"](headers, b"{ }", SECRET)
    assert not known["is_ours"](headers, b"{}", standard_webhooks.new_secret())
    old = standard_webhooks.headers((SECRET,), key="k-1", body=b"{}", now=now - timedelta(minutes=6))
    assert not known["is_ours"](old, b"{}", SECRET)
