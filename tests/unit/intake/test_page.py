"""Letters from their pages' HTML: complete, with parts missing, with other names and nesting, hostile."""

from __future__ import annotations

from pathlib import Path

import pytest

from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft, SeriesView
from distributor.letters.intake import parse, read_sources, to_json
from distributor.letters.intake.pictures import with_own_pictures

SAMPLES = Path(__file__).parents[2] / "samples"

NOTE = "This letter is the 7th in the “Letters to the Harbor” series, in which people write. ― ED."
BIO = "Mira Holt (mira@x.example) is a poet. She swims."
SHARE = (
    '<ul class="share"><li><a href="#">Facebook share button</a></li><li><a href="#">Mail share button</a></li></ul>'
)
P = (
    "<p>Dear neighbours,</p>"
    "<p>This is the first long paragraph of the letter, with enough words in it to be read as prose.</p>"
    "<p>The second paragraph goes on about the garden, and it has a comma and a full stop as well.</p>"
    "<p>Warmly yours.</p>"
)
DIV = P.replace("<p>", "<div>").replace("</p>", "</div>")
BR = P.replace("</p><p>", "<br><br>").replace("<p>", "<div>").replace("</p>", "</div>")
BOX = "<h4>Related letters</h4><ul><li><a href=/a>One</a></li><li><a href=/b>Two</a></li></ul>"
TITLE = "<h1>T one two</h1>"
BY = "<p>By Mira Holt</p>"


def only(markup: str, *, url: str = "") -> Draft:
    (draft,) = parse(f"<html>{markup}</html>".encode(), name="page.html", url=url)
    return draft


@pytest.mark.parametrize("name", ["letter-page.html", "letter-page.txt"])
def test_every_part_of_a_whole_page(name: str) -> None:
    (draft,) = read_sources(str(SAMPLES / name))
    assert draft.title == "What the night tram carries home"
    assert draft.series == SeriesView("Letters to a Sleeping City", 9)
    assert draft.editor_note.endswith("― ED.")
    assert [(author.name, author.email) for author in draft.authors] == [("Ilse Marroway", "ilse@lantern-post.example")]
    assert draft.authors[0].bio.startswith("Ilse Marroway (ilse@lantern-post.example) is a tram driver")
    assert draft.section == "LETTER"
    assert draft.share_bar == ("facebook", "twitter", "kakao", "mail", "link")
    assert draft.body_text.startswith("Dear council,\n\nI drive line 6")
    assert draft.body_text.endswith("Yours, on time,\nIlse Marroway")
    assert draft.body_html.count("<p>") == 10


def test_page_and_visible_text_say_the_same() -> None:
    page, text = (to_json(read_sources(str(SAMPLES / f"letter-page.{kind}"))[0]) for kind in ("html", "txt"))
    for key in ("title", "series", "editor_note", "authors", "share_bar", "section", "body_text", "body_html"):
        assert page[key] == text[key], key
    assert page["missing"] == []
    assert text["missing"] == ["language", "published_at", "canonical_url", "image_url"]


def test_head() -> None:
    (draft,) = read_sources(str(SAMPLES / "letter-page.html"))
    assert draft.language == "en"
    assert draft.published_at
    assert draft.published_at.isoformat() == "2026-10-05T07:30:00+02:00"
    assert draft.canonical_url == draft.source == "https://lantern-post.example/letters/night-tram"
    assert draft.image_url == "https://lantern-post.example/img/night-tram.jpg"
    assert draft.image_alt == "A tram under wires at night, its windows lit"


@pytest.mark.parametrize(
    ("head", "body", "alt"),
    [
        ('<meta name="twitter:image:alt" content=" Fog  at\nnoon ">', "", "Fog at noon"),
        ("", '<img src="fog.jpg?w=900" alt="Fog at noon">', "Fog at noon"),
        ("", '<img src="pixel.gif" data-src="/i/fog.jpg" alt="Fog at noon">', "Fog at noon"),
        ('<meta property="og:image:alt" content="Fog">', '<img src="fog.jpg" alt="Noon">', "Fog"),
        ("", '<img src="fog.jpg" alt=""><img src="other.jpg" alt="Another picture">', ""),
    ],
)
def test_what_the_picture_shows(head: str, body: str, alt: str) -> None:
    prose = "<p>The horn is back, and the whole town has slept badly since it began to sound again.</p>" * 3
    page = (
        f'<html><head><title>Fog</title><meta property="og:image" content="/i/fog.jpg?w=1200">{head}</head>'
        f"<body><article><h1>Fog</h1>{body}{prose}</article></body></html>"
    )
    (draft,) = parse(page.encode(), name="fog.html", url="https://lantern.example/i/fog")
    assert (draft.image_url, draft.image_alt) == ("https://lantern.example/i/fog.jpg?w=1200", alt)
    assert ("image_alt" in draft.missing) is not bool(alt)


