"""What changed between two contents of a letter."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.differences import Piece, differences, text_difference
from distributor.domain.letter_content import LetterContent
from distributor.domain.letters import AuthorView, SeriesView

CONTENT = LetterContent(
    title="What the fog horn knows",
    body_html="<p>The horn is back.</p><p>It rusts.</p>",
    body_text="The horn is back.\n\nIt rusts.",
    series=SeriesView("Letters from the Pier", 9),
    authors=(AuthorView("Ida Holm", "ida@lantern.example", "Ida keeps the light."),),
    share_bar=("twitter", "mail"),
)
TEXTS = st.text(alphabet=st.sampled_from("ab \n사と，."), max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_make_up_both_texts(before: str, after: str) -> None:
    pieces = text_difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.state != "added") == before
    assert "".join(piece.text for piece in pieces if piece.state != "removed") == after
    assert all(piece.text for piece in pieces)
    assert all(piece.state != follower.state for piece, follower in pairwise(pieces))


def test_a_mended_word_is_the_only_difference() -> None:
    assert text_difference("The tied comes.\nIt goes.", "The tide comes.\nIt goes.") == (
        Piece("same", "The "),
        Piece("removed", "tied"),
        Piece("added", "tide"),
        Piece("same", " comes.\nIt goes."),
    )


def test_a_japanese_character_is_a_unit_of_its_own() -> None:
    assert text_difference("港の灯", "港の火") == (Piece("same", "港の"), Piece("removed", "灯"), Piece("added", "火"))


def test_a_new_paragraph_leaves_the_others_as_they_are() -> None:
    pieces = text_difference("One.\n\nThree.\n", "One.\n\nTwo.\n\nThree.\n")
    assert [piece.state for piece in pieces if piece.state != "same"] == ["added"]


@pytest.mark.parametrize(
    ("changes", "field", "before", "after"),
    [
        ({"title": "What the horn knows"}, "title", "What the fog horn knows", "What the horn knows"),
        ({"series": None}, "series", "Letters from the Pier, 9", ""),
        ({"series": SeriesView("Letters")}, "series", "Letters from the Pier, 9", "Letters"),
        ({"authors": (AuthorView("Ida"),)}, "authors", "Ida Holm\nida@lantern.example\nIda keeps the light.", "Ida"),
        ({"share_bar": ("mail",)}, "share_bar", "twitter\nmail", "mail"),
        ({"social": {"twitter": "Now", "mail": "Then"}}, "social", "", "mail: Then\ntwitter: Now"),
        (
            {"published_at": datetime(2026, 3, 2, 9, tzinfo=UTC)},
            "published_at",
            "",
            "2026-03-02 09:00:00+00:00",
        ),
    ],
)
def test_a_field_is_shown_as_a_person_reads_it(changes: dict[str, object], field: str, before: str, after: str) -> None:
    (difference,) = differences(CONTENT, replace(CONTENT, **changes))  # type: ignore[arg-type]
    assert (difference.field, difference.before, difference.after) == (field, before, after)


def test_markup_is_shown_where_the_text_is_the_same() -> None:
    linked = replace(CONTENT, body_html='<p>The <a href="https://h.example">horn</a> is back.</p><p>It rusts.</p>')
    assert [difference.field for difference in differences(CONTENT, linked)] == ["body_html"]
    rewritten = replace(linked, body_text="The horn is back.\n\nIt shines.")
    assert [difference.field for difference in differences(CONTENT, rewritten)] == ["body_text"]


def test_the_same_content_has_no_difference() -> None:
    assert differences(CONTENT, replace(CONTENT)) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("word " * 30_000, "other " * 30_000),
        ("line\n\n" * 4_000, "row\n\n" * 4_000),
        ("a\n" * 9_000, "b\n" * 9_000),
    ],
    ids=["words", "lines", "many lines"],
)
def test_two_long_texts_are_compared_in_little_time(before: str, after: str) -> None:
    began = time.process_time()
    pieces = text_difference(before, after)
    assert time.process_time() - began < 5
    assert "".join(piece.text for piece in pieces if piece.state != "added") == before
