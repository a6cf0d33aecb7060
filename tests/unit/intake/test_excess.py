"""Sources that cost far more than their length: each ends in one sentence, and none in a crash."""

from __future__ import annotations

import pytest

from benchmarks.support.hostile import KINDS, MARKDOWN_HEAD, PAGE_HEAD, SENTENCE
from distributor.domain.errors import SourceError
from distributor.letters.intake import parse
from distributor.letters.intake.excess import MOST_ATTRIBUTES, MOST_BRACKETS, check_markdown
from distributor.letters.intake.source_kinds import kind_of

REFUSED = {
    "markdown: ![": "has a paragraph with more than 1,000 “[” or 100 “<!”: part it by empty lines",
    "markdown: [": "has a paragraph with more than 1,000 “[” or 100 “<!”: part it by empty lines",
    "markdown: ![[]()": "has a paragraph with more than 1,000 “[” or 100 “<!”: part it by empty lines",
    "markdown: reference uses": "has a paragraph with more than 1,000 “[” or 100 “<!”: part it by empty lines",
    "markdown: <![CDATA[": "has a paragraph with more than 1,000 “[” or 100 “<!”: part it by empty lines",
    "markdown: <!--": "has a paragraph with more than 1,000 “[” or 100 “<!”: part it by empty lines",
    "markdown: <?": "has a paragraph with more than 1,000 “[” or 100 “<!”: part it by empty lines",
    "front matter: nested": "The front matter of “a.md” is nested more than 50 deep: flatten it.",
    "html: attributes": "“a.html” has an element with more than 2,000 attributes: give the letter’s page",
    "rss: attributes": "“a.rss” has an element with more than 2,000 attributes: give the letter’s page",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_it_is_refused_in_a_sentence_that_says_what_to_do(kind: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(KINDS[kind].make(100_000), name=KINDS[kind].name)
    assert REFUSED[kind] in str(caught.value)
    assert len(str(caught.value)) < 200


def test_front_matter_is_as_long_as_what_is_about_a_letter() -> None:
    with pytest.raises(SourceError, match=r"The front matter of “a\.md” has more than 100,000 characters"):
        parse(KINDS["front matter: large"].make(150_000), name="a.md")


@pytest.mark.parametrize("opening", ["<!-- a -->", "<?a?>", "<!-- a --> "])
def test_any_number_of_comments_before_a_page_is_passed_over(opening: str) -> None:
    """One more of them doubled the ways in which they could be told apart."""
    assert kind_of(opening * 1_000 + "<rss>") == "feed"
    assert kind_of(opening * 1_000 + "no markup") == "text"
    assert kind_of("<!-- a -->" * 1_000 + "<p>") == "html"


def test_as_many_links_as_a_paragraph_of_a_letter_can_have_are_fine() -> None:
    links = "[a](https://a.example) " * MOST_BRACKETS
    [draft] = parse((MARKDOWN_HEAD + links).encode(), name="a.md")
    assert draft.body_html.count("<a ") == MOST_BRACKETS


def test_brackets_are_counted_by_the_paragraph() -> None:
    check_markdown("[a](b)\n\n" * MOST_BRACKETS * 2, name="x")


def test_a_long_attribute_is_not_many() -> None:
    picture = f"<p><img alt='{'word ' * 3_000}' src='https://a.example/a.png'></p><p>{SENTENCE}</p>"
    [draft] = parse((PAGE_HEAD + picture).encode(), name="a.html")
    assert draft.title == "Fog"
    assert MOST_ATTRIBUTES < 3_000


def test_a_text_with_a_sign_that_opens_no_element_is_no_markup() -> None:
    text = f"Fog\n\n{SENTENCE}\n\nIf a <b then {'word ' * 3_000}>\n\n{SENTENCE}"
    assert parse(text.encode(), name="a.txt")[0].title == "Fog"


def test_a_line_of_dashes_alone_is_no_front_matter() -> None:
    [draft] = parse(f"---\n\n# Fog\n\n{SENTENCE}".encode(), name="a.md")
    assert draft.title == "Fog"


def test_references_in_front_matter_mean_what_they_name() -> None:
    front = "author: &me Ida Holm\nauthors: [*me]\n"
    [draft] = parse(f"---\ntitle: Fog\n{front}---\n\n{SENTENCE}".encode(), name="a.md")
    assert [author.name for author in draft.authors] == ["Ida Holm"]
