"""How well feeds and Markdown are read: public sets of them, with what each set says is right.

    python benchmarks/feeds.py FOLDER [--list] [--json]

FOLDER holds checkouts, of any names and as many as there are. Nothing of them is kept.

- kurtmckee/feedparser and mmcdole/gofeed: small feeds, each with what it expects of one field (“Expect:” in a comment;
  a JSON file of the same name). Compared are titles, authors and dates of first entries. A date is right where it is
  the expected moment, left out where we give none (its zone is not there, say), and wrong where it is another one.
- these, and any other checkout with feeds (rometools/rome): whatever is no letter must be refused by a sentence.
- any checkout with Markdown (gohugoio/hugoDocs, jekyll/jekyll, obsidianmd/obsidian-help): no sign of a dialect may be
  in the text that readers see, outside of code. Where an author shows such signs with escapes, --list shows them.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from calendar import timegm
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.support.figures import Goal, show

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from distributor.domain.errors import SourceError
from distributor.letters.intake import dom, parse
from distributor.letters.intake.dates import moment
from distributor.letters.intake.feed_entries import Entry
from distributor.letters.intake.feed_json import json_entries
from distributor.letters.intake.feed_titles import title_text
from distributor.letters.intake.feed_xml import xml_entries

EXPECTATION = re.compile(
    r"Expect:\s*(?:not bozo and )?entries\[0\]\['(?P<field>title|author_detail|published_parsed|updated_parsed)'\]"
    r"(?:\['name'\])? == (?P<value>u?['\"(].*?)\s*(?:-->|\n)"
)
SIGNS = re.compile(
    r"\{\{[<%]|\{%|\{\{(?!\s*recipient)|!?\[\[[^\]\n]+\]\]|%%|\{:|\[\^|\[!\w+\]|==\w|^:::|\{#[\w-]+\}", re.MULTILINE
)
FEEDS = ("xml", "rss", "atom", "rdf", "json")
GOALS = (
    Goal("crashes", 0, at_least=False),
    Goal("titles right", 1.0),
    Goal("authors right", 1.0),
    Goal("dates wrong", 0, at_least=False),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", action="store_true", help="show each that is not right")
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    files = sorted(path for path in settings.folder.rglob("*") if path.is_file())
    counts = Counter({"crashes": 0, "dates wrong": 0})
    remarks: list[str] = []
    for path in files:
        suffix = path.suffix.lstrip(".").lower()
        if suffix in FEEDS:
            _expectations(path, counts, remarks)
        if suffix in (*FEEDS, "md", "markdown"):
            _letters(path, counts, remarks)
    if settings.list:
        print("\n".join(remarks))
    figures: dict[str, object] = dict(sorted(counts.items()))
    for field in ("titles", "authors", "dates"):
        total = counts[f"{field} expected"]
        figures[f"{field} right"] = round(counts[f"{field} as expected"] / total, 3) if total else None
    show(figures, GOALS, as_json=settings.json)
    return 0


def _letters(path: Path, counts: Counter[str], remarks: list[str]) -> None:
    """Read a file as the product does."""
    kind = "Markdown" if path.suffix.lower() in (".md", ".markdown") else "feeds"
    content = path.read_bytes()
    counts[f"{kind} read"] += 1
    try:
        drafts = parse(content, name=path.name)
    except SourceError:
        counts[f"{kind} refused"] += 1
        return
    except Exception as error:  # noqa: BLE001 - that is what is counted
        counts["crashes"] += 1
        remarks.append(f"crash  {path}: {error!r}")
        return
    counts[f"{kind}: letters"] += len(drafts)
    for draft in drafts if kind == "Markdown" else []:
        counts["Markdown: with something left out"] += bool(draft.left_out)
        tree = dom.fragment(draft.body_html)
        for code in list(tree.iter("code", "pre")):
            dom.remove(code)
        if sign := SIGNS.search(text := dom.text_of(tree)):
            counts["Markdown: with signs in the text"] += 1
            remarks.append(f"sign   {path}: {text[max(0, sign.start() - 40) : sign.end() + 40]!r}")


def _expectations(path: Path, counts: Counter[str], remarks: list[str]) -> None:
    expectations = list(_of_feedparser(path)) + list(_of_gofeed(path))
    if not expectations:
        return
    text = path.read_bytes().decode("utf-8", errors="replace")
    entries = json_entries if text.lstrip().startswith("{") else xml_entries
    try:
        entry = entries(text, name=path.name, url="")[0]
    except (SourceError, IndexError):
        return  # no entry, or in an encoding that the file does not name: `_letters` counts it
    for field, expected in expectations:
        counts[f"{field} expected"] += 1
        value = _value(entry, field)
        if value == expected:
            counts[f"{field} as expected"] += 1
        elif field == "dates" and value is None:
            counts["dates left out"] += 1
        else:
            counts[f"{field} wrong"] += 1
            remarks.append(f"{field} {path}: {value!r}, not {expected!r}")


def _value(entry: Entry, field: str) -> object:
    if field == "titles":
        return title_text(entry.title)
    if field == "authors":
        return [author.name for author in entry.authors]
    time = moment(entry.date)
    return time.astimezone(UTC).replace(microsecond=0) if time else None


def _of_feedparser(path: Path) -> Iterator[tuple[str, object]]:
    if path.suffix != ".xml" or "feedparser" not in str(path):
        return
    for match in EXPECTATION.finditer(path.read_bytes().decode("utf-8", errors="replace")[:2000]):
        try:
            value = ast.literal_eval(match["value"])
        except (ValueError, SyntaxError):
            continue
        if match["field"] == "title":
            yield "titles", title_text(str(value))
        elif match["field"] == "author_detail":
            yield "authors", [str(value)]
        else:
            yield "dates", datetime.fromtimestamp(timegm(value), UTC)


def _of_gofeed(path: Path) -> Iterator[tuple[str, object]]:
    answer = path.with_suffix(".json")
    if path.suffix != ".xml" or "translator" not in path.parts or not answer.exists():
        return
    items = json.loads(answer.read_text(encoding="utf-8")).get("items") or [{}]
    if title := items[0].get("title"):
        yield "titles", title_text(title)
    names = [author["name"] for author in items[0].get("authors", []) if author.get("name")]
    if names:
        yield "authors", names
    if time := items[0].get("publishedParsed"):
        yield "dates", datetime.fromisoformat(time).astimezone(UTC)


if __name__ == "__main__":
    raise SystemExit(main())
