"""What is particular to posting on X: threads that go on, what is left, taking back, and whose account it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from distributor.channels.base import PARTLY_OUT, Credentials
from distributor.channels.connect_flow import ConnectRefused, NetworkAway
from distributor.channels.twitter.adapter import TwitterChannel
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Variant
from distributor.practice import identities
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.scripted_http import HANGS_UP, Answer, Call, scripted_http
from tests.contract.support.twitter import OAUTH1, THREAD, account_of, begun, thread_on


def say_on(world: World, text: str, *, number: str = "", **more: object) -> Any:
    """Post past the adapter."""
    token = account_of(world, number).values["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    return world.http.post("/twitter/2/tweets", json={"text": text, **more}, headers=headers)


# Threads


@pytest.mark.parametrize(
    ("fault", "kind"), [("expired-token", Reconnect), ("429", Deferred), ("drop-after-accept", Unconfirmed)]
)
def test_thread_goes_on_after_trouble_in_its_middle(fault: str, kind: type[Outcome], world: World) -> None:
    x, account, intent = begun(world, 1)
    world.fault("twitter", fault)
    outcome = x.send(account, THREAD, replace(intent, attempt=2))
    assert isinstance(outcome, kind)
    assert not isinstance(outcome, Accepted)
    assert outcome.reason.startswith("1 of 3 posts of the thread are out.")
    assert outcome.raw["ids"] == [world.posts("twitter")[-1]["id"]]
    if isinstance(outcome, Reconnect):
        assert outcome.expired
    if isinstance(outcome, Deferred):
        assert (outcome.code, outcome.whole_account) == (PARTLY_OUT, True)
    again = x.send(account, THREAD, replace(intent, attempt=3))
    assert isinstance(again, Accepted)
    assert thread_on(world) == list(THREAD.parts)
    assert again.receipt.raw["ids"] == [post["id"] for post in world.posts("twitter")[::-1]]


def test_thread_goes_on_though_its_last_post_is_shown_late() -> None:
    """The timeline lags behind: X then refuses a repetition, and nothing is lost or doubled."""
    shown: list[dict[str, Any]] = [{"id": "1", "text": "one"}]
    made: list[bytes] = []

    def judge(call: Call) -> Answer:
        if call.path.endswith("/me"):
            return Answer(body={"data": {"id": "7"}})
        if call.method == "GET":
            return Answer(body={"data": list(shown), "meta": {}})
        made.append(call.body)
        if b'"two"' in call.body:
            if late:
                shown.append({"id": "2", "text": "two", "referenced_tweets": [{"type": "replied_to", "id": "1"}]})
            return Answer(403, {"detail": "You are not allowed to create a Tweet with duplicate content."})
        return Answer(201, {"data": {"id": "3"}})

    variant = Variant("twitter", parts=("one", "two", "three"))
    intent = replace(new_intent(), attempt=2)
    with scripted_http(judge) as server:
        account = Credentials(1, "x", {"access_token": "t"}, server.url)
        late = False
        waiting = TwitterChannel().send(account, variant, intent)
        assert isinstance(waiting, Deferred)
        assert waiting.code == PARTLY_OUT
        assert waiting.retry_at is not None
        late = True
        outcome = TwitterChannel().send(account, variant, intent)
    assert isinstance(outcome, Accepted)
    assert outcome.receipt.raw["ids"] == ["1", "2", "3"]
    assert b'"in_reply_to_tweet_id": "2"' in made[-1]


def test_a_single_post_that_x_has_but_does_not_show_stays_open() -> None:
    def judge(call: Call) -> Answer:
        if call.method == "GET":
            return Answer(body={"data": {"id": "7"}} if call.path.endswith("/me") else {"meta": {}})
        return Answer(403, {"detail": "You are not allowed to create a Tweet with duplicate content."})

    with scripted_http(judge) as server:
        account = Credentials(1, "x", {"access_token": "t"}, server.url)
        outcome = TwitterChannel().send(account, Variant("twitter", parts=("one",)), replace(new_intent(), attempt=2))
    assert isinstance(outcome, Unconfirmed)


def test_each_account_has_its_own_posts_and_limits(world: World) -> None:
    x = TwitterChannel()
    for filler in range(100):
        say_on(world, f"filler {filler}").raise_for_status()
    variant = Variant("twitter", parts=("The same words",))
    full = x.send(account_of(world), variant, new_intent())
    assert isinstance(full, Deferred)
    for number in ("2", "3"):  # words that another account used are no repetition
        outcome = x.send(account_of(world, number), variant, new_intent())
        assert isinstance(outcome, Accepted)
        assert outcome.allowance is not None
        assert outcome.allowance.calls == 99
        assert isinstance(x.find_existing(account_of(world, number), new_intent(), variant), Receipt)
    ids = [post["id"] for post in world.http.get("/api/posts?channel=twitter&limit=1000").json()["posts"]]
    assert len(set(ids)) == 102
    assert say_on(world, "not mine", number="2", reply={"in_reply_to_tweet_id": ids[-1]}).status_code == 403


# What an account has left


def test_the_nearest_limit_is_what_is_left() -> None:
    soon, later = (int((datetime.now(UTC) + timedelta(minutes=minutes)).timestamp()) for minutes in (10, 600))
    headers = {
        "x-rate-limit-remaining": "50",
        "x-rate-limit-reset": str(soon),
        "x-user-limit-24hour-remaining": "3",
        "x-user-limit-24hour-reset": str(later),
        "x-app-limit-24hour-remaining": "many",
        "x-app-limit-24hour-reset": str(later),
    }
    with scripted_http(lambda _call: Answer(201, {"data": {"id": "1"}}, headers)) as server:
        account = Credentials(1, "x", {"access_token": "t"}, server.url)
        outcome = TwitterChannel().send(account, Variant("twitter", parts=("one",)), new_intent())
    assert isinstance(outcome, Accepted)
    assert outcome.allowance is not None
    assert outcome.allowance.calls == 3
    assert outcome.allowance.ends_at == datetime.fromtimestamp(later, UTC)


@pytest.mark.parametrize(
    ("status", "body", "kind", "remedy"),
    [
        (402, {"title": "CreditsDepleted", "detail": "none left"}, Rejected, "settings"),
        (429, {"type": "https://api.x.com/2/problems/usage-capped", "period": "Monthly"}, Rejected, "settings"),
        (429, {"type": "https://api.x.com/2/problems/usage-capped", "period": "Daily"}, Deferred, "wait"),
        (403, {"type": "https://api.x.com/2/problems/client-forbidden", "detail": "no"}, Reconnect, "reconnect"),
        (403, {"type": "about:blank", "detail": "Not like this"}, Rejected, "change"),
        (503, {"title": "Service Unavailable"}, Unconfirmed, "look"),
    ],
)
def test_a_refusal_says_what_helps_and_keeps_the_answer(
    status: int, body: dict[str, str], kind: type[Outcome], remedy: str
) -> None:
    with scripted_http(lambda _call: Answer(status, {**body, "reason": "of secret-token"})) as server:
        account = Credentials(1, "x", {"access_token": "secret-token"}, server.url)
        outcome = TwitterChannel().send(account, Variant("twitter", parts=("one",)), new_intent())
    assert isinstance(outcome, kind)
    assert not isinstance(outcome, Accepted)
    assert outcome.remedy == remedy
    assert outcome.raw["status"] == status
    assert outcome.raw["reason"] == "of …"
    if "detail" in body:
        assert outcome.raw["message"] == body["detail"]


@pytest.mark.parametrize(("values", "expired"), [({"refresh_token": "r"}, True), ({}, False)])
def test_only_what_can_be_renewed_has_merely_expired(values: dict[str, str], expired: bool, world: World) -> None:
    account = Credentials(1, "x", {"access_token": "old", **values}, world.endpoints["twitter"])
    outcome = TwitterChannel().send(account, THREAD, new_intent())
    assert isinstance(outcome, Reconnect)
    assert outcome.expired is expired


# Taking back


def test_a_thread_is_taken_back_last_first(world: World) -> None:
    x, account = TwitterChannel(), account_of(world)
    sent = x.send(account, THREAD, new_intent())
    assert isinstance(sent, Accepted)
    ids = sent.receipt.raw["ids"]
    # Somebody deleted its middle by hand, and the answer to the first deletion is lost.
    headers = {"Authorization": f"Bearer {identities.X_TOKEN}"}
    assert world.http.delete(f"/twitter/2/tweets/{ids[1]}", headers=headers).json() == {"data": {"deleted": True}}
    world.fault("twitter", "drop-after-accept")
    lost = x.recall(account, THREAD, sent.receipt)
    assert isinstance(lost, Deferred)
    assert [post["id"] for post in world.posts("twitter")] == [ids[0]]
    assert isinstance(x.recall(account, THREAD, sent.receipt), Accepted)
    assert world.posts("twitter") == []
    assert isinstance(x.recall(account, THREAD, sent.receipt), Accepted)


@pytest.mark.parametrize(
    ("fault", "kind"), [("429", Deferred), ("500", Deferred), ("expired-token", Reconnect), ("drop-before", Deferred)]
)
def test_what_can_not_be_taken_back_now_says_so(fault: str, kind: type[Outcome], world: World) -> None:
    x, account = TwitterChannel(), account_of(world)
    sent = x.send(account, THREAD, new_intent())
    assert isinstance(sent, Accepted)
    world.fault("twitter", fault)
    outcome = x.recall(account, THREAD, sent.receipt)
    assert isinstance(outcome, kind)
    if isinstance(outcome, Deferred):
        assert not outcome.whole_account  # posting has a limit of its own
        assert (outcome.retry_at is not None) == (fault == "429")
    assert len(world.posts("twitter")) == 3


def test_only_its_own_posts_are_taken_back(world: World) -> None:
    x = TwitterChannel()
    sent = x.send(account_of(world), THREAD, new_intent())
    assert isinstance(sent, Accepted)
    other = x.recall(account_of(world, "2"), THREAD, sent.receipt)
    assert isinstance(other, Rejected)
    assert "not authorized" in other.reason
    assert isinstance(x.recall(account_of(world), THREAD, Receipt("../users/me")), Rejected)
    assert isinstance(x.recall(account_of(world), THREAD, Receipt("")), Rejected)
    assert isinstance(x.recall(Credentials(1, "x", {}), THREAD, sent.receipt), Reconnect)
    assert len(world.posts("twitter")) == 3


# Whose account it is


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"access_token": identities.X_TOKEN}, "@practice_letters"),
        ({"access_token": f"{identities.X_TOKEN}-12"}, "@practice_letters_12"),
        (OAUTH1, "@practice_letters"),
        ({**OAUTH1, "oauth_token": f"{identities.X_OAUTH_TOKEN}-3"}, "@practice_letters_3"),
    ],
)
def test_an_account_says_its_name(values: dict[str, str], name: str, world: World) -> None:
    found = TwitterChannel().identify(Credentials(1, "x", values, world.endpoints["twitter"]))
    assert found.name == name
    assert found.values == values
    assert int(found.remote_id) >= 2244994945


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Answer(401), ConnectRefused),
        (Answer(403, {"detail": "no"}), ConnectRefused),
        (Answer(429), NetworkAway),
        (Answer(502, "<html>"), NetworkAway),
        (Answer(200, {"data": {}}), NetworkAway),
        (Answer(200, "[]"), NetworkAway),
        (HANGS_UP, NetworkAway),
    ],
)
def test_an_account_that_can_not_be_asked(say: Answer, error: type[Exception]) -> None:
    asked: Callable[[Call], Answer] = lambda _call: say  # noqa: E731
    with scripted_http(asked) as server, pytest.raises(error):
        TwitterChannel().identify(Credentials(1, "x", {"access_token": "t"}, server.url))
    with pytest.raises(ConnectRefused):
        TwitterChannel().identify(Credentials(1, "x", {}))


def test_the_practice_account_is_still_the_one_of_the_cast(world: World) -> None:
    assert TwitterChannel().identify(practice_account(world, "twitter")).name == "@practice_letters"
