"""A stored letter's safe HTML as the Markdown that an editor corrects. Pure.

Each block is written as Markdown only where that gives the same block again; what Markdown has no words for, such as a
figure with its caption or a table with wide cells, stays HTML, which Markdown allows. So nothing is lost by editing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from itertools import takewhile
from typing import Final

from distributor.letters.intake import dom
from distributor.letters.intake.markdown_html import render
from distributor.letters.intake.sanitise import ANCHOR

_WHITE: Final = re.compile(r"[ \t\r\n\f]+")
_SPECIAL: Final = re.compile(r"[\\`*\[\]<~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
# What would begin a heading, a list, a quotation, a definition or a rule at the beginning of a line.
_LINE_START: Final = re.compile(r"^([#>+:=-]|\d{1,9}(?=[.)]))", re.MULTILINE)
_NUMBER: Final = re.compile(r"^(\d{1,9})([.)])", re.MULTILINE)
_HEADINGS: Final = {"h2": "## ", "h3": "### ", "h4": "#### "}
_STRONG: Final = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~"}
_SYNONYMS: Final = {"b": "strong", "i": "em"}  # the same to readers, and Markdown has one word for both
# Spaces within emphasis, which Markdown wants outside, and beside blocks.
_OPENING_SPACE: Final = re.compile(r"(<(?:em|strong|s)>)( )")
_CLOSING_SPACE: Final = re.compile(r"( )(</(?:em|strong|s)>)")
_BLOCK_SPACE: Final = re.compile(
    r" ?(</?(?:p|li|ul|ol|dl|dt|dd|blockquote|figure|figcaption|br|t[rdh]|thead|tbody|table)\b[^>]*>) ?"
)
_EMPTY_LINES: Final = re.compile(r"\n\s*\n")
_BLOCKS: Final = frozenset(("p", "blockquote", "ul", "ol", "li", "pre", "table", "figure", "dl", "hr", *_HEADINGS))


def to_markdown(html: str) -> str:
    """Return safe HTML as Markdown that `editor_markdown` reads as the same letter."""
    body = _body(html)
    text = "\n\n".join(_block_text(element, tags=False) for element in body)
    if _is_same(text, body):
        return text
    return "\n\n".join(map(_sure_text, body))


def _body(html: str) -> dom.Element:
    """Return a body whose children are blocks, without what is given to ids when a letter is stored."""
    body = dom.fragment(html)
    for element in body.iter():
        if str(element.get("id") or "").startswith(ANCHOR):
            element.set("id", str(element.get("id")).removeprefix(ANCHOR))
        if str(element.get("href") or "").startswith(f"#{ANCHOR}"):
            element.set("href", f"#{str(element.get('href'))[len(ANCHOR) + 1 :]}")
        element.tag = _SYNONYMS.get(str(element.tag), str(element.tag))
    for quotation in [*body.iter("blockquote")]:
        _put_into_paragraphs(quotation)
    return _with_paragraphs(body)


def _with_paragraphs(body: dom.Element) -> dom.Element:
    """Put text and inline elements that stand between blocks into paragraphs, as browsers show them."""
    pieces: list[str] = []
    line = dom.escape(body.text or "")
    for child in body:
        if child.tag in _BLOCKS:
            pieces += [f"<p>{line}</p>"] if line.strip() else []
            pieces.append(dom.markup(child))
            line = dom.escape(child.tail or "")
        else:
            line += dom.markup(child, tail=True)
    pieces += [f"<p>{line}</p>"] if line.strip() else []
    return dom.fragment("".join(pieces))


def _put_into_paragraphs(quotation: dom.Element) -> None:
    """Put a quotation's own text into paragraphs: Markdown has no quotation without."""
    blocks = list(_with_paragraphs(quotation))
    quotation.text = None
    quotation[:] = blocks


def _sure_text(element: dom.Element) -> str:
    """Return a block as plain Markdown, with emphasis as tags, or as HTML: the first that reads as the same block."""
    for tags in (False, True):
        text = _block_text(element, tags=tags)
        if _is_same(text, [element]):
            return text
    return _html(element)


def _is_same(text: str, elements: Iterable[dom.Element]) -> bool:
    """Whether Markdown reads as these blocks. What it is rendered to is safe, since the blocks are."""
    return _shape(_body(render(text))) == _shape(elements)


def _shape(elements: Iterable[dom.Element]) -> str:
    """Return what readers see of blocks: their markup, with white space as one space, none where it means nothing."""
    shapes = []
    for element in elements:
        markup = dom.markup(element)
        if element.tag == "pre":
            shapes.append(markup.replace("\n</code>", "</code>"))
            continue
        markup = _CLOSING_SPACE.sub(r"\2\1", _OPENING_SPACE.sub(r"\2\1", _WHITE.sub(" ", markup)))
        shapes.append(_BLOCK_SPACE.sub(r"\1", _WHITE.sub(" ", markup)))
    return "\n".join(shapes)


def _html(element: dom.Element) -> str:
    """Return a block as HTML without empty lines, which would end it in Markdown; in code they would not."""
    markup = dom.markup(element).strip()
    return markup if element.tag == "pre" else _EMPTY_LINES.sub("\n", markup)


