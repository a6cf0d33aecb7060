"""A letter from its page's visible text, as copied from a browser window."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile

from distributor.letters.intake import anatomy, chrome, people, share_words, tool_lines
from distributor.letters.intake.block_findings import read_blocks
from distributor.letters.intake.dom import clean, escape
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.parts import Block
from distributor.letters.intake.refusals import no_letter

_BULLET = re.compile(r"\s*[•◦‣▪●∙]\s*|\s*[·*–-]\s+")
_TITLE_LIMIT = 200  # characters: a longer first line is a paragraph
_MENU = re.compile(
    r"\W*(?:(?:home|letters?|about|archives?|contact|news|opinions?|culture|series|authors?|issues?|subscribe|search|"
    r"menu|log ?in|sign (?:in|up)|shop|podcasts?|events?|donate|more|english|korean|en|ko|"
    r"한국어|홈|메뉴|검색|로그인|전체|뉴스|편지|오피니언|문화|연재|구독)\b\W*)+",
    re.IGNORECASE,
)
_SALUTATION = re.compile(r"(?:dear|dearest|hello|hi|to)\b.{0,80},|.{1,40}(?:에게|께|님),?", re.IGNORECASE)
# Widths in columns, a Hangul syllable taking two: what mail programs and editors wrap at.
_WRAP_FROM, _WRAP_TO = 50, 125


@dataclass(slots=True)
class _Line:
    text: str
    bullet: bool
    gap: bool  # a blank line stands before it


def read_text(text: str, *, name: str) -> Findings:
    """Understand the visible text of a page. Raises SourceError when no letter is in it: no title, or no sentence."""
    lines = _lines(clean(text))
    share_lines, channels = _share_lines(lines)
    steps = _size_steps(lines)
    content = [
        line
        for at, line in enumerate(lines)
        if at not in share_lines and at not in steps and not chrome.is_chrome(line.text)
    ]
    first_after = _after_settings(lines, content, steps)
    title_at = _title(content, first_after)
    if title_at is None:
        raise no_letter(name)
    title = content[title_at].text
    section = anatomy.section_of([line.text for line in lines])
    below = list(dropwhile(lambda line: tool_lines.is_tool_bar(line.text), content[title_at + 1 :]))
    findings = read_blocks(list(_blocks(below)), title=title, base="")
    prose = any(chrome.is_prose(piece) for piece in findings.body_text.split("\n\n"))
    if not prose or (chrome.says_no_letter(title) and len(findings.body_text) < 600):
        raise no_letter(name)
    findings.section = section
    findings.share_bar = channels
    return findings


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    gap = False
    raw = [" ".join(line.replace("\u200b", "").split(" ")) for line in text.splitlines()]
    for position, line in enumerate(raw):
        content = " ".join(line.split())
        if not content:
            gap = True
            continue
        bullet = _BULLET.match(line)
        is_item = bool(bullet) and (content[0] in "•◦‣▪●∙" or _has_neighbour(raw, position, content[0]))
        lines.append(_Line(" ".join(line[bullet.end() :].split()) if bullet and is_item else content, is_item, gap))
        gap = False
    return [line for line in lines if line.text]


def _has_neighbour(raw: Sequence[str], position: int, mark: str) -> bool:
    """A dash begins a list item only in company: alone it begins speech."""
    return any(
        0 <= near < len(raw) and re.match(rf"\s*{re.escape(mark)}\s", raw[near])
        for near in (position - 1, position + 1)
    )


def _share_lines(lines: Sequence[_Line]) -> tuple[set[int], tuple[str, ...]]:
    """Return which lines are share buttons, and the channels they name in order."""
    channels_by_line: dict[int, list[str]] = {}
    run: list[int] = []
    for at, line in enumerate([*lines, _Line("", bullet=False, gap=True)]):
        line_channels = _channels_in(line.text)
        follows_close = (
            at + 1 < len(lines) and chrome.is_chrome_around(lines[at + 1].text) and line.text.lower() in ("x", "×")
        )
        if line_channels and not follows_close:
            run.append(at)
            continue
        if run and not share_words.is_only_sharing(line.text):
            _settle(lines, run, channels_by_line)
            run = []
    introductions = {
        at for at, line in enumerate(lines) if len(line.text) <= 60 and share_words.is_only_sharing(line.text)
    }
    introductions |= _beside(lines, set(channels_by_line) | introductions)
    channels = tuple(dict.fromkeys(channel for at in sorted(channels_by_line) for channel in channels_by_line[at]))
    return set(channels_by_line) | introductions, channels


def _beside(lines: Sequence[_Line], share_lines: set[int]) -> set[int]:
    """Return the lines next to share buttons that share nothing: "Print", "More"."""
    beside: set[int] = set()
    for step in (1, -1):
        for at in sorted(share_lines, reverse=step < 0):
            near = at + step
            while (
                0 <= near < len(lines) and near not in share_lines and share_words.is_beside_sharing(lines[near].text)
            ):
                beside.add(near)
                near += step
    return beside


def _settle(lines: Sequence[_Line], run: Sequence[int], channels_by_line: dict[int, list[str]]) -> None:
    """Several names in a row are a share bar, as is one behind "Share"; one alone must say that it shares."""
    has_introduction = run[0] > 0 and share_words.is_only_sharing(lines[run[0] - 1].text)
    together = {channel for at in run for channel in _channels_in(lines[at].text)}
    for at in run:
        label = share_words.from_label(lines[at].text)
        if len(together) >= 2 or has_introduction or (label and label.sure):
            channels_by_line[at] = _channels_in(lines[at].text)


def _channels_in(text: str) -> list[str]:
    """Return the channels of a line that is one button, or several with marks or "Share:" between them."""
    if len(text) > 160:
        return []
    single = share_words.from_label(text)
    if single:
        return [single.channel]
    after = re.sub(
        r"^(?:share(?: this(?: \w+)?)?(?: on| via)?|공유(?:하기)?)\s*[:：]?\s+", "", text, flags=re.IGNORECASE
    )
    pieces = [piece for piece in re.split(r"\s*[|·•/,]\s*|\s{2,}", after) if piece]
    if len(pieces) < 2 and after != text and not share_words.labels_in_row(text):
        pieces = after.split()
    buttons = [share_words.from_label(piece) for piece in pieces]
    channels = [button.channel for button in buttons if button]
    if len(pieces) < 2:
        return share_words.labels_in_row(text)
    return channels if len(pieces) >= 2 and len(channels) == len(pieces) and len(set(channels)) >= 2 else []


def _size_steps(lines: Sequence[_Line]) -> set[int]:
    """Return the lines of a font-size control: three steps or more in a row."""
    steps: set[int] = set()
    run: list[int] = []
    for at, line in enumerate([*lines, _Line("end", bullet=False, gap=True)]):
        if chrome.is_size_step(line.text):
            run.append(at)
            continue
        if len(run) >= 3:
            steps.update(run)
        run = []
    return steps


def _after_settings(lines: Sequence[_Line], content: Sequence[_Line], steps: set[int]) -> int:
    """Return how many of the kept lines stand above the settings: a menu, but never the title."""
    if not steps or min(steps) > 40:
        return 0
    last = max(at for at in steps if at <= 60)
    above = {id(line) for line in lines[:last]}
    return sum(1 for line in content if id(line) in above)


def _title(lines: Sequence[_Line], first: int) -> int | None:
    """Return which line is the title: the first that is no menu, date or button."""
    for at in range(first, min(len(lines), first + 25)):
        text = lines[at].text
        if (
            chrome.is_chrome_around(text)
            or chrome.ends_letter(text)
            or chrome.begins_box(text)
            or (len(text) <= 100 and _MENU.fullmatch(text))
        ):
            continue
        names_other_part = _SALUTATION.fullmatch(text) or anatomy.is_note(text) or people.byline(text)
        return None if len(text) > _TITLE_LIMIT or names_other_part else at
    return None


def _blocks(lines: Sequence[_Line]) -> Iterator[Block]:
    group: list[_Line] = []
    in_box = False
    for line in lines:
        alone = _stands_alone(line.text) or in_box
        in_box = chrome.begins_box(line.text)
        if group and (
            line.gap
            or alone
            or anatomy.begins_note(line.text)
            or line.bullet != group[0].bullet
            or anatomy.is_note(group[-1].text)
        ):
            yield from _paragraphs(group)
            group = []
        group.append(line)
        if alone:
            yield from _paragraphs(group)
            group = []
    yield from _paragraphs(group)


def _stands_alone(text: str) -> bool:
    return (
        bool(people.byline(text))
        or chrome.ends_letter(text)
        or chrome.begins_box(text)
        or chrome.is_chrome_around(text)
    )


def _paragraphs(group: Sequence[_Line]) -> Iterator[Block]:
    texts = [line.text for line in group]
    if not texts:
        return
    if group[0].bullet:
        items = "".join(f"<li>{escape(text)}</li>" for text in texts)
        yield Block("\n".join(texts), f"<ul>{items}</ul>")
    elif any(_width(text) > _WRAP_TO for text in texts):
        for text in texts:
            yield Block(text, f"<p>{escape(text)}</p>")
    elif all(_width(text) >= _WRAP_FROM for text in texts[:-1]):
        paragraph = " ".join(texts)
        yield Block(paragraph, f"<p>{escape(paragraph)}</p>")
    else:
        yield Block("\n".join(texts), f"<p>{'<br>'.join(escape(text) for text in texts)}</p>")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
