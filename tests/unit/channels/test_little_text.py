"""LinkedIn's text format: whatever a letter says, readers see it whole, and nothing in it is taken for a sign."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.channels.linkedin.capabilities import CAPABILITIES
from distributor.channels.linkedin.little_text import to_little_text, to_plain
from distributor.domain.text_fit import fit
from distributor.domain.text_length import measure
from distributor.practice.linkedin.text import readable

RESERVED = "\\|{}@[]()<>#*_~"
PROPERTY = settings(deadline=None, max_examples=300)
PIECES = st.one_of(
    st.sampled_from(
        [
            *(*RESERVED, "\\\\", "{hashtag|", r"{hashtag|\#|a}", "@[Kim](urn:li:person:1)", "##", "＃"),
            *("#", "#tide", "#7", "#항구", "#a_b", "(#tide)", "a_b", "https://e.example/a_(b)#c~d"),
            *(" ", "\n", "word", "위원", "🌊", "\u0301"),
        ]
    ),
    st.text(max_size=8),
)
TEXTS = st.lists(PIECES, max_size=20).map("".join)
# Little text without its escapes and its hashtags has no reserved character left.
SIGNS = re.compile(r"\{hashtag\|\\#\|(?:\\.|[^\\{}|])+\}|\\.", re.DOTALL)


@PROPERTY
@given(TEXTS)
def test_what_goes_out_is_what_is_read(text: str) -> None:
    assert to_plain(to_little_text(text)) == text


@PROPERTY
@given(TEXTS)
def test_linkedin_reads_it_whole(text: str) -> None:
    assert readable(to_little_text(text)) == text


@PROPERTY
@given(TEXTS)
def test_every_reserved_character_is_escaped_or_part_of_a_hashtag(text: str) -> None:
    assert not set(SIGNS.sub("", to_little_text(text))) & set(RESERVED)


@PROPERTY
@given(st.lists(PIECES, max_size=400).map(" ".join))
def test_fitting_before_escaping_never_cuts_an_escape(text: str) -> None:
    for part in fit(text * 10, CAPABILITIES).parts:
        seen = readable(to_little_text(part))
        assert seen == part
        assert measure(seen, CAPABILITIES) <= 3_000


@pytest.mark.parametrize(
    ("text", "little"),
    [
        ("plain", "plain"),
        ("What (really) happened", r"What \(really\) happened"),
        ("#tide and #Küste, #항구!", r"{hashtag|\#|tide} and {hashtag|\#|Küste}, {hashtag|\#|항구}!"),
        ("(#tide) “#sea”", r"\({hashtag|\#|tide}\) “{hashtag|\#|sea}”"),
        ("#a_b", r"{hashtag|\#|a\_b}"),
        ("#7th #7 C# a#b ##x", r"{hashtag|\#|7th} \#7 C\# a\#b \#\#x"),
        ("https://e.example/a_b#c", r"https://e.example/a\_b\#c"),
        ("a \\ b", r"a \\ b"),
    ],
)
def test_examples(text: str, little: str) -> None:
    assert to_little_text(text) == little


@pytest.mark.parametrize(
    ("little", "plain"),
    [
        (
            r"Hello @[Dev\_test Co](urn:li:organization:2414183) and {hashtag|#|coding}",
            "Hello Dev_test Co and #coding",
        ),
        ("{hashtag|＃|바다}", "＃바다"),
        (r"not \{hashtag\|\#\|x\}", "not {hashtag|#|x}"),
    ],
)
def test_what_linkedin_gives_back(little: str, plain: str) -> None:
    assert to_plain(little) == plain
