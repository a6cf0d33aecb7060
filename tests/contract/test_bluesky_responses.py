"""What Bluesky’s answers mean: errors, lost answers, logins that fail, services that are none."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from distributor.channels.base import PARTLY_OUT, Credentials, LookupAway
from distributor.channels.bluesky.adapter import BlueskyChannel
from distributor.channels.connect_flow import AppKeys, AuthorisationEnded, ConnectRefused, NetworkAway
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Picture, Variant
from tests.contract.cases.spec import posting
from tests.contract.conftest import new_intent
from tests.contract.scripted_http import HANGS_UP, Answer, Scripted, answering_at

THREAD = Variant("bluesky", parts=("one", "two", "three"))
CARD = Picture(alt="A card", card={"title": "What the tide leaves"})
PUT, GET = "POST /xrpc/com.atproto.repo.putRecord", "GET /xrpc/com.atproto.repo.getRecord"
UPLOAD, LOGIN = "POST /xrpc/com.atproto.repo.uploadBlob", "POST /xrpc/com.atproto.server.createSession"
REFRESH, SESSION = "POST /xrpc/com.atproto.server.refreshSession", "GET /xrpc/com.atproto.server.getSession"
DID = "did:plc:abcdefghijklmnopqrstuvwx"


def error(word: str, message: str = "something") -> dict[str, str]:
    return {"error": word, "message": message}


def jwt(exp: datetime | None = None) -> str:
    payload = {"sub": DID, **({"exp": int(exp.timestamp())} if exp else {})}
    body = urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJIUzI1NiJ9.{body}.signature"


def at(api: Scripted, **values: str) -> Credentials:
    known = {"handle": "kim.example.org", "app_password": "s3cret-word", "access_token": jwt()}
    return Credentials(1, "x", {**known, **values}, api.url)


@pytest.mark.parametrize(
    ("status", "body", "raised"),
    [
        (401, error("AuthenticationRequired"), ConnectRefused),
        (401, error("AuthFactorTokenRequired"), ConnectRefused),
        (401, error("AccountTakedown"), ConnectRefused),
        (200, {"did": DID, "handle": "x", "accessJwt": "a", "refreshJwt": "b", "active": False}, ConnectRefused),
        (404, "<html>", ConnectRefused),
        (429, error("RateLimitExceeded"), NetworkAway),
        (502, error("UpstreamFailure"), NetworkAway),
        (200, "<html>", NetworkAway),
        (0, None, NetworkAway),
    ],
)
def test_logins_that_fail_are_explained(status: int, body: object, raised: type[Exception]) -> None:
    with answering_at({LOGIN: Answer(status, body)}) as api:
        with pytest.raises(raised):
            BlueskyChannel().identify(at(api, access_token=""))
        # A page instead of an answer doesn’t end an account that is connected.
        wanted = AuthorisationEnded if raised is ConnectRefused and body != "<html>" else NetworkAway
        with pytest.raises(wanted):
            BlueskyChannel.token_renewal.renew(AppKeys(), at(api))  # type: ignore[union-attr]


@pytest.mark.parametrize(("status", "word", "asked"), [(400, "ExpiredToken", 2), (500, "InternalServerError", 1)])
def test_only_a_session_that_is_over_costs_a_login(status: int, word: str, asked: int) -> None:
    session = {"did": DID, "handle": "x", "accessJwt": jwt(), "refreshJwt": "new", "active": True}
    with answering_at({REFRESH: Answer(status, error(word)), LOGIN: Answer(200, session)}) as api:
        try:
            BlueskyChannel.token_renewal.renew(AppKeys(), at(api, refresh_token="old"))  # type: ignore[union-attr]
        except NetworkAway:
            pass
        assert len(api.calls) == asked
        assert api.calls[0].headers["Authorization"] == "Bearer old"


def ask(script: dict[str, Answer | list[Answer]], variant: Variant | None = None, *, attempt: int = 1) -> Outcome:
    with answering_at(script) as api:
        return BlueskyChannel(timeout=3).send(at(api), variant or THREAD, new_intent(attempt=attempt))


def done(key: str = "3l7abcdefgh2x") -> Answer:
    return Answer(200, {"uri": f"at://{DID}/app.bsky.feed.post/{key}", "cid": f"bafy{key}"})


@pytest.mark.parametrize(
    ("status", "word", "kind", "expired"),
    [
        (400, "InvalidRequest", Rejected, None),
        (413, "PayloadTooLarge", Rejected, None),
        (400, "ExpiredToken", Reconnect, True),
        (400, "InvalidToken", Reconnect, True),
        (401, "AuthMissing", Reconnect, False),
        (401, "AccountDeactivated", Reconnect, False),
        (403, "AccountNotFound", Reconnect, False),
        (400, "BlobNotFound", Deferred, None),
        (429, "RateLimitExceeded", Deferred, None),
        (302, "", Unconfirmed, None),
        (500, "InternalServerError", Unconfirmed, None),
        (502, "UpstreamFailure", Unconfirmed, None),
        (504, "", Unconfirmed, None),
    ],
)
def test_errors(status: int, word: str, kind: type, expired: bool | None) -> None:
    outcome = ask({PUT: Answer(status, error(word) if word else "")})
    assert type(outcome) is kind
    assert getattr(outcome, "expired", None) == expired
    assert not isinstance(outcome, Accepted)
    assert outcome.raw["status"] == status
    if isinstance(outcome, Rejected | Reconnect):
        assert outcome.code == word


def test_too_many_posts_wait_until_the_limit_begins_anew() -> None:
    later = int((datetime.now(UTC) + timedelta(minutes=42)).timestamp())
    headers = {"ratelimit-remaining": "0", "ratelimit-reset": str(later), "ratelimit-policy": "5000;w=3600"}
    outcome = ask({PUT: Answer(429, error("RateLimitExceeded"), headers)})
    assert isinstance(outcome, Deferred)
    assert outcome.whole_account
    assert outcome.retry_at == datetime.fromtimestamp(later, UTC)


@pytest.mark.parametrize("body", ["", "<html>busy</html>", "[]", "null", "{}", '{"uri": "x", "cid": 3}', "\ufeff{"])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_that_makes_no_sense_is_an_outcome_too(status: int, body: str) -> None:
    assert type(ask({PUT: Answer(status, body)})) is (Rejected if status == 400 else Unconfirmed)


def test_a_token_in_an_answer_is_blotted_out() -> None:
    outcome = ask({PUT: Answer(400, error("InvalidRequest", f"Not with {jwt()} or s3cret-word"))})
    assert isinstance(outcome, Rejected)
    assert "Not with … or …" in outcome.reason
    assert jwt() not in repr(outcome)


def test_a_thread_that_meets_a_limit_says_how_much_is_out() -> None:
    outcome = ask({PUT: [done(), Answer(429, error("RateLimitExceeded"))]})
    assert isinstance(outcome, Deferred)
    assert outcome.code == PARTLY_OUT
    assert outcome.reason.startswith("1 of 3 posts")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(413, error("PayloadTooLarge")), Rejected),
        (Answer(500, error("InternalServerError")), Deferred),
        (Answer(200, {}), Deferred),
        (HANGS_UP, Deferred),
        (Answer(429, error("RateLimitExceeded")), Deferred),
        (Answer(400, error("ExpiredToken")), Reconnect),
    ],
)
def test_a_picture_that_does_not_go_up_means_that_nothing_is_posted(answer: Answer, kind: type) -> None:
    with answering_at({UPLOAD: answer, PUT: done()}) as api:
        outcome = BlueskyChannel(timeout=3).send(at(api), replace(THREAD, picture=CARD), new_intent())
        assert api.asked == [UPLOAD]
    assert type(outcome) is kind


def test_a_picture_is_not_uploaded_for_a_thread_that_is_half_out() -> None:
    missing = Answer(400, error("RecordNotFound"))
    with answering_at({GET: [done("one"), missing], PUT: done("two")}) as api:
        outcome = BlueskyChannel(timeout=3).send(at(api), replace(THREAD, picture=CARD), new_intent(attempt=2))
        assert api.asked == [GET, GET, PUT, PUT]
        assert api.calls[2].json["record"]["reply"]["root"]["cid"] == "bafyone"
    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(400, error("InvalidRequest")), Deferred),
        (Answer(500, error("InternalServerError")), Deferred),
        (HANGS_UP, Deferred),
        (Answer(400, error("ExpiredToken")), Reconnect),
    ],
)
def test_a_look_that_fails_sends_nothing(answer: Answer, kind: type) -> None:
    with answering_at({GET: answer, PUT: done()}) as api:
        channel, intent = BlueskyChannel(timeout=3), new_intent(attempt=2)
        assert type(channel.send(at(api), THREAD, intent)) is kind
        with pytest.raises(LookupAway):
            channel.find_existing(at(api), intent, THREAD)
        assert set(api.asked) == {GET}


def test_people_who_can_not_be_found_out_about_stay_plain() -> None:
    text = posting("bluesky")("@kim.example.org and @lee.example.org")
    with answering_at({"GET /xrpc/com.atproto.identity.resolveHandle": HANGS_UP, PUT: done()}) as api:
        assert isinstance(BlueskyChannel(timeout=3).send(at(api), text, new_intent()), Accepted)
        assert len(api.calls) == 2  # and the second is not waited for
        assert "facets" not in api.calls[1].json["record"]


def test_the_key_and_the_condition_are_sent() -> None:
    with answering_at({PUT: done()}) as api:
        BlueskyChannel().send(at(api), posting("bluesky")("Hello"), new_intent())
        sent = api.calls[0].json
    assert (sent["repo"], sent["collection"]) == (DID, "app.bsky.feed.post")
    assert len(sent["rkey"]) == 13
    assert sent["swapRecord"] is None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are asked, none of which answers."""
    urls: list[str] = []

    def refuse(self: object, request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url))
        raise httpx.ConnectError("no network in tests")

    monkeypatch.setattr("distributor.channels.http.GuardedTransport.handle_request", refuse)
    return urls


