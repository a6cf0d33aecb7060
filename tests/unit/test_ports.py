"""Ports: an empty one says what is missing, and a named one keeps any number of parts."""

from __future__ import annotations

import pytest

from distributor.ports import NamedPort, Port, PortEmpty


def test_an_empty_port_says_what_is_missing() -> None:
    port: Port[str] = Port("the store of pages")
    with pytest.raises(PortEmpty, match=r"the store of pages: run django.setup\(\)"):
        port.get()
    port.fill("a store")
    assert port.get() == "a store"
    port.fill("another")
    assert port.get() == "another"


def test_a_named_port_may_be_empty_and_keeps_its_parts_in_order() -> None:
    port: NamedPort[int] = NamedPort()
    assert dict(port.get()) == {}
    port.fill("reads", 2)
    port.fill("deliveries", 1)
    port.fill("notes", 3)
    assert list(port.get().items()) == [("deliveries", 1), ("notes", 3), ("reads", 2)]
