"""Drawn cards: every text in every size, within the margins, readable, and the same each time."""

from __future__ import annotations

import io
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from distributor.rendering import cards
from distributor.rendering.cards import colours, drawing, lines, typefaces
from distributor.rendering.cards.typefaces import Style, drawable, width

HARBOR = {
    "title": "A harbor that listens to its tide tables",
    "series": "Letters to the Harbor Commission",
    "number": "9",
    "author": "Seo Haneul",
    "publication": "Harbor Letters",
    "language": "en",
}
KOREAN = {
    "title": "우리가 바다에 대해 아직 모르는 것들, 그리고 방파제를 다시 세우기 전에 물어야 할 질문",
    "series": "항만위원회에 보내는 편지",
    "number": "12",
    "author": "서하늘",
    "publication": "해안선",
    "language": "ko",
}
CARDS: tuple[dict[str, Any], ...] = (
    HARBOR,
    KOREAN,
    {"title": "Tide"},
    {"title": "", "publication": ""},
    {},
    {**HARBOR, "title": "tide tables and boats " * 22, "author": "Haneul " * 40, "series": "A very long series " * 9},
    {**KOREAN, "title": "가" * 500, "number": "2147483647"},
    {**HARBOR, "title": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"},
)
SIZES = ((1200, 630), (1200, 675), (1080, 1080), (1000, 1000), (800, 400), (600, 1200), (200, 200))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(("card", "size"), [*product(CARDS, SIZES)])
def test_nothing_reaches_into_the_margins(card: dict[str, str], size: tuple[int, int]) -> None:
    drawn = opened(cards.draw(card, size))
    assert (drawn.format, drawn.mode, drawn.size) == ("PNG", "RGB", size)
    paper = colours.palette(card.get("publication", "")).paper
    edge = round((size[0] * size[1]) ** 0.5 * 0.08 * 0.75)
    for box in (
        (0, edge, edge, size[1]),
        (size[0] - edge, edge, size[0], size[1]),
        (0, size[1] - edge, size[0], size[1]),
    ):
        assert drawn.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), paper)]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["tide", "tables,", "항구는", "Donaudampfschifffahrtsgesellschaft", "港の手紙"]), max_size=60
    ),
    st.integers(200, 1200),
    st.integers(60, 900),
)
def test_a_title_keeps_to_its_place(words: list[str], room: int, height: int) -> None:
    title = drawing._fit_title(" ".join(words), room, height, measure=800, language="")
    assert title.height <= height
    assert len(title.lines) <= 6
    assert all(width(line, title.style) <= room * 1.01 for line in title.lines)
    if title.lines and not title.lines[-1].endswith("…"):
        assert "".join("".join(title.lines).replace("-", "").split()) == "".join(words)


def test_a_short_title_is_larger() -> None:
    short, long = (drawing._fit_title(text, 1000, 350, 869, "") for text in ("Tide", "Tide tables " * 20))
    assert short.style.size > long.style.size * 1.5
    assert long.lines[-1].endswith(("…", "tables"))


def test_the_same_card_has_the_same_bytes() -> None:
    first = cards.draw(HARBOR, (1200, 630))
    drawing._draw.cache_clear()
    typefaces._load.cache_clear()
    assert cards.draw(dict(reversed(HARBOR.items())), (1200, 630)) == first
    assert cards.draw({**HARBOR, "number": "10"}, (1200, 630)) != first


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries({name: st.text(max_size=60) for name in (*HARBOR, "more")}),
    st.tuples(st.integers(60, 700), st.integers(60, 700)),
)
def test_any_text_is_drawn_in_any_size(card: dict[str, str], size: tuple[int, int]) -> None:
    assert opened(cards.draw(card, size)).size == size


# Letters


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello 👨‍👩‍👧‍👦, world ☕️!", "Hello, world!"),
        ("🇰🇷 항구 1️⃣", "항구"),
        ("a\x00b\u200bc\nd\te", "abc d e"),
        ("e\u0301", "é"),
        ("\ud800x", "\ufffdx"),
        ("Zażółć gęślą jaźń, őrült", "Zażółć gęślą jaźń, őrült"),
        ("Гавань и λιμάνι", "Гавань и λιμάνι"),
        ("「約束」という港", "「約束」という港"),
        ("© 2026 — “Tide” №7", "© 2026 — “Tide” №7"),
        ("a\ufffe \U0001faff b", "a b"),  # no character, and a place kept free for an emoji
    ],
)
def test_what_is_drawn_of_a_text(text: str, shown: str) -> None:
    assert drawable(text, "en") in (shown, shown.replace("\ufffd", ""))


