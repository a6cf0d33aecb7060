"""The share bar of an HTML page: which channels its buttons name, in the page's order.

A button speaks through its target (`share_targets`), its labels, its script call and its class names (`share_words`).
One that surely shares counts wherever it stands. One that only names a network counts inside a box that says it is for
sharing, or in a row with others: elsewhere it may be a profile ("follow us"), a log-in or a close button.
"""

from __future__ import annotations

import re
from itertools import islice

from distributor.letters.intake import dom, share_signs, share_targets, share_words
from distributor.letters.intake.share_words import ChannelName

_BUTTONS = ("a", "button", "input", "li", "span", "div", "i", "img", "p")
_BOX = re.compile(
    r"(?:.*-)?(?:share|shares|sharing|sharer|sns|social-?share|addthis|addtoany|a2a|sharethis|ssba|sociallinks?|social|"
    r"sharebar|sharebox|sharebuttons?|snsbox)(?:-.*)?"
)
_SAYS_SHARE = re.compile(r"\b(?:share|sharing)\b|공유", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"(?:.*-)?(?:follow|followus|profile|login|log-in|signin|sign-in|signup|comments?|repl(?:y|ies)|related|footer|newsletter|"
    r"subscribe|top-?10|most-read|popular|nav|gnb|menu)(?:-.*)?"
)
_DATA = (
    "data-share",
    "data-network",
    "data-sns",
    "data-service",
    "data-channel",
    "data-platform",
    "data-social",
    "data-type",
)
_NOT_HEADINGS = ("a", "button", "li", "article", "main", "div", "section", "aside")
_LABEL_LIMIT = 60
_PARTS = 6  # children of one button
_BUTTON_LIMIT = 200  # on a page: more are not one letter's share bar
_ROW_LIMIT = 40  # children of one box of buttons
_BOX_LIMIT = 600  # characters: what holds more text is no share bar


def take_share_bar(body: dom.Element) -> tuple[str, ...]:
    """Return the channels that a page's share buttons name, each once, in its order; take the buttons out of it."""
    name_elements = {element for element in body.iter() if _names_network(element)}
    surroundings = _with_surroundings(name_elements)
    buttons = (
        (element, name)
        for element in body.iter(*_BUTTONS)
        if element in surroundings and _may_name(element, name_elements) and (name := _name_of(element))
    )
    named_buttons = list(islice(buttons, _BUTTON_LIMIT))
    loose = [element for element, name in named_buttons if not name.sure and not _in_box(element)]
    rows = _rows(loose, named_buttons)
    channels: list[str] = []
    share_elements: list[dom.Element] = []
    for element, name in named_buttons:
        if _elsewhere(element) and not _in_share_box(element):
            continue
        if name.sure or element in rows or (_in_box(element) and not _bare_close(element, name)):
            channels.append(name.channel)
            share_elements.append(element)
    _take_out(share_elements)
    return tuple(dict.fromkeys(channels))


def _name_of(element: dom.Element) -> ChannelName | None:
    """Return what one button names. Boxes around buttons, and parts of buttons, are not asked."""
    if element.tag not in ("a", "button", "input") and (_has_long_text(element) or not _stands_alone(element)):
        return None
    href = dom.attribute(element, "href")
    target = share_targets.from_target(href) or share_words.from_code(dom.attribute(element, "onclick"))
    if target:
        return target
    if share_targets.is_profile(href) and not (_in_share_box(element) and not _elsewhere(element)):
        return None
    if href.lower().startswith(("mailto:", "tel:")) and not _in_share_box(element):
        return None
    labels = _labels(element)
    if any(re.search(r"\b(?:close|dismiss)\b|닫기", label, re.IGNORECASE) for label in labels):
        return None
    names = [name for label in labels if (name := share_words.from_label(label))]
    if names:
        return max(names, key=lambda name: name.sure)
    for key in _DATA:
        word = dom.attribute(element, key).lower()
        if word in share_words.CHANNEL_OF:
            return ChannelName(share_words.CHANNEL_OF[word], key == "data-share")
    if any(len(label) > 30 for label in labels):
        return None
    return _from_classes(element, labels)


