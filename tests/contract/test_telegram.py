"""What is particular to Telegram: a token in every address, entities, captions, chats and rights, codes."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from distributor.channels.base import Credentials, Options
from distributor.channels.connect_flow import ConnectRefused, NetworkAway
from distributor.channels.guard import GuardedTransport
from distributor.channels.telegram.adapter import TelegramChannel
from distributor.domain.letters import AuthorView, SeriesView
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.text_length import measure
from distributor.domain.variants import Picture, Variant
from distributor.practice.telegram import chats
from tests.contract.cases.spec import LINK, posting
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.scripted_http import Answer, answering
from tests.contract.support.letters import saying

LETTER = replace(
    saying("Dear reader, *small* things."),
    title="🌊 What the tide <leaves> behind",
    series=SeriesView("Letters from the shore", 7),
    authors=(AuthorView("Minji Kim"),),
)
hello = posting("telegram")


def account_of(world: World, **values: str) -> Credentials:
    account = practice_account(world, "telegram")
    return Credentials(1, account.name, {**account.values, **values}, account.endpoint)


def send(credentials: Credentials, variant: Variant, *, attempt: int = 1) -> Outcome:
    return TelegramChannel().send(credentials, variant, new_intent(attempt=attempt))


# The token


def test_the_token_is_in_no_log_no_error_and_no_request_of_ours(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for library in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=library)  # whatever our own settings make of it
    telegram, account = TelegramChannel(), account_of(world)
    said: list[str] = []
    for fault in ("429", "500", "drop-before", "drop-after-accept", "expired-token", ""):
        if fault:
            world.fault("telegram", fault)
        said.append(repr(send(account, hello(f"Hello {fault}"))))
    said.append(repr(send(account_of(world, chat_id="@nowhere_at_all"), hello("Hello"))))
    said.append(repr(telegram.recall(account, hello("Hello"), Receipt("-1_1"))))
    said.append(repr(telegram.identify(account)))
    with telegram.client(account) as client:
        answer = client.post(f"{account.endpoint}/getMe")
        assert answer.json()["result"]["username"] == chats.BOT_NAME
        said += [str(answer.request.url), repr(answer), str(answer.url)]
    nowhere = Credentials(1, "x", account.values, "http://127.0.0.1:9")
    said.append(repr(send(nowhere, hello("Hello"))))
    with telegram.client(nowhere) as client, pytest.raises(httpx.ConnectError) as error:
        client.post("http://127.0.0.1:9/getMe")
    said += [str(error.value.request.url), repr(error.value)]
    formatter = logging.Formatter()
    logged = [f"{formatter.format(record)} {record.args!r}" for record in caplog.records]
    assert any("HTTP Request: POST" in line for line in logged)
    assert any("httpcore" in record.name for record in caplog.records)
    for line in (*said, *logged):
        assert account.values["bot_token"] not in line
        assert "practice-telegram-bot-token" not in line


def test_real_accounts_go_to_telegram_itself_with_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(self: object, request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        raise httpx.ConnectError("no network in tests")

    monkeypatch.setattr(GuardedTransport, "handle_request", refuse)
    account = Credentials(1, "x", {"bot_token": "123456:ABC-def_9", "chat_id": "@letters"})
    outcome = send(account, hello("Hello"))
    assert isinstance(outcome, Deferred)
    assert asked == ["https://api.telegram.org/bot123456:ABC-def_9/sendMessage"]


@pytest.mark.parametrize(
    "values",
    [
        {"bot_token": "123456"},
        {"bot_token": "1:a/../b"},
        {"bot_token": "123:a?b#c"},
        {"chat_id": ""},
        {"chat_id": "letters"},
        {"chat_id": "https://t.me/letters"},
    ],
)
def test_an_account_of_the_wrong_shape_asks_for_another(values: dict[str, str], world: World) -> None:
    account = account_of(world, **values)
    assert isinstance(send(account, hello("Hello")), Reconnect)
    assert isinstance(TelegramChannel().recall(account, hello("Hello"), Receipt("-1_1")), Reconnect)
    with pytest.raises(ConnectRefused):
        TelegramChannel().identify(account)


# Messages, and pictures with captions


def test_a_letter_arrives_with_its_title_in_bold_and_a_preview(world: World) -> None:
    variant = TelegramChannel().compose(LETTER, Options())
    outcome = send(account_of(world), variant)
    assert isinstance(outcome, Accepted)
    [post] = world.posts("telegram")
    assert post["text"] == variant.parts[0]
    assert post["text"].startswith(f"{LETTER.title}\nLetter 7 in “Letters from the shore”")
    assert post["text"].endswith(LINK)
    assert post["data"]["set_off"] == {"bold": [LETTER.title]}
    assert post["data"]["preview"] == {"url": LINK, "prefer_large_media": True, "show_above_text": False}
    assert not post["data"]["silent"]
    assert not post["data"]["protected"]
    assert outcome.receipt.remote_id == post["id"]


def test_settings_reach_the_message(world: World) -> None:
    options = Options(more={"above": "yes", "silent": "yes", "protect": "yes"})
    assert isinstance(send(account_of(world), TelegramChannel().compose(LETTER, options)), Accepted)
    data = world.posts("telegram")[0]["data"]
    assert data["preview"]["show_above_text"]
    assert data["silent"]
    assert data["protected"]


def test_without_a_link_nothing_else_is_previewed(world: World) -> None:
    variant = TelegramChannel().compose(LETTER, Options(link="none"))
    assert isinstance(send(account_of(world), variant), Accepted)
    assert world.posts("telegram")[0]["data"]["preview"] == {"is_disabled": True}


def test_a_picture_carries_the_shorter_text(world: World) -> None:
    telegram = TelegramChannel()
    long = replace(LETTER, body_text="The harbor listens to its tide tables. " * 60)
    options = Options(more={"show": "picture", "silent": "yes"})
    variant = telegram.compose(long, options)
    assert (variant.limit, variant.length <= 1_024) == (1_024, True)
    assert "below a picture" in variant.dropped[0]
    assert variant.parts[0].endswith(LINK)
    assert telegram.check(variant) == ()
    assert isinstance(send(account_of(world), variant), Accepted)
    [post] = world.posts("telegram")
    assert post["text"] == variant.parts[0]
    assert post["data"]["set_off"] == {"bold": [LETTER.title]}
    assert post["data"]["silent"]
    [picture] = post["data"]["pictures"]
    assert world.http.get(f"/files/{picture['file']}").headers["content-type"] == "image/png"
    # Without a picture there is room for all of it.
    assert telegram.compose(long, Options(picture="none", more={"show": "picture"})).limit == 4_096
    assert telegram.compose(long, Options()).dropped == ()


@pytest.mark.parametrize(
    ("text", "picture", "fits"),
    [
        ("a" * 4_096, False, True),
        ("a" * 4_097, False, False),
        ("🌊" * 2_048, False, True),
        ("🌊" * 2_049, False, False),
        ("a" * 1_024, True, True),
        ("a" * 1_025, True, False),
    ],
)
def test_the_judge_and_the_adapter_count_alike(text: str, picture: bool, fits: bool, world: World) -> None:
    telegram = TelegramChannel()
    variant = replace(hello(text), picture=Picture("", card={"title": "Hello"}) if picture else None)
    outcome = send(account_of(world), variant)
    assert isinstance(outcome, Accepted) == fits
    assert bool([one for one in telegram.check(variant) if one.level == "refuse"]) != fits
    assert (measure(text, telegram.capabilities) <= (1_024 if picture else 4_096)) == fits
    if not fits:
        assert isinstance(outcome, Rejected)
        assert "is too long" in outcome.reason


# Chats, rights, limits


def test_messages_have_addresses_where_telegram_has_them(world: World) -> None:
    real = Credentials(1, "x", account_of(world).values)
    for chat, url in (
        ({"id": -1001234567890, "username": "letters"}, "https://t.me/letters/7"),
        ({"id": -1001234567890}, "https://t.me/c/1234567890/7"),
        ({"id": -4001}, ""),
    ):
        body = {"ok": True, "result": {"message_id": 7, "chat": chat}}
        outcome = TelegramChannel()._outcome(httpx.Client(), httpx.Response(200, json=body), real)
        assert isinstance(outcome, Accepted)
        assert (outcome.receipt.remote_id, outcome.receipt.url) == (f"{chat['id']}_7", url)


def test_it_says_which_chat_it_is_and_whether_the_bot_may_write_there(world: World) -> None:
    telegram = TelegramChannel()
    found = telegram.identify(account_of(world))
    assert (found.name, found.kind, found.url) == (
        "The Practice Letters",
        "channel",
        "https://t.me/practice_letters",
    )
    assert found.remote_id == str(chats.CHANNEL_ID - 1)
    assert telegram.identify(account_of(world, chat_id=str(chats.GROUP))).kind == "group"
    for values, why in (
        ({"chat_id": chats.READ_ONLY}, "may not write in “Only Reading”: make it an administrator"),
        ({"chat_id": "@nowhere_at_all"}, "does not see the chat @nowhere_at_all"),
        ({"chat_id": chats.CLOSED_CHANNEL}, "does not see the chat"),
        ({"chat_id": str(chats.MOVED_GROUP)}, str(chats.SUPERGROUP)),
        ({"bot_token": "7000000001:wrong"}, "BotFather"),
    ):
        with pytest.raises(ConnectRefused, match=why):
            telegram.identify(account_of(world, **values))
    with answering(Answer(502, "Bad Gateway")) as script, pytest.raises(NetworkAway):
        telegram.identify(Credentials(1, "x", account_of(world).values, script.url))


@pytest.mark.parametrize(
    ("chat", "why"),
    [
        (chats.READ_ONLY, "administrator who may post messages"),
        (chats.CLOSED_CHANNEL, "bot was kicked"),
        ("@nowhere_at_all", "check the chat ID"),
        (str(chats.MOVED_GROUP), str(chats.SUPERGROUP)),
    ],
)
def test_a_chat_in_which_the_bot_cant_write_asks_for_a_new_connection(chat: str, why: str, world: World) -> None:
    outcome = send(account_of(world, chat_id=chat), hello("Hello"))
    assert isinstance(outcome, Reconnect)
    assert why in outcome.reason
    assert world.posts("telegram") == []


def test_twenty_a_minute_go_to_one_chat_and_others_have_their_own(world: World) -> None:
    account = account_of(world)
    for number in range(20):
        assert isinstance(send(account, hello(f"filler {number}")), Accepted)
    outcome = send(account, hello("One more"))
    assert isinstance(outcome, Deferred)
    assert outcome.whole_account
    assert outcome.retry_at is not None
    assert timedelta(0) < outcome.retry_at - datetime.now(UTC) <= timedelta(minutes=1)
    second = account_of(world, bot_token=f"{chats.TOKEN}-2")
    assert isinstance(send(second, hello("One more")), Accepted)
    assert len({post["id"] for post in world.posts("telegram")}) == 21


def test_a_lost_message_stays_for_a_person(world: World) -> None:
    telegram, account = TelegramChannel(), account_of(world)
    assert not telegram.can_look(account)
    world.fault("telegram", "drop-after-accept")
    assert isinstance(send(account, hello("Hello")), Unconfirmed)
    assert telegram.find_existing(account, new_intent(), hello("Hello")) is None


def test_what_was_sent_can_be_taken_back_and_twice(world: World) -> None:
    telegram, account = TelegramChannel(), account_of(world)
    outcome = send(account, hello("Hello"))
    assert isinstance(outcome, Accepted)
    send(account, hello("Another"))
    # The account may have been pointed at another chat since: the message is looked for where it went.
    elsewhere = account_of(world, chat_id=str(chats.GROUP))
    for _ in range(2):
        assert isinstance(telegram.recall(elsewhere, hello("Hello"), outcome.receipt), Accepted)
        assert [post["text"] for post in world.posts("telegram")] == ["Another"]
    assert isinstance(telegram.recall(account, hello("Hello"), Receipt("7")), Rejected)
    for answer, kind in (
        (error(400, "Bad Request: message can't be deleted"), Rejected),
        (error(401, "Unauthorized"), Reconnect),
        (error(403, "Forbidden: bot was kicked from the channel chat"), Reconnect),
        (error(429, "Too Many Requests: retry after 5", retry_after=5), Deferred),
        (error(500, "Internal Server Error"), Deferred),
    ):
        with answering(answer) as script:
            away = Credentials(1, "x", account.values, script.url)
            assert type(telegram.recall(away, hello("Hello"), outcome.receipt)) is kind
    assert isinstance(telegram.recall(away, hello("Hello"), outcome.receipt), Deferred)  # nobody listens there now


# Answers that the practice world never gives


def error(code: int, description: str, **parameters: int) -> Answer:
    said: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    return Answer(code, said | ({"parameters": parameters} if parameters else {}))


def ask(*answers: Answer) -> Outcome:
    with answering(*answers) as script:
        account = Credentials(1, "x", {"bot_token": "123456:the-token", "chat_id": "@letters"}, script.url)
        return send(account, hello("Hello"))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(400, "Bad Request: message is too long"), Rejected),
        (error(400, "Bad Request: upgraded", migrate_to_chat_id=-1001), Reconnect),
        (error(401, "Unauthorized"), Reconnect),
        (error(403, "Forbidden: bot is not a member of the channel chat"), Reconnect),
        (error(404, "Not Found"), Reconnect),
        (error(413, "Request Entity Too Large"), Rejected),
        (error(429, "Too Many Requests: retry after 5", retry_after=5), Deferred),
        (error(429, "Too Many Requests"), Deferred),
        (error(429, "Too Many Requests", retry_after=10**18), Deferred),
        (error(500, "Internal Server Error"), Unconfirmed),
        (Answer(502, "<html>Bad Gateway</html>"), Unconfirmed),
        (Answer(504, ""), Unconfirmed),
        (Answer(302, "", {"Location": "https://example.org/"}), Unconfirmed),
        (Answer(200, {"ok": True, "result": True}), Unconfirmed),
        (Answer(200, {"ok": True, "result": {"message_id": 7}}), Unconfirmed),
        (Answer(200, {"ok": True, "result": {"message_id": 7, "chat": {"id": -1}}}), Accepted),
    ],
)
def test_telegrams_codes(answer: Answer, kind: type) -> None:
    outcome = ask(answer)
    assert type(outcome) is kind, outcome
    if isinstance(outcome, Deferred):
        assert outcome.retry_at is not None
        assert outcome.whole_account


def test_a_wait_that_is_named_is_kept() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with answering(error(429, "Too Many Requests: retry after 35", retry_after=35)) as script:
        account = Credentials(1, "x", {"bot_token": "123456:the-token", "chat_id": "@letters"}, script.url)
        outcome = TelegramChannel(clock=lambda: now).send(account, hello("Hello"), new_intent())
    assert isinstance(outcome, Deferred)
    assert outcome.retry_at == now + timedelta(seconds=35)


@pytest.mark.parametrize("body", ["", "<html>busy</html>", "[]", "null", "{}", '{"parameters": 3}', "\ufeff{"])
@pytest.mark.parametrize("status", [200, 201, 400, 500])
def test_an_answer_that_makes_no_sense_is_an_outcome_too(body: str, status: int) -> None:
    assert isinstance(ask(Answer(status, body)), Rejected if status == 400 else Unconfirmed)


def test_a_token_in_an_answer_is_blotted_out() -> None:
    outcome = ask(error(403, "Forbidden: not with 123456:the-token"))
    assert isinstance(outcome, Reconnect)
    assert "not with …" in outcome.reason
    assert "the-token" not in repr(outcome)
