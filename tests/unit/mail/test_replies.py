"""Replies as they come off the wire, and which of them ask to slow down."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels.mail.replies import slows_down
from distributor.channels.mail.smtp.wire import LONGEST_REPLY_LINE, MOST_REPLY_LINES, Extensions, Replies

TEXTS = st.binary(max_size=60).map(lambda text: text.translate(None, b"\r\n"))
REPLIES = st.lists(st.tuples(st.integers(200, 599), st.lists(TEXTS, min_size=1, max_size=4)), max_size=8)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(places)]


def written(code: int, lines: list[bytes], end: bytes) -> bytes:
    marks = [b"-"] * (len(lines) - 1) + [b" "]
    return b"".join(b"%d%s%s%s" % (code, mark, line, end) for mark, line in zip(marks, lines, strict=True))


@given(REPLIES, st.lists(st.integers(0, 1_000), max_size=20), st.sampled_from([b"\r\n", b"\n"]))
def test_replies_are_read_however_they_are_cut(
    replies: list[tuple[int, list[bytes]]], cuts: list[int], end: bytes
) -> None:
    reader = Replies()
    found = []
    for piece in pieces(b"".join(written(code, lines, end) for code, lines in replies), cuts):
        found += reader.feed(piece)
    assert found == [(code, b"\n".join(lines)) for code, lines in replies]
    assert reader.empty
    assert not reader.babble


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_whatever_comes_reading_ends_and_raises_nothing(chunks: list[bytes]) -> None:
    reader = Replies()
    for chunk in chunks:
        for code, text in reader.feed(chunk):
            assert 200 <= code < 600
            assert isinstance(text, bytes)
    if reader.babble:
        assert reader.feed(b"250 OK\r\n") == []


@given(
    REPLIES, st.sampled_from([b"", b"25", b"abc\r\n", b"250_x\r\n", b"\x00\r\n", b"199 x\r\n", b"600 x\r\n", b"\r\n"])
)
def test_what_was_complete_before_the_babble_counts(replies: list[tuple[int, list[bytes]]], garbage: bytes) -> None:
    reader = Replies()
    found = reader.feed(b"".join(written(code, lines, b"\r\n") for code, lines in replies) + garbage)
    assert found == [(code, b"\n".join(lines)) for code, lines in replies]
    assert reader.babble == garbage.endswith(b"\n")


@pytest.mark.parametrize(
    "data",
    [
        b"2" * (LONGEST_REPLY_LINE + 1),
        b"250 " + b"x" * LONGEST_REPLY_LINE + b"\r\n",
        b"250-x\r\n" * (MOST_REPLY_LINES + 1),
    ],
)
def test_a_reply_without_end_is_babble(data: bytes) -> None:
    reader = Replies()
    assert reader.feed(data) == []
    assert reader.babble


def test_reading_takes_time_in_proportion() -> None:
    """One byte at a time: as slow as a server may be, no more is kept than a line."""
    reader = Replies()
    found = [reply for _ in range(200) for byte in b"250-a\r\n250 b\r\n" for reply in reader.feed(bytes([byte]))]
    assert found == [(250, b"a\nb")] * 200


def test_extensions() -> None:
    offered = Extensions.of(
        b"mx.example.org greets\nSIZE 1000\nPipelining\nauth=LOGIN\nAUTH PLAIN XOAUTH2\nSTARTTLS\n\n"
    )
    assert offered == Extensions(
        starttls=True, pipelining=True, login=frozenset({"plain", "login", "xoauth2"}), size=True, size_limit=1000
    )
    assert Extensions.of(b"PIPELINING") == Extensions()  # only a greeting
    assert Extensions.of("x\nSIZE \u0663\nSIZE".encode()) == Extensions(size=True)


@pytest.mark.parametrize(
    ("code", "slow"),
    [
        ("421", True),
        ("4.2.1", True),
        ("4.3.2", True),
        ("4.7.0", True),
        ("4.7.28", True),
        ("4.7.1", False),  # greylisting: it asks to come again, not to send less
        ("4.2.2", False),
        ("4.3.1", False),
        ("451", False),
        ("5.7.1", False),
        ("2.0.0", False),
        ("repeat-possible", False),
        ("", False),
    ],
)
def test_which_answers_ask_to_slow_down(code: str, slow: bool) -> None:
    assert slows_down(code) is slow
