"""Which pictures of a page are kept: those to be seen, whatever their file is called."""

from __future__ import annotations

import pytest

from distributor.letters.intake.sanitise import safe_markup

BASE = "https://harbor.example/letters/7"


def safe_html(markup: str, *, base: str = "") -> str:
    return safe_markup(markup, base=base).html


def kept(image: str) -> bool:
    return "<img" in safe_html(f"<p>Before.</p><p>{image}</p>", base=BASE)


@pytest.mark.parametrize(
    "name",
    [
        *("pixel-9-review.jpg", "beacon-hill-fire.jpg", "track-and-field-final.jpg", "blank-page.png"),
        *("tracking-shot.jpg", "pixel.jpg", "beacon.webp", "1x1-aerial.jpg", "spacer-bar.png", "open/o.jpg"),
        *("tr/harbor.jpg", "doubleclick.png", "google-analytics-chart.png"),
    ],
)
def test_a_picture_is_not_told_by_a_word_in_its_name(name: str) -> None:
    assert kept(f'<img src="https://cdn.example.com/2026/{name}" alt="">')


@pytest.mark.parametrize(
    "attributes",
    [
        *('width="600" height="400"', 'style="border-width:1px"', 'style="border-width: 0"', 'style="line-height:1"'),
        *('style="max-width:100%; height:auto"', 'style="height:200px"', 'width="100%"', 'style="min-height:1px"'),
    ],
)
def test_a_picture_of_some_size_stays(attributes: str) -> None:
    assert kept(f'<img src="/img/fog.jpg" {attributes}>')


@pytest.mark.parametrize(
    "attributes",
    [
        *('width="1" height="1"', 'width="0"', 'height="1px"', 'style="width:1px;height:1px"', 'width="2"'),
        *('style="display:none"', 'style="border:0; max-height: 1px"', 'style="WIDTH: 0px !important"', "hidden"),
    ],
)
def test_what_nobody_is_to_see_is_left_out(attributes: str) -> None:
    assert not kept(f'<img src="/img/fog.jpg" {attributes}>')


@pytest.mark.parametrize(
    "source",
    [
        *("https://www.facebook.com/tr?id=1&ev=PageView", "https://ad.doubleclick.net/x/photo.jpg"),
        *("https://www.google-analytics.com/collect?v=1", "https://b.scorecardresearch.com/p?c1=2"),
        *("https://harbor.list-manage.example/track/open.php?u=1", "https://u1.ct.mail.example/wf/open?upn=x"),
        *("https://stats.harbor.example/matomo.php?idsite=1", "https://vg02.met.vgwort.de/na/0123456789abcdef"),
        *("/img/spacer.gif", "/img/pixel.gif?x=1", "/img/1x1.png", "https://track.hubspot.example/__ptq.gif?a=1"),
    ],
)
def test_what_only_counts_is_left_out(source: str) -> None:
    assert not kept(f'<img src="{source}" alt="">')


def test_a_picture_that_comes_later_takes_its_placeholder_s_place() -> None:
    html = safe_html('<img src="/img/blank.gif" data-src="/img/pixel-9.jpg">', base=BASE)
    assert html == '<img src="https://harbor.example/img/pixel-9.jpg">'
