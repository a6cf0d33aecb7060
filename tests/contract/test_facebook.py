"""What is particular to Facebook: photos, first comments, pages to choose, limits that are nearly used up."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from distributor.channels.base import Credentials, LookupAway, Options
from distributor.channels.connect_flow import AppKeys, ConnectRefused, Identity, NetworkAway
from distributor.channels.facebook.adapter import FacebookChannel
from distributor.channels.facebook.connect import FacebookConnectFlow
from distributor.channels.facebook.payload import FacebookPayload
from distributor.domain.outcomes import Accepted, Deferred, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Variant
from distributor.practice import identities
from distributor.practice.facebook.api import NETWORK
from tests.contract.cases.spec import LINK
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.scripted_http import HANGS_UP, Answer, Scripted, answering_at
from tests.contract.support.graph import dated, failing
from tests.contract.support.letters import short_and_long

FACEBOOK = FacebookChannel()
APP = dict(NETWORK.app)
BACK = "https://desk.example.org/connect/facebook/"


def composed(**options: str) -> Variant:
    return FACEBOOK.compose(short_and_long("7")[1], Options(picture="card", more=options))


def at(scripted: Scripted) -> Credentials:
    values = {"page_id": "7", "page_token": "secret-page-token", "api_version": "v24.0", "proof": "secret-proof"}
    return Credentials(1, "Page", values, scripted.url)


# Photos


def test_a_photo_is_posted_with_the_link_in_its_text(world: World) -> None:
    account, variant = practice_account(world, "facebook"), composed(kind="photo")
    outcome = FACEBOOK.send(account, variant, new_intent())
    assert isinstance(outcome, Accepted)
    [post] = world.posts("facebook")
    assert post["id"] == outcome.receipt.remote_id
    assert (post["text"], post["link"]) == (variant.parts[0], "")
    assert post["text"].endswith(f"\n\n{LINK}")
    [picture] = post["data"]["pictures"]
    assert picture["alt"] == "바다가 남긴 것 7"
    shown = world.http.get(f"/files/{picture['file']}")
    assert shown.headers["content-type"].startswith("image/")
    assert len(shown.content) > 1000
    assert picture["file"] in world.http.get("/facebook").text


def test_a_photo_whose_answer_was_lost_is_found_in_the_feed(world: World) -> None:
    account, variant, intent = practice_account(world, "facebook"), composed(kind="photo"), new_intent()
    world.fault("facebook", "drop-after-accept")
    assert isinstance(FACEBOOK.send(account, variant, intent), Unconfirmed)
    again = FACEBOOK.send(account, variant, replace(intent, attempt=2))
    assert isinstance(again, Accepted)
    assert [post["id"] for post in world.posts("facebook")] == [again.receipt.remote_id]


def test_a_photo_without_a_picture_is_a_link() -> None:
    variant = FACEBOOK.compose(short_and_long("")[0], Options(picture="own", more={"kind": "photo"}))
    assert FacebookPayload.of(variant).kind == "link"
    assert variant.picture is None
    assert "posted as a link" in " ".join(variant.dropped)
    assert LINK not in "".join(variant.parts)


def test_a_picture_that_facebook_cant_use_is_refused() -> None:
    with answering_at({"POST /7/photos": failing(324)}) as scripted:
        outcome = FACEBOOK.send(at(scripted), composed(kind="photo"), new_intent())
    assert isinstance(outcome, Rejected)
    assert "another one" in outcome.reason


# First comments


def test_the_link_goes_into_the_first_comment(world: World) -> None:
    account, intent = practice_account(world, "facebook"), new_intent()
    for kind in ("link", "photo"):
        variant = composed(kind=kind, first_comment="link")
        variant = replace(variant, parts=(f"{variant.parts[0]} {kind}",))
        outcome = FACEBOOK.send(account, variant, intent)
        assert isinstance(outcome, Accepted)
        post = world.posts("facebook")[0]
        [comment] = post["data"]["comments"]
        assert comment["message"] == LINK
        assert outcome.receipt.raw["comment"] == {"id": comment["id"]}
        assert post["link"] == ""
        assert LINK not in post["text"]
        assert FACEBOOK.calls(variant) == 2
    again = FACEBOOK.send(account, variant, replace(intent, attempt=2))
    assert isinstance(again, Accepted)
    assert again.receipt.raw["comment"] == {"id": comment["id"]}
    assert len(world.posts("facebook")[0]["data"]["comments"]) == 1


def test_a_comment_that_is_missing_is_made_when_the_post_is_found(world: World) -> None:
    account, intent, variant = practice_account(world, "facebook"), new_intent(), composed(first_comment="link")
    world.fault("facebook", "drop-after-accept")
    assert isinstance(FACEBOOK.send(account, variant, intent), Unconfirmed)
    assert "comments" not in world.posts("facebook")[0]["data"]
    world.fault("facebook", "drop-after-accept")  # the comment is taken, too, and its answer lost
    for _ in range(2):
        found = FACEBOOK.find_existing(account, intent, variant)
        assert found is not None
        [comment] = world.posts("facebook")[0]["data"]["comments"]
        assert found.raw["comment"] == {"id": comment["id"]}


@pytest.mark.parametrize(
    ("answer", "looks", "says"),
    [
        (failing(200, 403), 0, "refused it"),
        (failing(2, 500), 1, "answer was lost"),
        (failing(1), 1, "answer was lost"),
        (HANGS_UP, 1, "answer was lost"),
        (Answer(body={}), 1, "answer was lost"),
    ],
)
def test_a_comment_that_fails_leaves_the_post_accepted(answer: Answer, looks: int, says: str) -> None:
    script: Mapping[str, Answer] = {
        "POST /7/feed": Answer(body={"id": "7_1"}),
        "POST /7_1/comments": answer,
        "GET /7_1/comments": Answer(body={"data": [{"id": "1_2", "message": LINK, "from": {"id": "999"}}]}),
    }
    with answering_at(script) as scripted:
        outcome = FACEBOOK.send(at(scripted), composed(first_comment="link"), new_intent())
        assert scripted.times("POST /7_1/comments") == 1
        assert scripted.times("GET /7_1/comments") == looks
    assert isinstance(outcome, Accepted)
    assert outcome.receipt.remote_id == "7_1"
    missing = outcome.receipt.raw["comment"]["missing"]
    assert says in missing
    assert "by hand" in missing
    assert outcome.receipt.incomplete == missing


@pytest.mark.parametrize(
    ("comments", "written"),
    [
        (Answer(body={"data": []}), 1),
        (Answer(body={"data": [{"id": "1_2", "message": f" {LINK} "}]}), 0),  # whose it is isn't shown
        (failing(10, 403), 0),  # it can't be seen whether it is there
    ],
)
def test_comments_are_looked_at_before_one_is_made(comments: Answer, written: int) -> None:
    variant = composed(first_comment="link")
    script: dict[str, Answer | list[Answer]] = {
        "GET /7/feed": Answer(body={"data": [{"id": "7_1", "message": variant.parts[0]}]}),
        "GET /7_1/comments": comments,
        "POST /7_1/comments": Answer(body={"id": "1_3"}),
    }
    with answering_at(script) as scripted:
        outcome = FACEBOOK.send(at(scripted), variant, new_intent(attempt=2))
        assert scripted.times("POST /7_1/comments") == written
        assert scripted.times("POST /7/feed") == 0
    assert isinstance(outcome, Accepted)
    assert ("missing" in outcome.receipt.raw["comment"]) == (comments.status == 403)


def test_nothing_is_done_while_comments_cant_be_looked_at() -> None:
    variant = composed(first_comment="link")
    script: dict[str, Answer | list[Answer]] = {
        "GET /7/feed": Answer(body={"data": [{"id": "7_1", "message": variant.parts[0]}]}),
        "GET /7_1/comments": failing(2, 500),
    }
    with answering_at(script) as scripted:
        assert isinstance(FACEBOOK.send(at(scripted), variant, new_intent(attempt=2)), Deferred)
        assert scripted.times("POST /7_1/comments") == 0


# Finding


def test_an_older_post_with_the_same_words_is_not_taken_for_ours() -> None:
    """The network's clock is 3 minutes ahead; one post is a minute older than the try, one was made by a visitor."""
    tried_at = datetime.now(UTC)
    theirs = tried_at + timedelta(minutes=3)

    def story(number: str, at: datetime, by: str = "7") -> dict[str, Any]:
        return {"id": number, "message": "Hello", "created_time": f"{at:%Y-%m-%dT%H:%M:%S+0000}", "from": {"id": by}}

    older, visitor = story("7_1", theirs - timedelta(minutes=1)), story("7_2", theirs, by="8")
    variant, intent = Variant("facebook", parts=("Hello",)), new_intent(at=tried_at)
    with answering_at({"GET /7/feed": Answer(body={"data": [visitor, older]}, headers=dated(theirs))}) as scripted:
        assert FACEBOOK.find_existing(at(scripted), intent, variant) is None
    listed = [visitor, story("7_3", theirs), older]
    with answering_at({"GET /7/feed": Answer(body={"data": listed}, headers=dated(theirs))}) as scripted:
        found = FACEBOOK.find_existing(at(scripted), intent, variant)
    assert found is not None
    assert found.remote_id == "7_3"