def test_a_text_with_a_letter_that_no_font_has_is_not_drawn() -> None:
    assert drawable("ميناء", "ar") == ""
    assert drawable("Mina ميناء", "en") == ""
    assert drawable("A letter of tomorrow: \u0378", "en") == ""
    card = {**HARBOR, "title": "ميناء يصغي"}
    assert cards.undrawable(card) == ("title",)
    assert cards.undrawable(HARBOR) == cards.undrawable(KOREAN) == cards.undrawable({"title": "👋"}) == ()
    assert cards.draw(card, (800, 400)) == cards.draw({**card, "title": ""}, (800, 400))


@pytest.mark.parametrize("text", ["A harbor", "항구의 편지", "港の手紙", "Ελλάδα Москва"])
def test_no_glyph_stands_for_a_missing_one(text: str) -> None:
    font = typefaces._load(typefaces._KOREAN, 40, "regular")
    box = bytes(font.getmask("\U0010fffe"))
    assert bytes(font.getmask("\u0e01")) == box
    for found, run in typefaces._runs(text, "ko"):
        loaded = typefaces._load(found, 40, "regular")
        assert all(bytes(loaded.getmask(character)) != bytes(loaded.getmask("\U0010fffe")) for character in run)


def test_a_heavier_text_is_wider_and_a_larger_one_too() -> None:
    regular = width("Harbor", Style(40))
    assert width("Harbor", Style(40, "semibold")) > regular
    assert width("Harbor", Style(80)) == pytest.approx(2 * regular, rel=0.1)


# Colours


def _luminance(colour: tuple[int, int, int]) -> float:
    """WCAG 2.2, relative luminance."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_publication_can_be_read() -> None:
    found = [colours.palette(f"Publication {number}") for number in range(300)]
    assert {palette.accent for palette in found} == set(colours.ACCENTS)
    for palette in found:
        assert min(_contrast(palette.paper, colour) for colour in (palette.accent, palette.soft)) >= 5
        assert _contrast(palette.paper, palette.ink) >= 12
    assert colours.palette("항구") == colours.palette("항구")


# Lines


WORDS = st.text(st.sampled_from("abcdé 가나다港です。、「」-/"), max_size=80)


@settings(deadline=None)
@given(WORDS, st.integers(2, 30))
def test_lines_keep_their_room_and_lose_nothing(text: str, room: int) -> None:
    parts = lines.pieces(text)
    for made in (lines.wrap(parts, room, len), lines.balance(parts, room, len)):
        assert all(0 < len(line) <= room for line in made)
        assert "".join("".join(made).replace("-", "").split()) == "".join(text.replace("-", "").split())
    assert len(lines.balance(parts, room, len)) <= len(lines.wrap(parts, room, len))
    assert len(lines.cut(" ".join(text.split()), room, len)) <= room


def test_lines_are_of_even_length() -> None:
    parts = lines.pieces("one two three four five six seven eight nine")
    assert lines.wrap(parts, 38, len) == ["one two three four five six seven", "eight nine"]
    assert lines.balance(parts, 38, len) == ["one two three four five", "six seven eight nine"]


def test_where_a_line_may_end() -> None:
    assert lines.wrap(lines.pieces("港は潮汐表に。「約束」"), 6, len) == ["港は潮汐表", "に。「約束」"]
    assert lines.wrap(lines.pieces("항구는 조석표에 귀를"), 7, len) == ["항구는", "조석표에 귀를"]
    assert lines.wrap(lines.pieces("harbor-letters"), 10, len) == ["harbor-", "letters"]
    assert lines.wrap(lines.pieces("Schifffahrt"), 6, len) == ["Schif-", "ffahrt"]
    assert lines.wrap(lines.pieces("안녕하세요여러분"), 6, len) == ["안녕하세요여", "러분"]


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert lines.shorten(["one two,", "three"], 1, 8, len) == ["one two…"]
    assert lines.shorten(["one"], 1, 8, len) == ["one"]
    assert lines.cut("one two three", 8, len) == "one two…"
    assert lines.cut("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 8, len) == "👨‍👩‍👧‍👦…"
