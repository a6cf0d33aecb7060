"""In which direction letters read: by their own letters, else by their language."""

from __future__ import annotations

import pytest

from distributor.domain import text_direction


@pytest.mark.parametrize(
    ("text", "language", "direction"),
    [
        ("A tide table", "", "ltr"),
        ("우리가 바다에 대해", "ko", "ltr"),
        ("رسالة إلى لجنة الميناء", "", "rtl"),
        ("מכתב לוועדת הנמל", "en", "rtl"),  # what it is said to be is wrong
        ("A letter", "ar", "ltr"),
        ("X: رسالة إلى لجنة الميناء, 2026", "ar", "rtl"),  # it begins with a Latin letter
        ("2026 · 11", "fa", "rtl"),
        ("", "en", "ltr"),
        ("aא", "he", "rtl"),
        ("aא", "en", "ltr"),
    ],
)
def test_the_direction_of_a_text(text: str, language: str, direction: str) -> None:
    assert text_direction.of_text(text, language) == direction


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        *(("ar", "rtl"), ("ar-EG", "rtl"), ("he_IL", "rtl"), ("fa", "rtl"), ("ur-PK", "rtl"), ("uz-Arab", "rtl")),
        *(("en", "ltr"), ("ko-KR", "ltr"), ("", "ltr"), ("uz", "ltr"), ("uz-Arab-AF", "rtl"), ("ar-Latn", "ltr")),
        *(("pa", "ltr"), ("pa-Arab-PK", "rtl"), ("az-Cyrl", "ltr")),
    ],
)
def test_the_direction_of_a_language(language: str, direction: str) -> None:
    assert text_direction.of_language(language) == direction
