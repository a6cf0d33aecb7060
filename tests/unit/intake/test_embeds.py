"""Players and frames become what a mail can carry; what furnishes a page is no part of the letter; asides stay."""

from __future__ import annotations

import pytest

from distributor.domain.letters import Draft
from distributor.letters.intake import parse

P = "The lamp on the long pier was lit by hand until the spring of my ninth year, and I still look for it at dusk."
PAGE = "<title>The lamp</title><body><article><h1>The lamp</h1><p>{p}</p>{x}<p>{p}</p></article></body>"
VIDEO = "abcdefghi-_"
WATCH = f"https://www.youtube.com/watch?v={VIDEO}"


def page(markup: str) -> Draft:
    (draft,) = parse(PAGE.format(p=P, x=markup).encode(), name="lamp.html", url="https://pier.example/lamp")
    return draft


def markdown(markup: str) -> Draft:
    (draft,) = parse(f"# The lamp\n\n{P}\n\n{markup}\n\n{P}".encode(), name="lamp.md", url="https://pier.example/lamp")
    return draft


def middle(draft: Draft) -> str:
    return draft.body_html.removeprefix(f"<p>{P}</p>").removesuffix(f"<p>{P}</p>").replace("\n", "")


def line(sign: str, title: str, address: str) -> str:
    return f'<figure><p><a href="{address}">{sign} {title}</a></p></figure>'


@pytest.mark.parametrize("read", [page, markdown])
@pytest.mark.parametrize(
    "markup",
    [
        f'<iframe src="https://www.youtube.com/embed/{VIDEO}?si=x" title="How locks work"></iframe>',
        f'<iframe data-src="//www.youtube-nocookie.com/embed/{VIDEO}" title="How locks work"></iframe>',
        f'<lite-youtube videoid="{VIDEO}" playlabel="How locks work"></lite-youtube>',
    ],
)
def test_a_video_is_a_linked_picture(read: object, markup: str) -> None:
    label = "▶ How locks work (youtube.com)"
    assert middle(read(markup)) == (  # type: ignore[operator]
        f'<figure><a href="{WATCH}"><img src="https://i.ytimg.com/vi/{VIDEO}/hqdefault.jpg" alt="{label}" width="480" '
        f'height="360"></a><p><a href="{WATCH}">{label}</a></p></figure>'
    )


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            '<iframe src="https://player.vimeo.com/video/123?h=1" title="Vimeo video player"></iframe>',
            line("▶", "vimeo.com", "https://vimeo.com/123"),
        ),
        (
            '<iframe src="https://open.spotify.com/embed/episode/abc"></iframe>',
            line("♪", "open.spotify.com", "https://open.spotify.com/episode/abc"),
        ),
        (
            '<iframe src="https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b"></iframe>',
            line("♪", "soundcloud.com", "https://soundcloud.com/a/b"),
        ),
        (
            '<iframe src="https://tv.naver.com/embed/77"></iframe>',
            line("▶", "tv.naver.com", "https://tv.naver.com/v/77"),
        ),
        (
            '<iframe src="https://player.bilibili.com/player.html?bvid=BV1x"></iframe>',
            line("▶", "bilibili.com", "https://www.bilibili.com/video/BV1x"),
        ),
        (
            '<iframe src="https://platform.twitter.com/embed/Tweet.html?id=99"></iframe>',
            line("▶", "x.com", "https://x.com/i/status/99"),
        ),
        (
            '<audio controls><source src="/horn.mp3" type="audio/mpeg"></audio>',
            line("♪", "horn.mp3 (pier.example)", "https://pier.example/horn.mp3"),
        ),
        (
            '<video><source src="/boat.mp4"></video>',
            line("▶", "boat.mp4 (pier.example)", "https://pier.example/boat.mp4"),
        ),
        (
            '<iframe src="https://charts.example/7" title="Tides by month"></iframe>',
            line("▶", "Tides by month (charts.example)", "https://charts.example/7"),
        ),
        (
            '<object data="/plan.pdf" type="application/pdf"></object>',
            line("▶", "plan.pdf (pier.example)", "https://pier.example/plan.pdf"),
        ),
    ],
)
def test_what_has_no_picture_is_a_line(markup: str, expected: str) -> None:
    assert middle(page(markup)) == expected


