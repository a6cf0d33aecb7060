"""Where letters begin and end on pages of the world: by kinds of pages, each made up here."""

from __future__ import annotations

import pytest

from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake import parse

P1 = "The ferry bell was cast the year my aunt was born, and it still rings for a boat that no longer comes."
P2 = "Mending it would cost less than one evening of fireworks, and the school has offered to pay a third of it."
P3 = "The harbour master says that nobody would hear it, which is what people say of bells that do not ring."
P4 = "Let it ring at noon for one summer, and ask the town in autumn whether it wants its quiet back again."
ALL = (P1, P2, P3, P4)
DEK = "A town argues about a bell that has not been heard for twenty years."
TITLE = "A bell for nobody"
URL = "https://tide.example/letters/7"
HEAD = f'<title>{TITLE} | Tide Post</title><meta property="og:title" content="{TITLE}">'


def page(body: str, *, head: str = "") -> Draft:
    markup = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{HEAD}{head}'
        f'<link rel="canonical" href="{URL}"></head><body>{body}</body></html>'
    )
    (draft,) = parse(markup.encode(), name="letter.html")
    return draft


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def article(*parts: str) -> str:
    return f"<main><article><h1>{TITLE}</h1>{''.join(parts)}</article></main>"


def missing(draft: Draft, *texts: str) -> list[str]:
    return [text for text in texts if text not in draft.body_text]


def standing_apart(standfirst: str) -> str:
    """A page whose title and standfirst stand in a header of their own, above the letter's element."""
    return (
        f"<div class='top'><h1>{TITLE}</h1>{standfirst}</div>"
        f"<div class='by'>By Ines Vogt</div><div class='text'>{paragraphs(*ALL)}</div>"
    )


@pytest.mark.parametrize("markup", [f"<p>{DEK}</p>", f"<p class='dek'>{DEK}</p>", f"<h2>{DEK}</h2>"])
def test_a_standfirst_above_the_letters_element_is_its_first_paragraph(markup: str) -> None:
    draft = page(standing_apart(markup))
    assert draft.body_text.startswith(DEK)
    assert missing(draft, *ALL) == []


def test_what_the_page_describes_itself_by_is_the_standfirst_whatever_it_is_called() -> None:
    description = f'<meta property="og:description" content="{DEK}">'
    draft = page(standing_apart(f"<p class='author-intro'>{DEK}</p>"), head=description)
    assert draft.body_text.startswith(DEK)


def test_a_call_above_the_letter_is_no_standfirst() -> None:
    draft = page(standing_apart("<p>Sign up for our newsletter, and never miss a letter from the quay again.</p>"))
    assert draft.body_text.startswith(P1)


@pytest.mark.parametrize("wrapper", ["noscript", "template", 'script type="text/template"'])
def test_a_letter_that_only_a_script_shows_is_read(wrapper: str) -> None:
    text = paragraphs(*ALL)
    draft = page(f"<h1>{TITLE}</h1><{wrapper}><div>{text}</div></{wrapper.split()[0]}><p>Please wait.</p>")
    assert missing(draft, *ALL) == []
    assert any("by a script" in notice for notice in draft.notices)


def linked_data(*texts: str) -> str:
    body = "\\n\\n".join(texts)
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{body}"}}</script>'


def test_a_letter_that_only_the_pages_own_data_has_is_read() -> None:
    draft = page(f"<h1>{TITLE}</h1><p>A short notice that this page needs a newer browser.</p>", head=linked_data(*ALL))
    assert missing(draft, *ALL) == []
    assert any("own data" in notice for notice in draft.notices)


BOX = "Win a week on the island: every new member of our club takes part."


def test_what_the_pages_own_data_does_not_count_as_text_is_left_out() -> None:
    text = (*ALL, *(sentence.replace("bell", "horn") for sentence in ALL))
    body = article(paragraphs(*text[:3]), f"<p>{BOX}</p>", paragraphs(*text[3:]), f"<p>{BOX}</p>")
    draft = page(body, head=linked_data(*text))
    assert missing(draft, *text) == []
    assert BOX not in draft.body_text
    assert {piece.why for piece in draft.left_out} == {"The page’s own data does not count it among the letter’s text."}
    assert all(BOX in piece.html for piece in draft.left_out)


