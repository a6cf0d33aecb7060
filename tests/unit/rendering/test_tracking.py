"""Which links of a mail are tracked, and what is left alone."""

from __future__ import annotations

import pytest

from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass
from distributor.rendering.placeholders import Placeholder, Placeholders
from distributor.rendering.tracking import track

TRACKED = Recipient(7, "kim@example.com", "Kim", track="abc123")
UNTRACKED = Recipient(8, "lee@example.com", "Lee")


def rendered(html: str, recipient: Recipient) -> tuple[str, tuple[str, ...]]:
    marks = Placeholders("dfeed")
    for field in ("unsubscribe_url", "name"):
        html = html.replace(f"[{field}]", marks.finalize(Placeholder(f"{{{{ recipient.{field} }}}}")))
    made, links = track(html, marks, site="https://letters.example.com")
    return RecipientPass(Variant("mail", html=marks.source(made))).render(recipient).html, links


def test_links_are_numbered_by_where_they_lead() -> None:
    html = (
        '<a href="https://a.example/?x=1&amp;y=2">a</a><area shape="rect" href="HTTP://b.example/">'
        '<a title="a > b" class="x" href="https://a.example/?x=1&amp;y=2">a</a>'
    )
    made, links = rendered(html, TRACKED)
    assert links == ("https://a.example/?x=1&y=2", "HTTP://b.example/")
    assert made.startswith(
        '<a href="https://letters.example.com/c/abc123/0">a</a>'
        '<area shape="rect" href="https://letters.example.com/c/abc123/1">'
        '<a title="a > b" class="x" href="https://letters.example.com/c/abc123/0">a</a>'
    )
    assert made.count('<img src="https://letters.example.com/o/abc123.gif" width="1" height="1" alt=""') == 1


def test_who_has_no_mark_gets_the_links_as_they_were() -> None:
    html = '<body><a href="https://a.example/?x=1&amp;y={{ 2 }}">a</a></body>'
    made, links = rendered(html, UNTRACKED)
    assert made == html
    assert links == ("https://a.example/?x=1&y={{ 2 }}",)


@pytest.mark.parametrize(
    "html",
    [
        '<a href="mailto:a@b.example">a</a>',
        '<a href="tel:+821012345678">a</a>',
        '<a href="#top">a</a>',
        '<a name="https://a.example/">a</a>',
        '<a data-href="https://a.example/">a</a>',
        '<link href="https://a.example/x.css" rel="stylesheet">',
        '<img src="https://a.example/x.png" alt="">',
        '<abbr href="https://a.example/">a</abbr>',
        '<!--[if mso]><a href="https://a.example/">a</a><![endif]-->',
        "<style>p::after { content: '<a href=\"https://a.example/\">' }</style>",
        '<a href="[unsubscribe_url]">a</a>',
        '<a href="https://a.example/?who=[name]">a</a>',
        "https://a.example/",
    ],
)
def test_what_is_no_link_to_the_web_or_is_made_for_each_is_left_alone(html: str) -> None:
    made, links = rendered(f"{html}</body>", TRACKED)
    assert links == ()
    expected = html.replace("[unsubscribe_url]", "").replace("[name]", "Kim")
    assert made.startswith(expected)
    assert "/c/" not in made


def test_the_picture_is_at_the_end_of_the_body() -> None:
    made, _ = rendered("<html><body><pre>&lt;/body&gt;</pre></body></html>", TRACKED)
    assert made.endswith('style="border:0"></body></html>')
    assert rendered("<p>bare</p>", TRACKED)[0].startswith("<p>bare</p><img ")
