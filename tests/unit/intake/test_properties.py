"""Whatever comes in, intake answers with drafts that hold together, or with one sentence."""

from __future__ import annotations

import json
import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from distributor.domain.errors import BadInput
from distributor.letters.intake import parse, to_json
from distributor.letters.intake.sanitise import plain_text, safe_markup

TAGS = (
    "p",
    "div",
    "h1",
    "h2",
    "ul",
    "li",
    "a",
    "span",
    "article",
    "aside",
    "blockquote",
    "table",
    "td",
    "em",
    "script",
    "b",
    "figure",
)
WORDS = (
    *(
        "By Mira Holt",
        "Facebook share button",
        "X",
        "CLOSE",
        "Top 10 Stories",
        "go top LETTER",
        "Dear all,",
        "― ED.",
        "Settings",
    ),
    *(
        "This is the 7th letter in the “Salt” series. ― ED.",
        "Mira Holt (m@x.example) is a poet and a swimmer.",
        "Comments",
        "1",
        "",
    ),
    *(
        "A long sentence of the letter, with a comma and an end.",
        "편집자 주",
        "카카오톡 공유",
        "\n\n",
        "<br><br>",
        "&#0;&lt;",
        "]]>",
        "<!--",
    ),
)
ATTRIBUTES = (
    "",
    ' class="share"',
    ' class="byline"',
    ' class="editor-note"',
    ' class="bio"',
    ' href="javascript:x"',
    " hidden",
    ' id="top10"',
)


def safe_html(markup: str, *, base: str = "") -> str:
    return safe_markup(markup, base=base).html


@st.composite
def soup(draw: st.DrawFn) -> str:
    pieces = draw(
        st.lists(
            st.one_of(
                st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
                st.builds("</{}>".format, st.sampled_from(TAGS)),
                st.sampled_from(WORDS),
                st.text(max_size=20),
            ),
            max_size=40,
        )
    )
    return "".join(pieces)


def holds_together(content: bytes, name: str) -> None:
    try:
        drafts = parse(content, name=name)
    except BadInput as error:
        assert str(error).endswith(".")  # noqa: PT017 - either outcome is right, and each is looked at
        return
    for draft in drafts:
        assert draft.title
        assert draft.body_text.strip()
        assert "<script" not in draft.body_html
        assert "javascript:" not in draft.body_html
        assert set(draft.missing) <= set(to_json(draft))
        json.dumps(to_json(draft)).encode()


@given(soup())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_soup_of_markup(markup: str) -> None:
    holds_together(
        f"<h1>Title</h1><p>A sentence to begin with, and its end.</p>{markup}".encode(errors="ignore"), "page.html"
    )


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=60)), max_size=30).map("\n".join))
@settings(max_examples=150, deadline=None)
def test_any_lines_of_text(text: str) -> None:
    holds_together(text.encode(errors="ignore"), "page.txt")


@given(st.text(max_size=300), st.sampled_from(["letter.md", "letter.rss", "letter.json", "letter.html", "letter"]))
@settings(deadline=None)
def test_any_text_under_any_name(text: str, name: str) -> None:
    holds_together(text.encode(errors="ignore"), name)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_front_matter(text: str) -> None:
    holds_together(f"---\n{text}\n---\nA sentence to begin with, and its end.".encode(errors="ignore"), "letter.md")


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes(content: bytes) -> None:
    holds_together(content, "letter")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["title", "content_html", "items", "authors", "id", "url", "tags", "name", "date_published"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
@settings(deadline=None)
def test_any_json(data: object) -> None:
    content = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [data, {"title": "A", "content_text": "B.", "x": data}],
        }
    )
    holds_together(content.encode(), "feed.json")


@given(soup())
@settings(deadline=None)
def test_safe_html_is_of_few_elements(markup: str) -> None:
    allowed = (
        "p|h[2-4]|blockquote|[uod]l|li|dt|dd|a|em|strong|b|i|u|s|su[bp]|cite|q|img|fig(?:ure|caption)|br|hr|pre|code"
    )
    allowed += "|table|caption|thead|tbody|tfoot|tr|t[hd]"
    for tag in re.findall(r"<[^>]*>", safe_html(markup)):
        assert re.fullmatch(
            rf"</?(?:{allowed})(?: (?:href|title|src|alt|start|colspan|rowspan|scope)=\"[^\"]*\")*>", tag
        )


@example("<ul>By Mira Holt<p><br><br>By Mira Holt")
@given(soup())
@settings(deadline=None)
def test_plain_text_is_of_paragraphs(markup: str) -> None:
    text = plain_text(safe_html(markup))
    assert text == text.strip("\n")
    assert "\n\n\n" not in text