def test_a_korean_page() -> None:
    (draft,) = read_sources(str(SAMPLES / "letter-korean.html"))
    assert draft.title == "등대는 혼자 켜지지 않습니다"
    assert draft.series == SeriesView("섬에서 보내는 편지", 7)
    assert [author.name for author in draft.authors] == ["서하늘"]
    assert draft.authors[0].email == "haneul@seommaeul.example"
    assert draft.share_bar == ("facebook", "kakao", "twitter", "link")
    assert draft.language == "ko"
    assert draft.image_url == "https://seommaeul.example/images/lighthouse.jpg"
    assert draft.body_text.startswith("뭍에 계신 여러분께,")
    assert draft.body_text.endswith("왼쪽을 보아 주십시오.")
    assert draft.missing == ("section", "published_at", "image_alt")


def test_a_page_in_a_declared_encoding() -> None:
    (draft,) = read_sources(str(SAMPLES / "letter-euc-kr.html"))
    assert draft.title == "우체통에게 보내는 답장"
    assert [author.name for author in draft.authors] == ["김바다"]
    assert draft.language == "ko"


def test_a_page_with_a_title_and_paragraphs_only() -> None:
    (draft,) = read_sources(str(SAMPLES / "letter-minimal.html"))
    assert draft.body_html.count("<p>") == 3
    assert draft.missing == (
        *("series", "editor_note", "authors", "section", "language", "published_at", "canonical_url", "image_url"),
        "share_bar",
    )


def test_a_messy_page() -> None:
    (draft,) = read_sources(str(SAMPLES / "letter-messy.html"))
    assert draft.title == "Three bridges and a bakery"
    assert draft.series == SeriesView("Roads We Didn’t Take", 12)
    assert [(author.name, author.email) for author in draft.authors] == [
        ("Noor Adeyemi", "noor@tidewater.example"),
        ("Tom Brisk", ""),
    ]
    assert draft.authors[1].bio == "Tom Brisk keeps the swing bridge and a diary."
    assert draft.share_bar == ("facebook", "twitter", "bluesky", "mail", "link", "telegram")
    assert (draft.section, draft.language) == ("Open letters", "en")
    assert draft.missing == ("image_alt",)
    assert 'src="https://tidewater.example/essays/img/middle-bridge.jpg"' in draft.body_html
    assert 'href="https://tidewater.example/essays/maps/detour.html"' in draft.body_html
    assert "<h2>What we ask for</h2>" in draft.body_html
    assert draft.body_text.endswith("Respectfully,\ntwo people with wet feet")
    for chrome in (
        "Winter sale",
        "newsletter",
        "inbox",
        "ferry",
        "Most read",
        "comments",
        "Share",
        "pixel",
        "javascript",
    ):
        assert chrome not in draft.body_html


