"""Sources that are made to cost much: one maker for each kind, by the size in bytes that is wanted."""

# ruff: noqa: E501 # a kind a line: they are compared down the page

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

SENTENCE = "The fog came in from the sea before the lamps were lit, and nobody spoke of it. "
PAGE_HEAD = "<!doctype html><html lang=en><head><title>Fog</title></head><body><article><h1>Fog</h1>"
PAGE_TAIL = "</article></body></html>"
MARKDOWN_HEAD = "---\ntitle: Fog\n---\n\n" + SENTENCE + "\n\n"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of hostile source: `make(size)` returns about so many bytes of it; `name` hints at what it is."""

    name: str
    make: Callable[[int], bytes]


def _filled(head: str, piece: str, tail: str = "") -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        length = len(head.encode()) + len(tail.encode())
        return (head + piece * max(1, (size - length) // len(piece.encode())) + tail).encode()

    return make


def _nested(head: str, opening: str, closing: str, tail: str) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        depth = max(1, (size - len(head) - len(tail)) // (len(opening) + len(closing)))
        return (head + opening * depth + SENTENCE + closing * depth + tail).encode()

    return make


def _numbered(head: str, piece: str, tail: str = "") -> Callable[[int], bytes]:
    """Pieces that differ: `%d` in each is its number."""

    def make(size: int) -> bytes:
        count = max(1, (size - len(head) - len(tail)) // (len(piece) + 5))
        return (head + "".join(piece.replace("%d", str(number)) for number in range(count)) + tail).encode()

    return make


def _json_feed(item: Callable[[int], dict[str, object]]) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        count = max(1, size // (len(json.dumps(item(1000))) + 2))
        feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item(number) for number in range(count)]}
        return json.dumps(feed).encode()

    return make


def _one_item(html: Callable[[int], bytes]) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        item = {"id": "1", "title": "Fog", "content_html": html(size).decode()}
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}).encode()

    return make


def _few_items(count: int, html: Callable[[int], bytes]) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        text = html(size // count).decode()
        items = [{"id": f"{number}", "title": f"Fog {number}", "content_html": text} for number in range(count)]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()

    return make


def _entities(size: int) -> bytes:
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = "<item><title>Fog</title><description>&l11;</description></item>"
    padding = "<!--" + "x" * max(0, size - 2000) + "-->"
    return f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{layers}]><rss><channel>{body}{padding}</channel></rss>'.encode()


def _aliases(size: int) -> bytes:
    layers = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 10))
    return f"---\ntitle: Fog\nl0: &l0 [lol, lol]\n{layers}---\n\n{SENTENCE * max(1, size // len(SENTENCE))}".encode()


_RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>Fog</title>'
_ITEM = f"<item><title>Fog %d</title><link>https://a.example/%d</link><description>&lt;p&gt;{SENTENCE}&lt;/p&gt;</description></item>"
_TEXT = "Fog\n\nBy Ida Holm\n\n" + SENTENCE + "\n\n"

KINDS: dict[str, Kind] = {
    # Markdown
    "markdown: ![": Kind("a.md", _filled(MARKDOWN_HEAD, "x ![")),
    "markdown: [": Kind("a.md", _filled(MARKDOWN_HEAD, "[")),
    "markdown: [a](": Kind("a.md", _filled(MARKDOWN_HEAD, "[a](")),
    "markdown: [](": Kind("a.md", _filled(MARKDOWN_HEAD, "[x](<b")),
    "markdown: *a": Kind("a.md", _filled(MARKDOWN_HEAD, "*a ")),
    "markdown: **a_": Kind("a.md", _filled(MARKDOWN_HEAD, "**a _b ")),
    "markdown: *a**a": Kind("a.md", _filled(MARKDOWN_HEAD, "a**b*c ")),
    "markdown: ~~": Kind("a.md", _filled(MARKDOWN_HEAD, "~~a ")),
    "markdown: <": Kind("a.md", _filled(MARKDOWN_HEAD, "<")),
    "markdown: <a ": Kind("a.md", _filled(MARKDOWN_HEAD, "<a x")),
    "markdown: <!--": Kind("a.md", _filled(MARKDOWN_HEAD, "a <!-- ")),
    "markdown: <?": Kind("a.md", _filled(MARKDOWN_HEAD, "a <? ")),
    "markdown: <![CDATA[": Kind("a.md", _filled(MARKDOWN_HEAD, "a <![CDATA[ ")),
    "markdown: `": Kind(
        "a.md", lambda size: (MARKDOWN_HEAD + "".join("a" + "`" * n for n in range(1, int((2 * size) ** 0.5)))).encode()
    ),
    "markdown: &": Kind("a.md", _filled(MARKDOWN_HEAD, "&amp;&x")),
    "markdown: %%": Kind("a.md", _filled(MARKDOWN_HEAD, "%%a%% ")),
    "markdown: {% raw %}": Kind("a.md", _filled(MARKDOWN_HEAD, "{% raw %} x\n")),
    "markdown: {{<": Kind("a.md", _filled(MARKDOWN_HEAD, "{{< highlight go >}}\n")),
    "markdown: {::comment}": Kind("a.md", _filled(MARKDOWN_HEAD, "{::comment} a\n")),
    "markdown: notes": Kind("a.md", _filled(MARKDOWN_HEAD, "[^a]: b\n \n")),
    "markdown: > quote": Kind("a.md", _filled(MARKDOWN_HEAD, "> ")),
    "markdown: spaces": Kind("a.md", _filled(MARKDOWN_HEAD, " ")),
    "markdown: fences": Kind("a.md", _filled(MARKDOWN_HEAD, "```\na\n")),
    "markdown: >": Kind("a.md", _filled(MARKDOWN_HEAD, ">")),
    "markdown: > lines": Kind("a.md", _filled(MARKDOWN_HEAD, "> > > > > a\n")),
    "markdown: lists": Kind(
        "a.md",
        lambda size: (MARKDOWN_HEAD + "".join(" " * n + "* a\n" for n in range(int((2 * size) ** 0.5)))).encode(),
    ),
    "markdown: * * *": Kind("a.md", _filled(MARKDOWN_HEAD, "* ")),
    "markdown: table": Kind(
        "a.md",
        lambda size: (
            MARKDOWN_HEAD + "|a" * (size // 6) + "|\n" + "|-" * (size // 6) + "|\n" + "|a" * (size // 6) + "|\n"
        ).encode(),
    ),
    "markdown: wide table": Kind(
        "a.md",
        lambda size: (
            MARKDOWN_HEAD + "|a" * int(size**0.5) + "|\n" + "|-" * int(size**0.5) + "|\n" + "a\n" * (int(size**0.5) * 2)
        ).encode(),
    ),
    "markdown: rows": Kind("a.md", _filled(MARKDOWN_HEAD + "|a|b|\n|-|-|\n", "|c|d|\n")),
    "markdown: references": Kind("a.md", _numbered(MARKDOWN_HEAD, "[r%d]: /u\n")),
    "markdown: reference uses": Kind(
        "a.md", lambda size: (MARKDOWN_HEAD + "[r]: /" + "u" * (size // 2) + "\n\n" + "[r]\n" * (size // 8)).encode()
    ),
    "markdown: open reference": Kind("a.md", _filled(MARKDOWN_HEAD, "[a]: b 'c\n")),
    "markdown: ![[]()": Kind("a.md", _filled(MARKDOWN_HEAD, "![[]()")),
    "markdown: paragraphs": Kind("a.md", _filled(MARKDOWN_HEAD, SENTENCE + "\n\n")),
    "markdown: one line": Kind("a.md", _filled(MARKDOWN_HEAD, SENTENCE)),
    "markdown: lines": Kind("a.md", _filled(MARKDOWN_HEAD, "a\n")),
    "markdown: headings": Kind("a.md", _filled(MARKDOWN_HEAD, "# a\n")),
    "markdown: autolinks": Kind("a.md", _filled(MARKDOWN_HEAD, "<https://a.example> ")),
    "markdown: backslashes": Kind("a.md", _filled(MARKDOWN_HEAD, "\\*")),
    "front matter: aliases": Kind("a.md", _aliases),
    "front matter: nested": Kind("a.md", _filled("---\ntitle: Fog\na: ", "[", "\n---\n\n" + SENTENCE)),
    "front matter: large": Kind(
        "a.md", _numbered("---\ntitle: Fog\n", "k%d: {a: 1, b: [2, 3]}\n", "---\n\n" + SENTENCE)
    ),
    "front matter: open": Kind("a.md", _filled("---\n", "a: b\n")),
    # HTML
    "html: attributes": Kind(
        "a.html",
        lambda size: (
            PAGE_HEAD + "<p " + "".join(f"a{n}=b " for n in range(size // 9)) + ">" + SENTENCE + "</p>" + PAGE_TAIL
        ).encode(),
    ),
    "html: nested div": Kind("a.html", _nested(PAGE_HEAD, "<div>", "</div>", PAGE_TAIL)),
    "html: nested b": Kind("a.html", _nested(PAGE_HEAD, "<b>", "</b>", PAGE_TAIL)),
    "html: nested blockquote": Kind("a.html", _filled(PAGE_HEAD, "<blockquote>a")),
    "html: misnested": Kind("a.html", _filled(PAGE_HEAD, "<b><i><p>a</b></i>")),
    "html: open b": Kind("a.html", _filled(PAGE_HEAD, "<p><b>a")),
    "html: open a": Kind("a.html", _filled(PAGE_HEAD, "<a href=x>a")),
    "html: tables": Kind("a.html", _filled(PAGE_HEAD, "<table><tr><td>")),
    "html: rows": Kind("a.html", _filled(PAGE_HEAD + "<table>", "<tr><td>a<td>b")),
    "html: one row": Kind("a.html", _filled(PAGE_HEAD + "<table><tr>", "<td>a")),
    "html: lists": Kind("a.html", _filled(PAGE_HEAD, "<ul><li>a")),
    "html: items": Kind("a.html", _filled(PAGE_HEAD + "<ul>", "<li>a")),
    "html: paragraphs": Kind("a.html", _filled(PAGE_HEAD, f"<p>{SENTENCE}</p>", PAGE_TAIL)),
    "html: short paragraphs": Kind("a.html", _filled(PAGE_HEAD, "<p>a</p>", PAGE_TAIL)),
    "html: headings": Kind("a.html", _filled(PAGE_HEAD, "<h1>a</h1>", PAGE_TAIL)),
    "html: empty divs": Kind("a.html", _filled(PAGE_HEAD, "<div></div>", PAGE_TAIL)),
    "html: divs with prose": Kind("a.html", _filled(PAGE_HEAD, f"<div class=side-bar>{SENTENCE}<div>", PAGE_TAIL)),
    "html: articles": Kind("a.html", _filled(PAGE_HEAD, f"<article class=nav>{SENTENCE}</article>", PAGE_TAIL)),
    "html: articlebody": Kind("a.html", _filled(PAGE_HEAD, f"<div itemprop=articleBody>{SENTENCE}", PAGE_TAIL)),
    "html: br": Kind("a.html", _filled(PAGE_HEAD + "<p>", "a<br>", PAGE_TAIL)),
    "html: spaces": Kind("a.html", _filled(PAGE_HEAD + "<p>a", " ", "b</p>" + PAGE_TAIL)),
    "html: newlines": Kind("a.html", _filled(PAGE_HEAD + "<pre>a", "\n", "b</pre>" + PAGE_TAIL)),
    "html: entities": Kind("a.html", _filled(PAGE_HEAD + "<p>", "&amp;&#x41;&nosuch;", PAGE_TAIL)),
    "html: <": Kind("a.html", _filled(PAGE_HEAD + "<p>", "<", PAGE_TAIL)),
    "html: comments": Kind("a.html", _filled(PAGE_HEAD, "<!--a-->", PAGE_TAIL)),
    "html: class names": Kind(
        "a.html", _filled(PAGE_HEAD + "<div class='", "share-a ", f"'>{SENTENCE}</div>" + PAGE_TAIL)
    ),
    "html: long class": Kind("a.html", _filled(PAGE_HEAD + "<div class='", "a-", f"'>{SENTENCE}</div>" + PAGE_TAIL)),
    "html: long class word": Kind(
        "a.html", _filled(PAGE_HEAD + "<div class='", "related-x", f"'>{SENTENCE}</div>" + PAGE_TAIL)
    ),
    "html: share buttons": Kind(
        "a.html", _filled(PAGE_HEAD, "<a href='https://twitter.com/intent/tweet'>Tweet</a>", PAGE_TAIL)
    ),
    "html: share box": Kind(
        "a.html", _filled(PAGE_HEAD + "<div class=share>", "<li><i class=facebook></i></li>", PAGE_TAIL)
    ),
    "html: spans": Kind("a.html", _filled(PAGE_HEAD + "<p>", "<span>a</span>", PAGE_TAIL)),
    "html: notes": Kind(
        "a.html", _filled(PAGE_HEAD, "<div class=nav><p class=bio>Ida Holm is a writer.</p>", PAGE_TAIL)
    ),
    "html: times": Kind("a.html", _filled(PAGE_HEAD, "<time datetime=x>", PAGE_TAIL)),
    "html: json-ld": Kind(
        "a.html", _filled("<html><head><script type=application/ld+json>", "[", "</script></head><body>" + SENTENCE)
    ),
    "html: scripts": Kind(
        "a.html",
        _filled("<html><head>", '<script type=application/ld+json>{"@type":"x"}</script>', "</head><body>" + SENTENCE),
    ),
    "html: metas": Kind(
        "a.html", _numbered("<html><head>", "<meta property=p%d content=c>", "</head><body>" + SENTENCE)
    ),
    "html: long title": Kind(
        "a.html", _filled("<html><head><title>", "a | ", f"</title></head><body><h1>Fog</h1><p>{SENTENCE}")
    ),
    "html: pictures": Kind("a.html", _filled(PAGE_HEAD, "<img src=https://a.example/a.png>", PAGE_TAIL)),
    "html: one picture": Kind("a.html", _filled(PAGE_HEAD + "<img srcset='", "a.png 1x, ", "'>" + PAGE_TAIL)),
    "html: style": Kind("a.html", _filled(PAGE_HEAD + "<img style='", "width:3px;", "'>" + PAGE_TAIL)),
    "html: byline": Kind("a.html", _filled(PAGE_HEAD + "<p class=byline>By ", "Ida Holm, ", "</p>" + PAGE_TAIL)),
    "html: bios": Kind(
        "a.html", _filled(PAGE_HEAD, "<p class=bio>Ida Holm (ida@a.example) is a writer.</p>", PAGE_TAIL)
    ),
    "html: quotes": Kind("a.html", _filled(PAGE_HEAD + "<p>", "<q>a", PAGE_TAIL)),
    "html: svg": Kind("a.html", _filled(PAGE_HEAD, "<svg><title>x</title>", PAGE_TAIL)),
    "html: math": Kind("a.html", _filled(PAGE_HEAD, "<math><mi><p>", PAGE_TAIL)),
    # Feeds
    "json feed: items": Kind(
        "a.json", _json_feed(lambda n: {"id": f"{n}", "title": f"Fog {n}", "content_html": f"<p>{SENTENCE}</p>"})
    ),
    "json feed: one item": Kind("a.json", _one_item(_filled("", f"<p>{SENTENCE}</p>"))),
    "json feed: long items": Kind("a.json", _few_items(200, _filled("", f"<p>{SENTENCE}</p>"))),
    "json feed: short paragraphs": Kind("a.json", _few_items(200, _filled("", "<p>a</p>"))),
    "json feed: bare text": Kind("a.json", _one_item(_filled("", SENTENCE))),
    "json feed: titles": Kind(
        "a.json",
        lambda size: json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"id": "1", "title": "<b>" * (size // 4), "content_html": "<p>" + SENTENCE}],
            }
        ).encode(),
    ),
    "json feed: nested": Kind("a.json", _filled('{"version": "https://jsonfeed.org/version/1.1", "items": ', "[")),
    "json feed: numbers": Kind(
        "a.json", _filled('{"version": "https://jsonfeed.org/version/1.1", "items": [', "1", "]}")
    ),
    "json feed: newlines": Kind(
        "a.json",
        lambda size: json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"id": "1", "title": "Fog", "content_text": "\n" * (size // 2)}],
            }
        ).encode(),
    ),
    "json feed: blank lines": Kind(
        "a.json",
        lambda size: json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"id": "1", "title": "Fog", "content_text": "\n " * (size // 3) + "a"}],
            }
        ).encode(),
    ),
    "rss: items": Kind("a.rss", _numbered(_RSS, _ITEM, "</channel></rss>")),
    "rss: one item": Kind(
        "a.rss",
        _filled(
            _RSS + "<item><title>Fog</title><description><![CDATA[",
            f"<p>{SENTENCE}</p>",
            "]]></description></item></channel></rss>",
        ),
    ),
    "rss: bombs": Kind("a.rss", _entities),
    "rss: entities": Kind(
        "a.rss",
        _filled(_RSS + "<item><title>Fog</title><description>", "&lt;p&gt;a ", "</description></item></channel></rss>"),
    ),
    "rss: attributes": Kind(
        "a.rss",
        lambda size: (
            _RSS
            + "<item "
            + "".join(f"a{n}='b' " for n in range(size // 11))
            + "><title>Fog</title></item></channel></rss>"
        ).encode(),
    ),
    "rss: nested": Kind("a.rss", _filled(_RSS, "<item>", "</channel></rss>")),
    "rss: namespaces": Kind(
        "a.rss",
        lambda size: (
            "<rss "
            + "".join(f"xmlns:a{n}='u{n}' " for n in range(size // 20))
            + "><channel><item><title>Fog</title></item></channel></rss>"
        ).encode(),
    ),
    "rss: categories": Kind(
        "a.rss", _numbered(_RSS + "<item><title>Fog</title>", "<category>c%d</category>", "</item></channel></rss>")
    ),
    "rss: authors": Kind(
        "a.rss", _numbered(_RSS + "<item><title>Fog</title>", "<author>a%d</author>", "</item></channel></rss>")
    ),
    "rss: broken": Kind(
        "a.rss", _filled(_RSS + "<item><title>Fog</title><description>", "<p>a & b", "</item></channel></rss>")
    ),
    "rss: doctype": Kind("a.rss", _filled('<?xml version="1.0"?><!DOCTYPE rss [', '<!ENTITY a "b">', "]>" + _RSS[21:])),
    "rss: comments": Kind("a.rss", _filled(_RSS, "<!-- a -->", "<item><title>Fog</title></item></channel></rss>")),
    "atom: links": Kind(
        "a.atom",
        _numbered(
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Fog</title>',
            "<link href='https://a.example/%d'/>",
            "</entry></feed>",
        ),
    ),
    "atom: xhtml": Kind(
        "a.atom",
        _filled(
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Fog</title><content type="xhtml"><div>',
            "<b>a</b>",
            "</div></content></entry></feed>",
        ),
    ),
    # Visible text
    "text: one line": Kind("a.txt", _filled(_TEXT, SENTENCE)),
    "text: short lines": Kind("a.txt", _filled(_TEXT, "a\n")),
    "text: lines": Kind("a.txt", _filled(_TEXT, SENTENCE + "\n")),
    "text: blank lines": Kind("a.txt", _filled(_TEXT, "\n")),
    "text: paragraphs": Kind("a.txt", _filled(_TEXT, SENTENCE + "\n\n")),
    "text: spaces": Kind("a.txt", _filled(_TEXT + "a", " ", "b")),
    "text: share bar": Kind("a.txt", _filled(_TEXT, "Facebook share button\n")),
    "text: bios": Kind("a.txt", _filled(_TEXT, "Ida Holm (ida@a.example) is a writer.\n\n")),
    "text: bylines": Kind("a.txt", _filled(_TEXT, "By Ida Holm\n\n")),
    "text: notes": Kind("a.txt", _filled(_TEXT, "The 7th letter of the series “Fog” ― ED.\n\n")),
    "text: dashes": Kind("a.txt", _filled(_TEXT, "― ")),
    "text: bullets": Kind("a.txt", _filled(_TEXT, "• a\n")),
    "text: at": Kind("a.txt", _filled(_TEXT, "a@")),
    "text: dots": Kind("a.txt", _filled(_TEXT + "a@", "a.")),
    "text: top 10": Kind("a.txt", _filled(_TEXT, "Top 10 Stories\n")),
    "text: go top": Kind("a.txt", _filled(_TEXT, "go top\n")),
    "text: titles": Kind("a.txt", _filled("", "Fog ")),
    "text: names": Kind("a.txt", _filled("Fog\n\nBy ", "Ida Holm, ", "\n\n" + SENTENCE)),
    "text: no words": Kind("a.txt", _filled(_TEXT, "!?")),
    "text: xml": Kind("a", _filled("", "<!--a-->", "<rss>")),
    "text: opening": Kind("a", _filled("<?xml ?>", "<!-- ", "")),
    "text: fences": Kind("a", _filled("---\n", "a\n")),
    "text: hangul": Kind(
        "a.txt", _filled("안개\n\n김기자 기자\n\n", "안개가 바다에서 밀려왔다고 아무도 말하지 않았다. ")
    ),
}
