"""KakaoTalk's login: connecting an account, and keeping its tokens fresh."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from distributor.channels.base import Credentials
from distributor.channels.connect_flow import (
    AppKeys,
    AuthorisationEnded,
    ConnectRefused,
    Identity,
    NetworkAway,
)
from distributor.channels.kakao.adapter import KakaoChannel
from distributor.channels.kakao.connect import KakaoConnectFlow, KakaoTokenRenewal
from distributor.domain.outcomes import Accepted, Reconnect
from distributor.practice.networks import APPS
from tests.contract.cases.kakao import card_of
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.support.kakao import BACK, account_of, app_of, connect, consent

KAKAO = KakaoChannel()


# Connecting


def test_an_account_is_connected_and_can_send(world: World) -> None:
    identity, now = connect(world), datetime.now(UTC)
    assert (identity.remote_id, identity.name) == ("3000000001", "Practice newsroom")
    assert identity.expires_at is not None
    assert identity.ends_at is not None
    assert timedelta(hours=5) < identity.expires_at - now < timedelta(hours=7)
    assert timedelta(days=55) < identity.ends_at - now < timedelta(days=65)
    assert isinstance(KAKAO.send(account_of(world, identity), card_of("Hello"), new_intent()), Accepted)
    assert KAKAO.identify(account_of(world, identity)).remote_id == identity.remote_id


def test_friends_are_asked_for_only_where_they_are_chosen() -> None:
    """An app that was not granted them is refused whole (KOE205)."""
    app = AppKeys({"rest_api_key": "key"})
    for payload, scope in (("", "talk_message,profile_nickname"), ("Yes", "talk_message,profile_nickname,friends")):
        begun = KakaoConnectFlow().begin(app, redirect_uri=BACK, state="s", answers={"friends": payload})
        assert begun.url.startswith("https://kauth.kakao.com/oauth/authorize?")
        assert parse_qs(urlsplit(begun.url).query)["scope"] == [scope]


def test_what_goes_wrong_while_connecting_is_said(world: World) -> None:
    app = app_of(world)
    with pytest.raises(ConnectRefused, match="was not allowed"):
        KakaoConnectFlow().finish(app, redirect_uri=BACK, keep={}, query=consent(world, app, answer="deny"))
    with pytest.raises(ConnectRefused, match="unknown, used or too old"):
        KakaoConnectFlow().finish(app, redirect_uri=BACK, keep={}, query={"code": "made-up"})
    wrong = app_of(world, client_secret="another")
    with pytest.raises(ConnectRefused, match="Bad client credentials"):
        KakaoConnectFlow().finish(wrong, redirect_uri=BACK, keep={}, query=consent(world, app))
    with pytest.raises(ConnectRefused, match="REST API key"):
        KakaoConnectFlow().begin(app_of(world, rest_api_key=""), redirect_uri=BACK, state="s", answers={})
    away = AppKeys(APPS["kakao"], "http://127.0.0.1:9")
    with pytest.raises(NetworkAway):
        KakaoConnectFlow().finish(away, redirect_uri=BACK, keep={}, query={"code": "x"})


def test_without_the_right_to_send_it_is_not_connected(world: World) -> None:
    app = app_of(world)
    url = KakaoConnectFlow().begin(app, redirect_uri=BACK, state="s", answers={}).url.replace("talk_message%2C", "")
    query = world.consent(url, BACK)
    with pytest.raises(ConnectRefused, match="Send message in KakaoTalk"):
        KakaoConnectFlow().finish(app, redirect_uri=BACK, keep={}, query=query)


def test_an_account_that_is_not_known_has_no_identity(world: World) -> None:
    account = practice_account(world, "kakao")
    with pytest.raises(ConnectRefused):
        KAKAO.identify(Credentials(1, "x", {"access_token": "wrong"}, account.endpoint))
    with pytest.raises(ConnectRefused):
        KAKAO.identify(Credentials(1, "x", {}, account.endpoint))
    with pytest.raises(NetworkAway):
        KAKAO.identify(Credentials(1, "x", account.values, "http://127.0.0.1:9"))


# Renewing


def test_a_token_is_renewed_and_the_old_refresh_token_stays(world: World) -> None:
    identity = connect(world)
    renewed = KakaoTokenRenewal().renew(app_of(world), account_of(world, identity))
    assert renewed.values["access_token"] != identity.values["access_token"]
    assert renewed.values["refresh_token"] == identity.values["refresh_token"]
    assert renewed.ends_at == identity.ends_at  # it did not come again, and its end is still known
    assert renewed.expires_at is not None
    fresh = Credentials(1, "x", renewed.values, world.endpoints["kakao"])
    assert isinstance(KAKAO.send(fresh, card_of("Hello"), new_intent()), Accepted)
    assert KakaoTokenRenewal().renew(app_of(world), fresh).values["access_token"] != renewed.values["access_token"]


def age(world: World, identity: Identity, days: float) -> None:
    payload = {"refresh_token": identity.values["refresh_token"], "days_left": days}
    world.http.post("/kakao/practice/refresh-token", json=payload).raise_for_status()


def test_near_its_end_a_new_refresh_token_comes(world: World) -> None:
    identity = connect(world)
    age(world, identity, 12)
    renewed = KakaoTokenRenewal().renew(app_of(world), account_of(world, identity))
    assert renewed.values["refresh_token"] != identity.values["refresh_token"]
    assert renewed.ends_at is not None
    assert renewed.ends_at - datetime.now(UTC) > timedelta(days=55)
    with pytest.raises(AuthorisationEnded):  # the old one is used up
        KakaoTokenRenewal().renew(app_of(world), account_of(world, identity))


def test_an_ended_refresh_token_needs_a_person(world: World) -> None:
    identity = connect(world)
    age(world, identity, -1)
    with pytest.raises(AuthorisationEnded):
        KakaoTokenRenewal().renew(app_of(world), account_of(world, identity))
    with pytest.raises(AuthorisationEnded):
        KakaoTokenRenewal().renew(app_of(world), practice_account(world, "kakao"))  # never had one
    away = Credentials(1, "x", identity.values, "http://127.0.0.1:9")
    with pytest.raises(NetworkAway):
        KakaoTokenRenewal().renew(app_of(world), away)


def test_an_expired_token_is_renewed_where_that_can_be(world: World) -> None:
    world.fault("kakao", "expired-token", times=2)
    outcomes = [
        KAKAO.send(account, card_of("Hello"), new_intent())
        for account in (account_of(world, connect(world)), practice_account(world, "kakao"))
    ]
    assert [isinstance(one, Reconnect) and one.expired for one in outcomes] == [True, False]
