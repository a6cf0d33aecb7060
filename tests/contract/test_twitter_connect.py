"""Connecting an X account in the browser, and renewing its token."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests

from distributor.channels.base import Credentials
from distributor.channels.connect_flow import (
    AppKeys,
    AuthorisationEnded,
    ConnectRefused,
    Identity,
    NetworkAway,
    Redirect,
)
from distributor.channels.twitter.adapter import TwitterChannel
from distributor.channels.twitter.connect import SCOPES, XConnectFlow, XTokenRenewal
from distributor.domain.outcomes import Accepted, Deferred, Reconnect
from distributor.domain.variants import Picture, Variant
from distributor.practice import identities
from distributor.practice.networks import APPS
from tests.contract.conftest import World, new_intent
from tests.contract.scripted_http import HANGS_UP, Answer, Call, scripted_http

BACK = "http://localhost:8000/desk/accounts/connected/"  # a desk on a laptop has no TLS
POST = Variant("twitter", parts=("The 7th letter",), picture=Picture(alt="A card", card={"title": "Tide"}))
PUBLIC = {"client_id": identities.X_PUBLIC_CLIENT_ID}


def app_of(world: World, values: Mapping[str, str] = APPS["twitter"]) -> AppKeys:
    return AppKeys(values, world.endpoints["twitter"])


def consent(world: World, redirect: Redirect, answer: str = "allow") -> dict[str, str]:
    return world.consent(redirect.url, BACK, answer, shows="tweet.write")


def connect(world: World, app: AppKeys) -> Identity:
    redirect = XConnectFlow().begin(app, redirect_uri=BACK, state="s-1", answers={})
    query = consent(world, redirect)
    assert query["state"] == "s-1"
    [identity] = XConnectFlow().finish(app, redirect_uri=BACK, keep=redirect.keep, query=query)
    return identity


@pytest.mark.parametrize("values", [APPS["twitter"], PUBLIC])
def test_an_account_is_connected_posts_and_is_renewed(values: dict[str, str], world: World) -> None:
    """With both types of app: one with a secret and one without."""
    app, x = app_of(world, values), TwitterChannel()
    identity = connect(world, app)
    assert (identity.name, identity.remote_id) == ("@practice_letters", "2244994945")
    assert set(identity.values) == {"access_token", "refresh_token"} <= {field.name for field in x.fields}
    assert identity.expires_at is not None
    assert abs(identity.expires_at - datetime.now(UTC) - timedelta(hours=2)) < timedelta(minutes=1)
    account = Credentials(1, identity.name, identity.values, app.endpoint)
    assert isinstance(x.send(account, POST, new_intent()), Accepted)
    renewed = XTokenRenewal().renew(app, account)
    assert renewed.expires_at is not None
    assert all(renewed.values[name] != identity.values[name] for name in identity.values)
    fresh = Credentials(1, identity.name, renewed.values, app.endpoint)
    assert x.identify(fresh).remote_id == identity.remote_id
    # The old refresh token was used up.
    with pytest.raises(AuthorisationEnded, match="no longer renews"):
        XTokenRenewal().renew(app, account)
    assert XTokenRenewal().renew(app, fresh).values["refresh_token"] != renewed.values["refresh_token"]


def test_what_the_editor_is_asked_for() -> None:
    redirect = XConnectFlow().begin(AppKeys(PUBLIC), redirect_uri=BACK, state="s-1", answers={})
    address = urlsplit(redirect.url)
    query = {name: value for name, [value] in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://x.com/i/oauth2/authorize"
    assert query.pop("code_challenge") not in redirect.keep.values()
    assert query == {
        "response_type": "code",
        "client_id": identities.X_PUBLIC_CLIENT_ID,
        "redirect_uri": BACK,
        "scope": " ".join(SCOPES),
        "state": "s-1",
        "code_challenge_method": "S256",
    }
    assert redirect.keep["code_verifier"] not in repr(redirect)


def test_a_connection_that_does_not_come_about(world: World) -> None:
    app, connecting = app_of(world), XConnectFlow()
    redirect = connecting.begin(app, redirect_uri=BACK, state="s", answers={})
    query = consent(world, redirect, "deny")
    with pytest.raises(ConnectRefused, match="not allowed"):
        connecting.finish(app, redirect_uri=BACK, keep=redirect.keep, query=query)
    for values, keep, back in (
        (APPS["twitter"], {"code_verifier": "another"}, BACK),
        (APPS["twitter"], {}, BACK),
        (APPS["twitter"], redirect.keep, "https://elsewhere.example/"),
        ({**APPS["twitter"], "client_secret": "wrong"}, redirect.keep, BACK),
        ({"client_id": identities.X_CLIENT_ID}, redirect.keep, BACK),
    ):
        query = consent(world, redirect)
        with pytest.raises(ConnectRefused) as refused:
            connecting.finish(AppKeys(values, app.endpoint), redirect_uri=back, keep=keep, query=query)
        assert query["code"] not in str(refused.value)
    query = consent(world, redirect)
    connecting.finish(app, redirect_uri=BACK, keep=redirect.keep, query=query)
    with pytest.raises(ConnectRefused):  # a code works once
        connecting.finish(app, redirect_uri=BACK, keep=redirect.keep, query=query)
    with pytest.raises(ConnectRefused, match="client ID"):
        connecting.begin(AppKeys({}, app.endpoint), redirect_uri=BACK, state="s", answers={})


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Answer(200, {"token_type": "bearer", "access_token": "a", "scope": "tweet.read users.read"}), ConnectRefused),
        (Answer(400, {"error": "invalid_request", "error_description": "of the-code"}), ConnectRefused),
        (Answer(401, {"error": "unauthorized_client"}), ConnectRefused),
        *((Answer(200, body), ConnectRefused) for body in ("", "[]", "null", "{}", "<html>", '"a"')),
        (Answer(200, {"access_token": "not one"}), ConnectRefused),
        (Answer(200, {"access_token": "a"}), NetworkAway),  # and then it can't be asked whose it is
        (Answer(302, "", {"Location": "https://example.org/"}), NetworkAway),
        (Answer(429, ""), NetworkAway),
        (Answer(503, "<html>busy"), NetworkAway),
        (HANGS_UP, NetworkAway),
    ],
)
def test_whatever_the_token_address_answers_is_said_plainly(say: Answer, error: type[Exception]) -> None:
    with scripted_http(lambda call: say if call.path.endswith("/token") else Answer(500)) as server:
        app = AppKeys({"client_id": "the-id", "client_secret": "the-secret"}, server.url)
        with pytest.raises(error) as raised:
            XConnectFlow().finish(
                app, redirect_uri=BACK, keep={"code_verifier": "the-verifier"}, query={"code": "the-code"}
            )
        assert server.asked[0] == "POST /2/oauth2/token"
    assert not [word for word in ("the-code", "the-secret", "the-verifier") if word in str(raised.value)]


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Answer(400, {"error": "invalid_request", "error_description": "of old-refresh"}), AuthorisationEnded),
        (Answer(401, {"error": "unauthorized_client"}), AuthorisationEnded),
        (Answer(200, "{}"), NetworkAway),
        (Answer(429, ""), NetworkAway),
        (Answer(503, "<html>busy"), NetworkAway),
        (HANGS_UP, NetworkAway),
    ],
)
def test_only_a_plain_no_ends_an_authorisation(say: Answer, error: type[Exception]) -> None:
    with scripted_http(lambda _call: say) as server:
        account = Credentials(1, "x", {"access_token": "a", "refresh_token": "old-refresh"}, server.url)
        with pytest.raises(error) as raised:
            XTokenRenewal().renew(AppKeys({"client_id": "the-id"}, server.url), account)
    assert "old-refresh" not in str(raised.value)


def test_what_renewing_asks_for_and_keeps() -> None:
    asked: list[Call] = []

    def judge(call: Call) -> Answer:
        asked.append(call)
        return Answer(body={"access_token": "new"})

    with scripted_http(judge) as server:
        values = {"access_token": "old", "refresh_token": "stays", "consumer_key": "k"}
        account = Credentials(1, "x", values, server.url)
        for secret in ("", "s"):
            renewed = XTokenRenewal().renew(AppKeys({"client_id": "c", "client_secret": secret}, server.url), account)
            assert renewed.values == {**values, "access_token": "new"}
    public, confidential = asked
    form = dict(parse_qsl(public.body.decode()))
    assert form == {"grant_type": "refresh_token", "refresh_token": "stays", "client_id": "c"}
    assert "Authorization" not in public.headers
    assert confidential.headers["Authorization"].startswith("Basic ")


def test_an_account_with_typed_in_keys_is_not_renewed(world: World) -> None:
    with pytest.raises(AuthorisationEnded):
        XTokenRenewal().renew(
            app_of(world), Credentials(1, "x", {"access_token": "typed-in"}, world.endpoints["twitter"])
        )
    with pytest.raises(NetworkAway):
        XTokenRenewal().renew(AppKeys({}), Credentials(1, "x", {"refresh_token": "r"}, world.endpoints["twitter"]))


def test_what_was_allowed_is_all_that_works(world: World) -> None:
    """The judge's own rule: a token without media.write uploads nothing, one without offline.access has no refresh."""
    query = "response_type=code&state=s&scope=tweet.read%20tweet.write%20users.read&code_challenge_method=S256"
    client = identities.X_PUBLIC_CLIENT_ID
    url = f"/twitter/i/oauth2/authorize?{query}&client_id={client}&redirect_uri={BACK}&code_challenge="
    verifier, challenge = "abc", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"  # RFC 7636's S256 of it
    assert world.http.post(f"{url}", data={"answer": "allow"}).status_code == 400
    assert world.http.get(f"{url}{challenge}".replace(client, "nobody")).status_code == 400
    sent = world.http.post(f"{url}{challenge}", data={"answer": "allow"}, follow_redirects=False)
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": BACK, **PUBLIC}
    given = world.http.post("/twitter/2/oauth2/token", data=form).json()
    assert "refresh_token" not in given
    account = Credentials(1, "x", {"access_token": given["access_token"]}, world.endpoints["twitter"])
    outcome = TwitterChannel().send(account, POST, new_intent())
    assert not isinstance(outcome, Accepted | Reconnect)
    assert outcome.remedy == "reconnect"
    assert world.posts("twitter") == []


