"""Pictures on pages and in mails: their sizes are known before they are there."""

from __future__ import annotations

from dataclasses import replace

from distributor.channels.base import Options
from distributor.channels.link.compose import compose as page
from distributor.domain.media_names import MediaName
from distributor.rendering import pictures
from distributor.rendering.letter import letter_mail
from tests.unit.rendering.letters import HARBOR, LETTER

SITE = HARBOR.site_url
WIDE = MediaName("0123456789abcdef01234567", 2000, 1000, "jpg")
SMALL = MediaName("76543210fedcba9876543210", 300, 200, "png")


def image(name: MediaName, more: str = "") -> str:
    return f'<p><img src="{SITE}/media/{name}" alt="A &quot;quay&quot;"{more}></p>'


def test_a_page_gives_browsers_the_choice_and_the_size() -> None:
    html = pictures.for_page(image(WIDE), site_url=SITE)
    assert html == (
        f'<p><img src="{SITE}/media/{WIDE.file(2000)}" alt="A &quot;quay&quot;" '
        f'srcset="{", ".join(f"{SITE}/media/{WIDE.file(width)} {width}w" for width in (480, 800, 1200, 2000))}" '
        'sizes="(max-width: 640px) 100vw, 640px" width="2000" height="1000" decoding="async"></p>'
    )


def test_a_small_picture_is_shown_as_it_is() -> None:
    html = pictures.for_page(image(SMALL), site_url=SITE)
    assert 'width="300" height="200"' in html
    assert "srcset" not in html


def test_a_large_file_that_is_shown_small_spares_the_rest() -> None:
    html = pictures.for_page(image(WIDE, ' width="200" height="7"'), site_url=SITE)
    assert f'src="{SITE}/media/{WIDE.file(480)}"' in html
    assert 'width="200" height="100"' in html
    assert "1200w" not in html


def test_all_but_the_first_picture_wait_until_they_are_scrolled_to() -> None:
    html = pictures.for_page(image(WIDE) * 3, site_url=SITE)
    assert [part.count('loading="lazy"') for part in html.split("<img")] == [0, 0, 1, 1]


def test_other_sites_pictures_keep_their_address() -> None:
    html = f'<p><img src="https://other.example/media/{WIDE}" alt=""></p>'
    assert "srcset" not in pictures.for_page(html, site_url=SITE)
    assert pictures.for_mail(html, site_url=SITE) == html


def test_a_mail_has_sizes_that_fit_its_column() -> None:
    html = pictures.for_mail(image(WIDE) + image(SMALL), site_url=SITE)
    assert f'src="{SITE}/media/{WIDE.file(1200)}" alt="A &quot;quay&quot;" width="534" height="267"' in html
    assert f'src="{SITE}/media/{SMALL}" alt="A &quot;quay&quot;" width="300" height="200"' in html


def test_sizes_that_the_source_gave_are_scaled_to_the_column() -> None:
    html = '<p><img src="https://o.example/a" width="1068" height="500"><img src="https://o.example/b" width="900"></p>'
    assert pictures.for_mail(html, site_url=SITE) == (
        '<p><img src="https://o.example/a" width="534" height="250"><img src="https://o.example/b" width="534"></p>'
    )


def test_the_letters_own_picture_stands_above_a_mail_in_its_size() -> None:
    letter = replace(LETTER, image_url=f"{SITE}/media/{SMALL}", image_alt="The quay")
    html = letter_mail(letter).html
    assert f'<img src="{SITE}/media/{SMALL}" alt="The quay" width="300" height="200"' in html
    wide = letter_mail(replace(letter, image_url=f"{SITE}/media/{WIDE}")).html
    assert f'{WIDE.file(1200)}" alt="The quay" width="534" height="267"' in wide
    within = replace(letter, body_html=image(SMALL) + letter.body_html)
    assert letter_mail(within).html.count(str(SMALL)) == 1


def test_the_page_that_is_published_has_them() -> None:
    variant = page(replace(LETTER, body_html=image(WIDE) + LETTER.body_html), Options())
    assert "srcset=" in variant.html


def test_anchors_ruby_and_directions_reach_page_and_mail() -> None:
    body = (
        '<p dir="rtl">نص <bdi>X1</bdi><a href="#l-fn">1</a></p>'
        '<p><ruby>灯<rt>とう</rt></ruby> <a href="tel:+821">call</a></p>'
        '<p id="l-fn">note</p><p id="main">other</p>'
    )
    letter = replace(LETTER, body_html=body)
    for html in (page(letter, Options()).html, letter_mail(letter).html):
        assert 'dir="rtl"' in html
        assert 'href="#l-fn"' in html
        assert 'id="l-fn"' in html
        assert 'id="main"' not in html
        assert "<rt>とう</rt>" in html
        assert 'href="tel:+821"' in html
