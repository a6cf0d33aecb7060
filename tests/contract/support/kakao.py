"""Connecting to the practice world's Kakao."""

from __future__ import annotations

from distributor.channels.base import Credentials
from distributor.channels.connect_flow import AppKeys, Identity
from distributor.channels.kakao.connect import KakaoConnectFlow
from distributor.practice.networks import APPS
from tests.contract.conftest import World

BACK = "https://desk.example.org/connected/kakao/"


def app_of(world: World, **values: str) -> AppKeys:
    return AppKeys({**APPS["kakao"], **values}, world.endpoints["kakao"])


def consent(world: World, app: AppKeys, *, answer: str = "allow", friends: str = "yes") -> dict[str, str]:
    """Go to Kakao as the editor's browser does, and return the query it comes back with."""
    begun = KakaoConnectFlow().begin(app, redirect_uri=BACK, state="s-1", answers={"friends": friends})
    query = world.consent(begun.url, BACK, answer, shows="Kakao")
    assert query["state"] == "s-1"
    return query


def connect(world: World, *, friends: str = "yes") -> Identity:
    app = app_of(world)
    query = consent(world, app, friends=friends)
    (identity,) = KakaoConnectFlow().finish(app, redirect_uri=BACK, keep={}, query=query)
    return identity


def account_of(world: World, identity: Identity) -> Credentials:
    return Credentials(1, identity.name, identity.values, world.endpoints["kakao"])
