"""What an editor may set for one variant, and how the letter is then seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from distributor.domain.errors import BadInput
from distributor.domain.overrides import NO_OVERRIDE, TEXT_LIMIT, URL_LIMIT, Override, validate
from tests.unit.rendering.letters import LETTER

LINKED = replace(LETTER, url="https://letters.example.org/s/abc", plain_url="https://letters.example.org/7/")


def test_nothing_set_leaves_the_letter_as_it_is() -> None:
    assert NO_OVERRIDE.view(LETTER) == LETTER
    assert NO_OVERRIDE.parts == ()
    assert validate(NO_OVERRIDE) == NO_OVERRIDE


def test_what_is_set_takes_the_templates_place() -> None:
    override = Override("Words", "https://p.example/a.jpg", "A pier", "https://p.example/")
    letter = override.view(LINKED)
    assert override.parts == ("text", "picture", "link")
    assert (letter.own_text, letter.image_url, letter.image_alt) == ("Words", "https://p.example/a.jpg", "A pier")
    assert (letter.url, letter.shared_url) == ("https://p.example/", "https://letters.example.org/7/")


def test_another_picture_has_other_words() -> None:
    letter = Override(picture="https://p.example/a.jpg").view(replace(LETTER, image_alt="The pier"))
    assert letter.image_alt == ""


def test_words_for_the_letters_own_picture_can_be_set_alone() -> None:
    override = Override(picture_alt="A pier")
    letter = replace(LETTER, image_url="https://p.example/b.jpg", image_alt="")
    assert override.parts == ()
    assert (override.view(letter).image_url, override.view(letter).image_alt) == (letter.image_url, "A pier")


def test_parts_go_back_to_the_template_one_by_one() -> None:
    override = Override("Words", "", "A pier", "")
    assert override.without(("picture",)) == Override("Words", None, None, "")
    assert override.without(("text", "link")) == Override(None, "", "A pier", None)


def test_a_text_is_stored_without_what_forms_and_databases_trip_over() -> None:
    assert validate(Override(" One\r\ntwo\x00\n")).text == "One\ntwo"


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        (Override(" \n"), "needs a text"),
        (Override("a" * (TEXT_LIMIT + 1)), "no network takes more"),
        (Override(picture="a.jpg"), "no address for the picture"),
        (Override(link="javascript:alert(1)"), "no address for the link"),
        (Override(link="https://a.example/b c"), "no address for the link"),
        (Override(link="https://localhost"), "no address for the link"),
        (Override(link="https://a.example/" + "a" * URL_LIMIT), "no address for the link"),
    ],
)
def test_what_cant_be_used_is_refused_with_what_to_do(override: Override, problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        validate(override)


@pytest.mark.parametrize("address", ["", "https://a.example/b.jpg", "http://a.example"])
def test_whole_addresses_and_none_are_fine(address: str) -> None:
    assert validate(Override(picture=address, link=address)) == Override(picture=address, link=address)
