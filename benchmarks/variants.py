"""What the variants of one letter cost: rendering its templates, fitting the texts, and drawing a card.

    python benchmarks/variants.py [--rounds 200] [--json]

A letter of 6,000 characters, in English and in Korean, for five social channels; and the same with its whole text as a
thread on each channel that has threads, which is the most there is to fit. Milliseconds: p50 and p99 of all rounds, for
five channels together and for each. `new_card` is a card that was not drawn before, in 1200×630, with its fonts loaded.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from benchmarks.support.figures import Goal, show
from distributor.channels import registry
from distributor.channels.base import Options
from distributor.channels.posts import card_of
from distributor.domain.letters import AuthorView, LetterView, PublicationView, SeriesView
from distributor.rendering import cards

LENGTH = 6_000  # characters
ENGLISH = (
    "The tide gauge at the end of the pier has been read every morning since the harbor was built. ",
    "Nobody asked who reads it, and in a year of two storms that is a question for all of us (see example.com/tide). ",
    "Write to @pier@harbor.example, or say it under #tide_tables! ",
)
KOREAN = (
    "방파제 끝의 검조기는 항구가 지어진 날부터 하루도 빠짐없이 읽혀 왔습니다. ",
    "누가 읽는지 아무도 묻지 않았고, 폭풍이 두 번이나 온 해에는 그것이 우리 모두의 질문이 됩니다. ",
    "#조석표 아래에 적어 주세요. ",
)
CHANNELS = ("facebook", "twitter", "bluesky", "mastodon", "threads")
GOALS = (
    *(Goal(f"{name}_all_p99_ms", 20, at_least=False) for name in ("english", "korean")),
    Goal("new_card_p50_ms", 100, at_least=False),
)


def letter(language: str, *, paragraphs: bool) -> LetterView:
    """Return a letter of `LENGTH` characters, of many paragraphs or of a single one."""
    sentences = KOREAN if language == "ko" else ENGLISH
    gaps = ("", "", "\n\n") if paragraphs else ("", "", "")
    once = "".join(sentence + gap for sentence, gap in zip(sentences, gaps, strict=True))
    text = (once * (LENGTH // len(once) + 1))[:LENGTH].strip()
    site = "https://letters.example.com/harbor"
    title = "항구는 조석표에 귀를 기울입니다" if language == "ko" else "A harbor that listens to its tide tables"
    return LetterView(
        publication=PublicationView("harbor", "Harbor Letters", site, language=language),
        slug="tide",
        title=title,
        body_html="".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n")),
        body_text=text,
        url=f"{site}/letters/tide/",
        series=SeriesView("Letters to the Harbor Commission", 9),
        authors=(AuthorView("Seo Haneul"),),
        language=language,
    )


def measure_letter(view: LetterView, options: Options, rounds: int, name: str) -> dict[str, Any]:
    """Return the figures of one letter."""
    durations: dict[str, list[float]] = {channel: [] for channel in CHANNELS}
    posts = 0
    for number in range(rounds + 1):
        posts = 0
        for channel in CHANNELS:
            began = time.perf_counter()
            variant = registry.get(channel).compose(view, options)
            if number:  # the first time templates are read
                durations[channel].append((time.perf_counter() - began) * 1000)
            posts += len(variant.parts)
    together = [sum(round_times) for round_times in zip(*durations.values(), strict=True)]
    figures: dict[str, Any] = {f"{name}_posts": posts}
    for channel, times in (("all", together), *durations.items()):
        figures[f"{name}_{channel}_p50_ms"] = statistics.median(times)
        figures[f"{name}_{channel}_p99_ms"] = statistics.quantiles(times, n=100)[98]
    return figures


def measure_cards(rounds: int) -> dict[str, Any]:
    """Return what drawing a card takes that is not the same as one before."""
    durations = []
    views = [letter(language, paragraphs=True) for language in ("en", "ko")]
    for number in range(rounds + 1):
        card = card_of(replace(views[number % 2], title=f"{views[number % 2].title} {number}"))
        began = time.perf_counter()
        cards.draw(card, (1200, 630))
        if number > 1:
            durations.append((time.perf_counter() - began) * 1000)
    return {
        "new_card_p50_ms": statistics.median(durations),
        "new_card_p99_ms": statistics.quantiles(durations, n=100)[98],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {}
    for name, language in (("english", "en"), ("korean", "ko")):
        figures |= measure_letter(letter(language, paragraphs=True), Options(), arguments.rounds, name)
        whole = letter(language, paragraphs=False)
        figures |= measure_letter(whole, Options(thread=True), arguments.rounds, f"{name}_thread")
    figures |= measure_cards(min(arguments.rounds, 60))
    show(figures, GOALS, as_json=arguments.json)


if __name__ == "__main__":
    main()
