"""Texts to fit, and what can be said about every fitted text."""

from __future__ import annotations

import unicodedata
from typing import get_args

import regex
from hypothesis import settings
from hypothesis import strategies as st

from distributor.channels import registry
from distributor.domain.capabilities import Capabilities, LengthUnit
from distributor.domain.urls import links

# No deadline: how long an example takes says more about the machine that runs it.
PROPERTY = settings(deadline=None, max_examples=100)

X, MASTODON, BLUESKY, THREADS, KAKAO, TELEGRAM = (
    registry.get(name).capabilities for name in ("twitter", "mastodon", "bluesky", "threads", "kakao", "telegram")
)
BYTES = Capabilities("Bytes", bytes_limit=400, threads=True)
EVERY = (X, MASTODON, BLUESKY, THREADS, KAKAO, TELEGRAM)
COUNTINGS = get_args(LengthUnit)

_PIECES = st.one_of(
    st.sampled_from(
        [
            *("Dear Commissioners,", "a harbor", "tide tables.", "Mr. Kim", "and so on...", "3.14", "e.g. this", "?!"),
            *(
                "위원 여러분께.",
                "항구는",
                "기울입니다.",
                "했다.그리고",
                "潮汐表。",
                "港口、",
                "「約束」。",
                "これは",
                "ไทย",
            ),
            *("https://harbor.example/letters/tide", "example.com", "http://t.co/abc", "http://127.0.0.1:8000/a.b"),
            *(
                "http://example.com/한글",
                "foo_a.com",
                "a.co.",
                "https://" + "x" * 300 + ".example/",
                *(
                    "@mention",
                    "#항구",
                    "#tide_tables",
                    "@pier@harbor.example",
                    "@ida.harbor.example",
                    "name@pier.example",
                ),
                *("#港は潮汐表", "＃한글", "#" + "가" * 70, "a#b", "@@x", "#1", "@-"),
            ),
            *("👨‍👩‍👧‍👦", "🫱🏻‍🫲🏿", "🇰🇷", "🇰", "1️⃣", "😀🏻", "☺︎", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "©️"),
            *("e\u0301", "a" + "\u0300" * 30, "각", "\u200d", "\ufe0f", "\u0600a", "שלום", "مرحبا", "\u202b"),
            *("\n", "\n\n", " ", "  ", "\t", "\r\n", "\x00", "\ufeff", "\ud800", "\ude00", "\u2028"),
        ]
    ),
    st.text(max_size=12),
)
TEXTS = st.builds(
    lambda pieces, gap, times: gap.join(pieces) * times,
    st.lists(_PIECES, max_size=60),
    st.sampled_from(["", " ", "\n"]),
    st.sampled_from([1, 1, 1, 5, 20]),
)
CAPABILITIES = st.one_of(
    st.sampled_from((*EVERY, BYTES)),
    st.builds(
        Capabilities,
        label=st.just("Small"),
        limit=st.integers(1, 60),
        counts=st.sampled_from(COUNTINGS),
        link_length=st.sampled_from([None, 23]),
        bare_links=st.booleans(),
        short_mentions=st.booleans(),
        bytes_limit=st.sampled_from([None, None, 8, 90, 500]),
        threads=st.just(True),
    ),
)
KEEPS = st.sampled_from(["", "https://harbor.example/letters/tide", "example.com/a #항구 #tide", "👨‍👩‍👧‍👦"])


def clusters(text: str) -> list[str]:
    return regex.findall(r"\X", text)


def link_texts(text: str) -> list[str]:
    return [text[start:end] for start, end in links(text)]


def sendable(text: str) -> str:
    """A text as a network gets it, without white space: what has to be in a thread, in this order."""
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(
        character
        for character in text
        if not character.isspace()
        and (unicodedata.category(character) != "Cc")
        and character not in "\ufeff\ufffe\uffff"
    )
