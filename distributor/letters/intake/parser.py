"""Bytes of whatever kind become drafts. No I/O; what they may cost is bounded in `parser_processes`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from distributor.domain.errors import SourceError
from distributor.domain.letters import AuthorView, Draft
from distributor.domain.source_keys import KeyKind, SourceKey, entry_keys
from distributor.letters.intake import letter_fields
from distributor.letters.intake.drafts import Findings, finish
from distributor.letters.intake.editor_markdown import read_editor_markdown
from distributor.letters.intake.embargoes import reason_in_path
from distributor.letters.intake.excess import check_markup
from distributor.letters.intake.feed import read_feed
from distributor.letters.intake.fragments import read_fragment
from distributor.letters.intake.letter_fields import LetterFields
from distributor.letters.intake.markdown import read_markdown
from distributor.letters.intake.page import read_page
from distributor.letters.intake.refusals import NoLetter
from distributor.letters.intake.source_kinds import is_page, kind_of
from distributor.letters.intake.text import read_text
from distributor.letters.intake.text_encoding import decode


def parse(
    content: bytes,
    *,
    name: str,
    url: str = "",
    content_type: str = "",
    path: str = "",
    fields: LetterFields | None = None,
    as_written: bool = False,
) -> list[Draft]:
    """Return the letters in some bytes, whatever kind they are: HTML, visible text, Markdown or a feed. No I/O.

    - `name`: a file name or address, for messages and as a hint of the kind.
    - `url`: where a page came from; relative addresses hang on it, and it is the source of what names no own address.
    - `content_type`: as a server said it, with its charset.
    - `path`: where a file is, absolute: a key of its letter (a feed's entries have keys of their own).
    - `fields`: what is said of the one letter beside its text, where somebody says it: HTML that is no whole page is
      the letter itself then, and a feed is refused.
    - `as_written`: it is Markdown that an editor wrote here, and every word of it the letter's text.

    Raises SourceError.
    """
    label = label_of(name)
    decoding = decode(content, name=label, content_type=content_type)
    text = decoding.text
    if as_written:
        return [_written(text, name=label, fields=fields or LetterFields())]
    kind = kind_of(text, name=re.sub(r"[?#].*", "", name), content_type=content_type)
    if kind in ("feed", "html"):
        check_markup(text, name=label)
    if kind == "feed":
        drafts = _feed(text, name=label, url=url, path=path)
        if fields is not None:
            raise SourceError(
                f"{label} is a feed, of {len(drafts)} letters: give the address of one letter's page, or add the feed "
                "to those that are watched."
            )
        return drafts
    if kind == "markdown":
        title = fields.get("title", "") if fields else ""
        findings = read_markdown(text, name=label, url=url, file_name=name.rpartition("/")[2], title=title)
    elif kind == "html" and fields is not None and not is_page(text):
        findings = _piece(text, name=label, fields=fields)
    elif kind == "html":
        findings = read_page(text, name=label, url=url)
    else:
        findings = read_text(text, name=label)
        findings.url = url
    findings.path = path
    findings.withheld = findings.withheld or reason_in_path(path)
    if decoding.notice:
        findings.notices = [*findings.notices, decoding.notice]
    if fields is not None:
        letter_fields.put(fields, findings)
    return [finish(findings)]


def _written(text: str, *, name: str, fields: LetterFields) -> Draft:
    """Read an editor's own text."""
    findings = read_editor_markdown(text, name=name, title=fields.get("title", ""))
    letter_fields.put(fields, findings)
    return finish(findings)


def _piece(text: str, *, name: str, fields: LetterFields) -> Findings:
    """Read HTML that is the letter's text, as a feed gives it."""
    authors = tuple(AuthorView(**author) for author in fields.get("authors", ()))
    base = fields.get("canonical_url", "")
    findings = read_fragment(text, title=fields.get("title", ""), base=base, authors=authors)
    if not findings.title or not findings.body_text:
        lack = "title" if findings.body_text else "text"
        raise NoLetter(f"{name} holds no letter, for it has no {lack}.")
    return findings


def _feed(text: str, *, name: str, url: str, path: str) -> list[Draft]:
    """One letter an entry; an entry that stands twice in a feed counts once: the first one.

    An id or address that several entries have is nobody's: some feeds give all their entries the same. What has none
    is recognised by its words.
    """
    drafts: list[Draft] = []
    repeats = 0
    for draft in (finish(findings) for findings in read_feed(text, name=name, url=url)):
        first = next((entry for entry in drafts if _is_same_entry(entry, draft)), None)
        if first is None:
            drafts.append(draft if draft.feed else replace(draft, feed=path))
        else:
            repeats += not _same_words(first, draft)
    uses = Counter(key for draft in drafts for key in draft.keys)
    if repeats:
        are = "1 entry of this feed was" if repeats == 1 else f"{repeats} entries of this feed were"
        notice = f"{are} passed over: an entry before has the same title or id, and the same address or none."
        drafts[0] = replace(drafts[0], notices=(*drafts[0].notices, notice))
    return [_with_keys(draft, uses) for draft in drafts]


def _is_same_entry(entry: Draft, second_entry: Draft) -> bool:
    """Whether two entries of one feed are one.

    The same id under the same address is; different ids, or addresses, are two entries unless all words are the same.
    """
    if not entry.keys and not second_entry.keys:
        return _same_words(entry, second_entry)
    if set(entry.keys).isdisjoint(second_entry.keys):
        return False
    if _same_words(entry, second_entry):
        return True
    addresses, second_addresses = _of_kind(entry, "address"), _of_kind(second_entry, "address")
    ids, second_ids = _of_kind(entry, "guid", "site guid"), _of_kind(second_entry, "guid", "site guid")
    if (addresses and second_addresses and addresses != second_addresses) or (ids and second_ids and ids != second_ids):
        return False
    if ids and addresses and (ids, addresses) == (second_ids, second_addresses):
        return True
    return entry.title == second_entry.title or entry.body_text == second_entry.body_text


def _same_words(entry: Draft, second_entry: Draft) -> bool:
    return (entry.title, entry.body_text) == (second_entry.title, second_entry.body_text)


def _of_kind(draft: Draft, *kinds: KeyKind) -> set[SourceKey]:
    return {key for key in draft.keys if key.kind in kinds}


def _with_keys(draft: Draft, uses: Mapping[SourceKey, int]) -> Draft:
    """Return an entry with the keys that are its own; where it has none, with its words as its key."""
    keys = tuple(key for key in draft.keys if uses[key] == 1)
    return replace(draft, keys=keys or entry_keys(draft.feed, draft.title, draft.body_text))


def label_of(name: str) -> str:
    """Return what sentences call a source of this name: an address without its query, a file's name in quotes."""
    if name == "Standard input":
        return name
    return re.sub(r"[?#].*", "", name) if re.match(r"https?://", name) else f"“{name}”"
