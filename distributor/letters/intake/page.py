"""A letter from its page's HTML: the readings of it are compared, and the best is taken."""

from __future__ import annotations

from typing import Final

from distributor.letters.intake import chrome, dom, refusals, script_text
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.page_reading import PageReader, Reading
from distributor.letters.intake.refusals import SHORT_PAGE, no_letter

_FULLER: Final = 1.25  # times the text
_COMMON_SHARE: Final = 0.7  # of the paragraphs of the shorter reading that are in the fuller one
_DOUBT: Final = (
    "It is not plain where on its page the letter begins and ends. The fuller reading was taken: "
    "compare it with the page."
)
_HIDDEN_NOTICE: Final = (
    "The page shows its text by a script only; it was read from the page’s own data: compare it with what you see."
)
_FULLER_SCRIPT: Final = 3  # times the text that is shown
_NOTICE: Final = 400  # characters: what is shorter, and a fraction of the fuller reading, is a notice beside the letter
_FRACTION: Final = 0.25


def read_page(markup: str, *, name: str, url: str = "") -> Findings:
    """Understand a whole page. `name` is for messages.

    Where the letter is not found, or a good part of the page's sentences stand outside of it, the readability library
    is asked as well, and the fuller of both is taken.

    Raises SourceError when there is no letter in it: a list of letters, a log-in page, an error page.
    """
    page = PageReader(dom.parse(markup), url=url)
    tree = page.tree.copy()  # to find its parts, a tree is taken apart
    reading, sure = page.read(tree)
    if reading.is_list:
        raise no_letter(name)
    error = page.fault(reading)
    if error or not sure:
        other_reading = page.read_by_library()
        usable = other_reading is not None and not page.fault(other_reading)
        if other_reading and usable and (error or _is_fuller(other_reading.findings, reading.findings)):
            reading, error = other_reading, False
            reading.findings.notices = [*reading.findings.notices, _DOUBT]
    if error or len(reading.findings.body_text) < SHORT_PAGE:
        script_findings = _hidden_findings(page, markup, "" if error else reading.findings.body_text)
        if script_findings is not None:
            return script_findings
    if error and not refusals.is_all(
        reading.findings, dom.body_of(dom.parse(markup)), asks_password=page.asks_password
    ):
        raise no_letter(name)
    return reading.findings


def _hidden_findings(page: PageReader, markup: str, text: str) -> Findings | None:
    """Return the reading of what a page shows by scripts only, where it is far more than the text that it shows."""
    readings: list[Reading] = []
    root = dom.parse(markup)
    if script_text.show(root):
        hidden_page = PageReader(root, url=page.url)
        reading, _ = hidden_page.read(hidden_page.tree)
        readings += [] if hidden_page.fault(reading) else [reading]
    if len(page.head.text) >= script_text.LEAST and page.title.text:
        root = dom.parse(markup)
        script_text.show_text(root, page.head.text, title=page.title.text)
        hidden_page = PageReader(root, url=page.url)
        reading, _ = hidden_page.read(hidden_page.tree)
        readings += [] if hidden_page.fault(reading) else [reading]
    fullest = max(readings, key=lambda reading: len(reading.findings.body_text), default=None)
    if fullest is None or len(fullest.findings.body_text) < max(script_text.LEAST, _FULLER_SCRIPT * len(text)):
        return None
    fullest.findings.notices = [*fullest.findings.notices, _HIDDEN_NOTICE]
    fullest.findings.share_bar = page.prelude.share_bar
    fullest.findings.authors = fullest.findings.authors or page.prelude.authors
    return fullest.findings


def _is_fuller(findings: Findings, shorter: Findings) -> bool:
    """Return whether a reading has all of another and a quarter more, or the other is a fraction of it."""
    length = len(findings.body_text)
    if length < _FULLER * len(shorter.body_text):
        return False
    if length >= SHORT_PAGE and len(shorter.body_text) < min(_NOTICE, _FRACTION * length):
        return True
    paragraphs = [piece for piece in shorter.body_text.split("\n\n") if chrome.is_prose(piece)]
    common = sum(piece in findings.body_text for piece in paragraphs)
    return common >= _COMMON_SHARE * len(paragraphs)
