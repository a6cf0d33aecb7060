"""DISTRIBUTOR_ALLOWED_NETWORKS: what it takes, and what it says to what it does not."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from config.environment import allowed_networks
from distributor.domain.errors import BadSettings

NAME = "DISTRIBUTOR_ALLOWED_NETWORKS"


def test_without_it_nothing_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert allowed_networks() == ()


def test_networks_and_single_addresses_of_both_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "10.1.0.0/16, fd12::/16,192.168.1.7,")
    assert allowed_networks() == (ip_network("10.1.0.0/16"), ip_network("fd12::/16"), ip_network("192.168.1.7/32"))


@pytest.mark.parametrize("value", ["10.0.0.1/8", "intranet", "10.0.0.0/33", "10.0.0.0/8 10.1.0.0/16"])
def test_anything_else_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(BadSettings, match=r"has to be networks such as 10\.1\.0\.0/16, separated by commas: "):
        allowed_networks()
