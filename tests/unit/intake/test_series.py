"""The series and number that an editor's note names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.domain.letters import SeriesView
from distributor.letters.intake.ordinals import in_english, in_korean
from distributor.letters.intake.series import series_of


@pytest.mark.parametrize(
    ("note", "title", "number"),
    [
        (
            'This letter is the 7th in the "Letters to the Pier" series, in which people write. ― ED.',
            "Letters to the Pier",
            7,
        ),
        (
            "This is the eleventh letter in the “Notes from the 38th Parallel” series. — ED.",
            "Notes from the 38th Parallel",
            11,
        ),
        ("Letter No. 12 of the series ‘A Gardener’s Year’. -Ed.", "A Gardener’s Year", 12),
        (
            "This is the twenty-first and last letter in our series, 'The Gardener's Year'. - ED.",
            "The Gardener's Year",
            21,
        ),
        ("This letter is the first in the Letters from the Lighthouse series. ― Ed.", "Letters from the Lighthouse", 1),
        ('In our third year, this is the ninth letter of the series "Low Water". ― ED.', "Low Water", 9),
        ("The series “Night Ferries” continues with its fifth letter. – Ed.", "Night Ferries", 5),
        ("Part four of the “Salt” series. ― ED.", "Salt", 4),
        ("Editor's note: This piece is part 3 of a series called “Salt Roads”.", "Salt Roads", 3),
        ("This is the second of three letters in “The Long Quay”, written over the winter. ― ED.", "The Long Quay", 2),
        ("The 40th letter in our weekly series of letters, «Dear Lighthouse». ― ED.", "Dear Lighthouse", 40),
        ("‘등대에게 보내는 편지’ 시리즈의 7번째 글입니다. (편집자 주)", "등대에게 보내는 편지", 7),
        ("연재 「등대 편지」의 일곱 번째 편지입니다.", "등대 편지", 7),
        ("《등대 편지》 제7화. 편집자주", "등대 편지", 7),
        ("〈등대 편지〉 ⑦ 편집자 주", "등대 편지", 7),
        ("이 글은 『섬』 연재의 열한 번째 편지다. ― 편집자", "섬", 11),
        ("스물한 번째로 보내는 ‘섬 편지’ 시리즈입니다. ― 편집자 주", "섬 편지", 21),
        ("This letter belongs to the “Open Water” series. ― ED.", "Open Water", None),
    ],
)
def test_notes(note: str, title: str, number: int | None) -> None:
    assert series_of(note) == SeriesView(title, number)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "A word from the editor, nothing else. ― ED.",
        "This is the 7th letter. ― ED.",
        "In his second book, “Salt”, he wrote of it. ― ED.",
    ],
)
def test_what_names_no_series(note: str) -> None:
    assert series_of(note) is None


@pytest.mark.parametrize(
    "note",
    ["This post, two weeks late, opens the “Salt” series. ― ED.", "Two letters a week in the “Salt” series. ― ED."],
)
def test_other_numbers_are_not_the_letters(note: str) -> None:
    assert series_of(note) == SeriesView("Salt", None)


@given(st.integers(1, 99))
@settings(deadline=None)
def test_every_number_in_every_form(number: int) -> None:
    notes = (
        f"This is the {in_english(number)} letter in the “Salt” series. ― ED.",
        f"This is letter {number} of the “Salt” series. ― ED.",
        f"‘Salt’ 시리즈의 {in_korean(number)} 번째 편지입니다. (편집자 주)",
        f"‘Salt’ 시리즈의 {number}번째 편지입니다. (편집자 주)",
        f"‘Salt’ 연재 제{number}화 (편집자 주)",
    )
    assert {series_of(note) for note in notes} == {SeriesView("Salt", number)}


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_text_is_answered(text: str) -> None:
    found = series_of(text)
    assert found is None or found.title
