"""The dealer's gateway: whose keys, what stays secret, and what each answer at each step means."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from distributor.channels import http
from distributor.channels.base import Credentials, LookupAway
from distributor.channels.connect_flow import ConnectRefused, NetworkAway
from distributor.channels.kakaochannel.adapter import KakaoFollowersChannel
from distributor.channels.kakaochannel.solapi import authorization
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.practice import identities
from tests.contract.cases.kakaochannel import at_noon, notice_of
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.support.kakaochannel import brand, notice

# The account


def test_whose_keys_these_are(world: World) -> None:
    account, channel = practice_account(world, "kakaochannel"), KakaoFollowersChannel()
    identity = channel.identify(account)
    assert (identity.remote_id, identity.name) == (identities.SOLAPI_CHANNEL, "practice-letters")
    for name, value in (("api_key", "wrong"), ("api_secret", "wrong"), ("channel_id", "KA01other"), ("api_key", "")):
        with pytest.raises(ConnectRefused):
            channel.identify(replace(account, values={**account.values, name: value}))
    with pytest.raises(NetworkAway):
        channel.identify(replace(account, endpoint="http://127.0.0.1:9"))


def test_a_signature_holds_once_and_now(world: World) -> None:
    url = f"/kakaochannel/kakao/v2/channels/{identities.SOLAPI_CHANNEL}"
    header = {"Authorization": authorization(identities.SOLAPI_KEY, identities.SOLAPI_SECRET)}
    assert world.http.get(url, headers=header).status_code == 200
    answer = world.http.get(url, headers=header)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "DuplicatedSignature")
    assert world.http.get(url).status_code == 401
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            "distributor.channels.kakaochannel.solapi.utc_now", lambda: datetime.now(UTC) - timedelta(minutes=16)
        )
        old = authorization(identities.SOLAPI_KEY, identities.SOLAPI_SECRET)
    assert world.http.get(url, headers={"Authorization": old}).json()["errorCode"] == "RequestTimeTooSkewed"


def test_keys_and_numbers_stay_secret(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    account = practice_account(world, "kakaochannel")
    said = [repr(account), repr(at_noon().send(account, notice(), new_intent()))]
    for wrong in ({"api_secret": "wrong-secret"}, {"channel_id": "KA01other"}):
        other = replace(account, values={**account.values, **wrong})
        said.append(repr(at_noon().send(other, notice(), new_intent())))
    said.extend(logging.Formatter().format(record) for record in caplog.records)
    assert isinstance(at_noon().send(account, notice(), new_intent()), Accepted)
    for secret in (identities.SOLAPI_SECRET, "wrong-secret", "0100000"):
        assert not [line for line in said if secret in line]


def test_a_wrong_channel_is_told_from_a_wrong_key(world: World) -> None:
    account = practice_account(world, "kakaochannel")
    wrong = replace(account, values={**account.values, "channel_id": "KA01other"})
    outcome = at_noon().send(wrong, brand(), new_intent())
    assert isinstance(outcome, Rejected)
    assert "channel’s number is wrong" in outcome.reason


# Answers that the practice world never gives


def scripted(monkeypatch: pytest.MonkeyPatch, answer: Callable[[httpx.Request], httpx.Response]) -> Outcome:
    made = http.client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(KakaoFollowersChannel, "client", lambda *_args, **_more: made)
    values = {"api_key": "k", "api_secret": "secret-word", "channel_id": "c", "recipients": "01012345678"}
    return at_noon().send(Credentials(1, "x", values), brand(), new_intent())


GROUP = {"groupId": "G1", "status": "PENDING", "count": {"total": 0}}


def step(request: httpx.Request) -> str:
    if request.url.path.endswith("/send"):
        return "send"
    return "fill" if request.method == "PUT" else "create"


@pytest.mark.parametrize(
    ("at_step", "status", "body", "kind"),
    [
        *((early, 500, {}, Deferred) for early in ("create", "fill")),  # nothing can have gone out
        ("send", 500, {}, Unconfirmed),
        ("send", 302, {}, Unconfirmed),
        *((any_step, 429, {}, Deferred) for any_step in ("create", "fill", "send")),
        *((any_step, 403, {"errorCode": "InvalidAPIKey"}, Reconnect) for any_step in ("create", "send")),
        ("create", 403, {"errorCode": "RequestTimeTooSkewed"}, Deferred),
        ("send", 402, {"errorCode": "x"}, Rejected),
        ("fill", 400, {"errorCode": "ValidationError", "errorMessage": "no secret-word"}, Rejected),
        ("create", 200, "nonsense", Deferred),
        ("fill", 200, [], Rejected),
        *(("send", 200, {**GROUP, **wrong}, Unconfirmed) for wrong in ({}, {"status": "SENDING", "groupId": "G2"})),
        ("send", 200, {}, Unconfirmed),  # an answer that says nothing, to the one call that counts
    ],
)
def test_what_each_step_means(
    at_step: str, status: int, body: object, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if step(request) == at_step:
            return httpx.Response(status, content=body if isinstance(body, str) else json.dumps(body))
        if step(request) == "fill":
            return httpx.Response(200, json={"resultList": [{"statusCode": "2000"}]})
        return httpx.Response(200, json=GROUP)

    outcome = scripted(monkeypatch, answer)
    assert type(outcome) is kind, outcome
    assert "secret-word" not in repr(outcome)


@pytest.mark.parametrize(("at_step", "kind"), [("create", Deferred), ("fill", Deferred), ("send", Unconfirmed)])
def test_a_lost_answer_counts_only_where_something_goes_out(
    at_step: str, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if step(request) == at_step:
            raise httpx.ReadError("cut")
        if step(request) == "fill":
            return httpx.Response(200, json={"resultList": [{"statusCode": "2000"}]})
        return httpx.Response(200, json=GROUP)

    assert type(scripted(monkeypatch, answer)) is kind


def test_a_look_up_that_makes_no_sense_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Credentials(1, "x", {"api_key": "k", "api_secret": "s", "channel_id": "c"})
    for status, body in ((200, {"groupList": [1]}), (200, {"groupList": {"G": 3, "H": {}}}), (200, [])):
        made = http.client(transport=httpx.MockTransport(lambda _r, s=status, b=body: httpx.Response(s, json=b)))
        monkeypatch.setattr(KakaoFollowersChannel, "client", lambda *_a, made=made, **_m: made)
        assert KakaoFollowersChannel().find_existing(account, new_intent(), notice_of("x")) is None
    broken = http.client(transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    monkeypatch.setattr(KakaoFollowersChannel, "client", lambda *_a, **_m: broken)
    with pytest.raises(LookupAway):
        KakaoFollowersChannel().find_existing(account, new_intent(), notice_of("x"))
