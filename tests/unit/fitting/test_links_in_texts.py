"""What X takes for a link. Cases from twitter-text's conformance suite."""

from __future__ import annotations

import time

import pytest

from distributor.domain.urls import unbreakable
from tests.unit.fitting.texts import link_texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text http://google.com", ["http://google.com"]),
        ("http://あ-あ.com", ["http://あ-あ.com"]),
        ("text http://xo.com/~matthew+%ff-,.;x", ["http://xo.com/~matthew+%ff-,.;x"]),
        ("http://en.wikipedia.org/wiki/Primer_(film)", ["http://en.wikipedia.org/wiki/Primer_(film)"]),
        ("(http://twitter.com)", ["http://twitter.com"]),
        ("text http://no-tld http://tld-too-short.x", []),
        ("text http://domain.com-that-you-should-have-put-a-space-after", []),
        ("text http://foo.com?#foo text", ["http://foo.com?#foo"]),
        ("foo.baz foo.co.jp www.foo.co.uk foo.comm foo.govedu foo.jp", ["foo.co.jp", "www.foo.co.uk", "foo.jp"]),
        ("t.co/abcde bit.ly/abcde", ["t.co/abcde", "bit.ly/abcde"]),
        ("http://twitter.com/Русские_слова", ["http://twitter.com/Русские_слова"]),
        ("これは日本語です。example.com/path/index.html中国語", ["example.com/path/index.html"]),
        ("test http://example.comだよね.comtest/hogehoge", ["http://example.com"]),
        ("Hello http://xn--はじめよう.com/index.html", []),
        ("name.al-lastname@foo.com john.doe.gov@mail.com", []),
        ("http://sub_domain-dash.twitter.com http://twitter_underscore.com", ["http://sub_domain-dash.twitter.com"]),
        ("http://-leadingdash.twitter.com http://trailingdash-.twitter.com", []),
        ("test http://twitter.com/.", ["http://twitter.com/"]),
        ("http://example.com/path......", ["http://example.com/path"]),
        ("#test.com @test.com #http://test.com $http://t.co/abcde $TVI.CA", []),
        ("http://t.co/pbY2NfTZ's", ["http://t.co/pbY2NfTZ"]),
        ("http://t.co/abcdefghijklmnopqrstuvwxyz012345678901234", []),
        ("test ELPAÍS.com", ["ELPAÍS.com"]),
        ("example.comてすとですtwitter.みんなです", ["example.com", "twitter.みんな"]),
        ("http://www.foo.com?referer=https://t.co/abcde", ["http://www.foo.com?referer=https://t.co/abcde"]),
        ("test http://foobar.中国/ http://foobar.پاکستان/", ["http://foobar.中国/", "http://foobar.پاکستان/"]),
        ("https://twitter.vermögensberatung", ["https://twitter.vermögensberatung"]),
        ("long.test.tar.bz2 3.14 했다.그리고", []),
        ("example.com:80 example.com:80/x", ["example.com", "example.com:80/x"]),
    ],
)
def test_links(text: str, expected: list[str]) -> None:
    assert link_texts(text) == expected


def test_addresses_that_x_does_not_link_are_still_not_cut() -> None:
    text = "Look at http://127.0.0.1:8000/harbor/letters/tide.html. Then go."
    assert link_texts(text) == []
    assert [text[start:end] for start, end in unbreakable(text)] == ["http://127.0.0.1:8000/harbor/letters/tide.html"]


@pytest.mark.parametrize(
    "text",
    [
        "漢" * 10_000 + ".com",
        "a." * 5_000,
        "com." * 2_500,
        "http://a.com/" + "(" * 10_000,
        "_a.com" * 1_600,
        "." * 10_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    unbreakable(text)
    assert time.process_time() - started < 2
