"""What is particular to a KakaoTalk channel's followers: kinds, templates, the night, batches, the dealer's keys."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels import http, registry
from distributor.channels.base import Credentials, LookupAway, Options
from distributor.channels.connecting import ConnectRefused, NetworkAway
from distributor.channels.kakaochannel import compose, recipients
from distributor.channels.kakaochannel.adapter import KakaoFollowersChannel
from distributor.channels.kakaochannel.gateway import Message
from distributor.channels.kakaochannel.solapi import SolapiGateway, authorization
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Variant
from distributor.practice import cast
from tests.contract.cases.kakaochannel import at_noon, notice_of
from tests.contract.conftest import World, new_intent, practice_account
from tests.unit.rendering.letters import BARE, LETTER

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 11, 24, 12, tzinfo=SEOUL)
MIDNIGHT = datetime(2026, 11, 24, 0, tzinfo=SEOUL)
MORNING = datetime(2026, 11, 24, 8, tzinfo=SEOUL)


def brand() -> Variant:
    return compose.compose(LETTER, Options())


def notice(template: str = cast.SOLAPI_TEMPLATE) -> Variant:
    return compose.compose(LETTER, Options(more={"kind": "alimtalk", "template": template}))


def at(moment: datetime, world: World) -> KakaoFollowersChannel:
    """Return the channel at a time that is the dealer's, too."""
    world.http.post("/kakaochannel/practice/clock", json={"at": moment.isoformat()}).raise_for_status()
    return KakaoFollowersChannel(clock=lambda: moment)


def circle(world: World, numbers: str) -> Credentials:
    account = practice_account(world, "kakaochannel")
    return replace(account, values={**account.values, "recipients": numbers})


def group_of(world: World, intent_key: str) -> dict[str, Any]:
    """Return the dealer's group for an intent, as its owner sees it."""
    headers = {"Authorization": authorization(cast.SOLAPI_KEY, cast.SOLAPI_SECRET)}
    groups = world.http.get("/kakaochannel/messages/v4/groups?limit=100", headers=headers).json()["groupList"].values()
    [found] = [group for group in groups if group["customFields"].get("intent") == intent_key]
    return dict(found)


# Kinds and hours


def test_a_brand_message_goes_out_with_its_buttons(world: World) -> None:
    outcome = at(NOON, world).send(practice_account(world, "kakaochannel"), brand(), new_intent())
    assert isinstance(outcome, Accepted), outcome
    [post] = world.posts("kakaochannel")
    assert post["text"].startswith(LETTER.title)
    assert post["data"]["to"] == ["01000000001", "01000000002", "01000000003"]
    options = post["data"]["kakaoOptions"]
    assert options["disableSms"] is True  # nobody gets a text message instead
    assert [(one["name"], one["linkMobile"]) for one in options["bms"]["buttons"]] == [
        ("Read it now", LETTER.url),
        ("All letters", LETTER.publication.site_url),
    ]
    assert outcome.receipt.raw["taken"] == 3
    assert "0100000" not in repr(outcome)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_its_buttons_names_are_short_enough(language: str) -> None:
    variant = compose.compose(replace(LETTER, language=language), Options())
    assert all(len(label) <= 14 for label, _ in variant.data["buttons"])


def test_at_night_a_brand_message_waits_and_nothing_is_asked(world: World) -> None:
    intent = new_intent()
    outcome = at(MIDNIGHT, world).send(practice_account(world, "kakaochannel"), brand(), intent)
    assert isinstance(outcome, Deferred)
    assert outcome.retry_at == MORNING
    assert world.posts("kakaochannel") == []


def test_the_dealer_keeps_the_night_too(world: World) -> None:
    """Were it ever asked at night, each of its messages would fail there."""
    at(MIDNIGHT, world)
    intent = new_intent()
    assert isinstance(at_noon().send(practice_account(world, "kakaochannel"), brand(), intent), Accepted)
    assert world.posts("kakaochannel") == []
    assert group_of(world, intent.key)["count"]["sentFailed"] == 3


def test_a_notice_goes_out_at_night(world: World) -> None:
    assert isinstance(
        at(MIDNIGHT, world).send(practice_account(world, "kakaochannel"), notice(), new_intent()), Accepted
    )
    assert [post["text"] for post in world.posts("kakaochannel")] == [LETTER.title]


