"""What a post of a real page begins with: the rule of `domain/leads`, beside the page's first paragraph of prose.

    python benchmarks/leads.py FOLDER [--pages 50] [--show 10] [--json]

FOLDER holds saved pages (`**/source.html` or `**/*.html`), such as test/test-pages of github.com/mozilla/readability or
tests/cache of github.com/adbar/trafilatura; their texts stay there. A page that intake takes for no letter is left out.
Pages are taken evenly from all of the folder. Printed are, for each way, how many beginnings greet, thank or
congratulate, are of the page and not of the text, point back to what is not shown, or are no sentence; then pages at
which the two differ, each with both beginnings, for an editor to judge.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from distributor.domain.courtesies import is_apparatus, is_courtesy  # noqa: E402
from distributor.domain.errors import DistributorError  # noqa: E402
from distributor.domain.leads import lead, points_back  # noqa: E402
from distributor.domain.letters import Draft  # noqa: E402
from distributor.domain.text_cuts import sentences  # noqa: E402
from distributor.letters.intake.drafts import finish  # noqa: E402
from distributor.letters.intake.page import read_page  # noqa: E402
from distributor.letters.intake.text_encoding import decode  # noqa: E402

SHOWN = 220  # characters of a beginning: about what X takes beside a title


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    drafts = read(options.folder, options.pages)
    ways: dict[str, Callable[[Draft], str]] = {
        "first paragraph": lambda draft: first_paragraph(draft.body_text),
        "text alone": lambda draft: lead(draft.body_text),
        "summary, else text": lambda draft: lead(draft.body_text, summary=draft.summary),
    }
    figures = {name: faults([way(draft) for _, draft in drafts]) for name, way in ways.items()}
    print(f"{len(drafts)} pages, {sum(bool(draft.summary) for _, draft in drafts)} with a summary of their own")
    for name, counts in figures.items():
        print(f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    show(drafts, options.show)
    if options.json:
        print(json.dumps({"pages": len(drafts), "faults": figures}))


def read(folder: Path, count: int) -> list[tuple[str, Draft]]:
    """Return so many letters, evenly from all of the folder's pages."""
    paths = sorted(folder.rglob("source.html")) or sorted(folder.rglob("*.html"))
    drafts: list[tuple[str, Draft]] = []
    for path in sorted(paths, key=lambda path: hash_of(str(path.relative_to(folder)))):
        if len(drafts) == count:
            break
        name = path.parent.name if path.name == "source.html" else path.name
        try:
            markup = decode(path.read_bytes(), name=name).text
            drafts.append((name, finish(read_page(markup, name=name, url="https://example.com/page"))))
        except DistributorError:
            continue
    return drafts


def hash_of(text: str) -> int:
    """Return a number that mixes the folder's order, and is the same in each run."""
    number = 0
    for byte in text.encode():
        number = (number * 1_000_003 + byte) % 2**61
    return number


def first_paragraph(text: str) -> str:
    """Return the first paragraph that is a sentence and no salutation: how posts began before."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip())]
    for paragraph in paragraphs[:-1]:
        is_sentence = re.search(r"[.!?…。！？][\"'”’」』)]*\Z", paragraph)
        if (is_sentence and not re.match(r"(?:Dear|Hello|Hi|Greetings)\b", paragraph)) or len(paragraph) > 80:
            return paragraph
    return paragraphs[-1]


def faults(beginnings: list[str]) -> dict[str, int]:
    """Count what an editor would not post, by its kind."""
    first_sentences = [next(sentences(text), "").strip() for text in beginnings]
    return {
        "courtesies": sum(is_courtesy(sentence) for sentence in first_sentences),
        "of the page": sum(is_apparatus(sentence) for sentence in first_sentences),
        "point back": sum(points_back(sentence) for sentence in first_sentences),
        "no sentence": sum(not re.search(r"[.!?…。！？]", text[:400]) for text in beginnings),
    }


def show(drafts: list[tuple[str, Draft]], count: int) -> None:
    """Print pages at which the two ways differ, with both beginnings."""
    for name, draft in drafts:
        before, after = first_paragraph(draft.body_text), lead(draft.body_text, summary=draft.summary)
        if count and before != after:
            count -= 1
            print(f"\n{name}: {draft.title}\n  before: {before[:SHOWN]}\n  after:  {after[:SHOWN]}")


if __name__ == "__main__":
    main()
