"""A letter for the tests of channels: `LETTER`, and what differs where a network's own characters matter."""

from __future__ import annotations

from dataclasses import replace

from distributor.domain.letters import AuthorView, LetterView, SeriesView
from tests.contract.cases import EVERY
from tests.contract.cases.mail import PUBLICATION
from tests.contract.cases.spec import LINK

LETTER = LetterView(
    publication=PUBLICATION,
    slug="the-seventh-letter",
    title="What the tide leaves behind",
    body_html="<p>Dear reader, this morning the beach was full of small things.</p>",
    body_text="Dear reader, this morning the beach was full of small things.",
    url=LINK,
)


def saying(text: str) -> LetterView:
    """Return the letter with this text."""
    return replace(LETTER, body_html=f"<p>{text}</p>", body_text=text)


def short_and_long(mark: str) -> tuple[LetterView, LetterView]:
    """A short letter, and a long one in another script, with every part; `mark` keeps them from being duplicates."""
    short = replace(LETTER, title=f"{LETTER.title} {mark}")
    long = replace(
        saying("오늘 아침 바닷가에는 작은 것들이 가득했습니다 🌊. " * 60),
        title=f"바다가 남긴 것 {mark}",
        series=SeriesView("아침 편지", 7),
        editor_note="This is the 7th letter of the series. ― ED.",
        authors=(AuthorView("Minji Kim", "minji@letters.example.org", "Minji Kim lives by the sea."),),
        image_url="https://letters.example.org/tide.jpg",
        canonical_url="https://news.example/7",
        language="ko",
        share_bar=EVERY,
    )
    return short, long
