"""What helps after each outcome."""

from __future__ import annotations

import pytest

from distributor.domain.outcomes import Deferred, Reconnect, Unconfirmed


@pytest.mark.parametrize(
    ("outcome", "remedy"),
    [
        (Deferred("The network is away."), "wait"),
        (Reconnect("The token has ended."), "reconnect"),
        (Unconfirmed("The answer was lost."), "look"),
    ],
)
def test_each_outcome_names_what_helps(outcome: Deferred | Reconnect | Unconfirmed, remedy: str) -> None:
    assert outcome.remedy == remedy