def test_a_feed_that_never_ends_is_no_proof_that_the_post_is_not_there() -> None:
    more = {"data": [{"id": "7_9", "message": "another"}], "paging": {"cursors": {"after": "c"}, "next": "https://x"}}
    with answering_at({"GET /7/feed": Answer(body=more)}) as scripted:
        with pytest.raises(LookupAway, match="more posts"):
            FACEBOOK.find_existing(at(scripted), new_intent(), composed())
        assert isinstance(FACEBOOK.send(at(scripted), composed(), new_intent(attempt=2)), Deferred)
        assert scripted.times("POST /7/feed") == 0


def test_a_post_without_words_cant_be_looked_for(world: World) -> None:
    with pytest.raises(LookupAway, match="no words"):
        FACEBOOK.find_existing(practice_account(world, "facebook"), new_intent(), Variant("facebook", link=LINK))


# Many pages, deleting, whose they are


def page(world: World, number: int) -> Credentials:
    account = practice_account(world, "facebook")
    values = {
        **account.values,
        "page_id": str(int(identities.GRAPH_PAGE) + number - 1),
        "page_token": f"{identities.GRAPH_TOKEN}-{number}",
    }
    return Credentials(number, f"Page {number}", values, account.endpoint)


def test_pages_have_posts_of_their_own(world: World) -> None:
    variant, intent = composed(), new_intent()
    receipts = []
    for account in (practice_account(world, "facebook"), page(world, 2), page(world, 33)):
        outcome = FACEBOOK.send(account, variant, intent)
        assert isinstance(outcome, Accepted)
        receipts.append(outcome.receipt.remote_id)
    assert len(set(receipts)) == 3
    found = FACEBOOK.find_existing(page(world, 2), intent, variant)
    assert found is not None
    assert found.remote_id == receipts[1]
    wrong = Credentials(1, "x", {**page(world, 2).values, "page_id": identities.GRAPH_PAGE}, page(world, 2).endpoint)
    assert isinstance(FACEBOOK.send(wrong, composed(), new_intent()), Reconnect)


