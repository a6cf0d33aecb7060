"""Transactional mail on the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.commands import House, house


@pytest.fixture(scope="module")
def operator() -> Iterator[House]:
    with house() as made:
        made.fine("publications", "add", "The Lantern Post", "--sender", "letters@lantern.example")
        yield made


def test_a_mail_is_sent_once_by_its_id_and_shown(operator: House) -> None:
    options = ("ana@inbox.example", "--subject", "Order {{ values.number }}", "--markdown", "Thank you.")
    assert "connect one" in operator.refused("mail", "send", *options, "--values", '{"number": 7}')
    operator.fine("suppressions", "add", "ana@inbox.example")
    operator.fine("accounts", "add", "mail", "--name", "relay", given='{"url": "smtp://127.0.0.1:9?starttls=off"}')
    first = operator.fine("mail", "send", *options, "--values", '{"number": 7}', "--id", "o7")
    assert (first["state"], first["own_id"]) == ("suppressed", "o7")
    assert operator.fine("mail", "send", *options, "--values", '{"number": 7}', "--id", "o7")["id"] == first["id"]
    assert operator.fine("mail", "show", first["id"]) == first
    assert "number" in operator.refused("mail", "send", *options)
    assert "JSON object" in operator.refused("mail", "send", *options, "--values", "[]")
