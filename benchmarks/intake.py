"""How well pages of the world are read: the product beside other programs that find the text of pages.

    python benchmarks/intake.py FOLDER [--set mozilla|trafilatura] [--json] [--show]

FOLDER holds checkouts of public sets, which are not part of this repository:

- `readability`: github.com/mozilla/readability. For each of its pages, the words of the body that we read are compared
  with those of its `expected.html`: mean F1, and on how many pages less than half of the words are there.
- `trafilatura`: github.com/adbar/trafilatura. Each of its pages names pieces that belong to the text and pieces that
  don't: F1 of all pieces together, and on how many pages no piece is there; titles and authors that are as it says, up
  to upper case, of all that it names.

Share bars have no right answers there: counted are pages of both sets with links to the share addresses of two networks
and more, and on how many of them the letter's share bar names all of these.

Peers that are not installed are left out: pip install --no-deps trafilatura readability-lxml, and what they import.
`--show` prints the pages on which we miss most.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.support.figures import Goal, show  # noqa: E402
from benchmarks.support.page_sets import (  # noqa: E402
    Page,
    Reading,
    harmonic_mean,
    mozilla_pages,
    pieces_in,
    share_targets,
    shared_words,
    trafilatura_pages,
    visible_text,
)
from distributor.domain.errors import SourceError  # noqa: E402
from distributor.letters.intake.parser import parse  # noqa: E402

GOALS = (
    Goal("mozilla.ours.mean_f1", 0.96),
    Goal("mozilla.ours.under_half", 2, at_least=False),
    Goal("trafilatura.ours.f1", 0.93),
    Goal("trafilatura.ours.without_text", 12, at_least=False),
)
_Reader = Callable[[bytes], Reading]


@dataclass(slots=True)
class _Score:
    """What one program makes of one set."""

    f1s: dict[str, float] = field(default_factory=dict)
    recalls: dict[str, float] = field(default_factory=dict)
    right: int = 0
    foreign: int = 0
    right_without_captions: int = 0
    foreign_without_captions: int = 0
    pieces: int = 0
    without_text: list[str] = field(default_factory=list)
    titles: int = 0
    authors: int = 0
    share_bars: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", default="", choices=("mozilla", "trafilatura"))
    parser.add_argument("--ours", action="store_true", help="without the peers")
    parser.add_argument("--show", action="store_true", help="name the pages that are read worst")
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    readers: dict[str, _Reader] = {"ours": _ours} | ({} if settings.ours else _peers())
    figures: dict[str, Any] = {}
    if settings.set != "trafilatura":
        figures |= _measure("mozilla", mozilla_pages(settings.folder / "readability"), readers, settings.show)
    if settings.set != "mozilla":
        figures |= _measure("trafilatura", trafilatura_pages(settings.folder / "trafilatura"), readers, settings.show)
    show(figures, GOALS, as_json=settings.json)
    return 0


def _measure(name: str, pages: Sequence[Page], readers: dict[str, _Reader], details: bool) -> dict[str, Any]:
    share_bars = {page.name: targets for page in pages if len(targets := share_targets(page.content)) >= 2}
    figures: dict[str, Any] = {f"{name}.pages": len(pages), f"{name}.share_bars": len(share_bars)}
    if name == "trafilatura":
        figures |= {
            "trafilatura.titles": sum(map(_has_title, pages)),
            "trafilatura.authors": sum(map(_has_author, pages)),
        }
    for reader_name, reader in readers.items():
        score = _Score()
        for page in pages:
            _add(score, page, reader, share_bars.get(page.name, set()))
        prefix = f"{name}.{reader_name}"
        if name == "mozilla":
            figures[f"{prefix}.mean_f1"] = sum(score.f1s.values()) / len(pages)
            figures[f"{prefix}.under_half"] = sum(recall < 0.5 for recall in score.recalls.values())
        else:
            figures[f"{prefix}.f1"] = 2 * score.right / (score.right + score.foreign + score.pieces)
            if reader_name == "ours":  # the peers leave out what stands below pictures, with the pictures
                right, foreign = score.right_without_captions, score.foreign_without_captions
                figures[f"{prefix}.f1_without_captions"] = 2 * right / (right + foreign + score.pieces)
            figures[f"{prefix}.precision"] = score.right / max(score.right + score.foreign, 1)
            figures[f"{prefix}.recall"] = score.right / score.pieces
            figures[f"{prefix}.without_text"] = len(score.without_text)
            figures[f"{prefix}.exact_titles"] = score.titles
            figures[f"{prefix}.exact_authors"] = score.authors
        if reader_name == "ours":
            figures[f"{prefix}.whole_share_bars"] = len(score.share_bars)
            figures[f"{prefix}.refused"] = len(score.refused)
        figures[f"{prefix}.ms_a_page"] = 1000 * score.seconds / len(pages)
        if details and reader_name == "ours":
            _show_worst(score)
    return figures


def _add(score: _Score, page: Page, reader: _Reader, targets: set[str]) -> None:
    begin = time.process_time()
    try:
        reading = reader(page.content)
    except SourceError as error:
        reading = Reading()
        score.refused[page.name] = str(error)
    score.seconds += time.process_time() - begin
    precision, recall = shared_words(reading.text, page.text)
    if page.text:
        score.f1s[page.name], score.recalls[page.name] = harmonic_mean(precision, recall), recall
    right = pieces_in(reading.text, page.pieces)
    score.right += right
    score.pieces += len(page.pieces)
    score.foreign += pieces_in(reading.text, page.foreign)
    if reading.text_without_captions is not None:
        score.right_without_captions += pieces_in(reading.text_without_captions, page.pieces)
        score.foreign_without_captions += pieces_in(reading.text_without_captions, page.foreign)
    if page.pieces and not right:
        score.without_text.append(page.name)
    score.titles += _has_title(page) and reading.title.casefold() == page.title.casefold()
    score.authors += _has_author(page) and reading.authors.casefold() == page.authors.casefold()
    if targets and targets <= set(reading.share_bar or ()):
        score.share_bars.append(page.name)


def _has_title(page: Page) -> bool:
    return bool(page.title)


def _has_author(page: Page) -> bool:
    return bool(page.authors)


def _show_worst(score: _Score) -> None:
    for name, f1 in sorted(score.f1s.items(), key=lambda entry: entry[1])[:25]:
        print(f"  F1 {f1:.3f}, recall {score.recalls[name]:.3f}  {name}")
    for name in score.without_text:
        print(f"  no text  {name}")
    for name, error in score.refused.items():
        print(f"  refused  {name}: {error}")


def _ours(content: bytes) -> Reading:
    draft = parse(content, name="page.html", content_type="text/html")[0]
    authors = "; ".join(author.name for author in draft.authors)
    return Reading(
        visible_text(draft.body_html),
        draft.title,
        authors,
        draft.share_bar,
        visible_text(draft.body_html, captions=False),
    )


def _peers() -> dict[str, _Reader]:
    peers: dict[str, _Reader] = {}
    try:
        peers["trafilatura"] = _trafilatura()
    except ImportError:
        pass
    try:
        peers["readability_lxml"] = _readability()
    except ImportError:
        pass
    return peers


def _trafilatura() -> _Reader:
    from trafilatura import bare_extraction

    def read(content: bytes) -> Reading:
        # As its own evaluation does: without comments, with tables.
        document = bare_extraction(content, include_comments=False, include_tables=True, with_metadata=True)
        if document is None or isinstance(document, dict):
            return Reading()
        return Reading(document.text or "", document.title or "", document.author or "")

    return read


def _readability() -> _Reader:
    from readability import Document

    def read(content: bytes) -> Reading:
        try:
            document = Document(content)
            return Reading(visible_text(document.summary()), document.short_title())
        except Exception:  # noqa: BLE001 - it says so of pages without text in errors of several kinds
            return Reading()

    return read


if __name__ == "__main__":
    sys.exit(main())