def test_a_post_is_deleted_and_stays_deleted(world: World) -> None:
    account, variant = practice_account(world, "facebook"), composed(first_comment="link")
    sent = FACEBOOK.send(account, variant, new_intent())
    assert isinstance(sent, Accepted)
    for _ in range(2):
        assert isinstance(FACEBOOK.recall(account, variant, sent.receipt), Accepted)
        assert world.posts("facebook") == []


def test_deleting_says_what_went_wrong(world: World) -> None:
    account, receipt = practice_account(world, "facebook"), Receipt("7_1")
    variant = composed()
    assert isinstance(FACEBOOK.recall(account, variant, Receipt("../me")), Rejected)
    for fault, kind in (("500", Deferred), ("drop-before", Deferred), ("429", Deferred), ("expired-token", Reconnect)):
        world.fault("facebook", fault)
        assert isinstance(FACEBOOK.recall(account, variant, receipt), kind)
    gone = failing(100, error_subcode=33)
    with answering_at({"DELETE /7_1": gone, "GET /7": gone}) as scripted:  # not even the page can be seen
        assert isinstance(FACEBOOK.recall(at(scripted), variant, receipt), Reconnect)
    with answering_at({"DELETE /7_1": gone, "GET /7": Answer(body={"id": "7"})}) as scripted:
        assert isinstance(FACEBOOK.recall(at(scripted), variant, receipt), Accepted)


def test_whose_page_it_is(world: World) -> None:
    identity = FACEBOOK.identify(page(world, 2))
    assert (identity.remote_id, identity.name, identity.kind) == ("100200300400501", "The Evening Practice", "page")
    assert identity.url.startswith("https://www.facebook.com/")
    with pytest.raises(ConnectRefused):
        FACEBOOK.identify(
            Credentials(1, "x", {**page(world, 2).values, "page_token": "wrong"}, world.url + "/facebook")
        )
    with answering_at({"GET /7": failing(2, 500)}) as scripted, pytest.raises(NetworkAway):
        FACEBOOK.identify(at(scripted))