def _block_text(element: dom.Element, *, tags: bool) -> str:
    tag = str(element.tag)
    if tag == "p":
        return _escaped_start(_inline(element, tags=tags))
    if tag in _HEADINGS:
        return _HEADINGS[tag] + _inline(element, tags=tags).replace("\n", " ")
    if tag == "hr":
        return "---"
    if tag == "blockquote":
        return _with_indent("\n\n".join(_block_texts(element, tags=tags)), "> ", "> ")
    if tag in ("ul", "ol"):
        return _list(element, tags=tags)
    if tag == "pre":
        return _code_block(element)
    if tag == "table":
        return _table(element, tags=tags)
    return _html(element)


def _block_texts(element: dom.Element, *, tags: bool) -> list[str]:
    """Return the blocks within a quotation or an entry of a list."""
    return [_block_text(child, tags=tags) for child in _with_paragraphs(element)]


def _list(element: dom.Element, *, tags: bool) -> str:
    entries = [child for child in element if child.tag == "li"]
    start = str(element.get("start") or "1")
    # Of two lists in a row the second has other signs: with the same ones they would be one list.
    neighbours = [*takewhile(lambda other: other.tag == element.tag, element.itersiblings(preceding=True))]
    sign = (".)" if element.tag == "ol" else "-*")[len(neighbours) % 2]
    is_loose = any(child.tag == "p" for entry in entries for child in entry)
    texts = []
    for number, entry in enumerate(entries, int(start) if start.isascii() and start.isdecimal() else 1):
        mark = f"{number}{sign} " if element.tag == "ol" else f"{sign} "
        text = ("\n\n" if is_loose else "\n").join(_block_texts(entry, tags=tags))
        texts.append(_with_indent(text, mark, " " * len(mark)))
    return ("\n\n" if is_loose else "\n").join(texts)


def _code_block(element: dom.Element) -> str:
    content = "".join(map(str, element.itertext())).removesuffix("\n")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", content)), default=0))
    return f"{fence}\n{content}\n{fence}"


def _table(element: dom.Element, *, tags: bool) -> str:
    rows = [[_inline(cell, tags=tags).replace("|", "\\|") for cell in row] for row in element.iter("tr")]
    if not rows or len({len(row) for row in rows}) != 1 or any("\n" in cell for row in rows for cell in row):
        return _html(element)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join((lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]))


def _inline(element: dom.Element, *, tags: bool) -> str:
    """Return what stands in an element as one paragraph's text."""
    pieces = [_plain(element.text or "")]
    for child in element:
        pieces += [_inline_element(child, tags=tags), _plain(child.tail or "")]
    return re.sub(r" *\n\s*", "\n", "".join(pieces)).strip()


def _inline_element(element: dom.Element, *, tags: bool) -> str:
    tag = str(element.tag)
    if tag == "br":
        return "\\\n"
    if tag == "img":
        return _picture(element)
    if tag == "a" and element.get("href") and not element.get("id"):
        return _link(element, tags=tags)
    if tag == "code" and not len(element):
        return _code(element.text or "")
    if tag in _STRONG and not tags:
        return _emphasis(_STRONG[tag], _content(element, tags=tags))
    attributes = "".join(f' {name!s}="{escape(str(value))}"' for name, value in element.attrib.items())
    return f"<{tag}{attributes}>{_content(element, tags=tags)}</{tag}>"


def _content(element: dom.Element, *, tags: bool) -> str:
    """Return what stands in an inline element, with the spaces at its ends."""
    text = _inline(element, tags=tags)
    whole = "".join(map(str, element.itertext()))
    before, after = whole[:1].isspace(), whole[-1:].isspace()
    return f"{' ' if before else ''}{text}{' ' if after and text else ''}"


def _emphasis(mark: str, text: str) -> str:
    """Return an emphasis whose spaces stand outside, as Markdown wants them."""
    core = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{mark}{core}{mark}{after}" if core else text


def _link(element: dom.Element, *, tags: bool) -> str:
    href, title = str(element.get("href")), element.get("title")
    words = _content(element, tags=tags)
    if not title and href == "".join(map(str, element.itertext())) and href.startswith(("http://", "https://")):
        return f"<{href}>"
    return f"[{words}]({_address(href)}{_title(title)})"


def _picture(element: dom.Element) -> str:
    source = str(element.get("src") or "")
    words = _plain(" ".join(str(element.get("alt") or "").split()))
    return f"![{words}]({_address(source)})"


def _address(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address


def _title(title: str | None) -> str:
    words = _plain(title or "").replace('"', '\\"')
    return f' "{words}"' if words else ""


def _code(text: str) -> str:
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _plain(text: str) -> str:
    """Return text that Markdown reads as nothing else."""
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", _WHITE.sub(lambda run: "\n" if "\n" in run[0] else " ", text))


def _escaped_start(text: str) -> str:
    return _LINE_START.sub(r"\\\1", _NUMBER.sub(r"\1\\\2", text))


def _with_indent(text: str, first: str, continuation: str) -> str:
    lines = text.split("\n")
    return "\n".join((first + lines[0], *((continuation + line).rstrip() for line in lines[1:])))
