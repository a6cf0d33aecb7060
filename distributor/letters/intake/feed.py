"""Letters from a feed: RSS, Atom (`feed_xml`) and JSON Feed (`feed_json`). One entry is one letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from distributor.domain.leads import description
from distributor.domain.letters import LeftOut
from distributor.letters.intake import dom, feed_additions, feed_teasers
from distributor.letters.intake.dates import moment
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.feed_entries import ENTRY_LIMIT, Attachment, Entry
from distributor.letters.intake.feed_json import json_entries
from distributor.letters.intake.feed_titles import title_text
from distributor.letters.intake.feed_xml import xml_entries
from distributor.letters.intake.fragments import read_fragment
from distributor.letters.intake.parts import one_line
from distributor.letters.intake.refusals import NoLetter
from distributor.letters.intake.sanitise import alt_of
from distributor.letters.intake.web_addresses import absolute

_PICTURES: Final = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")


def read_feed(text: str, *, name: str, url: str = "") -> list[Findings]:
    """Understand a feed: its entries that have a title and a text, newest first as feeds are, at most 200.

    Raises SourceError when it is no feed, or none of its entries is a letter.
    """
    read = json_entries if text.lstrip().startswith("{") else xml_entries
    entries = read(text, name=name, url=url)
    results = [_letter(entry) for entry in entries[:ENTRY_LIMIT]]
    letters = [result for result in results if isinstance(result, Findings)]
    lacks = [result for result in results if isinstance(result, str)]
    if not letters:
        raise NoLetter(f"{name} is a feed without letters: {_lack_of_letters(len(entries), lacks)}.")
    letters[0].notices = [*letters[0].notices, *_other_entries(len(entries), lacks)]
    return letters


def _lack_of_letters(entries: int, lacks: Sequence[str]) -> str:
    if not lacks:
        return "it has no entries"
    if len(lacks) == 1:
        return f"its entry has {_alternatives(lacks)}"
    first = "first " if entries > ENTRY_LIMIT else ""
    return f"its {first}{len(lacks)} entries have {_alternatives(lacks)}"


def _alternatives(lacks: Sequence[str]) -> str:
    """Return what entries lack, each once."""
    *others, last = dict.fromkeys(lacks)
    return f"{', '.join(others)}, or {last}" if others else last


def _other_entries(entries: int, lacks: Sequence[str]) -> list[str]:
    """Say how many entries became no letters, and why; it is said with the first that did."""
    notices = []
    if lacks:
        are = (
            "1 other entry of this feed is no letter: it has"
            if len(lacks) == 1
            else f"{len(lacks)} other entries of this feed are no letters: they have"
        )
        notices.append(f"{are} {_alternatives(lacks)}.")
    if entries > ENTRY_LIMIT:
        notices.append(f"This feed has more than {ENTRY_LIMIT} entries: those after them were not read.")
    return notices


def _letter(entry: Entry) -> Findings | str:
    """Return the letter in an entry, or what it lacks to be one."""
    link = absolute(entry.link, entry.base)
    base = link or entry.base
    title = title_text(entry.title)
    if not title or not entry.content.strip():
        return "no title" if not title else entry.no_text
    content, share_bar, buttons = feed_additions.without_share_bar(entry.content)
    content, origin = feed_additions.without_origin(content, title=title)
    findings = read_fragment(content, title=title, base=base, authors=entry.authors)
    if not findings.body_text:
        is_title = one_line(dom.text_of(dom.fragment(content))) == title
        return "no text but a title" if is_title else "no text but pictures or buttons"
    findings.section, findings.share_bar = entry.section, share_bar
    findings.language, findings.canonical_url = entry.language, link
    findings.published_at = moment(entry.date)
    if entry.date.strip() and findings.published_at is None:
        findings.notices = [*findings.notices, _date_notice(entry.date)]
    summary = feed_additions.summary_text(entry.summary, title=title, letter_text=findings.body_text)
    findings.summary = description(summary, text=findings.body_text, least=0)
    last_link = feed_teasers.last_link_of(findings.body_html)
    sign = feed_teasers.sign_of_a_cut(findings.body_text, whole=entry.whole, last_link=last_link)
    if sign:
        findings.notices = [*findings.notices, _cut_notice(sign, link)]
    findings.left_out = [*findings.left_out, *buttons, *origin, *_add_files(findings, entry, base)]
    findings.guid, findings.feed, findings.withheld = entry.id, entry.feed, entry.withheld
    return findings


def _add_files(findings: Findings, entry: Entry, base: str) -> list[LeftOut]:
    """Add the largest picture that the entry brings; return what else it brings as left out."""
    files = {address: file for file in entry.attachments if (address := absolute(file.url, base))}
    pictures = [address for address, file in files.items() if _is_picture(file)]
    if pictures:
        findings.image_url = max(pictures, key=lambda address: files[address].width)
        findings.image_alt = alt_of(dom.fragment(findings.body_html), findings.image_url)
    return [_file_left_out(address, file) for address, file in files.items() if not _is_picture(file)]


def _is_picture(file: Attachment) -> bool:
    if file.type:
        return file.type.startswith("image")
    return file.url.lower().partition("?")[0].endswith(_PICTURES)


def _file_left_out(address: str, file: Attachment) -> LeftOut:
    kind = file.type.partition("/")[0]
    kind_name = f"{kind} file" if kind in ("audio", "video") else "file"
    link = f'<p><a href="{dom.escape(address)}">{dom.escape(address)}</a></p>'
    return LeftOut(kind_name, f"A letter brings no files; put back, it is a link to {address}.", link, len(address))


def _date_notice(date: str) -> str:
    return f"The feed's date “{' '.join(date.split())[:60]}” is left out: it names no day, or a time without its zone."


_CUT: Final = "The feed seems to give only the letter's beginning"


def _cut_notice(sign: str, link: str) -> str:
    advice = f" Take in {link} to have all of it." if link else ""
    return f"{_CUT} (“{sign[:60]}”).{advice}"


def is_cut_notice(notice: str) -> bool:
    """Whether a draft's notice says that its feed has only the letter's beginning."""
    return notice.startswith(_CUT)
