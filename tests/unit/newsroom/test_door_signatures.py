"""Which calls are believed: each kind of signature, and what is wrong with the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from distributor.domain.door_signatures import Scheme, proof_of
from distributor.practice.newsroom import senders
from distributor.practice.newsroom.senders import Call

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SECRET = "s-of-the-door"
AT = NOW.timestamp()
PAYLOAD = {"title": "The horn"}


def proof(scheme: Scheme, call: Call, *, header: str = "", now: datetime = NOW, secret: str = SECRET) -> str:
    headers = {name.lower(): value for name, value in call.headers.items()}
    result = proof_of(scheme, headers, call.body, secret=secret, now=now, header=header)
    assert bool(result.refusal) != bool(result.call_id)
    return result.refusal


CALLS: dict[str, tuple[Scheme, Call, str]] = {
    "ghost": ("ghost", senders.ghost({"id": "1"}, secret=SECRET, at=AT), ""),
    "an old ghost": ("ghost", senders.ghost({"id": "1"}, secret=SECRET, at=AT, is_old=True), ""),
    "wordpress": ("wordpress", senders.wordpress("x", "y", secret=SECRET), ""),
    "header": ("hmac", senders.plain(PAYLOAD, secret=SECRET, header="X-Sign"), "X-Sign"),
    "bearer": ("bearer", senders.plain(PAYLOAD, secret=SECRET), ""),
    "ours": ("ghost", senders.call_in_our_way(PAYLOAD, secret=SECRET, at=AT), ""),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_signed_is_believed_and_a_guess_is_not(name: str) -> None:
    scheme, call, header = CALLS[name]
    assert proof(scheme, call, header=header) == ""
    assert proof(scheme, call, header=header, secret="a guess")
    if name != "bearer":
        assert proof(scheme, Call(call.body + b" ", call.headers), header=header)
    assert proof(scheme, Call(call.body), header=header)


@pytest.mark.parametrize("name", ["ghost", "ours"])
@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_is_signed_for_another_time_is_not(name: str, minutes: int) -> None:
    scheme, call, _ = CALLS[name]
    assert "set the clocks" in proof(scheme, call, now=NOW + timedelta(minutes=minutes))
    assert proof(scheme, call, now=NOW + timedelta(minutes=minutes // 2)) == ""


@pytest.mark.parametrize("time", ["", "x", "9" * 20, "9" * 15])
def test_a_time_that_is_none(time: str) -> None:
    assert proof("bearer", Call(b"{}", {"X-Distributor-Signature": f"t={time},sha256=00"}))


def test_a_time_beyond_all_clocks_with_a_right_signature() -> None:
    call = senders.call_in_our_way(PAYLOAD, secret=SECRET, at=float("9" * 12))
    assert "set the clocks" in proof("bearer", call)
