"""What is particular to X, Facebook and Kakao: threads, signatures, budgets, codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from distributor.channels.base import PARTLY_OUT, Credentials
from distributor.channels.facebook.adapter import FacebookChannel
from distributor.channels.kakao.adapter import KakaoChannel
from distributor.channels.kakao.payload import CardContent, KakaoPayload, Template, TemplateButton, TemplateLink
from distributor.channels.kakao.refusals import next_day_in_seoul
from distributor.channels.link.adapter import LinkChannel
from distributor.channels.twitter.adapter import TwitterChannel
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.text_length import measure
from distributor.domain.variants import Variant
from distributor.practice import identities
from distributor.practice.networks import ACCOUNTS
from tests.contract.cases.kakao import card_of
from tests.contract.cases.link import page_of
from tests.contract.cases.spec import posting as post_of
from tests.contract.conftest import MemoryShelf, World, new_intent, practice_account
from tests.contract.scripted_http import Answer, answering
from tests.contract.support.twitter import OAUTH1, THREAD, thread_on


def test_thread_hangs_together(world: World) -> None:
    outcome = TwitterChannel().send(practice_account(world, "twitter"), THREAD, new_intent())
    assert isinstance(outcome, Accepted)
    assert thread_on(world) == list(THREAD.parts)
    assert outcome.receipt.remote_id == world.posts("twitter")[-1]["id"] == outcome.receipt.raw["ids"][0]


@pytest.mark.parametrize("out", [1, 2, 3])
def test_thread_goes_on_where_it_broke_off(out: int, world: World) -> None:
    x, account, intent = TwitterChannel(), practice_account(world, "twitter"), new_intent()
    x.send(account, replace(THREAD, parts=THREAD.parts[:out]), intent)
    found = x.find_existing(account, intent, THREAD)
    assert (found is not None) == (out == 3)  # a part is not the whole
    assert isinstance(x.send(account, THREAD, replace(intent, attempt=2)), Accepted)
    assert thread_on(world) == list(THREAD.parts)


def test_thread_that_meets_a_limit_says_how_much_is_out(world: World) -> None:
    account = practice_account(world, "twitter")
    headers = {"Authorization": f"Bearer {identities.X_TOKEN}"}
    for number in range(99):
        world.http.post("/twitter/2/tweets", json={"text": f"filler {number}"}, headers=headers).raise_for_status()
    outcome = TwitterChannel().send(account, THREAD, new_intent())
    assert isinstance(outcome, Deferred)
    assert outcome.code == PARTLY_OUT
    assert outcome.reason.startswith("1 of 3 posts")
    assert outcome.retry_at is not None
    assert timedelta(0) < outcome.retry_at - datetime.now(UTC) <= timedelta(minutes=15)


def test_thread_whose_second_post_is_refused_says_so(world: World) -> None:
    variant = Variant("twitter", parts=("one", "가" * 141))
    outcome = TwitterChannel().send(practice_account(world, "twitter"), variant, new_intent())
    assert isinstance(outcome, Rejected)
    assert outcome.reason.startswith("1 of 2 posts")


def test_oauth1_is_signed_for_the_real_address(world: World) -> None:
    x, intent = TwitterChannel(), new_intent()
    account = Credentials(1, "x", OAUTH1, world.endpoints["twitter"])
    assert isinstance(x.send(account, THREAD, intent), Accepted)
    assert x.find_existing(account, intent, THREAD) is not None
    for name in OAUTH1:
        wrong = Credentials(1, "x", {**OAUTH1, name: "wrong"}, world.endpoints["twitter"])
        assert isinstance(x.send(wrong, THREAD, intent), Reconnect)
        without = Credentials(1, "x", {**OAUTH1, name: ""}, world.endpoints["twitter"])
        assert isinstance(x.send(without, THREAD, intent), Reconnect)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 280, True),
        ("a" * 281, False),
        ("한" * 140, True),
        ("한" * 140 + "a", False),
        ("a" * 256 + " https://letters.example.org/" + "x" * 200, True),
        ("a" * 257 + " https://letters.example.org/" + "x" * 200, False),
        ("👩‍👩‍👧" * 140, True),
        ("👩‍👩‍👧" * 141, False),
        ("a" * 255 + " http://127.0.0.1:8000/a/b", False),  # X makes no link of this
    ],
)
def test_the_judge_and_the_adapter_count_alike(text: str, fits: bool, world: World) -> None:
    x = TwitterChannel()
    outcome = x.send(practice_account(world, "twitter"), Variant("twitter", parts=(text,)), new_intent())
    assert isinstance(outcome, Accepted) == fits == (measure(text, x.capabilities) <= 280)


def test_facebook_account_of_the_wrong_shape_asks_for_another(world: World) -> None:
    account = practice_account(world, "facebook")
    for name, value in (("page_id", "../me"), ("page_id", ""), ("api_version", "latest"), ("page_token", "")):
        wrong = Credentials(1, "x", {**account.values, name: value}, account.endpoint)
        assert isinstance(FacebookChannel().send(wrong, post_of("facebook")("Hello"), new_intent()), Reconnect)
    other_page = Credentials(1, "x", {**account.values, "page_id": "4"}, account.endpoint)
    assert isinstance(FacebookChannel().send(other_page, post_of("facebook")("Hello"), new_intent()), Reconnect)


def test_facebook_post_is_found_among_many(world: World) -> None:
    facebook, account, intent = FacebookChannel(), practice_account(world, "facebook"), new_intent()
    variant = post_of("facebook")("The first one")
    facebook.send(account, variant, intent)
    headers = {"Authorization": f"Bearer {identities.GRAPH_TOKEN}"}
    for number in range(120):
        url = f"/facebook/{identities.GRAPH_VERSION}/{identities.GRAPH_PAGE}/feed"
        world.http.post(url, data={"message": f"filler {number}"}, headers=headers).raise_for_status()
    found = facebook.find_existing(account, intent, variant)
    assert found is not None
    assert found.remote_id == world.http.get("/api/posts?channel=facebook&limit=1000").json()["posts"][-1]["id"]


def test_kakao_refuses_what_is_no_template(world: World) -> None:
    kakao, account = KakaoChannel(), practice_account(world, "kakao")
    without_link = Template("text", text="Hello")
    button = TemplateButton("Read", TemplateLink.to("https://letters.example.org"))
    three_buttons = Template.of_text("Hello", "https://letters.example.org", [button] * 3)
    empty = Template.of_card(CardContent("", "", "", TemplateLink()))
    for template in (without_link, three_buttons, Template("poem"), Template("feed"), empty):
        outcome = kakao.send(account, Variant("kakao", payload=KakaoPayload(template_object=template)), new_intent())
        assert isinstance(outcome, Rejected)
        assert outcome.code == "-2"
    assert world.posts("kakao") == []


def test_kakaos_day_ends_at_midnight_in_seoul() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 21:00 in Seoul
    assert next_day_in_seoul(noon) == datetime(2026, 11, 23, 15, tzinfo=UTC)
    evening = datetime(2026, 11, 23, 16, tzinfo=UTC)  # 01:00 of the 24th
    assert next_day_in_seoul(evening) == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_link_is_published_once_and_found_by_its_intent(pages: MemoryShelf) -> None:
    link, nobody, intent = LinkChannel(), Credentials(0, "web", {}), new_intent()
    assert link.find_existing(nobody, intent, page_of("text")) is None
    first, second = (link.send(nobody, page_of("text"), intent) for _ in range(2))
    assert first == second
    assert isinstance(first, Accepted)
    assert link.find_existing(nobody, intent, page_of("text")) == first.receipt
    assert isinstance(link.send(nobody, Variant("link"), new_intent()), Rejected)


# Answers that the practice world never gives: a server that says whatever a test wants.


def ask(channel: str, status: int, body: object, headers: dict[str, str] | None = None) -> Outcome:
    made: dict[str, Callable[[], Any]] = {
        "twitter": TwitterChannel,
        "facebook": FacebookChannel,
        "kakao": KakaoChannel,
    }
    [account] = [one for one in ACCOUNTS if one.channel == channel]
    variant = card_of("Hello") if channel == "kakao" else Variant(channel, parts=("Hello",))
    with answering(Answer(status, body, headers or {})) as server:
        outcome: Outcome = made[channel]().send(Credentials(1, "x", account.values, server.url), variant, new_intent())
    return outcome


def graph(code: int, **more: object) -> dict[str, object]:
    return {"error": {"message": f"(#{code}) something", "type": "OAuthException", "code": code, **more}}


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        *((code, 400, Deferred) for code in (4, 17, 32, 341, 613, 80000, 80014, 1390008)),
        *((code, 400, Reconnect) for code in (10, 102, 104, 190, 200, 299)),
        *((code, 500, Unconfirmed) for code in (1, 2)),
        *((code, 400, Unconfirmed) for code in (1, 2)),
        (100, 400, Rejected),
        (368, 403, Rejected),
        (12345, 400, Rejected),
        (12345, 500, Unconfirmed),
    ],
)
def test_graph_codes(code: int, status: int, kind: type) -> None:
    outcome = ask("facebook", status, graph(code))
    assert type(outcome) is kind
    if isinstance(outcome, Deferred):
        assert outcome.retry_at is not None
        assert outcome.code == str(code)


def test_graph_says_why_a_token_ended() -> None:
    outcome = ask("facebook", 400, graph(190, error_subcode=460))
    assert isinstance(outcome, Reconnect)
    assert "password" in outcome.reason


def test_graph_says_when_to_come_back() -> None:
    usage = json.dumps({"100": [{"type": "pages", "estimated_time_to_regain_access": 42}]})
    outcome = ask("facebook", 403, graph(80001), {"X-Business-Use-Case-Usage": usage})
    assert isinstance(outcome, Deferred)
    assert outcome.retry_at is not None
    assert timedelta(minutes=41) < outcome.retry_at - datetime.now(UTC) <= timedelta(minutes=42)


def test_graph_usage_is_noted_when_it_gets_tight(caplog: pytest.LogCaptureFixture) -> None:
    usage = json.dumps({"call_count": 95, "total_time": 3, "total_cputime": 1})
    outcome = ask("facebook", 200, {"id": "1_2"}, {"X-App-Usage": usage})
    assert isinstance(outcome, Accepted)
    assert outcome.receipt.raw["usage_percent"] == 95
    assert "95 %" in caplog.text


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        *((code, 401, Reconnect) for code in (-401,)),
        *((code, 403, Reconnect) for code in (-402, -3, -5)),
        *((code, 400, Deferred) for code in (-10, -532, -533, -536, -7)),
        (-9798, 503, Deferred),
        (-1, 400, Unconfirmed),
        (-603, 400, Unconfirmed),
        *((code, 400, Rejected) for code in (-2, -501, -502, -530)),
    ],
)
def test_kakao_codes(code: int, status: int, kind: type) -> None:
    assert type(ask("kakao", status, {"msg": "something", "code": code})) is kind


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind"),
    [
        (400, {"title": "Invalid Request", "detail": "x", "errors": [{"message": "x"}]}, {}, Rejected),
        (402, {"title": "CreditsDepleted"}, {}, Rejected),
        (403, {"title": "Forbidden", "type": "https://api.twitter.com/2/problems/oauth1-permissions"}, {}, Reconnect),
        (403, {"title": "Forbidden", "detail": "You are not permitted to perform this action."}, {}, Rejected),
        (429, "", {}, Deferred),
        *((status, {"title": "x"}, {}, Unconfirmed) for status in (500, 502, 503, 504)),
        (302, "", {"Location": "https://example.org/"}, Unconfirmed),
    ],
)
def test_x_statuses(status: int, body: object, headers: dict[str, str], kind: type) -> None:
    assert type(ask("twitter", status, body, headers)) is kind


def test_x_says_which_limit_was_hit() -> None:
    soon, later = (int((datetime.now(UTC) + timedelta(minutes=minutes)).timestamp()) for minutes in (10, 600))
    headers = {
        "x-rate-limit-remaining": "50",
        "x-rate-limit-reset": str(soon),
        "x-user-limit-24hour-remaining": "0",
        "x-user-limit-24hour-reset": str(later),
    }
    outcome = ask("twitter", 429, {"title": "Too Many Requests"}, headers)
    assert isinstance(outcome, Deferred)
    assert outcome.retry_at == datetime.fromtimestamp(later, UTC)


@pytest.mark.parametrize("channel", ["twitter", "facebook", "kakao"])
@pytest.mark.parametrize(
    "body", ["", "<html>busy</html>", "[]", "null", "{}", '{"data": []}', '{"error": 3}', "\ufeff{"]
)
@pytest.mark.parametrize("status", [200, 201, 400, 500])
def test_an_answer_that_makes_no_sense_is_an_outcome_too(channel: str, body: str, status: int) -> None:
    """Success without a receipt, and errors of its own, leave it open; a refusal stays a refusal."""
    outcome = ask(channel, status, body)
    if status < 300 or status >= 500:
        assert isinstance(outcome, Unconfirmed)
    else:
        assert isinstance(outcome, Rejected | Unconfirmed)


@pytest.mark.parametrize("channel", ["twitter", "facebook", "kakao"])
def test_a_token_in_an_answer_is_blotted_out(channel: str) -> None:
    [account] = [one for one in ACCOUNTS if one.channel == channel]
    secret = next(value for name, value in account.values.items() if "token" in name)
    body = {
        "twitter": {"title": "Forbidden", "detail": f"Not with {secret}"},
        "facebook": graph(100, error_user_msg=f"Not with {secret}"),
        "kakao": {"msg": f"Not with {secret}", "code": -2},
    }[channel]
    outcome = ask(channel, 403, body)
    assert isinstance(outcome, Rejected)
    assert "Not with …" in outcome.reason


def test_real_accounts_go_to_the_networks_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an endpoint nothing local is allowed, and the hosts are the networks' own."""
    asked: list[str] = []

    def refuse(self: object, request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        raise httpx.ConnectError("no network in tests")

    monkeypatch.setattr("distributor.channels.http.GuardedTransport.handle_request", refuse)
    known = {account.channel: account for account in ACCOUNTS}
    for account, channel in ((known["facebook"], FacebookChannel()), (known["kakao"], KakaoChannel())):
        variant = card_of("Hello") if account.channel == "kakao" else post_of("facebook")("Hello")
        assert isinstance(channel.send(Credentials(1, "x", account.values), variant, new_intent()), Deferred)
    assert asked == [
        f"https://graph.facebook.com/{identities.GRAPH_VERSION}/{identities.GRAPH_PAGE}/feed",
        "https://kapi.kakao.com/v2/api/talk/memo/default/send",
    ]
