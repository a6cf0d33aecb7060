"""A KakaoTalk message to friends, in several calls: nobody twice, nobody forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from distributor.channels import http
from distributor.channels.base import PARTLY_OUT, Credentials, Intent
from distributor.channels.kakao.adapter import KakaoChannel
from distributor.channels.kakao.payload import TO_FRIENDS, KakaoPayload
from distributor.channels.kakao.refusals import next_day_in_seoul
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Variant
from distributor.practice import identities
from tests.contract.cases.kakao import card_of
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.scripted_http import Answer, answering
from tests.contract.support.kakao import account_of, connect

KAKAO = KakaoChannel()


# Friends


def to_friends(text: str = "Hello, friends") -> Variant:
    return replace(card_of(text), payload=replace(KakaoPayload.of(card_of(text)), to=TO_FRIENDS))


def befriend(world: World, count: int, account: str = "", **kinds: list[int]) -> None:
    world.http.post("/kakao/practice/friends", json={"account": account, "count": count, **kinds}).raise_for_status()


def boxes(world: World) -> list[str]:
    """Return who got a message, each as often as they got one."""
    posts = world.http.get("/api/posts", params={"channel": "kakao", "limit": 1000}).json()["posts"]
    return sorted(post["data"]["practice_to"] for post in posts)


class Ledger:
    """What is kept of one dispatch from attempt to attempt, as the delivery side does."""

    def __init__(self) -> None:
        self.progress: Mapping[str, Any] = {}
        self._intent = new_intent()
        self._attempt = 0

    def intent(self) -> Intent:
        self._attempt += 1
        return replace(self._intent, attempt=self._attempt, kept=self.progress, note=self._keep)

    def _keep(self, progress: Mapping[str, Any]) -> None:
        self.progress = json.loads(json.dumps(progress))  # JSON types only, and nothing that changes later

    def send(self, credentials: Credentials, channel: KakaoChannel = KAKAO) -> Outcome:
        return channel.send(credentials, to_friends(), self.intent())


def everybody(count: int) -> list[str]:
    return sorted(f"Friend {number}" for number in range(1, count + 1))


@pytest.mark.parametrize("count", [1, 5, 6, 12])
def test_every_friend_gets_it_once(count: int, world: World) -> None:
    befriend(world, count)
    outcome = Ledger().send(practice_account(world, "kakao"))
    assert isinstance(outcome, Accepted), outcome
    assert boxes(world) == everybody(count)
    kept = outcome.receipt.raw["friends"]
    assert len(kept["accepted"]) == count
    assert "friend-of" not in json.dumps(kept)  # marks, not people


def test_more_friends_than_a_page_holds_are_all_there(world: World) -> None:
    befriend(world, 230)
    ledger, account = Ledger(), practice_account(world, "kakao")
    outcome = ledger.send(account)
    assert isinstance(outcome, Deferred)  # 100 a day
    assert (outcome.code, outcome.whole_account) == ("-532", True)
    assert outcome.retry_at is not None
    assert outcome.retry_at == next_day_in_seoul(outcome.retry_at - timedelta(minutes=1))
    assert "100 friends got it" in outcome.reason
    assert len(set(boxes(world))) == 100
    assert isinstance(ledger.send(account), Deferred)
    assert len(boxes(world)) == 100


def test_who_cant_get_it_is_told_from_who_got_it(world: World) -> None:
    befriend(world, 7, no_messages=[2, 6])
    outcome = Ledger().send(practice_account(world, "kakao"))
    assert isinstance(outcome, Accepted)
    assert boxes(world) == sorted(set(everybody(7)) - {"Friend 2", "Friend 6"})
    assert sorted(outcome.receipt.raw["friends"]["refused"].values()) == ["-530", "-530"]


@pytest.mark.parametrize("count", [1, 3])
def test_friends_whose_day_is_full_are_asked_tomorrow(count: int, world: World) -> None:
    befriend(world, count, full=[1])
    ledger, account = Ledger(), practice_account(world, "kakao")
    outcome = ledger.send(account)
    assert isinstance(outcome, Deferred)
    assert outcome.retry_at == next_day_in_seoul(datetime.now(UTC))
    assert len(boxes(world)) == count - 1
    befriend(world, count)  # the next day
    assert isinstance(ledger.send(account), Accepted)
    assert boxes(world) == everybody(count)


def test_nobody_to_write_to_is_refused(world: World) -> None:
    befriend(world, 0)
    outcome = Ledger().send(practice_account(world, "kakao"))
    assert isinstance(outcome, Rejected)
    assert "nobody" in outcome.reason
    befriend(world, 2, no_messages=[1, 2])
    outcome = Ledger().send(practice_account(world, "kakao"))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "-530"


@pytest.mark.parametrize("fault", ["drop-before", "drop-after-accept"])
def test_a_lost_answer_in_between_forgets_nobody_and_repeats_nothing(fault: str, world: World) -> None:
    ledger, account = Ledger(), practice_account(world, "kakao")
    world.fault("kakao", fault)
    first = ledger.send(account)
    assert isinstance(first, Deferred)
    assert first.code == PARTLY_OUT
    assert "the other 7 are asked next" in first.reason
    second = ledger.send(account)
    assert isinstance(second, Unconfirmed)
    assert "7 friends got it" in second.reason
    out = 12 if fault == "drop-after-accept" else 7
    assert len(boxes(world)) == len(set(boxes(world))) == out
    # Only a person's decision sends it to those five again, and to nobody else.
    assert isinstance(ledger.send(account), Accepted)
    assert len(boxes(world)) == out + 5
    assert set(boxes(world)) == set(everybody(12))


def test_the_last_lost_answer_asks_a_person_at_once(world: World) -> None:
    befriend(world, 3)
    world.fault("kakao", "drop-after-accept")
    ledger, account = Ledger(), practice_account(world, "kakao")
    assert isinstance(ledger.send(account), Unconfirmed)
    assert boxes(world) == everybody(3)


class Killed(BaseException):
    """A worker that dies."""


@pytest.mark.parametrize("dies_at", [1, 2, 3, 4, 5, 6])
def test_whenever_a_worker_is_killed_no_friend_gets_it_twice(dies_at: int, world: World) -> None:
    """Each call is noted before it is made and after it: whoever may have it is not asked without a person."""
    account, ledger = practice_account(world, "kakao"), Ledger()
    notes = 0

    def keep(progress: Mapping[str, Any]) -> None:
        nonlocal notes
        notes += 1
        if notes == dies_at and dies_at % 2 == 0:
            raise Killed  # after the call, before its answer is noted
        ledger._keep(progress)
        if notes == dies_at:
            raise Killed  # noted, and not called

    with pytest.raises(Killed):
        KAKAO.send(account, to_friends(), replace(ledger.intent(), note=keep))
    had = boxes(world)
    outcome = ledger.send(account)
    assert isinstance(outcome, Unconfirmed)  # about the group in whose call it died
    assert len(boxes(world)) == len(set(boxes(world)))
    missing = set(everybody(12)) - set(boxes(world))
    assert len(missing) == (0 if dies_at % 2 == 0 else min(5, 12 - len(had)))
    assert isinstance(ledger.send(account), Accepted)  # a person decided
    assert set(boxes(world)) == set(everybody(12))


@pytest.mark.parametrize(("fault", "kind"), [("429", Deferred), ("expired-token", Reconnect), ("500", Deferred)])
def test_what_stops_it_is_gone_on_from(fault: str, kind: type, world: World) -> None:
    befriend(world, 2)
    ledger, account = Ledger(), practice_account(world, "kakao")
    ledger.send(account)
    befriend(world, 12)
    world.fault("kakao", fault)
    outcome = ledger.send(account)
    assert isinstance(outcome, kind)
    assert not isinstance(outcome, Accepted)
    assert "2 friends got it" in outcome.reason
    assert len(boxes(world)) == 2
    assert isinstance(ledger.send(account), Accepted)
    assert boxes(world) == everybody(12)


def test_friends_that_cant_be_listed_get_nothing(world: World) -> None:
    ledger = Ledger()
    assert isinstance(ledger.send(Credentials(1, "x", {"access_token": "t"}, "http://127.0.0.1:9")), Deferred)
    without = account_of(world, connect(world, friends=""))
    outcome = ledger.send(without)
    assert isinstance(outcome, Reconnect)
    assert outcome.code == "-402"
    assert boxes(world) == []
    assert "without its friends list" in KAKAO.check_account(without, to_friends())[0].message
    assert KAKAO.check_account(without, card_of("Hello")) == ()
    assert KAKAO.check_account(account_of(world, connect(world)), to_friends()) == ()


def test_accounts_have_friends_and_quotas_of_their_own(world: World) -> None:
    befriend(world, 1)
    befriend(world, 2, account="2")
    one = practice_account(world, "kakao")
    two = replace(one, values={"access_token": f"{identities.KAKAO_TOKEN}-2"})
    for account in (one, two, two):
        assert isinstance(Ledger().send(account), Accepted)
    assert boxes(world) == ["Friend 1", "Friend 1", "Friend 1", "Friend 2", "Friend 2"]
    assert KAKAO.identify(one).remote_id != KAKAO.identify(two).remote_id


def test_a_pair_has_twenty_messages_a_day(world: World) -> None:
    befriend(world, 1)
    account = practice_account(world, "kakao")
    outcomes = [Ledger().send(account) for _ in range(21)]
    assert all(isinstance(one, Accepted) for one in outcomes[:20])
    assert isinstance(outcomes[20], Deferred)


# Answers that the practice world never gives


def listed(*uuids: str) -> dict[str, Any]:
    return {"elements": [{"uuid": uuid} for uuid in uuids], "total_count": len(uuids)}


def answered(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[httpx.Request], httpx.Response], friends: object
) -> Outcome:
    """Send to friends at a Kakao that answers each call for messages like this."""

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=friends) if request.method == "GET" else answer(request)

    made = http.client(transport=httpx.MockTransport(handle))
    monkeypatch.setattr(KakaoChannel, "client", lambda *_args, **_more: made)
    return Ledger().send(Credentials(1, "x", {"access_token": "secret-token"}))


@pytest.mark.parametrize(
    ("code", "kind"),
    [(-501, Accepted), (-2, Accepted), (-1, Unconfirmed), (-603, Unconfirmed), (-532, Deferred), (-10, Deferred)],
)
def test_what_one_friends_failure_means_for_all(code: int, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "successful_receiver_uuids": ["a"],
        "failure_info": [{"code": code, "msg": "x", "receiver_uuids": ["b"]}],
    }
    outcome = answered(monkeypatch, lambda _: httpx.Response(200, json=said), listed("a", "b"))
    assert type(outcome) is kind, outcome


@pytest.mark.parametrize(
    "body", [{}, [], {"successful_receiver_uuids": "a"}, {"successful_receiver_uuids": ["stranger"], "failure_info": 3}]
)
def test_an_answer_that_names_nobody_leaves_it_open(body: object, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = answered(monkeypatch, lambda _: httpx.Response(200, json=body), listed("a", "b"))
    assert isinstance(outcome, Unconfirmed)


@pytest.mark.parametrize("friends", [[], {"elements": 3}, {"elements": [3, {"uuid": 4}, {}]}])
def test_a_list_that_makes_no_sense_sends_nothing(friends: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing may be sent")

    assert isinstance(answered(monkeypatch, never, friends), Deferred | Rejected)


def test_a_refusal_has_its_answer_without_the_token() -> None:
    with answering(Answer(400, {"code": -2, "msg": "bad template for secret-token"})) as server:
        account = Credentials(1, "x", {"access_token": "secret-token"}, server.url)
        outcome = KAKAO.send(account, card_of("Hello"), new_intent())
    assert isinstance(outcome, Rejected)
    assert outcome.raw == {"status": 400, "code": -2, "message": "bad template for …"}
