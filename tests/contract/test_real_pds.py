"""The Bluesky channel against Bluesky's own server, which we did not write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from distributor.channels.base import Credentials
from distributor.channels.bluesky.adapter import BlueskyChannel
from distributor.channels.bluesky.payload import BlueskyPayload, CardWords, Show
from distributor.channels.connect_flow import AppKeys, ConnectRefused
from distributor.domain.outcomes import Accepted, Reconnect, Rejected
from distributor.domain.variants import Picture, Variant
from tests.contract.cases.spec import LINK, posting
from tests.contract.conftest import new_intent
from tests.servers.pds import HANDLE, pds

CARD = Picture(alt="A card", card={"title": "What the tide leaves"})
WORDS = CardWords("What the tide leaves", "Dear reader")
THREAD = Variant(
    "bluesky",
    parts=(f"바다가 남긴 것 🌊 #물때 by @{HANDLE} 1/3", f"What the tide leaves {LINK} 2/3", "And what it takes 3/3"),
    link=LINK,
    language="ko",
    picture=CARD,
    payload=BlueskyPayload(show="card", card=WORDS, link="last"),
)


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Credentials]:
    with pds(tmp_path_factory.mktemp("pds")) as account:
        yield account


@pytest.fixture(scope="module")
def credentials(typed: Credentials) -> Credentials:
    return replace(typed, values=BlueskyChannel().identify(typed).values)


def record(credentials: Credentials, uri: str) -> dict[str, Any]:
    repo, collection, key = uri.removeprefix("at://").split("/")
    query = {"repo": repo, "collection": collection, "rkey": key}
    with httpx.Client(trust_env=False) as client:
        answer = client.get(f"{credentials.endpoint}/xrpc/com.atproto.repo.getRecord", params=query)
    return dict(answer.json().get("value", {}))


def test_a_thread_with_a_card_is_posted_once_found_and_taken_back(credentials: Credentials) -> None:
    channel, intent = BlueskyChannel(), new_intent()
    assert channel.find_existing(credentials, intent, THREAD) is None
    assert isinstance(channel.send(credentials, replace(THREAD, parts=THREAD.parts[:1]), intent), Accepted)
    outcome = channel.send(credentials, THREAD, replace(intent, attempt=2))
    assert isinstance(outcome, Accepted)
    assert outcome.allowance is not None
    uris = [post["uri"] for post in outcome.receipt.raw["posts"]]
    first, second, third = (record(credentials, uri) for uri in uris)
    assert [one["text"] for one in (first, second, third)] == list(THREAD.parts)
    assert [facet["features"][0]["$type"].partition("#")[2] for facet in first["facets"]] == ["tag", "mention"]
    assert third["reply"]["root"]["uri"] == uris[0]
    assert third["reply"]["parent"]["uri"] == uris[1]
    found = channel.find_existing(credentials, intent, THREAD)
    assert found is not None
    assert found.raw == outcome.receipt.raw
    for _ in range(2):
        assert isinstance(channel.recall(credentials, THREAD, outcome.receipt), Accepted)
    assert channel.find_existing(credentials, intent, THREAD) is None


@pytest.mark.parametrize(("show", "kind"), [("card", "external"), ("picture", "images")])
def test_pictures_are_taken(show: Show, kind: str, credentials: Credentials) -> None:
    variant = replace(THREAD, parts=("Hello",), payload=BlueskyPayload(show=show, card=WORDS))
    outcome = BlueskyChannel().send(credentials, variant, new_intent())
    assert isinstance(outcome, Accepted)
    assert record(credentials, outcome.receipt.remote_id)["embed"]["$type"] == f"app.bsky.embed.{kind}"


def test_the_same_intent_makes_no_second_post(credentials: Credentials) -> None:
    channel, intent = BlueskyChannel(), new_intent()
    first = channel.send(credentials, posting("bluesky")("The first words"), intent)
    again = channel.send(credentials, posting("bluesky")("The first words"), intent)
    other = channel.send(credentials, posting("bluesky")("Other words"), intent)
    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert isinstance(other, Accepted)
    assert first.receipt.raw == again.receipt.raw == other.receipt.raw
    assert record(credentials, first.receipt.remote_id)["text"] == "The first words"


def test_both_limits_are_the_servers(credentials: Credentials) -> None:
    family = "👩‍👩‍👧"
    for part, kind in (
        ("a" * 300, Accepted),
        ("a" * 301, Rejected),
        (family * 166, Accepted),
        (family * 167, Rejected),
    ):
        assert type(BlueskyChannel().send(credentials, posting("bluesky")(part), new_intent())) is kind


def test_sessions_and_passwords(typed: Credentials, credentials: Credentials) -> None:
    channel = BlueskyChannel()
    assert channel.token_renewal is not None
    renewed = channel.token_renewal.renew(AppKeys(), credentials)
    assert renewed.expires_at is not None
    fresh = replace(credentials, values=renewed.values)
    assert isinstance(channel.send(fresh, posting("bluesky")("Hello"), new_intent()), Accepted)
    wrong = replace(credentials, values={**credentials.values, "access_token": credentials.values["refresh_token"]})
    outcome = channel.send(wrong, posting("bluesky")("Hello"), new_intent())
    assert isinstance(outcome, Reconnect)
    assert outcome.expired
    with pytest.raises(ConnectRefused, match="does not know this handle"):
        channel.identify(replace(typed, values={**typed.values, "app_password": "abcd-abcd-abcd-abcd"}))
