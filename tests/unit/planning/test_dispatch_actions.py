"""The table of actions by itself: who may do what, and what is asked first."""

from __future__ import annotations

import pytest

from distributor.domain.dispatch_actions import ACTIONS, get, permits
from distributor.domain.errors import BadInput
from distributor.domain.states import State


def test_each_role_may_do_what_those_before_it_may() -> None:
    assert permits("admin", "editor")
    assert permits("editor", "editor")
    assert not permits("writer", "editor")


def test_an_action_is_known_by_its_name() -> None:
    assert get("pause") is ACTIONS["pause"]
    with pytest.raises(BadInput, match="There is no action “explode”: choose from approve"):
        get("explode")


def test_what_can_not_be_undone_is_asked_first_and_names_the_channel() -> None:
    assert "deleted at Mastodon" in get("recall").question(State.SENT, "Mastodon")
    assert "Look at Threads first" in get("retry").question(State.UNCONFIRMED, "Threads")
    assert get("retry").question(State.FAILED, "Threads") == ""