@given(st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([UTC, SEOUL])))  # noqa: DTZ001
def test_planning_learns_of_the_night(moment: datetime) -> None:
    channel = registry.get("kakaochannel")
    allowed = channel.not_before(Options(), moment)
    assert 8 <= allowed.astimezone(SEOUL).hour < 20
    assert timedelta(0) <= allowed - moment <= timedelta(hours=12)
    for kind in ("alimtalk", "made up"):
        assert channel.not_before(Options(more={"kind": kind}), moment) == moment
    assert registry.get("kakao").not_before(Options(), moment) == moment


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "alimtalk"}, "approved before"),
        ({"kind": "friendtalk"}, "ended"),
        ({"kind": "telegram"}, "no kind"),
    ],
)
def test_what_cant_go_out_is_refused_before_it_is_planned(more: dict[str, str], words: str) -> None:
    concerns = compose.check(compose.compose(LETTER, Options(more=more)))
    assert [one.level for one in concerns if words in one.message] == ["refuse"]


def test_what_an_editor_should_know() -> None:
    said = {one.message: one.level for one in compose.check(brand())}
    assert any("20:00 and 08:00 in Korea" in one for one in said)
    assert "refuse" not in said.values()
    assert any("no advertising" in one.message for one in compose.check(notice()))
    assert any(one.level == "refuse" for one in compose.check(compose.compose(BARE, Options())))


# Templates


@pytest.mark.parametrize(
    ("template", "words"),
    [("-new", "inspecting"), ("-no", "rejected"), ("-none", "not known"), ("-order", "#{order}")],
)
def test_only_approved_words_that_a_letter_can_fill_go_out(template: str, words: str, world: World) -> None:
    outcome = at_noon().send(
        practice_account(world, "kakaochannel"), notice(f"{cast.SOLAPI_TEMPLATE}{template}"), new_intent()
    )
    assert isinstance(outcome, Rejected)
    assert words in outcome.reason
    assert outcome.remedy == "settings"
    assert world.posts("kakaochannel") == []


def test_a_templates_variables_are_filled(world: World) -> None:
    variant = notice(f"{cast.SOLAPI_TEMPLATE}-series")
    assert isinstance(at_noon().send(practice_account(world, "kakaochannel"), variant, new_intent()), Accepted)
    [post] = world.posts("kakaochannel")
    assert post["text"] == f"Harbor Letters: Letters to the Harbor Commission 9\n{LETTER.title}\n{LETTER.url}"


# Recipients


@pytest.mark.parametrize(
    ("text", "numbers", "unreadable"),
    [
        ("010-1234-5678", ["01012345678"], 0),
        ("010 1234 5678\n010.1234.5678, +82 10-1234-5678; 0082 (0)10 1234 5678", ["01012345678"], 0),
        ("011-123-4567\n\n016 1234 5678", ["0111234567", "01612345678"], 0),
        ("02-123-4567\nkim@example.org\n+1 212 555 0100\n010-1234", [], 4),
        ("", [], 0),
    ],
)
def test_phone_numbers_as_people_type_them(text: str, numbers: list[str], unreadable: int) -> None:
    found = recipients.read(text)
    assert (list(found.numbers), found.unreadable) == (numbers, unreadable)
    assert "0101234" not in repr(found)


def test_who_cant_be_reached_is_said_before_and_after(world: World) -> None:
    account = circle(world, "010-0000-0001, 02-123-4567")
    assert "1 of the phone numbers" in at_noon().check_account(account, notice())[0].message
    outcome = at_noon().send(account, notice(), new_intent())
    assert isinstance(outcome, Accepted)
    assert outcome.receipt.raw["unreadable"] == 1
    nobody = circle(world, "02-123-4567")
    assert "no Korean mobile number" in at_noon().check_account(nobody, notice())[0].message
    assert isinstance(at_noon().send(nobody, notice(), new_intent()), Rejected)
    crowd = circle(world, "\n".join(f"010{number:08}" for number in range(10_001)))
    assert isinstance(at_noon().send(crowd, notice(), new_intent()), Rejected)
    assert "10,001" in at_noon().check_account(crowd, notice())[0].message
    assert len(world.posts("kakaochannel")) == 1


def test_a_full_circle_goes_out_in_one_batch(world: World) -> None:
    account = circle(world, "\n".join(f"010{number:08}" for number in range(10_000)))
    outcome = at_noon(timeout=60).send(account, notice(), new_intent())
    assert isinstance(outcome, Accepted)
    assert outcome.receipt.raw["taken"] == 10_000
    assert len(world.posts("kakaochannel")) == 1


