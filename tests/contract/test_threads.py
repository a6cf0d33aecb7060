"""What is particular to Threads: how it counts, threads, containers, tokens in addresses, limits."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from distributor.channels.base import PARTLY_OUT, Credentials, LookupAway, Options
from distributor.channels.connect_flow import (
    AppKeys,
    AuthorisationEnded,
    ConnectRefused,
    Identity,
    NetworkAway,
)
from distributor.channels.payloads import LinkPlace
from distributor.channels.threads.adapter import ThreadsChannel
from distributor.channels.threads.connect import ThreadsConnectFlow, ThreadsTokenRenewal
from distributor.channels.threads.payload import ThreadsPayload
from distributor.domain.outcomes import Accepted, Deferred, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.text_length import measure
from distributor.domain.variants import Picture, Variant
from distributor.practice import identities
from distributor.practice.threads.api import NETWORK
from tests.contract.cases.spec import LINK
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.scripted_http import HANGS_UP, Answer, Scripted, answering_at
from tests.contract.support.graph import failing
from tests.contract.support.letters import short_and_long

THREADS = ThreadsChannel()
APP = dict(NETWORK.app)
BACK = "https://desk.example.org/connect/threads/"
THREAD = Variant("threads", parts=("바다가 남긴 것 🌊 1/3", "What the tide leaves 2/3", "The end 3/3"), link=LINK)


def pictured(name: str = "tide.jpg", *parts: str) -> Variant:
    picture = Picture(alt="A beach", url=f"https://letters.example.org/{name}")
    return Variant("threads", parts=parts or (f"Look {LINK}",), link=LINK, picture=picture)


def plain(text: str = "Hello") -> Variant:
    return Variant("threads", parts=(text,))


def at(scripted: Scripted) -> Credentials:
    return Credentials(1, "Threads", {"access_token": "secret-token"}, scripted.url)


def account_of(world: World, number: int) -> Credentials:
    return Credentials(
        number, "x", {"access_token": f"{identities.THREADS_TOKEN}-{number}"}, world.endpoints["threads"]
    )


# Words


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 500, True),
        ("a" * 501, False),
        ("한" * 500, True),
        ("🌊" * 125, True),
        ("🌊" * 125 + "a", False),
        ("👨‍👩‍👧" * 27 + "a" * 14, True),  # 18 bytes each
        ("👨‍👩‍👧" * 27 + "a" * 15, False),
        ("🇰🇷" * 62 + "1234", True),
        ("🇰🇷" * 62 + "12345", False),
    ],
)
def test_the_judge_and_the_adapter_count_alike(text: str, fits: bool, world: World) -> None:
    outcome = THREADS.send(practice_account(world, "threads"), plain(text), new_intent())
    assert isinstance(outcome, Accepted) == fits == (measure(text, THREADS.capabilities) <= 500)


def test_more_than_five_links_are_refused_before_and_there(world: World) -> None:
    links = " ".join(f"https://news.example.org/{number}" for number in range(5))
    five, six = plain(links), plain(f"{links} https://news.example.org/six")
    assert not THREADS.check(replace(five, payload=ThreadsPayload(link="none")))
    assert [concern.level for concern in THREADS.check(replace(six, payload=ThreadsPayload(link="none")))] == ["refuse"]
    assert [one.level for one in THREADS.check(replace(five, link=LINK))] == ["refuse"]  # with the card's
    assert not THREADS.check(replace(five, link="https://news.example.org/1"))
    account = practice_account(world, "threads")
    assert isinstance(THREADS.send(account, six, new_intent()), Rejected)
    assert isinstance(THREADS.send(account, replace(five, link=LINK), new_intent()), Rejected)
    assert isinstance(THREADS.send(account, five, new_intent()), Accepted)


def test_the_link_is_a_card_or_in_the_text_beside_a_picture(world: World) -> None:
    letter, account = short_and_long("7")[1], practice_account(world, "threads")
    card = THREADS.compose(letter, Options(picture="none"))
    assert LINK not in "".join(card.parts)
    beside = THREADS.compose(letter, Options(picture="own"))
    assert beside.parts[-1].endswith(LINK)
    for variant in (card, beside):
        outcome = THREADS.send(account, variant, new_intent())
        assert isinstance(outcome, Accepted)
    with_picture, with_card = world.posts("threads")
    assert (with_card["link"], with_card["data"]) == (LINK, {})
    assert with_picture["link"] == ""
    assert with_picture["data"]["image_url"] == letter.image_url


@pytest.mark.parametrize(("where", "index"), [("first", 0), ("last", -1)])
def test_one_post_of_a_thread_has_the_card(where: LinkPlace, index: int, world: World) -> None:
    variant = replace(THREAD, payload=ThreadsPayload(link=where))
    assert isinstance(THREADS.send(practice_account(world, "threads"), variant, new_intent()), Accepted)
    links = [post["link"] for post in world.thread("threads")]
    assert links.pop(index) == LINK
    assert links == ["", ""]


def test_a_card_without_an_address_is_left_out(world: World) -> None:
    letter, account = short_and_long("7")[0], practice_account(world, "threads")
    elsewhere = THREADS.compose(replace(letter, url="https://news.example/7"), Options(picture="card"))
    assert any("until the card can be reached" in concern.message for concern in THREADS.check(elsewhere))
    assert isinstance(THREADS.send(account, elsewhere, new_intent()), Accepted)
    reachable = THREADS.compose(letter, Options(picture="card"))
    assert not any("until the card can be reached" in concern.message for concern in THREADS.check(reachable))
    assert isinstance(THREADS.send(account, reachable, new_intent()), Accepted)
    drawn, without = world.posts("threads")
    assert "image_url" not in without["data"]
    assert drawn["data"]["image_url"] == f"{LINK}card-1200x630.png"
    assert drawn["data"]["alt_text"] == reachable.picture.alt  # type: ignore[union-attr]


def test_who_may_reply(world: World) -> None:
    variant = THREADS.compose(short_and_long("7")[0], Options(more={"reply_control": "mentioned_only"}))
    assert isinstance(THREADS.send(practice_account(world, "threads"), variant, new_intent()), Accepted)
    assert world.posts("threads")[0]["data"]["reply_control"] == "mentioned_only"
    everyone = replace(variant, payload=ThreadsPayload(reply_control="nobody"))
    assert isinstance(THREADS.send(practice_account(world, "threads"), everyone, new_intent()), Rejected)


# Threads


def test_thread_hangs_together_and_is_found(world: World) -> None:
    account, intent = practice_account(world, "threads"), new_intent()
    outcome = THREADS.send(account, THREAD, intent)
    assert isinstance(outcome, Accepted)
    posts = world.thread("threads")
    assert [post["text"] for post in posts] == list(THREAD.parts)
    assert outcome.receipt.raw["ids"] == [post["id"] for post in posts]
    assert outcome.receipt.raw["permalink"] == f"https://www.threads.com/@practice_letters/post/{posts[0]['id']}"
    found = THREADS.find_existing(account, intent, THREAD)
    assert found is not None
    assert (found.remote_id, found.raw) == (outcome.receipt.remote_id, outcome.receipt.raw)


@pytest.mark.parametrize("out", [1, 2, 3])
def test_thread_goes_on_where_it_broke_off(out: int, world: World) -> None:
    account, intent = practice_account(world, "threads"), new_intent()
    THREADS.send(account, replace(THREAD, parts=THREAD.parts[:out]), intent)
    assert (THREADS.find_existing(account, intent, THREAD) is not None) == (out == 3)
    assert isinstance(THREADS.send(account, THREAD, replace(intent, attempt=2)), Accepted)
    assert [post["text"] for post in world.thread("threads")] == list(THREAD.parts)


def test_thread_that_meets_a_limit_says_how_much_is_out() -> None:
    script: dict[str, Answer | list[Answer]] = {"POST /me/threads": [Answer(body={"id": "181"}), failing(4, 403)]}
    with answering_at(script) as scripted:
        outcome = THREADS.send(at(scripted), THREAD, new_intent())
    assert isinstance(outcome, Deferred)
    assert (outcome.code, outcome.whole_account) == (PARTLY_OUT, True)
    assert outcome.reason.startswith("1 of 3 posts")


def test_an_answer_to_a_post_that_is_not_known_everywhere_yet_comes_later() -> None:
    script: dict[str, Answer | list[Answer]] = {
        "POST /me/threads": [Answer(body={"id": "181"}), failing(24, error_subcode=4279009)]
    }
    with answering_at(script) as scripted:
        outcome = THREADS.send(at(scripted), THREAD, new_intent())
    assert isinstance(outcome, Deferred)
    assert outcome.code == PARTLY_OUT
    assert outcome.retry_at is not None
    assert outcome.retry_at - datetime.now(UTC) <= timedelta(seconds=30)


def test_a_thread_is_found_when_only_its_root_is_shown() -> None:
    """The topic's # is gone, a stranger's answer and an older thread with the same words are not taken for ours."""
    now = datetime.now(UTC)

    def post(number: str, text: str, at: datetime = now, **more: Any) -> dict[str, Any]:
        return {"id": number, "text": text, "timestamp": f"{at:%Y-%m-%dT%H:%M:%S+0000}", **more}

    older = now - timedelta(minutes=2)
    variant, intent = Variant("threads", parts=("One #tide", "Two")), new_intent(at=now)
    roots = [post("5", "One  tide"), post("1", "One tide", older)]
    answers = [
        post("9", "Two", is_reply=True),
        post("6", "Two", is_reply=True, root_post={"id": "5"}),
        post("2", "Two", older, is_reply=True, replied_to={"id": "1"}),
    ]
    dated = {"Date": f"{now:%a, %d %b %Y %H:%M:%S GMT}"}
    script: dict[str, Answer | list[Answer]] = {
        "GET /me/threads": Answer(body={"data": roots}, headers=dated),
        "GET /me/replies": Answer(body={"data": answers}, headers=dated),
    }
    with answering_at(script) as scripted:
        found = THREADS.find_existing(at(scripted), intent, variant)
    assert found is not None
    assert found.raw["ids"] == ["5", "6"]


def test_a_list_that_never_ends_is_no_proof_that_the_post_is_not_there() -> None:
    more = {"data": [{"id": "9", "text": "another"}], "paging": {"cursors": {"after": "c"}, "next": "https://x"}}
    with answering_at({"GET /me/threads": Answer(body=more)}) as scripted:
        assert isinstance(THREADS.send(at(scripted), plain(), new_intent(attempt=2)), Deferred)
        assert scripted.times("POST /me/threads") == 0


def test_a_post_is_found_among_many(world: World) -> None:
    account, intent = practice_account(world, "threads"), new_intent()
    first = THREADS.send(account, plain("The first one"), intent)
    headers = {"Authorization": f"Bearer {identities.THREADS_TOKEN}"}
    for number in range(120):
        form = {"media_type": "TEXT", "text": f"filler {number}", "auto_publish_text": "true"}
        world.http.post("/threads/v1.0/me/threads", data=form, headers=headers).raise_for_status()
    found = THREADS.find_existing(account, intent, plain("The first one"))
    assert found is not None
    assert isinstance(first, Accepted)
    assert found.remote_id == first.receipt.remote_id


# Pictures: a container first


def test_a_picture_is_published_at_once_when_threads_has_it(world: World) -> None:
    outcome = THREADS.send(practice_account(world, "threads"), pictured(), new_intent())
    assert isinstance(outcome, Accepted)
    [post] = world.posts("threads")
    assert post["data"] == {"image_url": "https://letters.example.org/tide.jpg", "alt_text": "A beach"}


def test_a_long_alternative_text_is_cut_on_the_way(world: World) -> None:
    picture = pictured().picture
    assert picture is not None
    wordy = replace(pictured(), picture=replace(picture, alt="A shell. " * 200))
    assert isinstance(THREADS.send(practice_account(world, "threads"), wordy, new_intent()), Accepted)
    [post] = world.posts("threads")
    assert len(post["data"]["alt_text"]) in (999, 1000)  # no blank before the ellipsis
    assert post["data"]["alt_text"].endswith("…")


def test_a_picture_that_is_being_fetched_is_never_waited_for(world: World) -> None:
    account, intent = practice_account(world, "threads"), new_intent()
    outcome = THREADS.send(account, pictured("slow.jpg"), intent)
    assert isinstance(outcome, Deferred)
    assert outcome.retry_at is not None
    assert outcome.retry_at - datetime.now(UTC) <= timedelta(seconds=30)
    assert world.posts("threads") == []
    again = replace(intent, attempt=2, kept=outcome.keep or {})
    assert isinstance(THREADS.send(account, pictured("slow.jpg"), again), Accepted)
    assert len(world.posts("threads")) == 1


def test_a_container_that_expired_is_made_anew(world: World) -> None:
    account, intent = practice_account(world, "threads"), new_intent()
    first = THREADS.send(account, pictured("stale.jpg"), intent)
    assert isinstance(first, Deferred)
    second = THREADS.send(account, pictured("stale.jpg"), replace(intent, attempt=2, kept=first.keep or {}))
    assert isinstance(second, Deferred)
    assert (second.keep or {})["container"] != (first.keep or {})["container"]


def test_a_picture_that_cant_be_fetched_posts_nothing(world: World) -> None:
    outcome = THREADS.send(practice_account(world, "threads"), pictured("missing.jpg"), new_intent())
    assert isinstance(outcome, Rejected)
    assert "FAILED_DOWNLOADING_IMAGE" in outcome.reason
    assert outcome.remedy == "change"
    assert world.posts("threads") == []


def test_a_published_picture_whose_answer_was_lost_is_found(world: World) -> None:
    account, intent = practice_account(world, "threads"), new_intent()
    world.fault("threads", "drop-after-accept")
    lost = THREADS.send(account, pictured(), intent)
    assert isinstance(lost, Unconfirmed)
    again = THREADS.send(account, pictured(), replace(intent, attempt=2, kept=lost.keep or {}))
    assert isinstance(again, Accepted)
    assert [post["id"] for post in world.posts("threads")] == [again.receipt.remote_id]


def test_a_picture_that_was_never_published_goes_out_by_the_same_container(world: World) -> None:
    account, intent = practice_account(world, "threads"), new_intent()
    world.fault("threads", "drop-before")
    lost = THREADS.send(account, pictured(), intent)
    assert isinstance(lost, Unconfirmed)
    assert THREADS.find_existing(account, replace(intent, kept=lost.keep or {}), pictured()) is None
    assert isinstance(THREADS.send(account, pictured(), replace(intent, attempt=2, kept=lost.keep or {})), Accepted)
    assert len(world.posts("threads")) == 1


def test_a_thread_begins_with_its_picture(world: World) -> None:
    variant = pictured("slow.jpg", "One", f"Two {LINK}")
    account, intent = practice_account(world, "threads"), new_intent()
    first = THREADS.send(account, variant, intent)
    assert isinstance(first, Deferred)
    assert isinstance(THREADS.send(account, variant, replace(intent, attempt=2, kept=first.keep or {})), Accepted)
    assert [bool(post["data"].get("image_url")) for post in world.thread("threads")] == [True, False]


EMPTY = Answer(body={"data": []})
MADE = Answer(body={"id": "181"})
READY = Answer(body={"id": "181", "status": "FINISHED"})


@pytest.mark.parametrize(
    ("script", "kind", "keep"),
    [
        # While the container is made, nobody can see anything: whatever happens, nothing was posted.
        ({"POST /me/threads": HANGS_UP}, Deferred, {}),
        ({"POST /me/threads": failing(2, 500)}, Deferred, {}),
        ({"POST /me/threads": Answer(body={})}, Deferred, {}),
        ({"POST /me/threads": failing(1, error_subcode=2207052)}, Rejected, {}),
        ({"POST /me/threads": failing(100)}, Rejected, {}),
        ({"POST /me/threads": failing(190, 401)}, Reconnect, {}),
        # How far it is.
        ({"GET /v1.0/181": HANGS_UP}, Deferred, {"container": "181"}),
        ({"GET /v1.0/181": failing(2, 500)}, Deferred, {"container": "181"}),
        ({"GET /v1.0/181": failing(4, 403)}, Deferred, {"container": "181"}),
        ({"GET /v1.0/181": failing(24)}, Deferred, {"container": "181"}),
        ({"GET /v1.0/181": Answer(body={"status": "ERROR", "error_message": "UNKNOWN"})}, Rejected, {}),
        # Publishing it.
        ({"POST /me/threads_publish": failing(24, error_subcode=4279009)}, Deferred, {}),
        ({"POST /me/threads_publish": failing(9)}, Deferred, {"container": "181"}),
        ({"POST /me/threads_publish": HANGS_UP}, Unconfirmed, {"container": "181", "tried": "yes"}),
        ({"POST /me/threads_publish": failing(10, 500)}, Unconfirmed, {"container": "181", "tried": "yes"}),
        ({"POST /me/threads_publish": failing(2, 500)}, Unconfirmed, {"container": "181", "tried": "yes"}),
        ({"POST /me/threads_publish": Answer(body={})}, Unconfirmed, {"container": "181", "tried": "yes"}),
        ({"POST /me/threads_publish": failing(10, 403)}, Reconnect, {}),
    ],
)
def test_what_can_happen_to_a_container(script: Mapping[str, Answer], kind: type, keep: Mapping[str, str]) -> None:
    whole = {"POST /me/threads": MADE, "GET /v1.0/181": READY, "POST /me/threads_publish": Answer(body={"id": "182"})}
    with answering_at({**whole, **script}) as scripted:
        outcome = THREADS.send(at(scripted), pictured(), new_intent())
    assert type(outcome) is kind
    assert getattr(outcome, "keep", {}) == keep


@pytest.mark.parametrize(
    ("state", "tried", "kind", "made", "published"),
    [
        (Answer(body={"status": "PUBLISHED"}), True, Unconfirmed, 0, 0),  # it is out, and not listed yet
        (failing(100), True, Unconfirmed, 0, 0),
        (failing(100), False, Accepted, 1, 1),  # nobody ever asked to publish it
        (Answer(body={"status": "EXPIRED"}), True, Accepted, 1, 1),
        (Answer(body={"status": "FINISHED"}), True, Accepted, 0, 1),
        (Answer(body={"status": "IN_PROGRESS"}), False, Deferred, 0, 0),
        (failing(2, 500), True, Deferred, 0, 0),
    ],
)
def test_a_kept_container_is_asked_before_anything_is_done(
    state: Answer, tried: bool, kind: type, made: int, published: int
) -> None:
    kept = {"container": "181", **({"tried": "yes"} if tried else {})}
    script: dict[str, Answer | list[Answer]] = {
        "GET /me/threads": EMPTY,
        "GET /v1.0/181": [state, READY],
        "POST /me/threads": MADE,
        "POST /me/threads_publish": Answer(body={"id": "182"}),
        "GET /v1.0/182": Answer(body={"id": "182", "permalink": "https://www.threads.com/@x/post/y"}),
    }
    with answering_at(script) as scripted:
        outcome = THREADS.send(at(scripted), pictured(), replace(new_intent(attempt=2), kept=kept))
        assert (scripted.times("POST /me/threads"), scripted.times("POST /me/threads_publish")) == (made, published)
    assert type(outcome) is kind
    if isinstance(outcome, Accepted):
        assert outcome.receipt.raw["permalink"] == "https://www.threads.com/@x/post/y"
    elif isinstance(outcome, Deferred | Unconfirmed):
        assert outcome.keep == kept or not tried


def test_a_post_that_is_out_but_not_listed_is_looked_for_again() -> None:
    intent = replace(new_intent(), kept={"container": "181", "tried": "yes"})
    published = {"GET /me/threads": EMPTY, "GET /v1.0/181": Answer(body={"status": "PUBLISHED"})}
    with answering_at(published) as scripted, pytest.raises(LookupAway, match="not list"):
        THREADS.find_existing(at(scripted), intent, pictured())
    with answering_at({"GET /me/threads": EMPTY, "GET /v1.0/181": READY}) as scripted:
        assert THREADS.find_existing(at(scripted), intent, pictured()) is None
    away = {"GET /me/threads": EMPTY, "GET /v1.0/181": HANGS_UP}
    with answering_at(away) as scripted, pytest.raises(LookupAway):
        THREADS.find_existing(at(scripted), intent, pictured())


def test_what_was_kept_stays_while_nothing_can_be_looked_up() -> None:
    kept = {"container": "181"}
    with answering_at({"GET /me/threads": failing(2, 500)}) as scripted:
        outcome = THREADS.send(at(scripted), pictured(), replace(new_intent(attempt=2), kept=kept))
    assert isinstance(outcome, Deferred)
    assert outcome.keep == kept


# Limits, many accounts, deleting


def test_a_days_posts_are_a_limit_of_each_account(world: World) -> None:
    headers = {"Authorization": f"Bearer {identities.THREADS_TOKEN}"}
    for number in range(250):
        form = {"media_type": "TEXT", "text": f"filler {number}", "auto_publish_text": "true"}
        world.http.post("/threads/v1.0/me/threads", data=form, headers=headers).raise_for_status()
    outcome = THREADS.send(practice_account(world, "threads"), plain(), new_intent())
    assert isinstance(outcome, Deferred)
    assert outcome.whole_account
    assert outcome.retry_at is not None
    query = {"fields": "quota_usage,config"}
    limit = world.http.get("/threads/v1.0/me/threads_publishing_limit", params=query, headers=headers).json()
    assert limit == {"data": [{"quota_usage": 250, "config": {"quota_total": 250, "quota_duration": 86400}}]}
    for number in (2, 100):
        assert isinstance(THREADS.send(account_of(world, number), plain(), new_intent()), Accepted)


@pytest.mark.parametrize(
    ("answer", "kind", "remedy"),
    [
        (failing(368, 403), Rejected, "settings"),
        (failing(100), Rejected, "change"),
        (failing(190, 401, error_subcode=463), Reconnect, "reconnect"),
        (failing(10, 403), Reconnect, "reconnect"),
        (failing(10, 500), Unconfirmed, "look"),
        (failing(1), Unconfirmed, "look"),
        (failing(9), Deferred, "wait"),
        (failing(32, 403), Deferred, "wait"),
        (Answer(429, ""), Deferred, "wait"),
        (Answer(500, []), Unconfirmed, "look"),
        (Answer(body={}), Unconfirmed, "look"),
    ],
)
def test_a_refusal_says_what_helps_and_keeps_what_was_said(answer: Answer, kind: type, remedy: str) -> None:
    with answering_at({"POST /me/threads": answer}) as scripted:
        outcome = THREADS.send(at(scripted), plain(), new_intent())
    assert type(outcome) is kind
    assert not isinstance(outcome, Accepted)
    assert outcome.remedy == remedy
    if isinstance(answer.body, dict) and answer.body:
        assert outcome.raw["trace"] == "Tr4ce"


def test_a_thread_is_deleted_whole_and_stays_deleted(world: World) -> None:
    account = practice_account(world, "threads")
    sent = THREADS.send(account, THREAD, new_intent())
    assert isinstance(sent, Accepted)
    world.fault("threads", "drop-after-accept")  # the last one is gone, and its answer lost
    assert isinstance(THREADS.recall(account, THREAD, sent.receipt), Deferred)
    for _ in range(2):
        assert isinstance(THREADS.recall(account, THREAD, sent.receipt), Accepted)
        assert world.posts("threads") == []


def test_deleting_says_what_went_wrong(world: World) -> None:
    account, receipt = practice_account(world, "threads"), Receipt("181", raw={"ids": ["181"]})
    assert isinstance(THREADS.recall(account, plain(), Receipt("../me")), Rejected)
    for fault, kind in (("500", Deferred), ("429", Deferred), ("expired-token", Reconnect)):
        world.fault("threads", fault)
        assert isinstance(THREADS.recall(account, plain(), receipt), kind)
    gone = failing(100, error_subcode=33)
    with answering_at({"DELETE /181": gone, "GET /me": failing(190, 401)}) as scripted:  # nothing can be seen any more
        assert isinstance(THREADS.recall(at(scripted), plain(), receipt), Reconnect)
    with answering_at({"DELETE /181": failing(9)}) as scripted:  # 100 a day
        assert isinstance(THREADS.recall(at(scripted), plain(), receipt), Deferred)


# Connecting and renewing


def connected(world: World, *, allow: bool = True) -> tuple[Identity, ...]:
    connecting, keys = ThreadsConnectFlow(), AppKeys(APP, world.endpoints["threads"])
    begun = connecting.begin(keys, redirect_uri=BACK, state="s1", answers={})
    query = world.consent(begun.url, BACK, "allow" if allow else "deny", shows="threads_content_publish")
    assert query.pop("state") == "s1"
    return connecting.finish(keys, redirect_uri=BACK, keep=begun.keep, query=query)


def test_an_account_is_connected_and_renewed_and_no_token_is_ever_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for logger in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=logger)
    [identity] = connected(world)
    assert (identity.remote_id, identity.name) == (identities.THREADS_USER, "@practice_letters")
    assert identity.url == "https://www.threads.com/@practice_letters"
    assert identity.expires_at == identity.ends_at
    assert identity.ends_at is not None
    assert abs(identity.ends_at - datetime.now(UTC) - timedelta(days=60)) < timedelta(minutes=5)
    account = Credentials(1, "x", identity.values, world.endpoints["threads"])
    assert isinstance(THREADS.send(account, plain(), new_intent()), Accepted)
    assert THREADS.identify(account).remote_id == identity.remote_id

    keys = AppKeys(APP, world.endpoints["threads"])
    with pytest.raises(NetworkAway, match="too young"):  # not even a day old
        ThreadsTokenRenewal().renew(keys, account)
    renewed = ThreadsTokenRenewal().renew(keys, practice_account(world, "threads"))
    assert renewed.ends_at == renewed.expires_at
    fresh = Credentials(1, "x", renewed.values, world.endpoints["threads"])
    assert isinstance(THREADS.send(fresh, plain("fresh"), new_intent()), Accepted)

    assert "GET http://127.0.0.1/… " in caplog.text  # those addresses held tokens
    for secret in (
        *identity.values.values(),
        *renewed.values.values(),
        identities.THREADS_TOKEN,
        identities.THREADS_APP_SECRET,
    ):
        assert secret not in caplog.text + repr(identity) + repr(renewed)
    assert "access_token" not in caplog.text
    assert "threads-access-" not in caplog.text


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (failing(190, 401, error_subcode=463), AuthorisationEnded),
        (failing(10, 403), AuthorisationEnded),
        (failing(100), NetworkAway),
        (failing(2, 500), NetworkAway),
        (failing(190, 500), NetworkAway),
        (Answer(body={}), NetworkAway),
        (HANGS_UP, NetworkAway),
    ],
)
def test_a_token_that_cant_be_renewed(answer: Answer, error: type[Exception]) -> None:
    with answering_at({"GET /refresh_access_token": answer}) as scripted, pytest.raises(error) as raised:
        ThreadsTokenRenewal().renew(AppKeys(APP, scripted.url), at(scripted))
    assert "secret-token" not in str(raised.value)


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"POST /oauth/access_token": Answer(400, {"error_message": "Invalid code", "code": 400})}, ConnectRefused),
        ({"GET /access_token": failing(100)}, ConnectRefused),
        ({"GET /access_token": failing(2, 500)}, NetworkAway),
        ({"GET /v1.0/me": failing(10, 403)}, ConnectRefused),
        ({"GET /v1.0/me": failing(4, 403)}, NetworkAway),
        ({"GET /v1.0/me": Answer(body={})}, NetworkAway),
    ],
)
def test_what_cant_be_connected_says_so(script: Mapping[str, Answer], error: type[Exception]) -> None:
    whole = {
        "POST /oauth/access_token": Answer(body={"access_token": "secret-short", "user_id": 7}),
        "GET /access_token": Answer(body={"access_token": "secret-long", "expires_in": 5_000_000}),
        "GET /v1.0/me": Answer(body={"id": "7", "username": "seven"}),
    }
    with answering_at({**whole, **script}) as scripted, pytest.raises(error) as raised:
        _finish(scripted)
    assert "secret" not in str(raised.value)


def _finish(scripted: Scripted) -> tuple[Identity, ...]:
    keys = AppKeys(APP, scripted.url)
    return ThreadsConnectFlow().finish(keys, redirect_uri=BACK, keep={}, query={"code": "c#_"})


def test_declining_connects_nothing(world: World) -> None:
    with pytest.raises(ConnectRefused, match="Allow"):
        connected(world, allow=False)


def test_where_a_real_account_is_connected() -> None:
    begun = ThreadsConnectFlow().begin(AppKeys(APP), redirect_uri=BACK, state="s", answers={})
    assert begun.url.startswith(f"https://threads.net/oauth/authorize?client_id={identities.THREADS_APP_ID}&")
    assert identities.THREADS_APP_SECRET not in begun.url
    with pytest.raises(ConnectRefused, match="app"):
        ThreadsConnectFlow().begin(AppKeys({}), redirect_uri=BACK, state="s", answers={})


def test_whose_account_it_is(world: World) -> None:
    assert THREADS.identify(account_of(world, 2)).name == "@practice_letters_2"
    wrong = Credentials(1, "x", {"access_token": "wrong"}, world.endpoints["threads"])
    with pytest.raises(ConnectRefused):
        THREADS.identify(wrong)