PAGES = {
    "paragraphs without classes": f"<body>{TITLE}{SHARE}<p>{NOTE}</p>{BY}{P}<p>{BIO}</p></body>",
    "nothing but divs": f"<body><div><div>{TITLE}</div>{SHARE}<div><i>{NOTE}</i></div><div>By Mira Holt</div>"
    f"<div class=y>{DIV}</div><div>{BIO}</div></div></body>",
    "line breaks for paragraphs": f"<body><div>{TITLE}{SHARE}{NOTE}<br><br>By Mira Holt<br><br>{BR}"
    f"<div>{BIO}</div></div></body>",
    "header outside the article": f"<body><header><nav>Home</nav></header><div class=head>{TITLE}{SHARE}"
    f"<p class=editors-note>{NOTE}</p><p class=author>Mira Holt</p></div><article>{P}</article>"
    f"<section class=about-author><h3>About the author</h3><p>{BIO}</p></section></body>",
    "title in the page's header": f"<body><header>{TITLE}<p class=byline>by Mira Holt</p></header>"
    f"<main><p>{NOTE}</p>{P}<p><em>{BIO}</em></p></main>{SHARE}</body>",
    "title in an h2, site name in the h1": "<head><meta property='og:title' content='T one two | Site'>"
    "<meta property='og:site_name' content='Site'></head><body><h1><a href='/'>Site</a></h1>"
    f"<h2>T one two</h2>{SHARE}<p>{NOTE}</p>{BY}{P}<p>{BIO}</p></body>",
    "note in a quotation": f"<body><article>{TITLE}{SHARE}<blockquote><em>{NOTE}</em></blockquote>"
    f"<address>By <a rel=author href=/m>Mira Holt</a></address>{P}<hr><p>{BIO}</p></article></body>",
    "byline above the note": f"<body><article>{TITLE}{BY}{SHARE}<p>{NOTE}</p>{P}<p>{BIO}</p></article></body>",
    "bio in the article's footer": f"<body><article>{TITLE}{SHARE}<p>{NOTE}</p>{BY}{P}"
    f"<footer><div class='bio'>{BIO}</div></footer></article></body>",
    "a form around the page": f"<body><form id=aspnet><div id=content>{TITLE}{SHARE}<p>{NOTE}</p>{BY}{P}<p>{BIO}</p>"
    "</div><div id=footer>(c)</div></form></body>",
    "tables for layout": f"<body><table><tr><td><a href=/>Home</a></td><td>{TITLE}{SHARE}<p>{NOTE}</p>{BY}{P}{P}"
    f"<p>{BIO}</p></td></tr></table></body>",
    "note of two paragraphs": f"<body><article>{TITLE}{SHARE}<div class=editor-note><p>{NOTE[:-38]}</p>"
    f"<p>{NOTE[-38:]}</p></div>{BY}{P}<p>{BIO}</p></article></body>",
    "standfirst, date, signature": f"<body><article>{TITLE}<p class=subtitle>A small one about gardens</p>"
    f"<p>March 2, 2026</p>{SHARE}<p>{NOTE}</p>{BY}{P}<p>Mira Holt</p><p>{BIO}</p></article>"
    "<div>Top 10 Stories</div><div>A story about other things. It goes on.</div></body>",
    "byline among other facts": f"<body><article>{TITLE}{SHARE}<p>{NOTE}</p><div class=info>By "
    f"<span class=author>Mira Holt</span> | <span>March 2, 2026</span></div>{P}<p>{BIO}</p></article></body>",
    "comments without a class": f"<body><article>{TITLE}{SHARE}<p>{NOTE}</p>{BY}{P}<p>{BIO}</p><h3>Comments</h3>"
    "<p>I love this letter, and I said so to my cousin. He agrees.</p></article></body>",
    "no byline, but a bio": f"<body><article>{TITLE}{SHARE}<p>{NOTE}</p>{P}<p>{BIO}</p></article></body>",
    "names of our own for everything": f"<body><div class='letter'><div class='letter-title'>{TITLE}</div>"
    "<div class='letter-share'><a class='icon facebook' href='#'></a><a class='icon mail' href='#'></a></div>"
    f"<div class='letter-note'>{NOTE}</div><div class='letter-author'>By Mira Holt</div>"
    f"<div class='letter-body'>{P}</div><div class='letter-author-bio'>{BIO}</div></div></body>",
    "a box of links in the middle": f"<body><article>{TITLE}{SHARE}<p>{NOTE}</p>{BY}"
    f"{P.replace('<p>The', BOX + '<p>The')}<p>{BIO}</p></article></body>",
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_vary(name: str) -> None:
    draft = only(PAGES[name])
    assert draft.title == "T one two"
    assert draft.series == SeriesView("Letters to the Harbor", 7)
    assert draft.share_bar == ("facebook", "mail")
    assert [(author.name, author.email, author.bio) for author in draft.authors] == [
        ("Mira Holt", "mira@x.example", BIO)
    ]
    assert draft.body_text.startswith("Dear neighbours,\n\nThis is the first")
    assert draft.body_text.removesuffix("\n\nMira Holt").endswith("as well.\n\nWarmly yours.")
    for other in ("Home", "Top 10", "Comments", "cousin", "Related", "share button", "By Mira", "ED."):
        assert other not in draft.body_text


def test_the_body_names_no_series() -> None:
    body = P + "<p>It was the 7th letter in the “Other Letters” series that moved me to write, years ago.</p>"
    draft = only(f"<body><article>{TITLE}{BY}{body}</article></body>")
    assert draft.series is None
    assert "Other Letters" in draft.body_text


@pytest.mark.parametrize("note", ["<p>{}</p>", "<p class='editors-note'>{}</p>"])
def test_a_note_below_the_letter_does_not_hide_it(note: str) -> None:
    said = "Editor’s note: an earlier version of this letter named the wrong street."
    draft = only(f"<body><article>{TITLE}{BY}{P}{note.format(said)}</article></body>")
    assert draft.editor_note == said
    assert draft.body_text.startswith("Dear neighbours,")
    assert draft.body_text.endswith("Warmly yours.")


def test_a_byline_below_the_letter_does_not_hide_it() -> None:
    draft = only(f"<body><article>{TITLE}{P}<p class=byline>Mira Holt</p></article></body>")
    assert [author.name for author in draft.authors] == ["Mira Holt"]
    assert draft.body_text.startswith("Dear neighbours,")
    assert draft.body_text.endswith("Warmly yours.")


def test_authors_from_the_head_where_the_page_has_no_byline() -> None:
    draft = only(
        f"<head><meta name=author content='Ana Ruiz and Jo Lane'></head><body><article>{TITLE}{P}</article></body>"
    )
    assert [author.name for author in draft.authors] == ["Ana Ruiz", "Jo Lane"]


def test_go_top_names_the_section() -> None:
    assert (
        only(
            f"<body><article>{TITLE}{P}</article><a href=#>go top</a> <span>LETTER</span><footer>Site</footer></body>"
        ).section
        == "LETTER"
    )
    assert (
        only(f"<body><article>{TITLE}{P}</article><a href=#>go top</a><footer>Our Little Site</footer></body>").section
        == ""
    )


def test_hostile_markup() -> None:
    evil = (
        '<p onclick="a()">Click <a href="javascript:alert(1)">here</a> or <a href="data:text/html,x">there</a>, it is '
        "safe.</p>"
        '<p style="position:fixed">Styled, but harmless words of the letter.</p><iframe src="https://e.example"></iframe>'
        '<p><img src="x" onerror="alert(1)"><img src="https://t.example/p.gif" width="1" height="1"> None.</p>'
        "<svg><script>alert(1)</script></svg><p><script>alert(2)</script>And a program in the middle of it.</p>"
        "<object data=x></object><form action=/x><input name=q></form><style>p{color:red}</style>"
    )
    draft = with_own_pictures(only(f"<body><article>{TITLE}{P}{evil}</article></body>"))
    for bad in (
        "script",
        "onclick",
        "onerror",
        "style",
        "iframe",
        "javascript",
        "data:",
        "t.example",
        "<svg",
        "<form",
        "<img",
        "alert",
    ):
        assert bad not in draft.body_html
    assert "Click here or there, it is safe." in draft.body_text


def test_what_is_kept_of_the_body() -> None:
    rich = (
        "<h2>A heading</h2><blockquote><p>Quoted words.</p></blockquote><ol><li>One</li><li>Two</li></ol>"
        "<figure><img src='/a.jpg' alt='A boat'><figcaption>A boat.</figcaption></figure>"
        "<table><tr><th>Tide</th><td>4 m</td></tr></table><pre><code>a = 1\n  b = 2</code></pre><h6>Small</h6>"
        "<p>See <a href='../next'>the next</a>, <strong>please</strong>.</p>"
    )
    draft = only(f"<body><article>{TITLE}{P}{rich}</article></body>", url="https://x.example/letters/one/")
    assert 'src="https://x.example/a.jpg"' in draft.body_html
    assert 'href="https://x.example/letters/next"' in draft.body_html
    for kept in ("<h2>", "<blockquote>", "<ol>", "<figcaption>", "<th>", "<pre><code>", "<h4>Small", "<strong>"):
        assert kept in draft.body_html
    assert "Quoted words.\n\n1. One\n2. Two\n\nA boat." in draft.body_text
    assert draft.source == "https://x.example/letters/one/"


@pytest.mark.parametrize("name", ["index-page.html", "login-page.html", "not-found.html"])
def test_pages_without_a_letter(name: str) -> None:
    with pytest.raises(SourceError, match=f"^“{name}” holds no letter: [^.]*\\.$"):
        read_sources(str(SAMPLES / name))


@pytest.mark.parametrize(
    "markup", ["<html></html>", "<html><body><h1>Title</h1></body></html>", f"<html><body>{P}</body></html>"]
)
def test_pages_that_lack_a_title_or_a_text(markup: str) -> None:
    with pytest.raises(SourceError, match="holds no letter"):
        parse(markup.encode(), name="page.html")
