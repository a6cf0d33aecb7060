"""Kinds of pages that are letters all the same, and what is left out of them: nothing in silence."""

from __future__ import annotations

import pytest

from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake import parse

P1 = "The ferry bell was cast the year my aunt was born, and it still rings for a boat that no longer comes."
P2 = "Mending it would cost less than one evening of fireworks, and the school has offered to pay a third of it."
P3 = "The harbour master says that nobody would hear it, which is what people say of bells that do not ring."
P4 = "Let it ring at noon for one summer, and ask the town in autumn whether it wants its quiet back again."
TITLE = "A bell for nobody"
HEAD = f'<title>{TITLE} | Tide Post</title><meta property="og:title" content="{TITLE}">'
SITE = '<meta property="og:site_name" content="Tide Post">'


def page(body: str, *, head: str = HEAD + SITE, charset: str = "utf-8") -> Draft:
    markup = f'<!doctype html><html lang="en"><head><meta charset="{charset}">{head}</head><body>{body}</body></html>'
    (draft,) = parse(markup.encode(), name="letter.html")
    return draft


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def article(*parts: str) -> str:
    return f"<main><article><h1>{TITLE}</h1>{''.join(parts)}</article></main>"


@pytest.mark.parametrize(
    "line",
    [
        "<p>© Ines Vogt / Tide Pictures</p>",
        "<p>Subscribe to Tide Post on YouTube</p>",
        "<h2>Comments</h2>",
        "<p>Follow us along the quay</p>",
        "<p>Read more</p><p><a href='/5'>The fifth letter: on oars</a></p>",
        "<h3>Related</h3>",
        "<p>Top 10</p>",
    ],
)
def test_no_line_ends_a_letter_by_itself(line: str) -> None:
    draft = page(article(paragraphs(P1), line, paragraphs(P2, P3, P4)))
    assert [piece for piece in (P1, P2, P3, P4) if piece not in draft.body_text] == []


def test_what_is_left_out_in_the_middle_is_named_and_can_be_put_back() -> None:
    box = "<p>Read more</p><p><a href='https://tide.example/5'>The fifth letter: on oars</a></p>"
    draft = page(article(paragraphs(P1, P2), box, paragraphs(P3, P4)))
    assert "oars" not in draft.body_text
    (piece,) = draft.left_out
    assert (piece.what, piece.length) == ("The fifth letter: on oars", 25)
    assert "“Read more”" in piece.why
    assert piece.html == '<p><a href="https://tide.example/5">The fifth letter: on oars</a></p>'


def test_what_stands_behind_the_end_is_named() -> None:
    behind = (
        "<h3>Leave a comment</h3><p>I heard the bell as a child, and I would like to hear it again.</p><p>Reply</p>"
    )
    draft = page(article(paragraphs(P1, P2, P3), behind))
    assert draft.body_text.endswith(P3)
    assert any("heard the bell" in piece.html and "Leave a comment" in piece.why for piece in draft.left_out)


def test_a_part_that_the_page_calls_something_else_is_named() -> None:
    box = "<div class='newsletter-box'><p>This box explains how bells are cast, as nobody asked.</p></div>"
    draft = page(article(paragraphs(P1, P2), box, paragraphs(P3, P4)))
    assert [piece.why for piece in draft.left_out] == ["Its page calls it “newsletter-box”."]


@pytest.mark.parametrize(
    "body",
    [
        f"<tide-app><main><tide-article><h1>{TITLE}</h1>{paragraphs(P1, P2, P3)}</tide-article></main></tide-app>",
        f"<font size=3><h1>{TITLE}</h1>{paragraphs(P1, P2, P3)}</font>",
        (
            f"<div class=post><h1>{TITLE}</h1><div class=body>{paragraphs(P1, P2)}</div>"
            f"<figure><img src='https://tide.example/a.jpg' alt=x></figure><div class=body>{paragraphs(P3)}</div></div>"
        ),
    ],
)
def test_wrappers_of_all_kinds(body: str) -> None:
    assert page(body).body_text == f"{P1}\n\n{P2}\n\n{P3}"


def test_headings_with_permalinks_make_no_list_of_letters() -> None:
    heading = '<h2 id="{0}">Part {0} <a href="#{0}">#</a></h2>'
    draft = page(article(*(heading.format(number) + paragraphs(text) for number, text in enumerate((P1, P2, P3, P4)))))
    assert [piece for piece in (P1, P2, P3, P4) if piece not in draft.body_text] == []


