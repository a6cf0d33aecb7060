"""What is particular to a KakaoTalk channel's followers: kinds, templates, the night, recipients, batches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels import registry
from distributor.channels.base import Credentials, Options
from distributor.channels.kakaochannel import compose, recipients
from distributor.channels.kakaochannel.adapter import KakaoFollowersChannel
from distributor.channels.kakaochannel.gateway import Message, contents_of
from distributor.channels.kakaochannel.payload import KakaoChannelPayload
from distributor.channels.kakaochannel.solapi import SolapiGateway, authorization
from distributor.domain.outcomes import Accepted, Deferred, Rejected
from distributor.practice import identities
from tests.contract.cases.kakaochannel import at_noon, notice_of
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.support.kakaochannel import brand, notice
from tests.unit.rendering.letters import BARE, LETTER

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 11, 24, 12, tzinfo=SEOUL)
MIDNIGHT = datetime(2026, 11, 24, 0, tzinfo=SEOUL)
MORNING = datetime(2026, 11, 24, 8, tzinfo=SEOUL)


def at(moment: datetime, world: World) -> KakaoFollowersChannel:
    """Return the channel at a time that is the dealer's, too."""
    world.http.post("/kakaochannel/practice/clock", json={"at": moment.isoformat()}).raise_for_status()
    return KakaoFollowersChannel(clock=lambda: moment)


def circle(world: World, numbers: str) -> Credentials:
    account = practice_account(world, "kakaochannel")
    return replace(account, values={**account.values, "recipients": numbers})


def group_of(world: World, intent_key: str) -> dict[str, Any]:
    """Return the dealer's group for an intent, as its owner sees it."""
    headers = {"Authorization": authorization(identities.SOLAPI_KEY, identities.SOLAPI_SECRET)}
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
    assert all(len(label) <= 14 for label, _ in KakaoChannelPayload.of(variant).buttons)


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
        practice_account(world, "kakaochannel"), notice(f"{identities.SOLAPI_TEMPLATE}{template}"), new_intent()
    )
    assert isinstance(outcome, Rejected)
    assert words in outcome.reason
    assert outcome.remedy == "settings"
    assert world.posts("kakaochannel") == []


def test_a_templates_variables_are_filled(world: World) -> None:
    variant = notice(f"{identities.SOLAPI_TEMPLATE}-series")
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
        message = compose.message_of(notice())
        assert message is not None
        numbers = recipients.read(account.values["recipients"]).numbers
        batch = gateway.prepare(intent.key, contents_of(message, numbers))
        assert channel.find_existing(account, intent, notice()) is None
        filling = Message(template=identities.SOLAPI_TEMPLATE, variables={"#{title}": "Half done"})
        assert gateway.fill(batch, filling, ["01000000009"]).size == 1
        # The same number is in a batch once, whoever asks.
        assert gateway.fill(batch, filling, ["01000000009"]).refusals == {"1026": 1}
    assert world.posts("kakaochannel") == []
    outcome = channel.send(account, notice(), replace(intent, attempt=2))
    assert isinstance(outcome, Accepted)
    assert [post["id"] for post in world.posts("kakaochannel")] == [batch.remote_id] == [outcome.receipt.remote_id]


@pytest.mark.parametrize("change", ["letter", "circle"])
def test_a_prepared_batch_with_other_words_or_people_stays_behind(change: str, world: World) -> None:
    """A letter that was mended after a refusal goes out as it then is, to whom it then goes."""
    account, intent, channel = practice_account(world, "kakaochannel"), new_intent(), at_noon()
    with channel.client(account) as client:
        gateway = SolapiGateway(client, account)
        message = compose.message_of(notice_of("The old title"))
        assert message is not None
        batch = gateway.prepare(intent.key, contents_of(message, recipients.read(account.values["recipients"]).numbers))
        filling = replace(message, variables={"#{title}": "The old title"})
        assert gateway.fill(batch, filling, ["01000000001"]).size == 1
    text = "The new title" if change == "letter" else "The old title"
    numbers = account.values["recipients"] if change == "letter" else "010-0000-0007"
    outcome = channel.send(circle(world, numbers), notice_of(text), replace(intent, attempt=2))
    assert isinstance(outcome, Accepted)
    [post] = world.posts("kakaochannel")
    assert (post["text"], post["id"] == batch.remote_id) == (text, False)
    assert len(post["data"]["to"]) == (3 if change == "letter" else 1)


def test_a_batch_is_found_among_many_and_by_its_owner_only(world: World) -> None:
    account, intent, channel = practice_account(world, "kakaochannel"), new_intent(), at_noon()
    sent = channel.send(account, notice(), intent)
    assert isinstance(sent, Accepted)
    with channel.client(account) as client:
        for _ in range(130):  # more than a page of them
            SolapiGateway(client, account).prepare("another", "contents")
    assert channel.find_existing(account, intent, notice()) is not None
    assert channel.find_existing(account, new_intent(), notice()) is None
    assert (
        channel.find_existing(account, replace(intent, first_tried_at=datetime.now(UTC) + timedelta(hours=1)), notice())
        is None
    )
    other = replace(account, values={**account.values, "api_key": f"{identities.SOLAPI_KEY}-2"})
    assert channel.find_existing(other, intent, notice()) is None


def test_a_batch_that_went_out_in_between_counts_as_sent(world: World) -> None:
    """A release that is refused because it happened already is no failure."""
    account, intent, channel = practice_account(world, "kakaochannel"), new_intent(), at_noon()
    with channel.client(account) as client:
        gateway = SolapiGateway(client, account)
        batch = gateway.prepare(intent.key, "contents")
        gateway.fill(
            batch, Message(template=identities.SOLAPI_TEMPLATE, variables={"#{title}": "Once"}), ["01000000009"]
        )
        original = SolapiGateway.find
        found = gateway.find(intent.key, since=intent.first_tried_at, contents="contents")
        gateway.release(batch)
    answers = iter([found])

    def find(self: SolapiGateway, key: str, *, since: datetime, contents: str = "") -> Any:
        return next(answers, None) or original(self, key, since=since, contents=contents)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SolapiGateway, "find", find)
        outcome = channel.send(account, notice(), replace(intent, attempt=2))
    assert isinstance(outcome, Accepted)
    assert len(world.posts("kakaochannel")) == 1
