"""Letters from Markdown and feed entries: the writer typed all of it, so all of it stays."""

from __future__ import annotations

import json

import pytest

from distributor.letters.intake import parse

LINES = (
    "© Ilse Marroway",
    "Follow us down to the slipway at six.",
    "Subscribe to the tide table at the harbour office.",
    "Comments",
    "Share",
    "Related letters",
    "Copyright is a word that sailors rarely use.",
    "go top",
    "Advertisement",
    "Published on the first Sunday of every month.",
    "X",
)
BEFORE = "The ferry leaves at nine, and the pilot has his coffee at eight."
AFTER = "Whoever comes later has to row, which is two hours against the tide."


def texts(draft_text: str) -> list[str]:
    return draft_text.split("\n\n")


@pytest.mark.parametrize("line", LINES)
def test_no_line_of_a_feed_entry_is_cut(line: str) -> None:
    content = "".join(f"<p>{paragraph}</p>" for paragraph in (BEFORE, line, AFTER, line))
    item = {"id": "https://l.example/1", "title": "The ferry", "content_html": content}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "L", "items": [item]}
    (draft,) = parse(json.dumps(feed).encode(), name="feed.json")
    assert texts(draft.body_text) == [BEFORE, line, AFTER, line]


@pytest.mark.parametrize("line", LINES)
def test_no_line_of_markdown_is_cut(line: str) -> None:
    (draft,) = parse(f"# The ferry\n\n{line}\n\n{BEFORE}\n\n## {line}\n\n{AFTER}\n".encode(), name="letter.md")
    assert texts(draft.body_text) == [line, BEFORE, line, AFTER]


def test_what_the_markup_calls_furniture_stays() -> None:
    content = (
        f"<p>{BEFORE}</p><aside class='related'><p>A word beside it.</p></aside>"
        f"<div class='newsletter'><p>{AFTER}</p></div><footer>With love.</footer><div class='author'>– I. M.</div>"
    )
    item = {"id": "https://l.example/1", "title": "The ferry", "content_html": content}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "L", "items": [item]}
    (draft,) = parse(json.dumps(feed).encode(), name="feed.json")
    assert texts(draft.body_text) == [BEFORE, "A word beside it.", AFTER, "With love.", "– I. M."]


def test_what_the_source_hides_stays_hidden() -> None:
    hidden = "<div style='display: none'>Of a ferry, and of a pilot.</div>"
    item = {"id": "https://l.example/1", "title": "The ferry", "content_html": f"{hidden}<p>{BEFORE}</p>"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "L", "items": [item]}
    (draft,) = parse(json.dumps(feed).encode(), name="feed.json")
    assert draft.body_text == BEFORE
    assert [(piece.what, piece.html) for piece in draft.left_out] == [
        ("hidden text", "<p>Of a ferry, and of a pilot.</p>")
    ]


def test_the_title_is_not_repeated() -> None:
    (draft,) = parse(f"---\ntitle: The ferry\n---\n# The ferry\n\n{BEFORE}\n".encode(), name="letter.md")
    assert draft.body_text == BEFORE


def test_what_stands_between_and_behind_bios_stays() -> None:
    text = (
        f"# The ferry\n\nBy Mira Holt\n\n{BEFORE}\n\n{AFTER}\n\nMira Holt is a pilot.\n\nShe writes at night.\n\n"
        "The next ferry leaves on Monday.\n"
    )
    (draft,) = parse(text.encode(), name="letter.md")
    assert texts(draft.body_text) == [BEFORE, AFTER, "The next ferry leaves on Monday."]
    assert draft.authors[0].bio == "Mira Holt is a pilot. She writes at night."


@pytest.mark.parametrize("text", ["The ice is gone.", "Back on Monday"])
def test_a_short_letter_is_a_letter(text: str) -> None:
    (draft,) = parse(f"# The ferry\n\n{text}\n".encode(), name="letter.md")
    assert draft.body_text == text
