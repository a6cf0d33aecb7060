"""Single lines between a letter's paragraphs that are boxes of something else: links to other letters, calls.

Newsrooms put them there for readers of their site; who gets the letter by mail has no use for them. Each is named in
what was left out, and can be put back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from distributor.letters.intake import chrome, dom
from distributor.letters.intake.parts import Block, one_line
from distributor.letters.intake.share_signs import SIGNS

_HEADLINE: Final = 30  # characters: what is shorter and all link may be what the letter asks its readers to do
_LONGEST: Final = 260
_ALL_LINK: Final = 0.8  # of its text
_SOME_LINK: Final = 0.3
_LABEL: Final = 60  # characters of a line above links
_SEE_ALSO: Final = re.compile(
    r"\W*(?:(?:read|see|watch|listen)(?: also| more| next)?|also read|related|"
    r"(?:lesen|lies|hören|sehen)(?: sie)?(?: auch| hier| mehr| dazu)?|auch lesen|mehr dazu|siehe auch|lesetipp|"
    r"à lire(?: aussi)?|(?:lire|voir) aussi|le[ae](?: también| más)?|leé (?:también|más)|(?:vea|ver) también|"
    r"puedes ver|mir[ae]|te puede interesar|(?:leia|veja) (?:também|mais)|(?:leggi|guarda) anche|"
    r"(?:czytaj|przeczytaj|zobacz) (?:też|także|również|więcej)|관련\s?기사|함께 읽기|lees ook|baca juga|xem thêm|"
    r"関連記事|相关阅读|相關閱讀)\s*[:：»>].*",
    re.IGNORECASE,
)
_VERBS: Final = (
    r"subscribe|sign up|register|download|get|abonnieren sie|abonniere|melden sie|melde dich|jetzt|kostenlos|hier|"
    r"suscr[ií]be(?:te|se)|reg[ií]str(?:ate|ese)|hazte|[uú]nete|descarga|assine|inscreva-se|baixe|inscrivez-vous|"
    r"abonnez-vous|iscriviti|abbonati|zapraszamy|zapisz się|zamów|lass dir"
)
_WHAT: Final = (
    r"newsletters?|subscri(?:be|bers?|ption)|daily (?:edition|briefing)|app\b|e-?paper|abos?\b|full (?:story|access)|"
    r"inbox|news straight|suscripci[oó]n|bolet[ií]n|membres[ií]a|miembro|lettre d[’']information|subskrypcji|prenumerat"
)
# Names that are no other word: a letter may well say “join the band” or “follow the line”.
_OTHER_WORDS: Final = {"line", "band", "messenger", "pocket", "signal", "sms", "mail", "link", "threads", "webhook"}
_NETWORKS: Final = "|".join(["tiktok", *(re.escape(name) for name in SIGNS if name not in _OTHER_WORDS)])
_FOLLOW: Final = r"follow|like|join|s[ií]gue?nos|[uú]nete|nos siga|siga-nos|folgen sie|folge|suivez|seguici|obserwuj"
_CALL: Final = re.compile(
    rf"(?:^|[.!?:¿¡]\W*|please )(?:(?:{_VERBS})\b.{{0,90}}\b(?:{_WHAT})|(?:{_FOLLOW})\b.{{0,60}}\b(?:{_NETWORKS})\b)",
    re.IGNORECASE,
)
# Where the buttons of publishing platforms lead, whatever language they speak.
_BUTTON: Final = re.compile(r"/subscribe(?:[?#/]|$)|/comments(?:[?#]|$)|[?&]action=share\b", re.IGNORECASE)
_LINK_REASON: Final = "It is only a link to another page of the site."
_SEE_REASON: Final = "It leads to another letter."
_CALL_REASON: Final = "It asks for a subscription or the like."
_HEADING_REASON: Final = "It heads what was left out."


def leave_out(blocks: Sequence[Block], *, base: str) -> None:
    """Mark such lines, behind a letter's first paragraph, with the reason. `base` is an address of the page's site."""
    first = next((at for at, block in enumerate(blocks) if _is_sentence(block)), len(blocks))
    for at in range(first + 1, len(blocks)):
        block = blocks[at]
        if block.inside and block.hint in ("", "heading") and (reason := _reason(blocks, at, base)):
            block.hint, block.reason = "aside", reason
    for at in range(len(blocks) - 2, first, -1):
        if _is_label(blocks[at]) and blocks[at + 1].reason in (_LINK_REASON, _SEE_REASON, _HEADING_REASON):
            blocks[at].hint, blocks[at].reason = "aside", _HEADING_REASON


def _is_sentence(block: Block) -> bool:
    return block.inside and block.links < _SOME_LINK and chrome.is_prose(block.text)


def _is_label(block: Block) -> bool:
    """Return whether a block may head a list of links: a heading, or a line that ends in a colon."""
    line = one_line(block.text)
    is_line = block.hint == "heading" or (block.hint == "" and line.endswith((":", "：")))
    return block.inside and is_line and len(line) <= _LABEL and not chrome.is_prose(line.rstrip(":："))


def _reason(blocks: Sequence[Block], at: int, base: str) -> str:
    block, line = blocks[at], one_line(blocks[at].text)
    if len(line) <= _LONGEST and block.links >= _SOME_LINK and _SEE_ALSO.fullmatch(line):
        return _SEE_REASON
    if len(line) <= _LONGEST and _CALL.search(line):
        return _CALL_REASON
    if block.links > _ALL_LINK and len(line) <= _LABEL and all(map(_BUTTON.search, _targets(block))):
        return _CALL_REASON
    heads_text = block.hint == "heading" and at + 1 < len(blocks) and _is_sentence(blocks[at + 1])
    if block.links > _ALL_LINK and len(line) >= _HEADLINE and not heads_text and _leads_to_site(block, base):
        return _LINK_REASON
    return ""


def _leads_to_site(block: Block, base: str) -> bool:
    """Return whether all links of a block lead to other pages of its own site."""
    links = _targets(block)
    own_host = _host(base)
    return bool(links) and all(link and not link.startswith("#") and _host(link) in ("", own_host) for link in links)


def _targets(block: Block) -> list[str]:
    return [dom.attribute(link, "href") for link in dom.fragment(block.html).iter("a")]


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return address
