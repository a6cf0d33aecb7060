"""A stored letter as Markdown and back: whatever stands in it, editing loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.letters.intake import parse
from distributor.letters.intake.editor_markdown import read_editor_markdown
from distributor.letters.intake.markdown_text import to_markdown
from distributor.letters.intake.sanitise import plain_text, safe_markup

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("letter-*.html"))

TABLE = (
    "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n"
    "</tbody>\n</table>"
)


def again(html: str) -> str:
    """Return what is stored when a letter's Markdown is saved as it is shown."""
    return read_editor_markdown(to_markdown(html), name="The text", title="Fog").body_html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Dear <em>all</em>, the <strong>horn</strong>.</p>", "Dear *all*, the **horn**."),
        ("<h2>Fog</h2>\n<h3>Horn</h3>", "## Fog\n\n### Horn"),
        ('<p><a href="https://l.example/a_b">here</a></p>', "[here](https://l.example/a_b)"),
        ('<p><a href="https://l.example/">https://l.example/</a></p>', "<https://l.example/>"),
        ('<p><img src="https://l.example/a.jpg" alt="A [b]"></p>', "![A \\[b\\]](https://l.example/a.jpg)"),
        ("<ul>\n<li>one</li>\n<li>two\n<ol>\n<li>three</li>\n</ol>\n</li>\n</ul>", "- one\n- two\n  1. three"),
        ("<blockquote>\n<p>One.</p>\n<p>Two.</p>\n</blockquote>", "> One.\n>\n> Two."),
        ("<p>One<br>\ntwo</p>", "One\\\ntwo"),
        ("<p>1. no list</p>\n<p># no heading</p>\n<p>- no list</p>", "1\\. no list\n\n\\# no heading\n\n\\- no list"),
        ("<p>5 * 3 * 2, a_b_c, [x] and {{ recipient.first_name }}</p>",
         "5 \\* 3 \\* 2, a_b_c, \\[x\\] and {{ recipient.first_name }}"),
        ("<pre><code>a &lt; b\n</code></pre>", "```\na < b\n```"),
        # Markdown ends no emphasis between a quotation mark and a letter.
        ("<p><strong>“강조”</strong>는 다르다</p>", "<strong>“강조”</strong>는 다르다"),
        ("<p>H<sub>2</sub>O</p>", "H<sub>2</sub>O"),
        (
            '<figure><img src="https://l.example/a.jpg" alt="A"><figcaption>The <em>pier</em></figcaption></figure>',
            '<figure><img src="https://l.example/a.jpg" alt="A"><figcaption>The <em>pier</em></figcaption></figure>',
        ),
        (TABLE, "| a | b |\n| --- | --- |\n| 1 | 2 |"),
    ],
)  # fmt: skip
def test_blocks(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown
    assert again(html) == html


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_letters_come_back_with_the_same_words_pictures_and_links(path: Path) -> None:
    for draft in parse(path.read_bytes(), name=path.name):
        stored = again(draft.body_html)
        draft_html = draft.body_html.replace("<b>", "<strong>")  # the same to readers
        assert plain_text(stored) == draft.body_text
        for tag in ("<a ", "<img", "<figcaption", "<em>", "<strong>", "<li>"):
            assert stored.count(tag) == draft_html.count(tag), tag
        assert again(stored) == stored


def test_footnotes_still_lead_to_their_notes() -> None:
    html = safe_markup('<p>See<a href="#n1">1</a></p>\n<p id="n1">The note.</p>').html
    assert again(html) == html


def box(tag: str, blocks: list[str]) -> str:
    """Return a quotation or list that holds blocks."""
    if tag != "blockquote":
        blocks = [f"<li>{block}</li>" for block in blocks]
    return f"<{tag}>{''.join(blocks)}</{tag}>"


INLINE = st.recursive(
    st.text(st.sampled_from("ab *_`[]()<>&~!\\#-+1.\"'|는“”"), max_size=8).map(
        lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    ),
    lambda inner: (
        st.tuples(st.sampled_from(["em", "strong", "s", "code", "sub", "mark"]), inner).map(
            lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
        )
        | st.lists(inner, max_size=3).map("".join)
    ),
    max_leaves=5,
)
BLOCK = st.tuples(st.sampled_from(["p", "h2", "h3"]), INLINE).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>")
BLOCKS = st.recursive(
    BLOCK,
    lambda inner: st.tuples(st.sampled_from(["blockquote", "ul", "ol"]), st.lists(inner, min_size=1, max_size=3)).map(
        lambda pair: box(*pair)
    ),
    max_leaves=4,
)


@given(st.lists(BLOCKS, min_size=1, max_size=3).map("".join))
def test_no_word_is_lost_whatever_stands_in_a_letter(html: str) -> None:
    stored = safe_markup(html).html
    assert "".join(plain_text(again(stored)).split()) == "".join(plain_text(stored).split())


def test_what_an_editor_writes_stays_word_for_word() -> None:
    findings = read_editor_markdown("# A heading\n\nBy Ida Holm\n\nThe text. ― ED.", name="The text", title="Fog")
    assert findings.title == "Fog"
    assert findings.body_text == "A heading\n\nBy Ida Holm\n\nThe text. ― ED."
    assert (list(findings.authors), findings.editor_note) == ([], "")


def test_what_an_editor_pastes_is_made_safe() -> None:
    text = 'A <script>alert(1)</script><b onclick="x()">word</b>, [link](javascript:alert(1)).'
    assert read_editor_markdown(text, name="The text", title="Fog").body_html == (
        "<p>A <b>word</b>, [link](javascript:alert(1)).</p>"
    )