def test_a_videos_own_picture_is_linked() -> None:
    html = middle(page('<video poster="/boat.jpg" src="/boat.mp4" aria-label="A boat"></video>'))
    assert '<a href="https://pier.example/boat.mp4"><img src="https://pier.example/boat.jpg" alt="▶ A boat' in html


def test_a_caption_stays_with_its_player() -> None:
    frame = f'<div><iframe src="https://www.youtube.com/embed/{VIDEO}"></iframe></div>'
    html = middle(page(f"<figure>{frame}<figcaption>A film</figcaption></figure>"))
    assert html.count("<figure>") == 1
    assert html.endswith("<figcaption>A film</figcaption></figure>")


def test_the_text_around_a_player_stays() -> None:
    text = page('<p>See <iframe src="https://player.vimeo.com/video/1"></iframe> over there.</p>').body_text
    assert "See" in text
    assert "▶ vimeo.com" in text
    assert "over there." in text


@pytest.mark.parametrize(
    "markup",
    [
        '<iframe src="https://ad.doubleclick.net/x" title="An offer"></iframe>',
        '<iframe src="https://www.googletagmanager.com/ns.html?id=1" height="0" width="0"></iframe>',
        '<iframe src="https://www.facebook.com/plugins/like.php?x=1" title="Like this"></iframe>',
        '<iframe src="https://harbor.substack.com/embed" title="Subscribe"></iframe>',
        '<iframe src="https://frames.example/x"></iframe>',
        '<iframe src="https://charts.example/7" title="Tides" style="display:none"></iframe>',
        '<iframe src="about:blank" title="Nothing"></iframe>',
        '<embed src="/old.swf">',
        "<video></video>",
        '<iframe src="javascript:alert(1)" title="x"></iframe>',
    ],
)
def test_a_pages_furniture_is_no_part_of_the_letter(markup: str) -> None:
    assert middle(page(markup)) == ""


def test_a_frame_that_the_writer_put_there_stays_whatever_it_is() -> None:
    frame = '<iframe src="https://frames.example/x"></iframe>'
    assert middle(markdown(frame)) == line("▶", "frames.example", "https://frames.example/x")


# Asides.


@pytest.mark.parametrize(
    "markup",
    [
        "<aside><p>A word beside the letter, in its margin.</p></aside>",
        '<aside class="pullquote"><p>A word beside the letter, in its margin.</p></aside>',
        '<div class="pull-quote"><p>A word beside the letter, in its margin.</p></div>',
    ],
)
@pytest.mark.parametrize("read", [page, markdown])
def test_asides_and_pull_quotes_stay_as_quotations(read: object, markup: str) -> None:
    html = middle(read(markup))  # type: ignore[operator]
    assert html == "<blockquote><p>A word beside the letter, in its margin.</p></blockquote>"


@pytest.mark.parametrize(
    "markup",
    [
        "<aside><h3>Related</h3><p>Another letter about the boats and the sea.</p></aside>",
        '<aside><p><a href="/other">Another letter about the boats and the sea</a></p></aside>',
        '<aside class="newsletter-signup"><p>Get this letter every week by mail.</p><form><input></form></aside>',
        '<aside class="sidebar"><p>What the harbour master said of the lamp.</p></aside>',
        "<aside>Short</aside>",
    ],
)
def test_boxes_about_something_else_stay_out(markup: str) -> None:
    assert middle(page(markup)) == ""


def test_readings_are_in_brackets_where_ruby_is_not_known() -> None:
    first, second = "<ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>", "<ruby>灯<rp>(</rp><rt>x</rt><rp>)</rp></ruby>"
    draft = markdown(f"<p>The sign {first} hangs {second}.</p>")
    assert "東(とう)京(きょう) hangs 灯(x)." in draft.body_text
    assert draft.body_html.count("<rp>") == 6
