"""A letter's title among what its page says: kickers, subtitles, marks and the site's name are none of it."""

from __future__ import annotations

import pytest

from distributor.domain.letters import Draft
from distributor.letters.intake import parse

P1 = "The ferry bell was cast the year my aunt was born, and it still rings for a boat that no longer comes."
P2 = "Mending it would cost less than one evening of fireworks, and the school has offered to pay a third of it."
P3 = "The harbour master says that nobody would hear it, which is what people say of bells that do not ring."
TITLE = "A bell for nobody"
OG = f'<meta property="og:title" content="{TITLE}">'


def page(top: str, *, head: str = OG, title: str = f"{TITLE} - The Quay", above: str = "") -> Draft:
    markup = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{above}<main><article>{top}<div class='entry-content'><p>{P1}</p><p>{P2}</p><p>{P3}</p></div>"
        "</article></main></body></html>"
    )
    (draft,) = parse(markup.encode(), name="letter.html")
    return draft


HEADINGS = {
    "a kicker": f"<h1><span class='kicker'>Open letter</span>{TITLE}</h1>",
    "a kicker in a link": f"<h1><a class='post-category' href='/letters'>Open letter</a>{TITLE}</h1>",
    "a kicker in bold": f"<h1><strong class='eyebrow'>Open letter</strong> <span>{TITLE}</span></h1>",
    "a subtitle": f"<h1>{TITLE}<span class='subtitle'>Why the town wants its bell back</span></h1>",
    "a subtitle in small letters": f"<h1>{TITLE}<small class='deck'>Why the town wants its bell back</small></h1>",
    "a permalink": f"<h1>{TITLE}<a class='headerlink' href='#t' title='Permanent link'>¶</a></h1>",
    "a hash": f"<h1><a class='anchor' href='#t' aria-hidden='true'>#</a>{TITLE}</h1>",
    "a chain": f"<h1>{TITLE} <a href='#t'>🔗</a></h1>",
    "a footnote": f"<h1>{TITLE}<sup><a href='#n1'>1</a></sup></h1>",
    "a star": f"<h1>{TITLE}<sup>*</sup></h1>",
    "words for screen readers": f"<h1><span class='screen-reader-text'>Letter:</span>{TITLE}</h1>",
    "a button": f"<h1>{TITLE}<button>Copy link</button></h1>",
    "a count": f"<h1>{TITLE}<span class='comments-count'>12</span></h1>",
    "a badge": f"<h1>{TITLE}<span class='badge'>New</span></h1>",
}


@pytest.mark.parametrize("head", [OG, ""], ids=["the head has it", "the head has none"])
@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS)
def test_what_stands_beside_a_title_in_its_heading_is_none_of_it(heading: str, head: str) -> None:
    draft = page(heading, head=head)
    assert draft.title == TITLE
    assert draft.body_text.startswith(P1)


def test_parts_without_a_name_are_told_by_what_the_head_says() -> None:
    assert page(f"<h1><span>Open letter</span>{TITLE}<span>Why the town wants it</span></h1>").title == TITLE


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<h1><span class='dropcap'>A</span> bell for nobody</h1>", TITLE),
        ("<h1><span class='initial'>A</span>larm on the quay</h1>", "Alarm on the quay"),
        ("<h1>Water is H<sub>2</sub>O</h1>", "Water is H2O"),
        ("<h1>The 2<sup>nd</sup> bell</h1>", "The 2nd bell"),
        ("<h1>Ten metres<sup>2</sup> of quay</h1>", "Ten metres2 of quay"),
        ("<h1>A bell<br>for nobody</h1>", TITLE),
        ("<h1>A bell #7 for nobody</h1>", "A bell #7 for nobody"),
        ("<h1>A bell&nbsp;for&#x3000;nobody</h1>", TITLE),
        ("<h1>A bell for no&#x200b;body</h1>", TITLE),
    ],
)
def test_a_titles_own_parts_stay(heading: str, title: str) -> None:
    assert page(heading, head="", title="").title == title


@pytest.mark.parametrize(
    "title",
    [
        f"The Quay | Letters | {TITLE}",
        f"Letters | {TITLE} | The Quay",
        f"The Quay - {TITLE}",
        f"The Quay » Letters » {TITLE}",
        f"The Quay: {TITLE}",
        f"{TITLE} – Letters – The Quay",
        f"The Quay · {TITLE}",
    ],
)
@pytest.mark.parametrize(
    ("top", "above"),
    [
        (f"<h1>{TITLE}</h1>", ""),
        (f"<h1>{TITLE}</h1>", "<div class='header'><h1>The Quay</h1></div>"),
        (f"<h1>{TITLE}</h1>", "<header><a href='/'>The Quay</a></header>"),
        (f"<h3 class='post-title entry-title'>{TITLE}</h3>", "<div class='header'><h1>The Quay</h1></div>"),
        (f"<h2 class='entry-title'>{TITLE}</h2>", "<div id='top'><p class='site-title'>The Quay</p></div>"),
    ],
    ids=["h1", "an h1 of the site's", "a link of the site's", "Blogger", "h2"],
)
@pytest.mark.parametrize("head", [OG, ""], ids=["the head has it", "the head has none"])
def test_the_title_is_not_the_sites_name_nor_its_section(title: str, top: str, above: str, head: str) -> None:
    draft = page(top, head=head, title=title, above=above)
    assert draft.title == TITLE
    assert draft.body_text.startswith(P1)


def test_a_subtitle_of_sentences_is_the_letters_first_paragraph() -> None:
    dek = "A town argues about a bell that has not been heard for twenty years, and about who is to pay for it."
    draft = page(f"<h1>{TITLE}<span class='subtitle'>{dek}</span></h1>")
    assert draft.title == TITLE
    assert draft.body_text == f"{dek}\n\n{P1}\n\n{P2}\n\n{P3}"
