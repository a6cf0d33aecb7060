"""Telegram's entities: whatever stands around it, exactly the title is set in bold."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.channels.telegram.entities import Entity, bold, utf16
from distributor.practice.telegram.parts import set_off, utf16_length

PROPERTY = settings(deadline=None, max_examples=300)
LINES = st.one_of(
    st.sampled_from(
        ["Dear reader,", "바다가 남긴 것", "🌊🌊 tide", "👩‍👩‍👧", "🇰🇷", "e\u0301", "*a* _b_ [c](d)", "𝔗𝔦𝔡𝔢", ""]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
TEXTS = st.lists(LINES, max_size=8).map("\n".join)


@PROPERTY
@given(LINES, TEXTS, TEXTS)
def test_exactly_the_title_is_bold(title: str, before: str, after: str) -> None:
    text = f"{before}\n{title}\n{after}"
    if title.strip() and title == title.strip():
        assert set_off(text, [asdict(entity) for entity in bold(text, title)]) == {"bold": [title]}
    elif not title.strip():
        assert bold(text, title) == ()


@PROPERTY
@given(TEXTS, LINES)
def test_what_is_bold_lies_within_the_text(text: str, title: str) -> None:
    for entity in bold(text, title):
        assert entity.offset + entity.length <= utf16(text) == utf16_length(text)
        assert set_off(text, [asdict(entity)]) == {"bold": [title.strip()]}


@pytest.mark.parametrize(
    ("text", "title", "found"),
    [
        ("The tide\n\nDear reader", "The tide", (0, 8)),
        ("🌊 tide\nDear reader", "🌊 tide", (0, 7)),
        ("🇰🇷\nThe tide", "The tide", (5, 8)),
        ("The tide", "The tide", (0, 8)),
        ("The tide…\nDear reader", "The tide", None),  # it was cut
        ("About The tide\nThe tide", "The tide", (15, 8)),
        ("Dear reader", "", None),
    ],
)
def test_examples(text: str, title: str, found: tuple[int, int] | None) -> None:
    expected = () if found is None else (Entity("bold", *found),)
    assert bold(text, title) == expected
