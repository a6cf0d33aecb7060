"""Promise 4 on every network while everything goes wrong: a short run of `benchmarks/social_chaos.py`."""

from __future__ import annotations

from distributor.practice.networks import NETWORKS
from tests.chaos.benchmark import figures

POSTS = 3 * len(NETWORKS)


def test_no_post_is_lost_or_there_twice_whatever_dies() -> None:
    options = ("--posts", POSTS, "--kills", 2, "--accounts", 2, "--seed", 5, "--quiet")
    found = figures("social_chaos.py", *options)
    assert (found["posts"], found["twice"], found["lost"], found["kills"]) == (POSTS, 0, 0, 2)
    assert set(found["per_channel"]) == {network.channel for network in NETWORKS}
    assert found["settled_share"] == 1