def _has_long_text(element: dom.Element) -> bool:
    """Most of what a page has: told by its own text, without a look around."""
    return len(element.text or "") > 2 * _LABEL_LIMIT and len((element.text or "").strip()) > _LABEL_LIMIT


def _names_network(element: dom.Element) -> bool:
    """Return whether a network's name is in what an element says of itself: one look at it spares most the others."""
    for value in element.attrib.values():
        if share_words.may_name(str(value)[:_BUTTON_LIMIT]):
            return True
    text, tail = element.text, element.tail
    return bool(
        (text and share_words.may_name(text[:_BUTTON_LIMIT])) or (tail and share_words.may_name(tail[:_BUTTON_LIMIT]))
    )


def _with_surroundings(name_elements: set[dom.Element]) -> set[dom.Element]:
    """Return what names a network, all that it stands in, and what stands in a list item that does."""
    surroundings: set[dom.Element] = set()
    for element in name_elements:
        surroundings.add(element)
        for up in element.iterancestors():
            if up in surroundings:
                break
            surroundings.add(up)
        if element.tag == "li":
            surroundings.update(element)
    return surroundings


def _may_name(element: dom.Element, name_elements: set[dom.Element]) -> bool:
    """Return whether a network's name is in an element itself, or near its beginning."""
    if len(element) > _PARTS and element.tag not in ("a", "button"):
        return False
    parent = element.getparent()
    if element in name_elements or (parent is not None and parent.tag == "li" and parent in name_elements):
        return True
    return any(part in name_elements for part in islice(element.iterdescendants(), 4 * _PARTS))


def _stands_alone(element: dom.Element) -> bool:
    """Return whether a list item, span or picture is a button itself: nothing clickable in it or around it."""
    if len(element) > _PARTS or any(up.tag in ("a", "button") for up in dom.ancestors(element, most=4)):
        return False
    if not len(element) and element.tag != "li" and element.get("onclick") is None and element.get("role") != "button":
        return _in_box(element)
    if any(True for child in element.iter(*_BUTTONS) if child is not element and child.tag not in ("i", "img", "span")):
        return False
    icons = [child for child in element.iter("span", "img", "i") if child is not element]
    if element.tag in ("span", "div", "p", "i", "img"):
        inner = len(icons) <= 2
        return inner and (element.get("onclick") is not None or element.get("role") == "button" or _in_box(element))
    return True


def _labels(element: dom.Element) -> list[str]:
    texts = [dom.attribute(element, key) for key in ("aria-label", "title", "alt", "value", "data-title", "data-label")]
    texts += [
        dom.attribute(icon, "alt") or dom.attribute(icon, "title") for icon in element.iter("img", "i", "span", "svg")
    ]
    texts += [icon.text or "" for icon in element.iter("title")]  # an icon's own name
    texts.append(_all_text(element))
    return [
        text
        for entry in texts
        if 0 < len(text := share_words.without_parentheses(" ".join(entry.split()))) <= _LABEL_LIMIT
    ]


def _all_text(element: dom.Element) -> str:
    return " ".join(str(text) for text in element.itertext())


def _from_classes(element: dom.Element, labels: list[str]) -> ChannelName | None:
    """Class names speak where labels do not: for buttons with a picture, or with "Share" on them."""
    if any(not share_words.is_only_sharing(label) and re.search(r"\w{2}", label) for label in labels):
        return None
    carriers = [element, *element.iter("i", "span", "img", "use", "svg")]
    parent = element.getparent()
    if parent is not None and parent.tag == "li":
        carriers.append(parent)
    for carrier in carriers:
        names = " ".join(dom.attribute(carrier, key) for key in ("class", "id", "data-icon"))
        icon = re.sub(
            r".*[#/]|\.\w+$",
            "",
            dom.attribute(carrier, "href") or dom.attribute(carrier, "xlink:href") or dom.attribute(carrier, "src"),
        )
        name = share_words.from_class(names) or (share_words.from_class(icon) if carrier is not element else None)
        if name:
            return name
    return None


