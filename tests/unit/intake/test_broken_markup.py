"""Markup that browsers read in another way than the parser does: nothing behind a stray element is lost."""

from __future__ import annotations

import pytest

from distributor.domain.letters import Draft
from distributor.letters.intake import parse

P1 = "The ferry bell was cast the year my aunt was born, and it still rings for a boat that no longer comes."
P2 = "Mending it would cost less than one evening of fireworks, and the school has offered to pay a third of it."
P3 = "The harbour master says that nobody would hear it, which is what people say of bells that do not ring."
TITLE = "A bell for nobody"


def page(body: str) -> Draft:
    markup = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title></head>'
        f"<body><main><article><h1>{TITLE}</h1><div>{body}</div></article></main></body></html>"
    )
    (draft,) = parse(markup.encode(), name="letter.html")
    return draft


def missing(draft: Draft) -> list[str]:
    return [text for text in (P1, P2, P3) if text not in draft.body_text]


STRAY = {
    "a document": '<embed src="https://tide.example/r.pdf" type="application/pdf">',
    "a source": '<source src="/a.mp3">',
    "subtitles": "<track src='/a.vtt' kind=captions>",
    "a place to break": "<wbr>",
    "an old sound": "<bgsound src='/a.mid'>",
    "a key": "<keygen name='k'>",
    "an old picture": "<image src='/a.png'>",
    "the page's end": "</body></html>",
    "another page": "</body></html>\n<!doctype html><html><head><title>Other</title></head><body class='b'>",
    "an end in capitals": "</BODY >\n</HTML>",
    "an open icon": "<svg viewBox='0 0 9 9'><g><path d='M0 0h9'>",
    "an open formula": "<math><mi>x",
    "an open map": "<map name='m'><area href='/a'>",
    "an open button": "<button type='button'>Play",
}


@pytest.mark.parametrize("stray", STRAY.values(), ids=STRAY)
def test_what_stands_behind_a_stray_element_is_read(stray: str) -> None:
    draft = page(f"<p>{P1}</p>{stray}<p>{P2}</p><p>{P3}</p>")
    assert missing(draft) == []


def test_a_player_within_a_paragraph_takes_no_words_away() -> None:
    draft = page(f"<p>{P1} <embed src='https://tide.example/r.pdf'> {P2}</p><p>{P3}</p>")
    assert missing(draft) == []
    assert "r.pdf" in draft.body_text


def test_sources_of_a_player_stay_its_own() -> None:
    player = "<video src='https://tide.example/a.mp4'><source src='/a.mp4'><track src='/a.vtt'></video>"
    draft = page(f"<p>{P1}</p>{player}<p>{P2}</p><p>{P3}</p>")
    assert missing(draft) == []
    assert draft.body_html.count("a.mp4") == 2  # the address and its name


def test_a_closed_icon_and_what_it_says_stay_out() -> None:
    icon = "<svg><title>Bell</title><desc><p>Drawn by hand</p></desc><path d='M0 0'/></svg>"
    draft = page(f"<p>{P1}</p>{icon}<p>{P2}</p><p>{P3}</p>")
    assert missing(draft) == []
    assert "Drawn" not in draft.body_text


def test_a_script_may_speak_of_such_elements() -> None:
    script = "<script>const end = '</body></html>'; const player = '<embed src=x>';</script>"
    draft = page(f"<p>{P1}</p>{script}<p>{P2}</p><!-- </body> <embed> --><p>{P3}</p>")
    assert draft.body_text.split("\n\n") == [P1, P2, P3]


def test_markdown_with_a_stray_element() -> None:
    (draft,) = parse(
        f"# {TITLE}\n\n{P1}\n\n<embed src='/r.pdf'>\n\n{P2}\n\n</body></html>\n\n{P3}\n".encode(), name="a.md"
    )
    assert missing(draft) == []
