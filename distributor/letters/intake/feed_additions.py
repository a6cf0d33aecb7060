"""What sites add to a feed's entries (share buttons, a line of origin)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from distributor.domain.letters import LeftOut
from distributor.letters.intake import dom, feed_teasers
from distributor.letters.intake.parts import one_line
from distributor.letters.intake.share_bar import take_share_bar

_LINE_LIMIT: Final = 600  # characters
# "The post X appeared first on Y.", as WordPress and its translations have it.
_ORIGIN: Final = re.compile(
    r"The (?:post|article|entry) .+ (?:appeared first|first appeared|was first published) (?:on|at|in) .+"
    r"|Der Beitrag .+ erschien zuerst auf .+|L[’']article .+ est apparu en premier sur .+"
    r"|La entrada .+ (?:se publicó primero|aparece primero|apareció primero) en .+"
    r"|L[’']articolo .+ (?:proviene da|sembra essere il primo su) .+|O (?:post|artigo) .+ apareceu primeiro em .+"
    r"|Het bericht .+ verscheen eerst op .+|Inlägget .+ dök först upp på .+|Artykuł .+ pochodzi z serwisu .+"
    r"|(?:Сообщение|Запись) .+ (?:появились|впервые появилась|появилось) (?:сначала )?на .+"
    r"|Bài viết .+ (?:đã )?xuất hiện đầu tiên (?:trên|vào ngày) .+"
    r"|Artikel .+ pertama kali (?:tampil|muncul) (?:pada|di) .+"
    r"|投稿 ?.+ ?は ?.+ ?に最初に表示されました。?"
    r"|.+ ?(?:글은|게시물이|글이) ?.+에 처음 (?:등장했습니다|나타났습니다)\.?"
    r"|.+最先出[现現]在.+|.+這篇文章最早發佈於.+",
    re.DOTALL,
)


def without_origin(content: str, *, title: str) -> tuple[str, list[LeftOut]]:
    """Return an entry's HTML without the line that says where it appeared first, and that line as left out."""
    body = dom.fragment(content)
    last = _last_block(body)
    if last is None:
        return content, []
    line = one_line(dom.text_of(last))
    if len(line) > _LINE_LIMIT or not (_ORIGIN.fullmatch(line) or _names_title_and_site(last, title)):
        return content, []
    reason = "The feed adds this line to each of its entries; a reader of the letter is told by its link."
    piece = LeftOut("the line that names the feed's site", reason, f"<p>{dom.escape(line)}</p>", len(line))
    dom.remove(last)
    return dom.inner_markup(body), [piece]


def without_share_bar(content: str) -> tuple[str, tuple[str, ...], list[LeftOut]]:
    """Return an entry's HTML without the share buttons that its site put in, their channels, and what they said.

    A link within a sentence ("pass it on to your friends") is the writer's, wherever it leads.
    """
    body = dom.fragment(content)
    before = dom.text_of(body).split("\n")
    channels = take_share_bar(body)
    after = dom.text_of(body).split("\n")
    if not channels or set(after) - set(before):
        return content, (), []
    labels = " · ".join(line for line in before if line not in after)
    piece = LeftOut("share buttons", "The letter goes out with share buttons of its own.", "", len(labels))
    return dom.inner_markup(body), channels, [piece]


def summary_text(summary: str, *, title: str, letter_text: str) -> str:
    """Return a description that stands beside a content as a summary; "" where it is the letter's own beginning."""
    markup, _ = without_origin(summary, title=title)
    text = one_line(dom.text_of(dom.fragment(markup)))
    opening = _letters(feed_teasers.without_cut(text))
    if not text or feed_teasers.sign_of_a_cut(text, whole=False) or len(text) > feed_teasers.SHORT:
        return ""
    return "" if _letters(letter_text[: 4 * len(text) + 100]).startswith(opening) else text


def _last_block(body: dom.Element) -> dom.Element | None:
    """Return the last paragraph of a body, where nothing stands behind it."""
    element = body
    while len(element) and not (element[-1].tail or "").strip():
        if not dom.text_of(element[-1]):
            break
        element = element[-1]
        if element.tag == "p" or (element.tag == "div" and element.find(".//p") is None):
            return element
    return None


def _names_title_and_site(paragraph: dom.Element, title: str) -> bool:
    """Whatever its language: two links, the entry's title to the entry, and the site's name to its front page."""
    links = list(paragraph.iter("a"))
    if len(links) != 2 or _letters(dom.text_of(links[0])) != _letters(title):
        return False
    try:
        entry, site = (urlsplit(dom.attribute(link, "href")) for link in links)
    except ValueError:
        return False
    words = len(dom.text_of(paragraph)) - sum(len(dom.text_of(link)) for link in links)
    return entry.hostname == site.hostname and len(site.path) < len(entry.path) and words <= 80


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
