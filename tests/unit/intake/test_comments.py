"""Readers' comments are never the letter, whatever a page's own boxes are called and however short the letter is."""

from __future__ import annotations

import pytest

from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake import parse

P1 = "The ferry bell was cast the year my aunt was born, and it still rings for a boat that no longer comes."
P2 = "Mending it would cost less than one evening of fireworks, and the school has offered to pay a third of it."
P3 = "The harbour master says that nobody would hear it, which is what people say of bells that do not ring."
LETTER = f"<p>{P1}</p><p>{P2}</p><p>{P3}</p>"
COMMENTS = (
    "I agree with every word of this, Ines, and I would add that the clock on the customs house is wrong as well.",
    "My father rang that bell for thirty years, and he would have walked out to the end of the pier to hear it.",
    "Has anybody asked the diocese? They have a foundry's address, and a man who climbs, and they lend him out.",
    "Nobody wants it back but those who live on the hill, where one does not hear the gulls in the morning either.",
    "Then let us ring it on the hill, and let those who live at the quay sleep, as they have done for twenty years.",
)
TITLE = "A bell for nobody"
HEADING = f"<h2>5 thoughts on “{TITLE}”</h2>"


def _item(text: str) -> str:
    by = "<footer><b>Jon</b> <time>2 days ago</time></footer>"
    words = f"<div class='comment-content'><p>{text}</p></div>"
    return f"<li class='comment'><article class='comment-body'>{by}{words}</article></li>"


ITEMS = "".join(map(_item, COMMENTS))
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in COMMENTS)
BOXES = "".join(f"<div class=c1><p>{text}</p></div>" for text in COMMENTS)


THREADS = {
    "of articles": f"<section id='comments' class='comments-area'>{HEADING}<ol>{ITEMS}</ol></section>",
    "of plain paragraphs": f"<div id='comments'>{HEADING}{PARAGRAPHS}</div>",
    "of boxes": f"<div class='kommentare'>{HEADING}{BOXES}</div>",
    "without a box": f"<ol class='commentlist'>{ITEMS}</ol>",
    "of one": f"<section id='comments'>{HEADING}<ol>{_item(' '.join(COMMENTS))}</ol></section>",
}


def page(letter: str, *, names: str = "entry-content", thread: str = THREADS["of articles"], style: str = "") -> Draft:
    markup = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} - The Quay</title>'
        '<meta property="og:site_name" content="The Quay"></head><body class="single"><header><a href="/">The Quay</a>'
        f'</header><main><article class="post hentry"><header class="entry-header"><h1>{TITLE}</h1></header>'
        f'<div class="{names}"{style}>{letter}</div></article>{thread}</main><footer>© The Quay</footer></body></html>'
    )
    (draft,) = parse(markup.encode(), name="letter.html")
    return draft


def comments_in(draft: Draft) -> list[str]:
    return [text for text in COMMENTS if text in draft.body_text]


NAMES = (
    *("comments-closed", "comments-open", "has-comments", "opinion-comment", "comment-and-opinion", "related-none"),
    *(
        "comments",
        "comment",
        "disqus-off",
        "top-10-letters",
        "newsletter",
        "share-enabled",
        "widget",
        "bio",
        "author-bio",
    ),
    *(
        "author-bio",
        "tags",
        "promo",
        "subscription-required",
        "print",
        "social-post",
        "byline",
        "meta",
        "sidebar-left-content",
    ),
)


@pytest.mark.parametrize("thread", THREADS.values(), ids=THREADS)
@pytest.mark.parametrize("name", NAMES)
def test_a_letters_box_may_have_any_name_beside_its_own(name: str, thread: str) -> None:
    draft = page(LETTER, names=f"entry-content {name}", thread=thread)
    assert draft.body_text == f"{P1}\n\n{P2}\n\n{P3}"


@pytest.mark.parametrize("name", ["opinion-comment", "comment-and-opinion", "related-none", "comments-closed", "bio"])
def test_a_letters_box_may_have_such_a_name_alone(name: str) -> None:
    assert page(LETTER, names=name).body_text == f"{P1}\n\n{P2}\n\n{P3}"


def test_a_box_of_comments_is_no_letter_where_there_is_no_other() -> None:
    with pytest.raises(SourceError, match="no letter"):
        page("", names="gate")


@pytest.mark.parametrize("thread", THREADS.values(), ids=THREADS)
@pytest.mark.parametrize(
    "text",
    [
        "The lamp at the end of the pier has been dark for nine nights. Please mend it.",
        "Mend the lamp, please.",
        "The tide comes in</p><p>the tide goes out</p><p>and nobody has written it down",
        "The tide comes in<br>the tide goes out<br>and nobody has written it down",
    ],
    ids=["one paragraph", "a few words", "three verses", "a stanza"],
)
def test_a_short_letter_has_no_comments_in_it(text: str, thread: str) -> None:
    draft = page(f"<p>{text}</p>", thread=thread)
    assert comments_in(draft) == []
    assert draft.body_text.replace("\n", "") == text.replace("</p><p>", "").replace("<br>", "")


def test_a_letter_that_a_script_shows_later_is_read_although_comments_are_longer() -> None:
    draft = page(LETTER, style=" style='display:none'")
    assert draft.body_text == f"{P1}\n\n{P2}\n\n{P3}"


@pytest.mark.parametrize(
    "heading",
    [
        f"3 thoughts on “{TITLE}”",
        f"One thought on “{TITLE}”",
        f"5 Gedanken zu „{TITLE}“",
        f"5 réflexions sur « {TITLE} »",
        f"5 comentarios en «{TITLE}»",
        f"5 comentários em “{TITLE}”",
        f"5 commenti su “{TITLE}”",
        f"5 reacties op “{TITLE}”",
        f"“{TITLE}”에 대한 5개의 댓글",
        f"「{TITLE}」への5件のフィードバック",
        f"《{TITLE}》有5条评论",
    ],
)
def test_a_heading_over_comments_ends_a_letter_where_no_box_does(heading: str) -> None:
    thread = f"<h3>{heading}</h3>{''.join(f'<p>{text}</p><p>Reply</p>' for text in COMMENTS)}"
    draft = page(f"{LETTER}{thread}", thread="")
    assert comments_in(draft) == []
    assert P3 in draft.body_text
