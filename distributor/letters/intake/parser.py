"""Bytes of whatever kind become drafts. No I/O; what they may cost is bounded in `parser_processes`."""

from __future__ import annotations

import re

from distributor.domain.letters import Draft
from distributor.letters.intake.drafts import finish
from distributor.letters.intake.excess import check_markup
from distributor.letters.intake.feed import read_feed
from distributor.letters.intake.markdown import read_markdown
from distributor.letters.intake.page import read_page
from distributor.letters.intake.source_kinds import kind_of
from distributor.letters.intake.text import read_text
from distributor.letters.intake.text_encoding import decode


def parse(content: bytes, *, name: str, url: str = "", content_type: str = "", key: str = "") -> list[Draft]:
    """Return the letters in some bytes, whatever kind they are: HTML, visible text, Markdown or a feed. No I/O.

    - `name`: a file name or address, for messages and as a hint of the kind.
    - `url`: where a page came from; relative addresses hang on it, and it is the source of what names no own address.
    - `content_type`: as a server said it, with its charset.
    - `key`: the source of a letter that has neither; without one its title serves (see `drafts.finish`).

    Raises SourceError.
    """
    label = label_of(name)
    text = decode(content, name=label, content_type=content_type)
    kind = kind_of(text, name=re.sub(r"[?#].*", "", name), content_type=content_type)
    if kind in ("feed", "html"):
        check_markup(text, name=label)
    if kind == "feed":
        return _feed(text, name=label, url=url)
    if kind == "markdown":
        findings = read_markdown(text, name=label, url=url, file_name=name.rpartition("/")[2])
    elif kind == "html":
        findings = read_page(text, name=label, url=url)
    else:
        findings = read_text(text, name=label)
        findings.url = url
    findings.key = findings.key or key
    return [finish(findings)]


def _feed(text: str, *, name: str, url: str) -> list[Draft]:
    """One letter an entry; an entry that stands twice in a feed counts once."""
    drafts = [finish(findings) for findings in read_feed(text, name=name, url=url)]
    return list({draft.source: draft for draft in reversed(drafts)}.values())[::-1]


def label_of(name: str) -> str:
    """Return what sentences call a source of this name: an address without its query, a file's name in quotes."""
    if name == "Standard input":
        return name
    return re.sub(r"[?#].*", "", name) if re.match(r"https?://", name) else f"“{name}”"
