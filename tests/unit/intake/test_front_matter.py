"""What stands above a Markdown letter, in three languages."""

from __future__ import annotations

import pytest

from distributor.domain.errors import SourceError
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.letters.intake import front_matter, parse

TEXT = "The ice left the bay last night, without a sound."


def only(text: str, name: str = "letter.md") -> Draft:
    (draft,) = parse(text.encode(), name=name)
    return draft


def with_fields(fields: str) -> Draft:
    return only(f"---\ntitle: Ice\n{fields}\n---\n{TEXT}\n")


YAML = "---\ntitle: Ice\ndate: 2026-03-02T09:00:00+09:00\nauthors: [Mira Holt]\ndraft: true\n---\n"
TOML = '+++\ntitle = "Ice"\ndate = 2026-03-02T09:00:00+09:00\nauthors = ["Mira Holt"]\ndraft = true\n+++\n'
JSON = (
    '{\n  "title": "Ice",\n  "date": "2026-03-02T09:00:00+09:00",\n  "authors": ["Mira Holt"],\n  "draft": true\n}\n\n'
)


@pytest.mark.parametrize("front", [YAML, TOML, JSON, "\n\n" + YAML, YAML.replace("\n---\n", "\n...\n")])
def test_three_languages_say_the_same(front: str) -> None:
    draft = only(front + TEXT)
    assert (draft.title, draft.body_text) == ("Ice", TEXT)
    assert draft.published_at
    assert draft.published_at.isoformat() == "2026-03-02T09:00:00+09:00"
    assert draft.authors == (AuthorView("Mira Holt"),)
    assert "draft: true" in draft.withheld


@pytest.mark.parametrize("word", ["Yes", "off", "1961", "12:30", "2026-03-02", "1e3", "007"])
def test_a_bare_word_is_what_it_looks_like(word: str) -> None:
    assert only(f"---\ntitle: {word}\n---\n{TEXT}").title == word


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("---\ntitle: Ice: a letter\n---\n", 2, "“title” needs quotation marks, so: title: 'Ice: a letter'"),
        ("---\n\n\n# fields\ntitle: Ice\nauthor: @mira\n---\n", 6, "author: '@mira'"),
        ("---\ntitle: 'It's late'\n---\n", 2, "title: 'It''s late'"),
        ('---\ntitle: "Ice" and fog\n---\n', 2, "title: '\"Ice\" and fog'"),
        ("---\ntitle: Ice\nauthors: [Mira\ndate: 2026-03-02\n---\n", 3, "closed"),
        ('---\ntitle: Ice\nnote: "of the\n---\n', 3, "closed"),
        ("---\ntitle: Ice\nauthors: [\n---\n", 3, "closed"),
        ("---\ntitle: Ice\n\tnumber: 1\n---\n", 3, "spaces, not tabs"),
        ("\n\n---\ntitle: Ice: a letter\n---\n", 4, "quotation marks"),
        ('+++\ntitle = "Ice"\ndate = soon\n+++\n', 3, "as TOML"),
        ('+++\ntitle = "Ice\n+++\n', 2, "as TOML"),
        ('{\n  "title": "Ice",\n  "date": soon\n}\n', 3, "as JSON"),
    ],
)
def test_an_error_names_the_line_of_the_file(text: str, line: int, problem: str) -> None:
    with pytest.raises(SourceError) as caught:
        only(text + TEXT)
    assert f"(line {line})" in str(caught.value)
    assert problem in str(caught.value)


def test_front_matter_without_an_end_is_told() -> None:
    with pytest.raises(SourceError, match="has no end: put a line with ---"):
        only(f"---\ntitle: Ice\n\n{TEXT}")


def test_lines_that_part_paragraphs_are_no_front_matter() -> None:
    text = f"---\n\n# Ice\n\n---\n\n{TEXT}\n"
    assert front_matter.split(text, name="x") == ({}, text)
    assert only(f"---\n\nA word before all.\n\n---\n\n# Ice\n\n{TEXT}").body_text.startswith("A word before all.")


def test_no_fields_at_all() -> None:
    assert only(f"---\n---\n# Ice\n\n{TEXT}").title == "Ice"
    assert only(f"---\n# nothing said\n---\n# Ice\n\n{TEXT}").title == "Ice"


