"""The few words that templates need beside the letter's own, in the letter's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from distributor.domain.letters import AuthorView, SeriesView

_ENGLISH = {
    "read_on_web": "Read it on the web",
    "read_letter": "Read the letter",
    "by": "By",
    "and": "and",
    "share": "Share this letter",
    "links": "Links in this letter",
    "why": "You get this letter because you subscribed to %s.",
    "unsubscribe": "Unsubscribe",
    "more": "and %s more",
    "daily": "Today’s letters",
    "weekly": "This week’s letters",
    "top": "Most read",
    "archive": "All letters",
    "subscribe": "Subscribe",
    "read_now": "Read it now",
    "why_digest": "You get these letters in one mail because you subscribed to %s.",
}
_KOREAN = {
    "read_on_web": "웹에서 보기",
    "read_letter": "편지 읽기",
    "by": "글",
    "and": "·",
    "share": "이 편지 나누기",
    "links": "편지 속 링크",
    "why": "%s 구독자께 보내드리는 편지입니다.",
    "unsubscribe": "수신 거부",
    "more": "외 %s편",
    "daily": "오늘의 편지",
    "weekly": "이번 주의 편지",
    "top": "많이 읽은 편지",
    "archive": "모든 편지",
    "subscribe": "구독하기",
    "read_now": "편지 읽기",
    "why_digest": "%s 구독자께 모아서 보내드리는 편지입니다.",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def words(language: str) -> Mapping[str, str]:
    """Return the words of a language (a BCP 47 tag), English ones where we don't have it."""
    return MappingProxyType(_KOREAN if _primary(language) == "ko" else _ENGLISH)


def series_line(series: SeriesView | None, language: str) -> str:
    """Return the line that names the series and the letter's number in it; "" without a series."""
    if series is None:
        return ""
    korean = _primary(language) == "ko"
    if series.number is None:
        return f"“{series.title}” 연재" if korean else f"From the series “{series.title}”"
    return f"“{series.title}” {series.number}번째 편지" if korean else f"Letter {series.number} in “{series.title}”"


def names(authors: Sequence[AuthorView], language: str) -> str:
    """Return the authors' names as one phrase; "" without authors."""
    *first_names, last = [author.name for author in authors] or [""]
    phrases = words(language)
    return f"{', '.join(first_names)} {phrases['and']} {last}" if first_names else last


def date_line(moment: datetime | None, time_zone: str, language: str) -> str:
    """Return the day of a moment as a reader in this time zone writes it; "" without a moment."""
    if moment is None:
        return ""
    day = moment.astimezone(_zone(time_zone)) if moment.tzinfo else moment
    if _primary(language) == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None  # the machine's own is better than no date
