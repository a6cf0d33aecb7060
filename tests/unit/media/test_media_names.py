"""What a stored picture's name says, and the addresses that are made of it."""

from __future__ import annotations

import pytest

from distributor.domain import media_names
from distributor.domain.media_names import MediaName

DIGEST = "0123456789abcdef01234567"
WIDE = MediaName(DIGEST, 2000, 1000, "jpg")
SITE = "https://letters.example/harbor"


def test_a_name_holds_what_is_to_be_known() -> None:
    assert str(WIDE) == f"{DIGEST}-2000x1000.jpg"
    assert WIDE.reference == f"media:{WIDE}"
    assert (WIDE.type, MediaName(DIGEST, 1, 1, "png").type) == ("image/jpeg", "image/png")
    assert WIDE.file(800) == f"{DIGEST}-2000x1000-800.jpg"


@pytest.mark.parametrize(
    ("width", "widths"),
    [(2000, (480, 800, 1200, 2000)), (1200, (480, 800, 1200)), (900, (480, 900)), (599, (599,)), (1, (1,))],
)
def test_a_picture_is_stored_in_widths_that_spare_something(width: int, widths: tuple[int, ...]) -> None:
    name = MediaName(DIGEST, width, 500, "jpg")
    assert name.widths == widths
    for stored in widths:
        assert media_names.of_file(name.file(stored)) == (name, stored)


def test_the_smallest_file_that_is_wide_enough() -> None:
    assert [WIDE.least(width) for width in (100, 481, 1068, 1201, 5000)] == [480, 800, 1200, 2000, 2000]


def test_a_picture_is_scaled_down_and_never_up() -> None:
    assert WIDE.within(500) == (500, 250)
    assert WIDE.within(3000) == (2000, 1000)
    assert MediaName(DIGEST, 2000, 1, "png").within(10) == (10, 1)


@pytest.mark.parametrize(
    "file",
    [
        *("", "x.jpg", f"{DIGEST}-0x1.jpg", f"{DIGEST}-20x10.svg", f"{DIGEST}-20x10.jpg/..", f"{DIGEST[1:]}-20x10.jpg"),
        *(f"{DIGEST}-2000x1000-801.jpg", f"{DIGEST}-2000x1000-2000.jpg", f"{DIGEST.upper()}-20x10.jpg"),
    ],
)
def test_other_names_name_nothing(file: str) -> None:
    assert media_names.of_file(file) is None
    assert media_names.of_reference(f"media:{file}") is None
    assert media_names.of_address(f"{SITE}/media/{file}", SITE) is None


def test_references_become_addresses_and_others_stay() -> None:
    assert media_names.address(WIDE.reference, SITE) == f"{SITE}/media/{WIDE}"
    assert media_names.address("https://x.example/a.jpg", SITE) == "https://x.example/a.jpg"
    assert media_names.address("", SITE) == ""
    assert media_names.of_address(f"{SITE}/media/{WIDE}", SITE) == WIDE
    assert media_names.of_address(f"{SITE}/media/{WIDE.file(480)}", SITE) == WIDE
    assert media_names.of_address(f"https://other.example/media/{WIDE}", SITE) is None
    assert media_names.of_address(f"/media/{WIDE}", "") is None
    assert media_names.of_reference(f"other:{WIDE}") is None
    assert media_names.of_reference(f"media:{WIDE.file(480)}") is None


def test_only_the_source_of_a_picture_is_changed() -> None:
    html = (
        f'<p><img alt="a > b" src="{WIDE.reference}" width="9">&lt;img src="{WIDE.reference}"&gt; {WIDE.reference}'
        f'<img src="https://x.example/a.jpg"><a href="{WIDE.reference}">x</a><img src="media:other"></p>'
    )
    addressed = media_names.with_addresses(html, SITE)
    assert addressed == html.replace(
        f'<img alt="a > b" src="{WIDE.reference}"', f'<img alt="a > b" src="{SITE}/media/{WIDE}"'
    )


def test_the_pictures_of_a_text_are_named_in_order() -> None:
    html = '<p><img src="media:a.png" alt="A &amp; B"> <img alt="nothing"><img src="https://a.example/?b&amp;c"></p>'
    assert list(media_names.pictures(html)) == [("media:a.png", "A & B"), ("https://a.example/?b&c", "")]