@pytest.mark.parametrize(
    ("service", "root"),
    [("", "https://bsky.social"), ("pds.example.org", "https://pds.example.org"), ("https://p.example.org:8443/x", "https://p.example.org:8443")],
)  # fmt: skip
def test_real_accounts_go_to_their_own_service(service: str, root: str, asked: list[str]) -> None:
    account = Credentials(1, "x", {"access_token": jwt(), "service": service})
    assert isinstance(BlueskyChannel().send(account, THREAD, new_intent()), Deferred)
    assert asked == [f"{root}/xrpc/com.atproto.repo.putRecord"]


@pytest.mark.parametrize("service", ["http://pds.example.org", "localhost", "https://", "ftp://x.example.org", "a b:c"])
def test_a_service_that_is_none_is_refused(service: str, asked: list[str]) -> None:
    account = Credentials(1, "x", {"handle": "x", "access_token": jwt(), "service": service})
    assert isinstance(BlueskyChannel().send(account, THREAD, new_intent()), Reconnect)
    with pytest.raises(ConnectRefused):
        BlueskyChannel().identify(account)
    with pytest.raises(LookupAway):
        BlueskyChannel().find_existing(account, new_intent(), THREAD)
    assert asked == []


def test_a_private_service_is_never_reached() -> None:
    account = Credentials(1, "x", {"handle": "x", "access_token": jwt(), "service": "https://127.0.0.1:1"})
    outcome = BlueskyChannel().send(account, THREAD, new_intent())
    assert isinstance(outcome, Reconnect)
    assert "127.0.0.1" in outcome.reason
    with pytest.raises(ConnectRefused, match=r"127\.0\.0\.1"):
        BlueskyChannel().identify(account)