# Never twice


def test_a_batch_that_was_prepared_only_went_to_nobody_and_is_gone_on_with(world: World) -> None:
    account, intent, channel = practice_account(world, "kakaochannel"), new_intent(), at_noon()
    with channel.client(account) as client:
        gateway = SolapiGateway(client, account)
        batch = gateway.prepare(intent.key)
        assert channel.find_existing(account, intent, notice()) is None
        filling = Message(template=cast.SOLAPI_TEMPLATE, variables={"#{title}": "Half done"})
        assert gateway.fill(batch, filling, ["01000000009"]).taken == 1
        # The same number is in a batch once, whoever asks.
        assert gateway.fill(batch, filling, ["01000000009"]).refused == {"1026": 1}
    assert world.posts("kakaochannel") == []
    outcome = channel.send(account, notice(), replace(intent, attempt=2))
    assert isinstance(outcome, Accepted)
    assert [post["id"] for post in world.posts("kakaochannel")] == [batch.remote_id] == [outcome.receipt.remote_id]


def test_a_batch_is_found_among_many_and_by_its_owner_only(world: World) -> None:
    account, intent, channel = practice_account(world, "kakaochannel"), new_intent(), at_noon()
    sent = channel.send(account, notice(), intent)
    assert isinstance(sent, Accepted)
    with channel.client(account) as client:
        for _ in range(130):  # more than a page of them
            SolapiGateway(client, account).prepare("another")
    assert channel.find_existing(account, intent, notice()) is not None
    assert channel.find_existing(account, new_intent(), notice()) is None
    assert (
        channel.find_existing(account, replace(intent, first_tried_at=datetime.now(UTC) + timedelta(hours=1)), notice())
        is None
    )
    other = replace(account, values={**account.values, "api_key": f"{cast.SOLAPI_KEY}-2"})
    assert channel.find_existing(other, intent, notice()) is None


def test_a_batch_that_went_out_in_between_counts_as_sent(world: World) -> None:
    """A release that is refused because it happened already is no failure."""
    account, intent, channel = practice_account(world, "kakaochannel"), new_intent(), at_noon()
    with channel.client(account) as client:
        gateway = SolapiGateway(client, account)
        batch = gateway.prepare(intent.key)
        gateway.fill(batch, Message(template=cast.SOLAPI_TEMPLATE, variables={"#{title}": "Once"}), ["01000000009"])
        original = SolapiGateway.find
        found = gateway.find(intent.key, since=intent.first_tried_at)
        gateway.release(batch)
    answers = iter([found])

    def find(self: SolapiGateway, key: str, *, since: datetime) -> Any:
        return next(answers, None) or original(self, key, since=since)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SolapiGateway, "find", find)
        outcome = channel.send(account, notice(), replace(intent, attempt=2))
    assert isinstance(outcome, Accepted)
    assert len(world.posts("kakaochannel")) == 1


# The account


def test_whose_keys_these_are(world: World) -> None:
    account, channel = practice_account(world, "kakaochannel"), KakaoFollowersChannel()
    identity = channel.identify(account)
    assert (identity.remote_id, identity.name) == (cast.SOLAPI_CHANNEL, "practice-letters")
    for name, value in (("api_key", "wrong"), ("api_secret", "wrong"), ("channel_id", "KA01other"), ("api_key", "")):
        with pytest.raises(ConnectRefused):
            channel.identify(replace(account, values={**account.values, name: value}))
    with pytest.raises(NetworkAway):
        channel.identify(replace(account, endpoint="http://127.0.0.1:9"))


def test_a_signature_holds_once_and_now(world: World) -> None:
    url = f"/kakaochannel/kakao/v2/channels/{cast.SOLAPI_CHANNEL}"
    header = {"Authorization": authorization(cast.SOLAPI_KEY, cast.SOLAPI_SECRET)}
    assert world.http.get(url, headers=header).status_code == 200
    answer = world.http.get(url, headers=header)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "DuplicatedSignature")
    assert world.http.get(url).status_code == 401
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            "distributor.channels.kakaochannel.solapi.utc_now", lambda: datetime.now(UTC) - timedelta(minutes=16)
        )
        old = authorization(cast.SOLAPI_KEY, cast.SOLAPI_SECRET)
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
    for secret in (cast.SOLAPI_SECRET, "wrong-secret", "0100000"):
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
