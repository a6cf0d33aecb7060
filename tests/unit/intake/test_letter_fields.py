"""What is said of a letter beside its text goes before what the text says."""

from __future__ import annotations

import pytest

from distributor.domain.errors import BadInput, SourceError
from distributor.domain.letters import AuthorView, SeriesView
from distributor.letters.intake import parse
from distributor.letters.intake.letter_fields import LetterFields, values
from distributor.letters.intake.refusals import NoLetter
from distributor.letters.intake.source_kinds import is_page

PIECE = b"<p>By Bo Park</p><p>Dear reader,</p><p>the garden sleeps under its snow.</p>"


def test_html_that_is_no_page_is_the_letter() -> None:
    (draft,) = parse(PIECE, name="The text", content_type="text/html", fields=LetterFields(title="Snow"))
    assert (draft.title, draft.body_text) == ("Snow", "Dear reader,\n\nthe garden sleeps under its snow.")
    assert draft.authors == (AuthorView("Bo Park"),)


def test_fields_go_before_the_text_and_an_empty_one_says_none() -> None:
    fields = LetterFields(
        title="Snow",
        authors=[],
        series={"title": "Letters from the garden", "number": 7},
        published_at="2026-03-02T09:00:00+09:00",
        share_bar=["X", "e-mail", "pigeon", ""],
        social={"카카오톡": "Snow!"},
        language="ko_KR",
        id="cms-1",
    )
    (draft,) = parse(PIECE, name="The text", content_type="text/html", fields=fields)
    assert (draft.authors, draft.series) == ((), SeriesView("Letters from the garden", 7))
    assert draft.share_bar == ("twitter", "mail", "pigeon")
    assert (draft.social, draft.language, draft.language_inferred) == ({"kakao": "Snow!"}, "ko-KR", False)
    assert [(key.kind, key.value) for key in draft.keys] == [("program id", "cms-1"), ("id", "cms-1")]


def test_words_of_another_picture_are_not_kept() -> None:
    text = b"---\ntitle: Snow\nimage: https://a.example/a.jpg\nimage_alt: A garden\n---\n\nDear reader."
    fields = LetterFields(image_url="https://a.example/b.jpg")
    (draft,) = parse(text, name="The text", content_type="text/markdown", fields=fields)
    assert (draft.image_url, draft.image_alt) == ("https://a.example/b.jpg", "")


@pytest.mark.parametrize(
    ("content", "words"), [(b"<p>Dear reader</p>", "no title"), (b"<h1>Snow</h1>", "no text"), (b"<p> </p>", "no text")]
)
def test_a_piece_without_title_or_text_is_no_letter(content: bytes, words: str) -> None:
    with pytest.raises(NoLetter, match=words):
        parse(content, name="The text", content_type="text/html", fields=LetterFields())


def test_a_feed_is_not_one_letter() -> None:
    feed = b"<rss version='2.0'><channel><title>L</title><item><title>A</title><link>https://a.example/a</link></item>"
    with pytest.raises(SourceError, match="is a feed"):
        parse(feed + b"</channel></rss>", name="The text", content_type="text/html", fields=LetterFields())


def test_a_language_that_is_none_is_refused() -> None:
    assert values(LetterFields(language="", published_at=None, series=None)) == {
        "language": "", "published_at": None, "series": None,
    }  # fmt: skip
    with pytest.raises(BadInput, match="no language"):
        values(LetterFields(language="Klingon, mostly"))


def test_a_whole_page_is_told_from_a_piece() -> None:
    assert is_page("<!doctype html><p>x") and is_page(" <!-- a -->\n<html lang=ko>") and is_page("<body>x")  # noqa: PT018
    assert not is_page("<p>x</p>") and not is_page("<header>x</header>") and not is_page("x")  # noqa: PT018
