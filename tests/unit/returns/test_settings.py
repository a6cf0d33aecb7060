"""What is set, and what comes of it."""

from __future__ import annotations

import importlib

import pytest

from config import beat, environment
from distributor.domain.errors import BadSettings


def test_mailboxes_are_fetched_each_minute_where_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "fetch returns" not in importlib.reload(beat).SCHEDULE
    monkeypatch.setenv("DISTRIBUTOR_RETURNS_URL", "imaps://a:b@c/INBOX")
    schedule = importlib.reload(beat).SCHEDULE
    assert schedule["fetch returns"]["task"] == "insights.fetch_returns"
    assert schedule["fetch returns"]["schedule"] == 60
    monkeypatch.undo()
    importlib.reload(beat)


@pytest.mark.parametrize(
    ("given", "domain"),
    [("", ""), (" Return.Example.COM ", "return.example.com"), ("bücher.example", "xn--bcher-kva.example")],
)
def test_the_return_domain(monkeypatch: pytest.MonkeyPatch, given: str, domain: str) -> None:
    monkeypatch.setenv("DISTRIBUTOR_RETURN_DOMAIN", given)
    assert environment.return_domain() == domain


@pytest.mark.parametrize(
    "given", ["bounces@example.com", "localhost", "a b.example", "https://x.example", ".example", "a..b"]
)
def test_what_is_no_domain_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DISTRIBUTOR_RETURN_DOMAIN", given)
    with pytest.raises(BadSettings, match="has to be a domain"):
        environment.return_domain()
