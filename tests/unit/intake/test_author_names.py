"""Names in fields that are there for them."""

from __future__ import annotations

import pytest

from distributor.letters.intake.author_names import names_of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ilse marroway", ["ilse marroway"]),
        ("ilse marroway, jo lane", ["ilse marroway", "jo lane"]),
        ("Marroway, Ilse", ["Ilse Marroway"]),
        ("van der Berg, Jan", ["Jan van der Berg"]),
        ("Marroway, Ilse; Lane, Jo A.", ["Ilse Marroway", "Jo A. Lane"]),
        ("Mira Holt, Jo Lane and Ana Ruiz", ["Mira Holt", "Jo Lane", "Ana Ruiz"]),
        ("Mira Holt & Jo Lane", ["Mira Holt", "Jo Lane"]),
        ("Kim, Lee and Park", ["Kim", "Lee", "Park"]),
        ("Martin Luther Lane, Jr.", ["Martin Luther Lane, Jr."]),
        ("By Mira Holt | The Tide", ["Mira Holt"]),
        ("mira@x.example (Mira Holt)", ["Mira Holt"]),
        ("Mira Holt, staff writer", ["Mira Holt"]),
        ("Mira Holt, Reuters", ["Mira Holt"]),
        ("Holt, editor", ["Holt"]),
        ("서하늘, 김바다", ["서하늘", "김바다"]),
        ("서하늘 기자", ["서하늘"]),
        ("서하늘·김바다", ["서하늘", "김바다"]),
        ("admin", ["admin"]),
        ("Author Writer", ["Author Writer"]),
        ("the cook and the thief", ["the cook and the thief"]),
        ("https://social.example/mira", []),
        (" , ", []),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert list(names_of(text)) == names
