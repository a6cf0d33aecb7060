"""The ports of `up` and `demo`."""

from __future__ import annotations

from distributor.cli import services
from tests.servers.base import free_port


def test_two_houses_that_are_started_at_once_choose_two_ports() -> None:
    preference = free_port()
    assert services.free_port(preference=preference) == preference
    assert services.free_port(preference=preference) not in (0, preference)  # nobody listens there yet