def test_secrets_of_a_connection_stay_secret(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = app_of(world)
    identity = connect(world, app)
    account = Credentials(1, identity.name, identity.values, app.endpoint)
    TwitterChannel().send(account, POST, new_intent())
    renewed = XTokenRenewal().renew(app, account)
    oauth1 = {"consumer_key": identities.X_CONSUMER_KEY, "consumer_secret": identities.X_CONSUMER_SECRET}
    oauth1 |= {"oauth_token": identities.X_OAUTH_TOKEN, "oauth_token_secret": identities.X_OAUTH_SECRET}
    TwitterChannel().send(Credentials(1, "x", oauth1, app.endpoint), POST, new_intent())
    secrets = [*identity.values.values(), *renewed.values.values(), identities.X_CLIENT_SECRET, *oauth1.values()]
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    said = [logging.Formatter().format(record) for record in ours] + [repr(identity), repr(renewed), repr(app)]
    for secret in secrets:
        assert not [line for line in said if secret in line]


def test_real_accounts_go_to_x_itself_and_wait_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Any]] = []

    def refuse(_self: object, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        asked.append((f"{request.method} {request.url}", more["timeout"]))
        raise requests.ConnectTimeout

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", refuse)
    x, account = TwitterChannel(timeout=3), Credentials(1, "x", {"access_token": "t", "refresh_token": "r"})
    assert isinstance(x.send(account, Variant("twitter", parts=("one",)), new_intent()), Deferred)
    assert isinstance(x.send(account, POST, new_intent()), Deferred)
    with pytest.raises(NetworkAway):
        XConnectFlow(timeout=3).finish(AppKeys(PUBLIC), redirect_uri=BACK, keep={}, query={"code": "c"})
    assert asked == [
        ("POST https://api.twitter.com/2/tweets", 3),
        ("POST https://api.twitter.com/2/media/upload/initialize", 3),
        ("POST https://api.x.com/2/oauth2/token", 3),
    ]
