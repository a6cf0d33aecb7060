"""The settings of the hub and of IndexNow."""

from __future__ import annotations

import pytest

from config import environment
from distributor.domain.errors import BadSettings


@pytest.mark.parametrize("given", ["", "https://hub.example/", "http://hub.internal:8080/publish?of=lantern"])
def test_a_hub(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DISTRIBUTOR_WEBSUB_HUB", given)
    assert environment.web_address("DISTRIBUTOR_WEBSUB_HUB") == given


def test_where_nothing_is_set_the_default_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISTRIBUTOR_INDEXNOW_URL", raising=False)
    assert environment.web_address("DISTRIBUTOR_INDEXNOW_URL", "https://one.example/") == "https://one.example/"


@pytest.mark.parametrize(
    "given",
    [
        "hub.example",
        "ftp://hub.example/",
        "https://",
        "https://user:secret@hub.example/",  # it stands in every feed
        "https://hub.example/ ,https://another.example/",
        'https://hub.example/">',
        "https://허브.example/",
        "http://[::1",
    ],
)
def test_what_is_no_public_address_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DISTRIBUTOR_WEBSUB_HUB", given)
    with pytest.raises(BadSettings, match="whole web address") as refused:
        environment.web_address("DISTRIBUTOR_WEBSUB_HUB")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("given", ["", "a1b2c3d4", "a" * 128, "A-lantern-key-2026"])
def test_a_key_for_indexnow(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DISTRIBUTOR_INDEXNOW_KEY", given)
    assert environment.indexnow_key() == given


@pytest.mark.parametrize("given", ["short", "a" * 129, "with space", "under_score", "../../etc", "열쇠열쇠열쇠열쇠"])
def test_what_is_no_key_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DISTRIBUTOR_INDEXNOW_KEY", given)
    with pytest.raises(BadSettings, match="8 to 128"):
        environment.indexnow_key()