# Limits and refusals


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"X-App-Usage": json.dumps({"call_count": 28, "total_time": 91})}, 15),
        (
            {
                "X-Business-Use-Case-Usage": json.dumps(
                    {"7": [{"type": "pages", "call_count": 95, "estimated_time_to_regain_access": 42}]}
                )
            },
            42,
        ),
    ],
)
def test_an_account_rests_when_its_limit_is_nearly_used_up(headers: dict[str, str], minutes: int) -> None:
    with answering_at({"POST /7/feed": Answer(body={"id": "7_1"}, headers=headers)}) as scripted:
        outcome = FACEBOOK.send(at(scripted), composed(), new_intent())
    assert isinstance(outcome, Accepted)
    assert outcome.allowance is not None
    assert outcome.allowance.calls == 0
    left = outcome.allowance.ends_at - datetime.now(UTC)
    assert timedelta(minutes=minutes - 1) < left <= timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-App-Usage": json.dumps({"call_count": 90})},
        {"X-App-Usage": "{", "X-Business-Use-Case-Usage": "[]"},
        {"X-App-Usage": '{"call_count": "many"}', "X-Business-Use-Case-Usage": '{"7": [3], "8": "x"}'},
    ],
)
def test_an_account_does_not_rest_without_need(headers: dict[str, str]) -> None:
    with answering_at({"POST /7/feed": Answer(body={"id": "7_1"}, headers=headers)}) as scripted:
        outcome = FACEBOOK.send(at(scripted), composed(), new_intent())
    assert isinstance(outcome, Accepted)
    assert outcome.allowance is None


@pytest.mark.parametrize(
    ("answer", "kind", "remedy"),
    [
        (failing(368, 403), Rejected, "settings"),
        (failing(100, error_subcode=1609005), Rejected, "change"),
        (failing(1500), Rejected, "change"),
        (failing(100, error_subcode=33), Reconnect, "reconnect"),
        (failing(190, 401, error_subcode=492), Reconnect, "reconnect"),
        (failing(10, 403), Reconnect, "reconnect"),
        (failing(10, 500), Unconfirmed, "look"),  # such posts have appeared all the same
        (failing(32, 403), Deferred, "wait"),
    ],
)
def test_a_refusal_says_what_helps_and_keeps_what_was_said(answer: Answer, kind: type, remedy: str) -> None:
    with answering_at({"POST /7/feed": answer}) as scripted:
        outcome = FACEBOOK.send(at(scripted), composed(), new_intent())
    assert type(outcome) is kind
    assert not isinstance(outcome, Accepted)
    assert outcome.remedy == remedy
    error = answer.body["error"]  # type: ignore[index]
    assert outcome.raw["code"] == error["code"]
    assert outcome.raw["trace"] == "Tr4ce"
    if isinstance(outcome, Deferred):
        assert outcome.whole_account


# Connecting


def connected(world: World, *, allow: bool = True) -> tuple[Identity, ...]:
    connecting, keys = FacebookConnectFlow(), AppKeys(APP, world.endpoints["facebook"])
    begun = connecting.begin(keys, redirect_uri=BACK, state="s1", answers={})
    query = world.consent(begun.url, BACK, "allow" if allow else "deny", shows="pages_manage_posts")
    assert query.pop("state") == "s1"
    return connecting.finish(keys, redirect_uri=BACK, keep=begun.keep, query=query)


