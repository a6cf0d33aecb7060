"""An account's relays, as its URL names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from distributor.channels.base import Credentials
from distributor.channels.mail import relay
from distributor.channels.mail.relay import Relay
from distributor.domain.errors import BadSettings


def test_what_counts_when_nothing_is_said() -> None:
    assert relay.read("smtp://relay.example.org") == Relay("relay.example.org", 587, "required")
    assert relay.read("smtps://kim:a%40b@relay.example.org") == Relay(
        "relay.example.org", 465, "implicit", "kim", "a@b"
    )


def test_options(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.touch()
    made = relay.read(
        f"smtp://h.example:25?starttls=optional&ca={file}&auth=XOAUTH2&connections=20&connections_in_all=30&messages=1000"
        "&weight=3&rate=2.5&domain_start=100"
    )
    assert made == Relay(
        "h.example",
        25,
        "optional",
        ca=str(file),
        auth="xoauth2",
        connections=20,
        connections_in_all=30,
        messages=1000,
        weight=3,
        rate=2.5,
        domain_start=100,
    )


@pytest.mark.parametrize("separator", [" ", "\n", "\r\n", "  \n\t"])
def test_several(separator: str) -> None:
    made = relay.read_all(separator.join(["smtp://a.example?weight=3", "smtps://b.example"]) + separator)
    assert [(one.host, one.weight) for one in made] == [("a.example", 3), ("b.example", 1)]


@pytest.mark.parametrize(
    "options",
    [
        "connections=0",
        "connections=-1",
        "connections=2.5",
        "connections=many",
        "connections=",
        "connections_in_all=0",
        "messages=0",
        "weight=0",
        "rate=0",
        "rate=nan",
        "rate=inf",
        "auth=digest",
        "ca=/nowhere/at/all.pem",
        "conections=5",
        "starttls=",
    ],
)
def test_what_can_not_be_meant_is_said(options: str) -> None:
    with pytest.raises(BadSettings) as caught:
        relay.read(f"smtp://kim:s3cret-word@relay.example.org?{options}")
    assert "s3cret" not in str(caught.value)
    with pytest.raises(BadSettings):
        relay.read_all(f"smtp://a.example smtp://b.example?{options}")


def test_no_part_of_a_password_is_repeated() -> None:
    with pytest.raises(BadSettings) as caught:
        relay.read("smtp://kim:12?s3cret@relay.example.org")
    assert "s3cret" not in str(caught.value)


def test_practice_keeps_login_and_options_and_goes_elsewhere() -> None:
    url = "smtp://kim:word@real.example?connections=3 smtp://other.example"
    account = Credentials(1, "x", {"url": url}, endpoint="smtp://127.0.0.1:2525?starttls=off")
    assert relay.of(account) == (Relay("127.0.0.1", 2525, "off", "kim", "word", connections=3, guarded=False),)
    assert len(relay.of(Credentials(1, "x", {"url": url}))) == 2


def test_only_an_editors_relay_is_guarded() -> None:
    values = {"url": "smtp://a.example smtp://b.example"}
    assert [entry.guarded for entry in relay.of(Credentials(1, "x", values))] == [True, True]
    assert [entry.guarded for entry in relay.of(Credentials(1, "x", values, from_operator=True))] == [False, False]