def test_own_data_that_has_the_beginning_only_leaves_nothing_out() -> None:
    text = (*ALL, *(sentence.replace("bell", "horn") for sentence in ALL))
    draft = page(article(paragraphs(*text)), head=linked_data(*text[:5], "And a teaser that is nowhere on the page."))
    assert missing(draft, *text) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (
            "<p>Read also: <a href='/letters/6'>The sixth letter, on oars and tides</a></p>",
            "It leads to another letter.",
        ),
        ("<p>Lea también: <a href='/letters/6'>La sexta carta</a></p>", "It leads to another letter."),
        ("<p>Lesen Sie auch: <a href='/letters/6'>Der sechste Brief</a></p>", "It leads to another letter."),
        (
            "<p><a href='/letters/6'>The sixth letter: on oars, tides and a lost dog</a></p>",
            "It is only a link to another page of the site.",
        ),
        ("<p>Subscribe now to our newsletter for the full story.</p>", "It asks for a subscription or the like."),
        ("<p>Jetzt zum kostenlosen Newsletter anmelden</p>", "It asks for a subscription or the like."),
        ("<p>Follow Tide Post on Twitter and Instagram.</p>", "It asks for a subscription or the like."),
    ],
)
def test_a_line_that_leads_elsewhere_is_left_out_and_told(line: str, why: str) -> None:
    draft = page(article(paragraphs(P1, P2), line, paragraphs(P3, P4)))
    assert draft.body_text == "\n\n".join(ALL)
    (piece,) = draft.left_out
    assert piece.why == why
    assert piece.html
    assert piece.place == 2


@pytest.mark.parametrize(
    "line",
    [
        "<p><a href='https://other.example/petition'>Sign the petition for the bell of the ferry</a></p>",
        "<p><a href='/petition'>Sign the petition</a></p>",
        "<p>My aunt said that she would subscribe to no newsletter about bells.</p>",
        "<h2><a href='/letters/7#two'>What a bell costs, and who has to pay for it</a></h2>",
    ],
)
def test_a_letters_own_links_and_sentences_stay(line: str) -> None:
    draft = page(article(paragraphs(P1, P2), line, paragraphs(P3, P4)))
    assert draft.left_out == ()


def test_a_heading_above_links_to_other_letters_goes_with_them() -> None:
    items = "<li><a href='/6'>The sixth letter: oars</a></li><li><a href='/5'>The fifth letter: tides</a></li>"
    links = f"<h3>Stories of the week</h3><ul>{items}</ul>"
    draft = page(article(paragraphs(P1, P2), links, paragraphs(P3, P4)))
    assert draft.body_text == "\n\n".join(ALL)
    assert "Stories of the week" in "".join(piece.html for piece in draft.left_out)


def test_a_heading_with_nothing_below_ends_no_letter() -> None:
    draft = page(article(paragraphs(*ALL), "<h3>Contact and imprint</h3>"))
    assert draft.body_text.endswith(P4)


def test_a_hidden_half_is_not_read_and_a_page_that_a_script_shows_is() -> None:
    hidden = f"<div style='visibility: hidden'>{paragraphs(P1, P2)}</div>"
    assert missing(page(article(hidden, paragraphs(P3, P4))), P1, P2, P3, P4) == [P1, P2]
    assert missing(page(f"<div style='visibility: hidden'>{article(paragraphs(*ALL))}</div>"), *ALL) == []


def test_a_few_words_are_a_letter_where_nothing_else_is_on_the_page() -> None:
    draft = page(f"<h1>{TITLE}</h1><div>Ring it</div>")
    assert draft.body_text == "Ring it"
    with pytest.raises(SourceError, match="holds no letter"):
        page(f"<h1>{TITLE}</h1><div>Ring it</div><a href='/6'>The sixth letter</a>")


def test_a_link_to_a_script_is_no_link() -> None:
    draft = page(article("<a href='javascript:'><p>Ring it at noon</p></a>", paragraphs(P1)))
    assert draft.body_text == f"Ring it at noon\n\n{P1}"


def test_a_long_song_without_a_full_stop_is_a_letter() -> None:
    song = "<br>".join(f"The bell rang {number} times and nobody came" for number in range(20))
    assert "19 times" in page(f"<div><h1>{TITLE}</h1><p>{song}</p></div><a href='/songs'>Songs</a>").body_text
