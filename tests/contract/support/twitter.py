"""Accounts and threads on X."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from distributor.channels.base import Credentials
from distributor.channels.twitter.adapter import TwitterChannel
from distributor.domain.outcomes import Accepted
from distributor.domain.variants import Variant
from distributor.practice import identities
from tests.contract.conftest import World, new_intent

THREAD = Variant(
    "twitter", parts=("바다가 남긴 것 🌊 (1/3)", "What the tide leaves (2/3)", "https://letters.example.org/7/ (3/3)")
)
OAUTH1 = {
    "consumer_key": identities.X_CONSUMER_KEY,
    "consumer_secret": identities.X_CONSUMER_SECRET,
    "oauth_token": identities.X_OAUTH_TOKEN,
    "oauth_token_secret": identities.X_OAUTH_SECRET,
}


def account_of(world: World, number: str = "", **more: str) -> Credentials:
    """Return the practice account, or a further one."""
    token = f"{identities.X_TOKEN}-{number}" if number else identities.X_TOKEN
    return Credentials(1, "x", {"access_token": token, **more}, world.endpoints["twitter"])


def begun(world: World, out: int) -> tuple[TwitterChannel, Credentials, Any]:
    """Return a thread of which so many posts are out, as a worker that was killed leaves it."""
    x, account, intent = TwitterChannel(), account_of(world, refresh_token="of-the-account"), new_intent()
    assert isinstance(x.send(account, replace(THREAD, parts=THREAD.parts[:out]), intent), Accepted)
    return x, account, intent


def thread_on(world: World) -> list[str]:
    """Return the texts of the one thread on X, checking that each answers the one before."""
    return [post["text"] for post in world.thread("twitter")]
