"""A publication's colour: whatever it is, text in it and on it can be read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels.base import Options
from distributor.channels.link.compose import compose as compose_page
from distributor.channels.link.payload import LinkPayload
from distributor.channels.mail.compose import compose
from distributor.channels.posts import card_of
from distributor.domain.letters import LogoView
from distributor.rendering import cards, colours
from distributor.rendering.cards.colours import palette
from distributor.rendering.colours import RGB
from tests.unit.rendering.letters import HARBOR, LETTER

hexes = st.tuples(*[st.integers(0, 255)] * 3).map(colours.to_hex)

# What accents stand on: tokens.css (paper, raised, ground), and the paper of mails.
LIGHT_PAPERS = ("#fdfbf5", "#ffffff", "#f4f0e6", "#fffdf8")
DARK_PAPERS = ("#1c1914", "#24211b", "#14120e", "#1d1a16")
LOGO = LogoView("https://letters.example.com/harbor/logo-0123456789abcdef.png", 280, 62)


@pytest.mark.parametrize(
    ("colour", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#1f6b3a", "#1f6b3a", 1)],
)
def test_contrast_is_what_wcag_says(colour: str, other: str, ratio: float) -> None:
    assert colours.contrast(colours.parse(colour), colours.parse(other)) == pytest.approx(ratio, abs=0.01)


@given(hexes)
def test_a_colour_reads_on_every_paper(colour: str) -> None:
    for dark, papers in ((False, LIGHT_PAPERS), (True, DARK_PAPERS)):
        side = colours.accents(colour, dark=dark)
        accent = colours.parse(side.accent)
        for paper in papers:
            assert colours.contrast(accent, colours.parse(paper)) >= colours.READABLE
        assert colours.contrast(accent, colours.parse(side.on_accent)) >= colours.READABLE


@given(hexes)
def test_a_card_in_any_colour_can_be_read(colour: str) -> None:
    made = palette("Harbor", colour)
    for text in (made.accent, made.ink, made.soft):
        assert colours.contrast(text, made.paper) >= colours.READABLE


def test_a_colour_that_reads_stays_as_it_is() -> None:
    green: RGB = (31, 107, 58)
    assert colours.readable(green, colours.LIGHT) == green
    assert palette("Harbor", "#1f6b3a").accent == green


@pytest.mark.parametrize("colour", ["", "1f6b3a", "#1f6b3", "#1f6b3g", "#1f 6b3a", "#+1f6b3"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of any kind
        colours.style_sheet(colour)


def test_mails_pages_and_cards_are_in_the_publications_colour() -> None:
    letter = replace(LETTER, publication=replace(HARBOR, colour="#1f6b3a"))
    html = compose(letter, Options()).html
    accent, in_dark = colours.mail_accents("#1f6b3a")
    assert accent == "#1f6b3a"
    assert "#1f6b3a" in html
    assert in_dark in html
    assert "#8a4b2a" not in html
    assert card_of(letter)["colour"] == LinkPayload.of(compose_page(letter, Options())).colour == "#1f6b3a"
    assert cards.draw(card_of(letter), (600, 315)) != cards.draw(card_of(LETTER), (600, 315))


def test_a_publication_without_a_colour_looks_as_before() -> None:
    html = compose(LETTER, Options()).html
    assert "#8a4b2a" in html
    assert "#e3a57f" in html
    assert "colour" not in card_of(LETTER)


def test_the_logo_stands_in_the_place_of_the_name() -> None:
    html = compose(replace(LETTER, publication=replace(HARBOR, logo=LOGO)), Options()).html
    (logo,) = re.findall(r'<img class="logo"[^>]*>', html)
    for attribute in (f'src="{LOGO.url}"', 'alt="Harbor Letters"', 'width="280"', 'height="62"'):
        assert attribute in logo
    masthead = html[html.index('class="masthead') : html.index("</td>", html.index('class="masthead'))]
    assert ">Harbor Letters<" not in masthead
    plain = compose(LETTER, Options()).html
    assert '<img class="logo"' not in plain
    assert ">Harbor Letters</a>" in plain