def _in_box(element: dom.Element) -> bool:
    """Return whether an element stands in a box whose names or label are about sharing."""
    for up in dom.ancestors(element, most=5):
        if up.tag in ("body", "article", "main", "html"):
            return False
        if any(_BOX.fullmatch(name) for name in dom.names(up)) or _SAYS_SHARE.search(dom.attribute(up, "aria-label")):
            return True
        first = up[0] if len(up) else None
        heading = first is not None and len(first) <= 3 and first.tag not in _NOT_HEADINGS and dom.text_of(first)
        if (heading and share_words.is_only_sharing(heading)) or share_words.is_only_sharing((up.text or "").strip()):
            return len(dom.text_of(up)) <= _BOX_LIMIT
    return False


def _in_share_box(element: dom.Element) -> bool:
    """Like `_in_box`, but "social" alone is not enough: such boxes hold profiles as well."""
    return any(
        any(name == "share" or name.startswith("share-") or name.endswith("-share") for name in dom.names(up))
        or bool(_SAYS_SHARE.search(dom.attribute(up, "aria-label")))
        for up in dom.ancestors(element, most=5)
        if up.tag not in ("body", "article", "main", "html")
    )


def _elsewhere(element: dom.Element) -> bool:
    for up in dom.ancestors(element):
        if up.tag in ("body", "article", "main"):
            return False
        if up.tag in ("nav", "footer") or any(_ELSEWHERE.fullmatch(name) for name in dom.names(up)):
            return True
    return False


def _rows(loose: list[dom.Element], named_buttons: list[tuple[dom.Element, ChannelName]]) -> set[dom.Element]:
    """Return the buttons that only name a network but stand in a short row of such buttons."""
    channel_of = {element: name.channel for element, name in named_buttons}
    rows: set[dom.Element] = set()
    for element in loose:
        for up in dom.ancestors(element, most=3):
            if (
                up.tag in ("body", "article", "main", "html", "p")
                or len(up) > _ROW_LIMIT
                or len(_all_text(up)) > _BOX_LIMIT
            ):
                break
            together = [button for button in up.iter(*_BUTTONS) if button in channel_of]
            if len({channel_of[button] for button in together}) >= 2 and not _has_sentences(up):
                rows.add(element)
                break
    return rows


def _has_sentences(element: dom.Element) -> bool:
    return len(dom.text_of(element).split()) > 60 or any(len(line) > 80 for line in dom.text_of(element).split("\n"))


def _bare_close(element: dom.Element, name: ChannelName) -> bool:
    """An "X" that is a button among links closes the box; among its like it is the network."""
    signs = share_signs.SIGNS.get(name.channel)
    if signs is None or _all_text(element).strip().lower() not in signs.closing_labels:
        return False
    if share_words.from_class(dom.attribute(element, "class")) or dom.attribute(element, "aria-label"):
        return False
    if any("close" in name for name in dom.names(element)):
        return True
    row = next((up for up in dom.ancestors(element, most=2) if up.tag != "li"), None)
    return row is None or not any(sibling is not element for sibling in row.iter(str(element.tag)))


def _take_out(buttons: list[dom.Element]) -> None:
    """Remove the buttons, and the list items and boxes that are empty without them."""
    for element in buttons:
        home = element.getparent()
        dom.remove(element)
        while home is not None and home.tag in ("li", "ul", "ol", "span", "div", "p") and home.getparent() is not None:
            if len(home) > _ROW_LIMIT:
                break
            text = dom.text_of(home)
            if (text and not share_words.is_only_sharing(text)) or home.find(".//img") is not None:
                break
            above = home.getparent()
            dom.remove(home)
            home = above
