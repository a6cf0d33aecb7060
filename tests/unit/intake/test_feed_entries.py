"""What feeds say of their entries, and how it is understood."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import pytest

from distributor.domain.letters import AuthorView, Draft
from distributor.letters.intake import parse
from distributor.letters.intake.feed_titles import title_text

TEXT = "The bus stops at the pear tree, and the pear tree has never once been late."
MORE = "Whoever waits there in autumn gets a pear, and whoever waits there in spring gets wet."


def rss(item: str, channel: str = "") -> list[Draft]:
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    media = 'xmlns:media="http://search.yahoo.com/mrss/"'
    feed = (
        f'<?xml version="1.0"?><rss version="2.0" {names} {media}><channel><title>The Orchard</title>'
        f"<link>https://o.example/</link>{channel}{item}</channel></rss>"
    )
    return parse(feed.encode(), name="feed.rss")


def item(fields: str = "", *, content: str = f"<p>{TEXT}</p>", title: str = "Pears") -> str:
    encoded = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    return f"<item><title>{title}</title><link>https://o.example/pears</link>{fields}{encoded}</item>"


def atom(entry: str, feed: str = "") -> Draft:
    text = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>O</title><id>urn:o</id>{feed}<entry><title>Pears</title>'
        f"<id>urn:1</id>{entry}<content>{TEXT}</content></entry></feed>"
    )
    (draft,) = parse(text.encode(), name="feed.atom")
    return draft


def json_feed(item: dict[str, Any], **feed: Any) -> Draft:
    item = {"id": "1", "title": "Pears", "content_text": TEXT} | item
    text = json.dumps({"version": "https://jsonfeed.org/version/1", "title": "O", "items": [item]} | feed)
    (draft,) = parse(text.encode(), name="feed.json")
    return draft


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Pears & <b>plums</b>", "Pears & plums"),
        ("Pears &amp; plums", "Pears & plums"),
        ("Pears &amp;amp; &lt;em&gt;plums&lt;/em&gt;", "Pears & plums"),
        ("Are 5 < 6 pears > 3?", "Are 5 < 6 pears > 3?"),
        ("The <title> and the <b> element", "The <title> and the <b> element"),
        ("One<br>two\n  three", "One two three"),
        ("P&L, R&D", "P&L, R&D"),
        ("A <span class='x'>pear <i>in</i></span> spring", "A pear in spring"),
        ("caf&eacute; &#8212; &#x1F350;", "café — 🍐"),
        ("Pears<script type='x'>alert(1)</script> and <object data='x'>plums</object>", "Pears and plums"),
    ],
)
def test_titles(written: str, title: str) -> None:
    assert title_text(written) == title
    (draft,) = rss(item(title=escape(written)))
    assert draft.title == title


def test_entries_without_a_title_are_counted() -> None:
    (draft,) = rss(item() + item(title="  ") + item(title="", content=""))
    assert draft.notices == ("2 other entries of this feed are no letters: they have no title.",)
    (draft,) = rss(item() + item(title="  ") + item(content="") + item(title="Pears", content="Pears"))
    lacks = "no title, no text, or no text but a title"
    assert draft.notices == (f"3 other entries of this feed are no letters: they have {lacks}.",)
    assert rss(item())[0].notices == ()


def test_an_atom_entry_has_its_own_authors_else_those_of_its_source_else_its_feeds() -> None:
    feed = "<author><name>ilse marroway</name></author><author><name>Holt, Mira</name></author>"
    assert [author.name for author in atom("", feed).authors] == ["ilse marroway", "Mira Holt"]
    source = "<source><id>urn:s</id><author><name>Jo Lane</name></author></source>"
    assert [author.name for author in atom(source, feed).authors] == ["Jo Lane"]
    own = "<author><name>Ana Ruiz</name><email>ana@o.example</email></author>"
    assert atom(own + source, feed).authors == (AuthorView("Ana Ruiz", "ana@o.example"),)
    second = "<author><name>Jo Lane</name></author>"
    assert atom(own.replace("o.example", "orchard.museum") + second).authors == (
        AuthorView("Ana Ruiz", "ana@orchard.museum"),
        AuthorView("Jo Lane"),
    )


@pytest.mark.parametrize(
    ("fields", "authors"),
    [
        ("<dc:creator>Holt, Mira</dc:creator>", [("Mira Holt", "")]),
        ("<dc:creator>bell marroway</dc:creator>", [("bell marroway", "")]),
        ("<dc:creator>Mira Holt</dc:creator><dc:creator>jo lane</dc:creator>", [("Mira Holt", ""), ("jo lane", "")]),
        ("<dc:creator>Mira Holt, Jo Lane</dc:creator>", [("Mira Holt", ""), ("Jo Lane", "")]),
        ("<author>mira@orchard.example (Mira Holt)</author>", [("Mira Holt", "mira@orchard.example")]),
        ("<author>mira@harbour.online</author>", []),  # an address is no name
        ("<author>Mira Holt &lt;mira@harbour.photography&gt;</author>", [("Mira Holt", "mira@harbour.photography")]),
        ("<author><![CDATA[Mira Holt (mira@harbour.online)]]></author>", [("Mira Holt", "mira@harbour.online")]),
        ("<author>mira&#64;harbour.online (Mira Holt)</author>", [("Mira Holt", "mira@harbour.online")]),
        (
            "<dc:creator>Mira Holt</dc:creator><author>mira@orchard.example (Mira Holt)</author>",
            [("Mira Holt", "mira@orchard.example")],
        ),
        (
            "<author>mira@harbour.online (Mira Holt)</author><author>jo@harbour.museum (Jo Lane)</author>",
            [("Mira Holt", "mira@harbour.online"), ("Jo Lane", "jo@harbour.museum")],
        ),
        ("<dc:creator>&lt;a href='/mira'&gt;Mira Holt&lt;/a&gt;</dc:creator>", [("Mira Holt", "")]),
        ("<dc:creator>Jo &amp;amp; Ana</dc:creator>", [("Jo", ""), ("Ana", "")]),
    ],
)
def test_authors_of_rss(fields: str, authors: list[tuple[str, str]]) -> None:
    (draft,) = rss(item(fields), "<managingEditor>desk@o.example (The Desk)</managingEditor>")
    assert [(author.name, author.email) for author in draft.authors] == authors


def test_the_editor_of_a_channel_is_not_the_author_of_its_items() -> None:
    assert rss(item(), "<managingEditor>desk@o.example (The Desk)</managingEditor>")[0].authors == ()


def test_a_long_address_in_a_letters_text_stays_as_it_is() -> None:
    (draft,) = rss(
        item("<author>mira@harbour.online</author>", content=f"<p>{TEXT} Write to pears@orchard.online.</p>")
    )
    assert draft.body_text.endswith("Write to pears@orchard.online.")


def test_authors_of_json_feeds() -> None:
    assert json_feed({}, author={"name": "Mira Holt"}).authors == (AuthorView("Mira Holt"),)
    both = {"authors": [{"name": "jo lane"}, {"name": "Ana Ruiz"}]}
    assert [author.name for author in json_feed(both, author={"name": "Mira Holt"}).authors] == ["jo lane", "Ana Ruiz"]
    assert json_feed({"author": {"name": "Jo Lane"}}, authors=[{"name": "Mira Holt"}]).authors[0].name == "Jo Lane"


def test_addresses_of_a_json_feed_hang_on_its_home_page() -> None:
    draft = json_feed({"url": "/pears", "image": "/pear.jpg"}, home_page_url="https://o.example/")
    assert draft.canonical_url == "https://o.example/pears"
    assert draft.image_url == "https://o.example/pear.jpg"


@pytest.mark.parametrize(
    "line",
    [
        'The post <a href="https://o.example/pears">Pears</a> appeared first on <a href="https://o.example">O</a>.',
        "The post Pears appeared first on The Orchard.",
        "Der Beitrag Pears erschien zuerst auf The Orchard.",
        "L’article Pears est apparu en premier sur The Orchard.",
        '<a href="https://o.example/pears">Pears</a> 글은 <a href="https://o.example/">O</a>에 처음 등장했습니다.',
        'Zuerst: <a href="https://o.example/pears">Pears</a>, <a href="https://o.example/">O</a>',
    ],
)
def test_the_line_of_origin_is_left_out(line: str) -> None:
    (draft,) = rss(item(content=f"<p>{TEXT}</p>\n<p>{line}</p>\n"))
    assert draft.body_text == TEXT
    (piece,) = draft.left_out
    assert piece.what == "the line that names the feed's site"
    assert "Pears" in piece.html


@pytest.mark.parametrize(
    "line",
    [
        "The post office appeared first, and then the bus.",
        'See <a href="https://o.example/plums">Plums</a> and <a href="https://o.example/">all letters</a>.',
        "The post Pears appeared first on O.</p><p>And that was that.",
    ],
)
def test_what_only_looks_like_it_stays(line: str) -> None:
    (draft,) = rss(item(content=f"<p>{TEXT}</p><p>{line}</p>"))
    assert len(draft.body_text.split("\n\n")) > 1
    assert draft.left_out == ()


@pytest.mark.parametrize(
    ("end", "sign"),
    [
        ("[…]", "[…]"),
        ("[&#8230;]", "[…]"),
        ("[...]", "[...]"),
        ("…", "…"),
        ('[…]<p><a href="https://o.example/pears">Continue reading</a></p>', "Continue reading"),
        ("<p>Read more »</p>", "Read more"),
        ("<p>계속 읽기</p>", "계속 읽기"),
    ],
)
def test_a_beginning_is_told(end: str, sign: str) -> None:
    (draft,) = rss(item(f"<description>{escape(TEXT[:50] + end)}</description>", content=""))
    (notice,) = draft.notices
    assert "only the letter's beginning" in notice
    assert sign in notice
    assert "https://o.example/pears" in notice


LINKS_ON = (
    *(
        "Continue reading",
        "Read the full article",
        "Weiterlesen",
        "Mehr lesen",
        "Zum Artikel",
        "Lire la suite",
        "En savoir plus",
    ),
    *("Leer más", "Sigue leyendo", "Seguir leyendo", "Continúa leyendo", "Leia mais", "Continuar a ler", "Saiba mais"),
    *("Leggi tutto", "Continua a leggere", "더 보기", "더보기", "자세히 보기", "기사 전문 보기", "계속 읽기"),
    *(
        "続きを読む",
        "続きはこちら",
        "もっと見る",
        "阅读全文",
        "继续阅读",
        "閱讀更多",
        "查看全文",
        "Đọc tiếp",
        "Xem thêm",
    ),
    *("Baca selengkapnya", "Lanjutkan membaca", "Lees verder", "Läs mer"),
)
PAYWALLS = (
    *("This post is for paid subscribers", "Subscribe to keep reading this letter", "Become a member to read on."),
    *(
        "Dieser Artikel ist nur für Abonnenten.",
        "Cet article est réservé aux abonnés.",
        "Abonnez-vous pour lire la suite",
    ),
    *(
        "Este contenido es exclusivo para suscriptores",
        "Conteúdo exclusivo para assinantes",
        "Assine para continuar lendo",
    ),
    *(
        "Articolo riservato agli abbonati",
        "이 글은 유료 구독자 전용입니다.",
        "구독자만 볼 수 있습니다",
        "この記事は有料会員限定です。",
    ),
    *("本文仅限会员阅读", "訂閱後繼續閱讀", "Bài viết chỉ dành cho thành viên", "Artikel ini khusus untuk pelanggan"),
)


@pytest.mark.parametrize("words", LINKS_ON)
@pytest.mark.parametrize("form", ["inline", "line", "plain line", "behind a sentence", "arrow"])
def test_a_link_on_is_told_in_every_language(words: str, form: str) -> None:
    link = f'<a href="https://o.example/pears">{words}</a>'
    content = {
        "inline": f"<p>{TEXT[:50]} {link}</p>",
        "line": f"<p>{TEXT[:50]}</p><p>{link}</p>",
        "plain line": f"<p>{TEXT[:50]}</p><p>{words}</p>",
        "behind a sentence": f"<p>{TEXT} {words}</p>",
        "arrow": f'<p>{TEXT[:50]}… <a href="https://o.example/pears">{words} →</a></p>',
    }[form]
    for draft in (
        *rss(item(f"<description>{escape(content)}</description>", content="")),
        *rss(item(content=content)),
    ):
        assert any("only the letter's beginning" in notice and words in notice for notice in draft.notices)


@pytest.mark.parametrize("words", PAYWALLS)
def test_a_letter_for_those_who_pay_is_told(words: str) -> None:
    (draft,) = rss(item(content=f"<p>{TEXT}</p><p>{words}</p><p>Ada</p>"))
    assert any("only the letter's beginning" in notice for notice in draft.notices)


@pytest.mark.parametrize(
    "end",
    [
        "More people came to the tree than ever",
        "More pears.",
        "There is a lot that we should read more",
        "Read on the bus, it says more than it does at home.",
        "Weiter oben am Hang steht noch ein Baum",
        "Mehr Birnen als im letzten Jahr",
        "더 많은 배가 열렸다",
        "全文共八章，今天到此为止",
        'See the <a href="https://o.example/more">list of more trees</a>',
        "Subscribers to the bus came to read the timetable.",
        "La suite au prochain numéro",
    ],
)
def test_what_only_sounds_like_it_is_the_letter(end: str) -> None:
    (draft,) = rss(item(content=f"<p>{TEXT}</p><p>{MORE}</p><p>{end}</p>"))
    assert draft.notices == ()


def test_dots_at_a_whole_letters_end_are_the_writers() -> None:
    assert rss(item(content=f"<p>{TEXT}</p><p>And then …</p>"))[0].notices == ()
    assert "beginning" in rss(item(content=f"<p>{TEXT} […]</p>"))[0].notices[0]


def test_a_description_beside_the_content_is_the_summary() -> None:
    said = "<description>A tree by the road, and who waits there.</description>"
    assert rss(item(said))[0].summary == "A tree by the road, and who waits there."
    cut = f"<description>{TEXT[:40]} [&#8230;]</description>"
    assert rss(item(cut))[0].summary == ""
    same = f"<description>{TEXT}</description>"
    assert rss(item(same, content=f"<p>{TEXT}</p><p>{MORE}</p>"))[0].summary == ""
    assert json_feed({"summary": "Of a tree."}).summary == "Of a tree."


def test_the_longest_of_what_a_feed_gives_is_the_letter() -> None:
    whole = escape(f"<p>{TEXT}</p><p>{MORE}</p><p>{TEXT}</p>")
    (draft,) = rss(item(f"<description>{whole}</description>", content="<p>In short.</p>"))
    assert MORE in draft.body_text


def test_the_largest_picture_is_the_letters_and_other_files_are_named() -> None:
    (draft,) = rss(
        item(
            '<enclosure url="https://o.example/a.mp3" length="1" type="audio/mpeg"/>'
            '<media:thumbnail url="https://o.example/t.jpg" width="90"/>'
            '<media:content url="https://o.example/f.mp4" medium="video"/>'
            '<media:content url="https://o.example/p.jpg" type="image/jpeg" width="1200"/>'
        )
    )
    assert draft.image_url == "https://o.example/p.jpg"
    assert [piece.what for piece in draft.left_out] == ["video file", "audio file"]
    assert 'href="https://o.example/a.mp3"' in draft.left_out[1].html


def test_a_date_that_is_unsure_is_left_out_and_told() -> None:
    (draft,) = rss(item("<pubDate>2026-04-18 08:00:00</pubDate>"))
    assert draft.published_at is None
    assert "2026-04-18 08:00:00" in draft.notices[0]
    (draft,) = rss(item("<pubDate>Sat, 18 Apr 2026 08:00:00 KST</pubDate>"))
    assert draft.published_at
    assert draft.published_at.isoformat() == "2026-04-18T08:00:00+09:00"


def test_share_buttons_of_the_site_are_its_share_bar() -> None:
    buttons = (
        '<ul class="share"><li><a href="https://www.facebook.com/sharer/sharer.php?u=x">Share on Facebook</a></li>'
        '<li><a href="https://twitter.com/intent/tweet?url=x">Tweet</a></li></ul>'
    )
    (draft,) = rss(item(content=f"<p>{TEXT}</p>{buttons}"))
    assert draft.body_text == TEXT
    assert draft.share_bar == ("facebook", "twitter")
    assert draft.left_out[0].what == "share buttons"


def test_a_link_in_a_sentence_is_the_writers_wherever_it_leads() -> None:
    sentence = 'If you agree, <a href="https://twitter.com/intent/tweet?text=pears">say so aloud</a> today.'
    (draft,) = rss(item(content=f"<p>{TEXT}</p><p>{sentence}</p>"))
    assert draft.body_text.endswith("If you agree, say so aloud today.")