def test_linked_headings_below_the_letter_are_left_out() -> None:
    others = "".join(f'<h3><a href="/{number}">Another letter, number {number}</a></h3>' for number in range(4))
    draft = page(article(paragraphs(P1, P2, P3, P4), f"<section>{others}</section>"))
    assert draft.body_text.endswith(P4)
    assert any("Another letter, number 3" in piece.html for piece in draft.left_out)


def test_a_list_of_letters_is_none() -> None:
    teasers = "".join(f'<h2><a href="/{number}">Letter {number}</a></h2>{paragraphs(P1)}' for number in range(5))
    with pytest.raises(SourceError, match="holds no letter"):
        page(f"<main><h1>All letters</h1>{teasers}</main>", head="<title>All letters</title>")


@pytest.mark.parametrize(
    ("head", "top"),
    [
        (HEAD + SITE, f"<header><h1>Tide Post</h1></header><h2>{TITLE}</h2>"),
        (HEAD, f"<div id=top><h1>Tide Post</h1></div><h2>{TITLE}</h2>"),
        (HEAD, f'<h1><span class="kicker">Open letter</span> <span class="headline">{TITLE}</span></h1>'),
        (f'<title>{TITLE}</title><meta property="og:title" content="&lt;br /&gt;{TITLE}">', ""),
        (f'<title>{TITLE} - Tide Post</title><meta property="og:title" content="{TITLE} - Tide Post">{SITE}', ""),
        (HEAD, f"<h1>{TITLE}</h1>"),
    ],
)
def test_titles(head: str, top: str) -> None:
    draft = page(f"{top}<div class=post>{paragraphs(P1, P2, P3)}</div>", head=head)
    assert draft.title == TITLE
    assert draft.body_text == f"{P1}\n\n{P2}\n\n{P3}"


def test_one_byte_of_another_encoding_is_shown_as_browsers_do_and_told() -> None:
    markup = f"<html><head>{HEAD}</head><body>{article(paragraphs(P1, P2, P3))}</body></html>".encode()
    (draft,) = parse(markup.replace(b"fireworks", b"fire\xe9works"), name="letter.html")
    assert "fire�works" in draft.body_text
    (notice,) = draft.notices
    assert notice.startswith("One character is not in UTF-8, unlike the rest, and shown as “�”: ")
    assert notice.endswith("the first stands behind “less than one evening of fire”.")


@pytest.mark.parametrize(
    ("markup", "names"),
    [
        ('<a rel="author" href="/author/jo">jo_harbour</a>', ["jo_harbour"]),
        ('<span itemprop="author" itemscope><span itemprop="name">Ada Quill</span></span>', ["Ada Quill"]),
        ("<p>Von Ada Quill und Tom Brisk</p>", ["Ada Quill", "Tom Brisk"]),
        ('<p class="byline">View all posts by <a href="/author/ada">Ada Quill</a></p>', ["Ada Quill"]),
        ('<span class="author">admin</span>', []),
    ],
)
def test_authors(markup: str, names: list[str]) -> None:
    draft = page(f"<main><article><h1>{TITLE}</h1>{markup}{paragraphs(P1, P2, P3)}</article></main>")
    assert [author.name for author in draft.authors] == names


def test_an_author_whom_the_head_only_points_to() -> None:
    linked = (
        '<script type="application/ld+json">{"@graph": [{"@type": "Article", "headline": "A bell for nobody", '
        '"author": {"@id": "#ada"}}, {"@type": "Person", "@id": "#ada", "name": "Ada Quill"}]}</script>'
    )
    draft = page(article(paragraphs(P1, P2, P3)), head=HEAD + linked)
    assert [author.name for author in draft.authors] == ["Ada Quill"]


def test_the_summary_is_what_the_head_says_the_letter_is_about() -> None:
    head = HEAD + '<meta property="og:description" content="Why a bell should ring &amp;amp; for whom">'
    assert page(article(paragraphs(P1, P2, P3)), head=head).summary == "Why a bell should ring & for whom"


def test_sections_in_a_row_are_one_letter() -> None:
    columns = "".join(
        f"<section><div><div><p>{text}</p><p>{text[::-1]}.</p></div></div></section>" for text in (P1, P2, P3, P4)
    )
    draft = page(f"<h1>{TITLE}</h1>{columns}")
    assert [piece for piece in (P1, P2, P3, P4) if piece not in draft.body_text] == []


def test_the_date_that_bloggers_pages_mark_up() -> None:
    date = "<abbr class='published' title='2026-11-20T09:30:00+01:00'>vendredi</abbr>"
    draft = page(article(paragraphs(P1, P2, P3), f"<div class='post-footer'>Publié {date}</div>"))
    assert draft.published_at is not None
    assert draft.published_at.isoformat() == "2026-11-20T09:30:00+01:00"
