"""Made-up letters of a publication: one that has everything, and one that has nothing but a title and a text.

Templates are tried with both, so that one which breaks on the next letter is told of before that letter is there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from django.conf import settings

from distributor.domain.letters import AuthorView, LetterView, PublicationView, SeriesView
from distributor.letters.models import Publication

_TEXTS = {
    "en": (
        "A harbour that listens",
        "The sea was calm this morning, and the boats went out early.",
        "By noon the wind had turned. We write to you about what that means for the town.",
        "Letters from the quay",
        "This is the 7th letter of the series. ― ED.",
        "Seo Haneul",
        "Seo Haneul is a skipper.",
    ),
    "ko": (
        "귀 기울이는 항구",
        "오늘 아침 바다는 잔잔했고, 배들은 일찍 나갔습니다.",
        "정오 무렵 바람이 바뀌었습니다. 그것이 이 도시에 어떤 뜻인지 편지에 적습니다.",
        "부두에서 온 편지",
        "이 연재의 일곱 번째 편지입니다. ― 편집자",
        "서하늘",
        "서하늘은 선장입니다.",
    ),
}


def full_letter(publication: PublicationView) -> LetterView:
    """Return a letter with a series, an author, a note, a section and a date, in the publication's language."""
    language = "ko" if publication.language.startswith("ko") else "en"
    title, first, second, series, note, author, bio = _TEXTS[language]
    return LetterView(
        publication=publication,
        slug="sample",
        title=title,
        body_html=f"<p>{first}</p><p>{second}</p>",
        body_text=f"{first}\n\n{second}",
        url=f"{publication.site_url}/letters/sample/",
        series=SeriesView(series, 7),
        editor_note=note,
        authors=(AuthorView(author, "", bio),),
        section="LETTER",
        language=language,
        published_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        summary=first,
    )


def bare_letter(publication: PublicationView) -> LetterView:
    """Return a letter that has a title and a text, and nothing else."""
    language = "ko" if publication.language.startswith("ko") else "en"
    title, first, *_ = _TEXTS[language]
    return LetterView(publication=publication, slug="bare", title=title, body_html=f"<p>{first}</p>", body_text=first)


def of_publication(letter: LetterView, publication: Publication) -> LetterView:
    """Return a letter as one of a publication with other settings, which may not be stored."""
    return replace(letter, publication=publication.view(site_url=settings.SITE_URL))