def test_every_page_on_which_one_may_post_can_be_connected(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")
    pages = connected(world)
    names = ["The Practice Letters", "The Evening Practice", "The Sunday Practice", "The Practice Kitchen"]
    assert [one.name for one in pages] == names  # from several lists, and not the one with figures only
    for one in pages:
        assert (one.kind, one.expires_at) == ("page", None)
        assert one.ends_at is not None
        assert abs(one.ends_at - datetime.now(UTC) - timedelta(days=90)) < timedelta(minutes=5)
        account = Credentials(1, one.name, one.values, world.endpoints["facebook"])
        assert FACEBOOK.identify(account).remote_id == one.remote_id
        assert isinstance(FACEBOOK.send(account, composed(), new_intent()), Accepted)
    assert "access_token" not in repr(pages)
    assert identities.GRAPH_TOKEN not in caplog.text + repr(pages)
    assert identities.GRAPH_APP_SECRET not in caplog.text


def test_a_wrong_proof_is_noticed(world: World) -> None:
    one = connected(world)[0]
    wrong = Credentials(1, one.name, {**one.values, "proof": "wrong"}, world.endpoints["facebook"])
    assert isinstance(FACEBOOK.send(wrong, composed(), new_intent()), Rejected)


def test_declining_connects_nothing(world: World) -> None:
    with pytest.raises(ConnectRefused, match="Allow"):
        connected(world, allow=False)


def test_an_app_that_is_not_set_up_says_so() -> None:
    for values in ({}, {**APP, "api_version": "latest"}, {**APP, "app_secret": ""}):
        with pytest.raises(ConnectRefused, match="app"):
            FacebookConnectFlow().begin(AppKeys(values), redirect_uri=BACK, state="s", answers={})
    begun = FacebookConnectFlow().begin(AppKeys(APP), redirect_uri=BACK, state="s", answers={})
    assert begun.url.startswith(f"https://www.facebook.com/{identities.GRAPH_VERSION}/dialog/oauth?client_id=")
    assert APP["app_secret"] not in begun.url


TOKEN = Answer(body={"access_token": "secret-user-token"})
PAGE = {"id": "7", "name": "Seven", "access_token": "secret-page-token", "tasks": ["CREATE_CONTENT"]}


@pytest.mark.parametrize(
    ("accounts", "debug", "error"),
    [
        (Answer(body={"data": []}), None, ConnectRefused),
        (Answer(body={"data": [{**PAGE, "tasks": ["ANALYZE"]}, {"id": "8"}]}), None, ConnectRefused),
        (failing(200, 403), None, ConnectRefused),
        (failing(2, 500), None, NetworkAway),
        (Answer(body={"data": [PAGE]}), Answer(body={"data": {"scopes": ["pages_show_list"]}}), ConnectRefused),
    ],
)
def test_what_cant_be_connected_says_so(accounts: Answer, debug: Answer | None, error: type[Exception]) -> None:
    script: dict[str, Answer | list[Answer]] = {"POST /oauth/access_token": TOKEN, "GET /me/accounts": accounts}
    script |= {"GET /debug_token": debug} if debug else {}
    with answering_at(script) as scripted, pytest.raises(error) as raised:
        _finish(scripted)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("debug", "days"),
    [
        (Answer(body={"data": {"expires_at": 0, "data_access_expires_at": 0}}), None),
        (failing(2, 500), 90),
        (Answer(body={"data": {"expires_at": 5_000_000_000, "data_access_expires_at": 4_000_000_000}}), 4_000_000_000),
    ],
)
def test_when_an_authorisation_ends(debug: Answer, days: int | None) -> None:
    script: dict[str, Answer | list[Answer]] = {
        "POST /oauth/access_token": TOKEN,
        "GET /me/accounts": Answer(body={"data": [PAGE]}),
        "GET /debug_token": debug,
    }
    with answering_at(script) as scripted:
        [identity] = _finish(scripted)
    if days is None:
        assert identity.ends_at is None
    elif days == 90:
        assert identity.ends_at is not None
        assert abs(identity.ends_at - datetime.now(UTC) - timedelta(days=90)) < timedelta(minutes=5)
    else:
        assert identity.ends_at == datetime.fromtimestamp(days, UTC)


def test_a_link_to_the_next_pages_is_never_followed() -> None:
    """It holds the token: only its cursor is used."""
    first = {"data": [PAGE], "paging": {"cursors": {"after": "c1"}, "next": "http://127.0.0.1:9/?access_token=secret"}}
    script: dict[str, Answer | list[Answer]] = {
        "POST /oauth/access_token": TOKEN,
        "GET /me/accounts": [Answer(body=first), Answer(body={"data": [{**PAGE, "id": "8"}]})],
        "GET /debug_token": failing(2, 500),
    }
    with answering_at(script) as scripted:
        assert [one.remote_id for one in _finish(scripted)] == ["7", "8"]
        assert any("after=c1" in call.query for call in scripted.calls)
        assert not any("secret-user-token" in call.path for call in scripted.calls)


def _finish(scripted: Scripted) -> tuple[Identity, ...]:
    keys = AppKeys(APP, scripted.url)
    return FacebookConnectFlow().finish(keys, redirect_uri=BACK, keep={}, query={"code": "c"})


def test_an_endpoint_that_is_away_raises_network_away() -> None:
    with answering_at({}) as scripted:
        url = scripted.url
    with pytest.raises(NetworkAway):
        FacebookConnectFlow().finish(AppKeys(APP, url), redirect_uri=BACK, keep={}, query={"code": "c"})
    assert httpx.URL(url).host == "127.0.0.1"
