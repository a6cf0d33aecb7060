"""The links, anchors and directions of a letter's markup come out as browsers read them, or are told."""

from __future__ import annotations

import pytest

from distributor.letters.intake.sanitise import safe_markup
from distributor.letters.intake.web_addresses import LONGEST, absolute, phone

BASE = "https://pier.example/letters/lamp"


def safe_html(markup: str, *, base: str = "") -> str:
    return safe_markup(markup, base=base).html


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" https://a.example/x \n", "https://a.example/x"),
        ("https://a.example/x\n  y", "https://a.example/x%20%20y"),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ("https://a.example/x%20", "https://a.example/x%20"),
        ("https://a.example/?q=\"x\"&r='y'", "https://a.example/?q=%22x%22&r='y'"),
        ('https://a.example/x"', "https://a.example/x"),
        ("https://a.example\\b\\c?d\\e", "https://a.example/b/c?d\\e"),
        ("https://%EC%98%88%EC%8B%9C.example/", "https://xn--vv4b11d.example/"),
        ("https://예시.example/길", "https://xn--vv4b11d.example/길"),
        ("HTTPS://A.EXAMPLE/X", "https://a.example/X"),
        ("//b.example/c", "https://b.example/c"),
        ("../d", "https://pier.example/d"),
        ("https://a.example/?", "https://a.example/?"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("https://user:word@a.example/", ""),
        ("java\nscript:alert(1)", ""),
        ("https://a.example%2f@b.example/", ""),
        ("https://a b.example/", ""),
        ("http://a.example:99999/", ""),
        ("https://a.example/" + "x" * LONGEST, ""),
        ("", ""),
    ],
)
def test_addresses_are_read_as_browsers_read_them(written: str, address: str) -> None:
    assert absolute(written, BASE) == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("tel:+82-2-123-4567", "tel:+82-2-123-4567"),
        (" TEL:+1 (2) 34 ", "tel:+1(2)34"),
        ("tel:%2B1", "tel:+1"),
        ("sms:+8210?body=hi", "sms:+8210?body=hi"),
        ("tel:alert", ""),
        ("tel:1\"onclick='x'", ""),
        ("https://a.example/", ""),
    ],
)
def test_telephone_numbers(written: str, address: str) -> None:
    assert phone(written) == address


def test_blanks_and_quotes_around_a_link_are_nothing() -> None:
    html = safe_html('<p><a href=" https://a.example/x ">a</a> <a href="https://a.example/?r=&quot;y&quot;">b</a></p>')
    assert html == '<p><a href="https://a.example/x">a</a> <a href="https://a.example/?r=%22y%22">b</a></p>'


def test_a_link_that_is_lost_is_told() -> None:
    result = safe_markup('<p><a href="ftp://a.example/">the files</a> <a href="/x">here</a> <a href="#top">up</a></p>')
    assert result.html == "<p>the files here up</p>"
    assert [(piece.what, piece.why.split(": ")[1]) for piece in result.left_out] == [
        ("the link of “the files”", "readers can’t follow “ftp:”."),
    ]
    assert result.notices[0].startswith("Links that are no whole addresses are words now (“/x”)")
    assert safe_markup('<p><a href="/x">here</a></p>', base=BASE).notices == ()
    long = safe_markup(f'<p><a href="https://a.example/{"x" * LONGEST}">long</a></p>')
    assert "more than 8,000 characters" in long.left_out[0].why


def test_anchors_within_the_letter_stay_and_no_other_ids() -> None:
    html = safe_html(
        '<p id="main">One<a href="#fn:1" id="ref">1</a> <a href="https://pier.example/letters/lamp#part 2">two</a></p>'
        '<h2 id="part%202">Two</h2><p><a name="fn:1"></a>Note <a href="#ref">back</a> <a href="#gone">gone</a></p>',
        base=BASE,
    )
    assert html == (
        '<p>One<a href="#l-fn-1" id="l-ref">1</a> <a href="#l-part-202">two</a></p>'
        '<h2 id="l-part-202">Two</h2><p><a id="l-fn-1"></a>Note <a href="#l-ref">back</a> gone</p>'
    )


def test_ruby_and_directions_stay() -> None:
    markup = (
        '<p dir="RTL" lang="ar" onclick="x">نص <bdi>X1</bdi> <bdo dir="ltr">abc</bdo> <span dir="ltr">Pier 9</span></p>'
        "<p><ruby>灯<rp>(</rp><rt>とう</rt><rp>)</rp></ruby></p>"
    )
    assert safe_html(markup) == (
        '<p dir="rtl" lang="ar">نص <bdi>X1</bdi> <bdo dir="ltr">abc</bdo> <bdi dir="ltr">Pier 9</bdi></p>'
        "<p><ruby>灯<rp>(</rp><rt>とう</rt><rp>)</rp></ruby></p>"
    )
    assert safe_html('<p dir="x" lang="&quot;><script>" style="direction:rtl">a</p>') == "<p>a</p>"


def test_the_largest_of_a_pictures_candidates_is_taken_where_it_names_no_other() -> None:
    html = safe_html(
        '<p><img srcset="/s.jpg 480w, /l.jpg 1600w, /m.jpg 800w" alt=a>'
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/lazy.jpg">'
        '<img src="/own.jpg" srcset="/big.jpg 2x"></p>',
        base=BASE,
    )
    assert [part.split('"')[0] for part in html.split('src="')[1:]] == [
        "https://pier.example/l.jpg",
        "https://pier.example/lazy.jpg",
        "https://pier.example/own.jpg",
    ]