def test_what_the_newsroom_says_for_posts() -> None:
    draft = with_fields(
        "summary: Why the bay is open in March.\nsocial:\n  X: The bay is open.\n  Facebook: |\n    Two lines\n"
        "    of it.\n  mail:\nslug: the-ice\nlanguage: en-GB"
    )
    assert draft.summary == "Why the bay is open in March."
    assert draft.social == {"twitter": "The bay is open.", "facebook": "Two lines\nof it."}
    assert (draft.slug, draft.language) == ("the-ice", "en-GB")


@pytest.mark.parametrize(
    ("fields", "tags"),
    [
        ("tags: [Ice, the bay, '#ice', 2026]", ("Ice", "the bay", "2026")),
        ("tags: ice, the bay", ("ice", "the bay")),
        ("keywords:\n- ice", ("ice",)),
        ("tags: false", ()),
    ],
)
def test_topics(fields: str, tags: tuple[str, ...]) -> None:
    assert with_fields(fields).tags == tags


@pytest.mark.parametrize(
    ("fields", "url", "alt"),
    [
        ("image: https://l.example/ice.jpg\nimage_alt: Ice", "https://l.example/ice.jpg", "Ice"),
        ("cover: {image: https://l.example/ice.jpg, alt: Ice}", "https://l.example/ice.jpg", "Ice"),
        ("images:\n- https://l.example/ice.jpg", "https://l.example/ice.jpg", ""),
        ("image: false\nfeature_image: https://l.example/ice.jpg", "https://l.example/ice.jpg", ""),
        ("image: ice.jpg\ncanonical_url: https://l.example/a/", "https://l.example/a/ice.jpg", ""),
    ],
)
def test_pictures(fields: str, url: str, alt: str) -> None:
    draft = with_fields(fields)
    assert (draft.image_url, draft.image_alt) == (url, alt)


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("authors: [ilse marroway, jo lane]", ["ilse marroway", "jo lane"]),
        ("author: Marroway, Ilse", ["Ilse Marroway"]),
        ("author: Mira Holt and Jo Lane", ["Mira Holt", "Jo Lane"]),
        ("author: [[Mira Holt]]", ["Mira Holt"]),
        ("author: '[[people/mira|Mira Holt]]'", ["Mira Holt"]),
        ("authors:\n- {name: Mira Holt, email: m@x.example}\n- Jo Lane", ["Mira Holt", "Jo Lane"]),
        ("author:", []),
    ],
)
def test_authors(fields: str, names: list[str]) -> None:
    assert [author.name for author in with_fields(fields).authors] == names


@pytest.mark.parametrize(
    "fields",
    [
        "draft: yes",
        "published: false",
        "publish: false",
        "status: draft",
        "extra: {draft: true}",
        "draft: 1",
        "status: In review",
        "visibility: private",
        "unlisted: true",
        "status: scheduled",
        "draft: maybe",
        "state: unpublished",
        "hidden: true",
        "public: false",
        "dg-publish: false",
        "build: {render: never}",
        "status: Entwurf",
    ],
)
def test_what_is_not_to_go_out_yet(fields: str) -> None:
    assert with_fields(fields).withheld.startswith("Its front matter says “")


@pytest.mark.parametrize(
    "fields",
    [
        "draft: false",
        "published: true",
        "published: 2026-03-02",
        "status: published",
        "status: seedling",
        "private: false",
        "draft:",
        "build: {list: never}",
        "state: done",
    ],
)
def test_what_may_go_out(fields: str) -> None:
    assert with_fields(fields).withheld == ""


def test_a_time_without_a_zone_is_told() -> None:
    draft = with_fields("date: 2026-03-02 09:00")
    assert draft.published_at
    assert draft.published_at.isoformat() == "2026-03-02T09:00:00+00:00"
    assert "names no time zone" in draft.notices[0]
    assert with_fields("date: 2026-03-02 09:00:00 +0900").notices == ()


def test_the_time_of_publication_goes_before_that_of_writing() -> None:
    draft = with_fields("date: 2026-03-02\npublishDate: 2026-04-01\npublished: true")
    assert draft.published_at
    assert draft.published_at.date().isoformat() == "2026-04-01"


def test_series_of_site_generators() -> None:
    assert with_fields("series: [Salt]\nseries_order: 3").series == SeriesView("Salt", 3)
