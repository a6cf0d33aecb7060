"""Whatever comes in: nothing is raised, and nothing takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.channels.mail.returns.classification import read
from tests.conftest import SAMPLES
from tests.unit.returns.installation import NOW, known

MAILS = [file.read_bytes() for file in sorted((SAMPLES / "returns").glob("*.eml"))]
PIECES = [
    b"Content-Type: multipart/report; boundary=x\r\n",
    b"Content-Type: message/delivery-status\r\n\r\n",
    b"Content-Type: text/plain; charset=unicode_escape\r\n",
    b"Content-Type: text/html; charset=\xff\x00\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"Date: Mon, 99 Foo 99999999999999999999 99:99:99 +99999999\r\n",
    b"Last-Attempt-Date: Mon, 02 Mar 0001 00:00:00 +2359\r\n",
    b"Subject: =?utf-8?b?!!!?= =?x?q?=00?= =?utf-8?q?=\r\n",
    b"X-Failed-Recipients: \xed\xa0\x80@\x00, <<<>>>\r\n",
    b"Final-Recipient: rfc822;\r\n\r\n",
    b"Status: 5.\r\nAction:\r\n",
    b"--x\r\n",
    b"--x--\r\n",
    b"\r\n\r\n",
    b"\x00",
    b"\\u12 \\x",
]


def check(raw: bytes) -> None:
    found = read(raw, lookups=known(), received_at=NOW, recipients=["\udcff@", ""])
    for event in found.events:
        assert event.at <= NOW
        assert event.event_id


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_random_bytes(raw: bytes) -> None:
    check(raw)


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=40)), max_size=30))
def test_pieces_of_mails(pieces: list[bytes]) -> None:
    check(b"".join(pieces))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(MAILS),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 200), st.sampled_from([*PIECES, b""])), max_size=6),
    st.integers(0, 5000),
)
def test_mangled_mails(raw: bytes, changes: list[tuple[int, int, bytes]], end: int) -> None:
    for at, length, piece in changes:
        raw = raw[:at] + piece + raw[at + length :]
    check(raw[:end] if end % 2 else raw)


@settings(deadline=None)
@given(st.sampled_from(MAILS), st.data())
def test_mails_that_end_early(raw: bytes, data: st.DataObject) -> None:
    check(raw[: data.draw(st.integers(0, len(raw)))])


MEGABYTE = 1_000_000
HEAD = b"Return-Path: <>\r\nFrom: mailer-daemon@x.example\r\n"
DEEP = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(20_000))
HOSTILE = {
    "deep": HEAD + DEEP,
    "letters in letters": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 30_000,
    "one long line": HEAD + b"\r\n" + b"<" * MEGABYTE,
    "signs that patterns try again and again": HEAD + b"\r\n" + (b"<a@" * 300 + b"\r\n") * 1000,
    "long header": HEAD + b'Content-Type: text/plain; a="' + b';"' * MEGABYTE,
    "folded header": HEAD + b"Content-Type: multipart/mixed;\r\n" + b' a=";\r\n' * 200_000,
    "many headers": HEAD + b'To: "a" <b@c.example>,\r\n' * 40_000,
    "many parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n<x>:\r\n" * 60_000,
    "base64 without lines": HEAD
    + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + (b"PDw8" * 19 + b"\r\n") * 12_000,
    "many encoded words": HEAD + b"Subject: " + b"=?utf-8?q?a?= " * 70_000,
    "styles": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<style" * 100_000,
    "recipients": HEAD
    + b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n" * 20_000,
    "tokens": HEAD + b"\r\n" + b"0107010cfeaa8d73860aad3fa682 bounces+aedqcdb5qi3lpjuemzcl7eb@x " * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_takes_long(name: str) -> None:
    begun = time.process_time()
    check(HOSTILE[name])
    assert time.process_time() - begun < 5
