"""Connecting an account on a Mastodon server, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from distributor.channels.base import PARTLY_OUT, Credentials, LookupAway
from distributor.channels.connect_flow import AppKeys, ConnectRefused, Identity, NetworkAway, Redirect
from distributor.channels.mastodon.adapter import MastodonChannel
from distributor.channels.mastodon.connect import SCOPES, MastodonConnectFlow
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Picture, Variant
from distributor.practice.mastodon import api as mastodon
from tests.contract.cases.spec import posting
from tests.contract.conftest import World, new_intent
from tests.contract.scripted_http import HANGS_UP, Answer, Scripted, answering_at

BACK = "https://desk.example.org/accounts/back/"
THREAD = Variant("mastodon", parts=("one", "two", "three"))
CARD = Picture(alt="A card", card={"title": "What the tide leaves"})
POST, ME = "POST /api/v1/statuses", "GET /api/v1/accounts/verify_credentials"
OWN, UPLOAD = "GET /api/v1/accounts/7/statuses", "POST /api/v2/media"
STATUSES = {"max_characters": 5000, "characters_reserved_per_url": 23}
INSTANCE, OLD_INSTANCE = "GET /api/v2/instance", "GET /api/v1/instance"


# Connecting


def begin(world: World, server: str = "practice.social") -> tuple[AppKeys, Redirect]:
    app = AppKeys(endpoint=world.endpoints["mastodon"])
    answers = {"server": server}
    return app, MastodonConnectFlow().begin(app, redirect_uri=BACK, state="the-state", answers=answers)


def allow(world: World, redirect: Redirect, answer: str = "allow") -> dict[str, str]:
    page = world.http.get(redirect.url)
    assert page.status_code == 200
    assert all(f"<li>{scope}</li>" in page.text for scope in SCOPES.split())
    return world.consent(redirect.url, BACK, answer)


def finish(app: AppKeys, redirect: Redirect, query: Mapping[str, str]) -> tuple[Identity, ...]:
    return MastodonConnectFlow().finish(app, redirect_uri=BACK, keep=redirect.keep, query=query)


def test_an_account_is_connected_and_posts(world: World) -> None:
    app, redirect = begin(world, "@letters@practice.social")
    payload = parse_qs(urlsplit(redirect.url).query)
    assert payload["code_challenge_method"] == ["S256"]
    assert redirect.keep["client_secret"] not in redirect.url
    query = allow(world, redirect)
    assert query["state"] == "the-state"
    [identity] = finish(app, redirect, query)
    assert identity.values["server"] == "https://practice.social"
    assert (identity.values["characters"], identity.values["link_length"]) == ("500", "23")
    assert identity.name == "@practice_letters@practice.social"
    assert identity.remote_id.endswith(identity.values["user_id"])
    assert (identity.expires_at, identity.ends_at) == (None, None)
    assert set(identity.values) <= {field.name for field in MastodonChannel.fields}
    account = Credentials(1, "x", identity.values, app.endpoint)
    channel, intent = MastodonChannel(), new_intent()
    assert isinstance(channel.send(account, THREAD, intent), Accepted)
    assert channel.find_existing(account, intent, THREAD) is not None
    for secret in (identity.values["access_token"], redirect.keep["client_secret"]):
        assert secret not in repr((identity, redirect, account))


def test_declining_and_codes_that_do_not_fit_are_explained(world: World) -> None:
    app, redirect = begin(world)
    with pytest.raises(ConnectRefused, match="Allow"):
        finish(app, redirect, allow(world, redirect, "deny"))
    code = allow(world, redirect)
    finish(app, redirect, code)
    with pytest.raises(ConnectRefused, match="unknown, used or too old"):
        finish(app, redirect, code)
    other = Redirect(redirect.url, {**redirect.keep, "verifier": "x" * 50})
    with pytest.raises(ConnectRefused, match="code_verifier"):
        finish(app, other, allow(world, redirect))


def test_a_token_without_the_scopes_is_refused(world: World) -> None:
    app, redirect = begin(world)
    narrow = Redirect(redirect.url.replace("+write%3Amedia", ""), redirect.keep)
    query = world.consent(narrow.url, BACK)
    with pytest.raises(ConnectRefused, match="write:media"):
        finish(app, narrow, query)


@pytest.mark.parametrize(("given", "fits"), [(SCOPES, True), ("read write", True), ("", True), ("read", False)])
def test_wider_scopes_will_do(given: str, fits: bool) -> None:
    script: dict[str, Answer | list[Answer]] = {
        "POST /oauth/token": Answer(200, {"access_token": "token", "scope": given}),
        ME: Answer(200, {"id": 7}),
    }
    keep = {"server": "https://a.example.org", "client_id": "id", "client_secret": "secret", "verifier": "x" * 50}
    with answering_at(script) as api:
        app, redirect = AppKeys(endpoint=api.url), Redirect("", keep)
        if fits:
            assert finish(app, redirect, {"code": "code"})[0].values["user_id"] == "7"
        else:
            with pytest.raises(ConnectRefused, match="write:statuses"):
                finish(app, redirect, {"code": "code"})


@pytest.mark.parametrize("server", ["", "localhost", "http://a.example.org", "a b:c", "https://", "@kim"])
def test_a_server_that_is_none_is_refused(server: str, world: World) -> None:
    with pytest.raises(ConnectRefused):
        begin(world, server)
    account = Credentials(1, "x", {"server": server, "access_token": "token"})
    assert isinstance(MastodonChannel().send(account, THREAD, new_intent()), Reconnect)


def test_a_private_server_is_never_reached() -> None:
    with pytest.raises(ConnectRefused, match=r"127\.0\.0\.1"):
        MastodonConnectFlow().begin(AppKeys(), redirect_uri=BACK, state="s", answers={"server": "127.0.0.1:1"})
    account = Credentials(1, "x", {"server": "127.0.0.1:1", "access_token": "token"})
    outcome = MastodonChannel().send(account, THREAD, new_intent())
    assert isinstance(outcome, Reconnect)
    assert "127.0.0.1" in outcome.reason


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (Answer(200, {"client_id": 3}), ConnectRefused),
        (Answer(200, "<html>a shop</html>"), ConnectRefused),
        (Answer(404, ""), ConnectRefused),
        (Answer(301, "", {"Location": "https://elsewhere.example.org/"}), ConnectRefused),
        (Answer(403, {"error": "closed"}), ConnectRefused),
        (Answer(429, {"error": "Too many requests"}), NetworkAway),
        (Answer(503, ""), NetworkAway),
        (HANGS_UP, NetworkAway),
    ],
)
def test_servers_that_take_no_app_are_explained(answer: Answer, raised: type[Exception]) -> None:
    answers = {"server": "a.example.org"}
    with answering_at({"POST /api/v1/apps": answer}) as api, pytest.raises(raised):
        MastodonConnectFlow().begin(AppKeys(endpoint=api.url), redirect_uri=BACK, state="s", answers=answers)


def test_a_typed_in_token_is_identified_with_the_limits_of_its_server(world: World) -> None:
    values = {"server": "practice.social", "access_token": mastodon.TOKEN}
    identity = MastodonChannel().identify(Credentials(1, "x", values, world.endpoints["mastodon"]))
    assert identity.values["characters"] == "500"
    with pytest.raises(ConnectRefused, match="invalid"):
        MastodonChannel().identify(Credentials(1, "x", {**values, "access_token": "no"}, world.endpoints["mastodon"]))


@pytest.mark.parametrize(
    ("new", "old", "known"),
    [
        ({"configuration": {"statuses": STATUSES}}, {}, ("5000", "23")),
        (None, {"max_toot_chars": 1000}, ("1000", None)),
        (None, None, (None, None)),
        ({"configuration": []}, {}, (None, None)),
    ],
)
def test_limits_are_read_where_they_are(new: object, old: object, known: tuple[str | None, str | None]) -> None:
    script: dict[str, Answer | list[Answer]] = {
        ME: Answer(200, {"id": 7, "acct": "kim"}),
        INSTANCE: Answer(200 if new is not None else 404, new),
        OLD_INSTANCE: Answer(200 if old is not None else 404, old),
    }
    with answering_at(script) as api:
        values = MastodonChannel().identify(at(api, user_id="")).values
    assert values["user_id"] == "7"
    assert (values.get("characters"), values.get("link_length")) == known


# Answers that the practice world never gives


def at(api: Scripted, **values: str) -> Credentials:
    known = {"server": "a.example.org", "access_token": "s3cret-token", "user_id": "7"}
    return Credentials(1, "x", {**known, **values}, api.url)


def status_of(number: int, text: str, reply_to: int | None = None) -> dict[str, object]:
    made_at = datetime.now(UTC).isoformat()
    return {"id": str(number), "content": f"<p>{text}</p>", "in_reply_to_id": reply_to, "created_at": made_at}


def ask(answer: Answer | list[Answer]) -> Outcome:
    with answering_at({POST: answer}) as api:
        return MastodonChannel(timeout=3).send(at(api), THREAD, new_intent())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (404, Rejected),
        (422, Rejected),
        (401, Reconnect),
        (403, Reconnect),
        (429, Deferred),
        *((status, Unconfirmed) for status in (302, 500, 502, 503, 504)),
    ],
)
def test_errors(status: int, kind: type) -> None:
    outcome = ask(Answer(status, {"error": "Not with s3cret-token"}))
    assert type(outcome) is kind
    assert not isinstance(outcome, Accepted)
    assert outcome.raw == {"status": status, "message": "Not with …"}
    assert "s3cret-token" not in repr(outcome)


@pytest.mark.parametrize(
    "body", ["", "<html>busy</html>", "[]", "null", "{}", '{"id": null}', '{"id": true}', "\ufeff{"]
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_that_makes_no_sense_is_an_outcome_too(status: int, body: str) -> None:
    assert type(ask(Answer(status, body))) is (Rejected if status == 400 else Unconfirmed)


@pytest.mark.parametrize("style", ["iso", "seconds", "none", "nonsense"])
def test_too_many_posts_wait_until_the_limit_begins_anew(style: str) -> None:
    later = (datetime.now(UTC) + timedelta(minutes=42)).replace(microsecond=0)
    reset = {"iso": later.isoformat().replace("+00:00", ".000000Z"), "seconds": str(int(later.timestamp()))}.get(style)
    headers = {"X-RateLimit-Reset": reset or "soon"} if style != "none" else {}
    outcome = ask(Answer(429, {"error": "Too many requests"}, headers))
    assert isinstance(outcome, Deferred)
    assert outcome.whole_account
    assert outcome.retry_at is not None
    assert outcome.retry_at == later if reset else outcome.retry_at > datetime.now(UTC)


def test_a_thread_that_meets_a_limit_says_how_much_is_out() -> None:
    outcome = ask([Answer(200, status_of(1, "one")), Answer(429, {"error": "Too many requests"})])
    assert isinstance(outcome, Deferred)
    assert outcome.code == PARTLY_OUT
    assert outcome.reason.startswith("1 of 3 posts")


def test_each_post_of_a_thread_has_a_key_of_its_own() -> None:
    with answering_at({POST: [Answer(200, status_of(number, "x")) for number in (1, 2, 3)]}) as api:
        intent = new_intent()
        MastodonChannel().send(at(api), THREAD, intent)
        assert [one.headers["Idempotency-Key"] for one in api.calls] == [f"{intent.key}-{n}" for n in (1, 2, 3)]
        assert [one.json.get("in_reply_to_id") for one in api.calls] == [None, "1", "2"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(422, {"error": "File content type is invalid"}), Rejected),
        (Answer(413, ""), Rejected),
        (Answer(500, {"error": "Error processing thumbnail for uploaded media"}), Deferred),
        (Answer(200, {}), Deferred),
        (HANGS_UP, Deferred),
        (Answer(429, {"error": "Too many requests"}), Deferred),
        (Answer(401, {"error": "The access token is invalid"}), Reconnect),
    ],
)
def test_a_picture_that_does_not_go_up_means_that_nothing_is_posted(answer: Answer, kind: type) -> None:
    with answering_at({UPLOAD: answer, POST: Answer(200, status_of(1, "one"))}) as api:
        outcome = MastodonChannel(timeout=3).send(at(api), replace(THREAD, picture=CARD), new_intent())
        assert api.asked == [UPLOAD]
    assert type(outcome) is kind


def test_a_picture_is_not_uploaded_for_a_thread_that_is_half_out() -> None:
    script: dict[str, Answer | list[Answer]] = {
        OWN: [Answer(200, [status_of(1, "one")]), Answer(200, [])],
        POST: Answer(200, status_of(2, "x")),
    }
    with answering_at(script) as api:
        variant = replace(THREAD, picture=CARD)
        assert isinstance(MastodonChannel().send(at(api), variant, new_intent(attempt=2)), Accepted)
        assert api.asked == [OWN, OWN, POST, POST]
        assert "media_ids" not in api.calls[2].json


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(200, {"error": "x"}), Deferred),
        (Answer(200, "<html>"), Deferred),
        (Answer(404, {"error": "Record not found"}), Deferred),
        (Answer(500, ""), Deferred),
        (HANGS_UP, Deferred),
        (Answer(401, {"error": "The access token is invalid"}), Reconnect),
    ],
)
def test_a_look_that_fails_sends_nothing(answer: Answer, kind: type) -> None:
    with answering_at({OWN: answer, POST: Answer(200, status_of(1, "one"))}) as api:
        channel, intent = MastodonChannel(timeout=3), new_intent(attempt=2)
        assert type(channel.send(at(api), THREAD, intent)) is kind
        with pytest.raises(LookupAway):
            channel.find_existing(at(api), intent, THREAD)
        assert set(api.asked) == {OWN}


def test_the_look_goes_back_to_the_first_try_and_no_further() -> None:
    old = {**status_of(5, "old"), "created_at": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    with answering_at({OWN: [Answer(200, [status_of(9, "new")]), Answer(200, [old]), Answer(200, [])]}) as api:
        assert MastodonChannel().find_existing(at(api), new_intent(), THREAD) is None
        assert [parse_qs(one.query).get("max_id") for one in api.calls] == [None, ["9"]]


def test_real_accounts_go_to_their_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    urls: list[str] = []

    def refuse(self: object, request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url))
        raise httpx.ConnectError("no network in tests")

    monkeypatch.setattr("distributor.channels.http.GuardedTransport.handle_request", refuse)
    account = Credentials(1, "x", {"server": "Mastodon.Example.org", "access_token": "token"})
    assert isinstance(MastodonChannel().send(account, posting("mastodon")("Hello"), new_intent()), Deferred)
    assert urls == ["https://mastodon.example.org/api/v1/statuses"]
