"""How Mastodon counts, and how a post is known again by the HTML that a server makes of it."""

from __future__ import annotations

import pytest

from distributor.channels.mastodon.capabilities import CAPABILITIES
from distributor.channels.mastodon.compose import characters
from distributor.channels.mastodon.statuses import OwnPost, comparable, text_of, thread
from distributor.domain.text_fit import fit
from distributor.practice.mastodon import posts as practice

BARE = (
    "The quay is closed on Sunday. " * 4
    + "Read it at quay-news.example.com/archive/the-long-story-of-the-eastern-quay. " * 9,
    "방파제는 오늘 닫힙니다. "
    + "www.quay-news.example.com/2026/11/29/the-long-story-of-the-eastern-quay-and-its-cranes " * 7,
    "x.com/a " * 80,
)
LINK = "https://letters.example.org/morning/letters/the-seventh-letter/"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 0),
        ("abc", 3),
        ("👩‍👩‍👧 한글 é", 6),
        (f"a {LINK} b", 2 + 23 + 2),
        ("http://a.example.org and http://b.example.org", 23 + 5 + 23),
        ("read example.com today", 22),  # no link to Mastodon
        ("http://127.0.0.1:8000/a", 23),  # its real length: no public name
        ("@mira@quay.com.very.long.host", 5),
        ("By @mira@quay.com, @jo_lane and @a.b-c@x.museum.", 3 + 5 + 2 + 8 + 5 + 6 + 1),
        ("write to mira@quay.com", 22),
        ("https://harbor.com/@mira@quay.com/12", 23),  # a link, and no mention in it
        ("https://harbor.com/한글경로/둘째", 23),
        ("https://harbor.com/港口/信?页=一 end", 27),
        ("(https://harbor.com/한글경로)", 25),
        ("https://harbor.com/a_(b)_c, and", 23 + 5),
        ("https://harbor.com/ok?x=1&y=", 23),
        ("gemini://harbor.com/a and ipfs://harbor.com/b", 23 + 5 + 23),
        ("ftp://harbor.com/a", 18),
        ("xhttps://harbor.com/a/b/c/d/e", 29),
        ("https://harbor.com", 23),
        ("한글https://harbor.com/a", 25),
    ],
)
def test_characters(text: str, size: int) -> None:
    assert characters(text) == size
    assert practice.length(text) == size  # by rules of its own


@pytest.mark.parametrize("text", BARE, ids=range(len(BARE)))
@pytest.mark.parametrize("thread", [False, True])
def test_no_post_is_longer_than_a_server_takes(text: str, thread: bool) -> None:
    posts = fit(text, CAPABILITIES, keep=LINK, thread=thread).parts
    assert posts
    assert max(practice.length(post) for post in posts) <= 500
    if not thread:
        assert practice.length(posts[0]) > 350  # and the room is used


def test_a_text_full_of_mentions_and_paths_in_hangul_uses_its_room() -> None:
    text = "@mira@quay.com.very.long.host https://harbor.com/한글경로/방파제 " * 12
    (post,) = fit(text, CAPABILITIES, keep="", thread=False).parts
    assert post.startswith(text.strip())  # twelve times 5 + 1 + 23 + 1
    longer = fit(text * 3, CAPABILITIES, keep="", thread=True).parts
    assert len(longer) == 3
    assert max(practice.length(part) for part in longer) <= 500


def test_what_has_http_is_a_link_wherever_it_stands() -> None:
    text = f"{LINK} ({LINK}), HTTP://example.org/a b"
    assert characters(text) == practice.length(text) == 23 + 2 + 23 + 3 + 23 + 2


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello", "<p>Hello</p>"),
        ("a & b < c > d \"e\" 'f'", "<p>a &amp; b &lt; c &gt; d &quot;e&quot; &#39;f&#39;</p>"),
        ("one\ntwo\n\nthree", "<p>one<br />two</p><p>three</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p>\n<p>three</p>"),
        (
            f"Read {LINK}",
            (
                '<p>Read <a href="…" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">https://'
                '</span><span class="ellipsis">letters.example.org/morning/le</span><span class="invisible">tters/the-'
                "seventh-letter/</span></a></p>"
            ),
        ),
        (
            "#바다 by @kim@other.example and @lee",
            (
                '<p><a href="…" class="mention hashtag" rel="tag">#<span>바다</span></a> by <span class="h-card">'
                '<a href="…" class="u-url mention">@<span>kim</span></a></span> and @lee</p>'
            ),
        ),
        ("write to minji@letters.example.org", "<p>write to minji@letters.example.org</p>"),
        ("e\u0301", "<p>\u00e9</p>"),
    ],
)
def test_a_post_is_known_again(text: str, html: str) -> None:
    assert comparable(text_of(html)) == comparable(text)


def test_other_words_are_another_post() -> None:
    assert comparable(text_of("<p>Hello there</p>")) != comparable("Hello")
    assert comparable("see @kim") != comparable("see @lee")


def test_the_longest_thread_counts() -> None:
    posts = [
        OwnPost("9", "", "two", "3"),
        OwnPost("5", "", "two", "1"),
        OwnPost("6", "", "three", "5"),
        OwnPost("3", "", "one", ""),
        OwnPost("1", "", "one", ""),
        OwnPost("0", "", "one", "7"),  # an answer to somebody else
    ]
    assert [post.id for post in thread(("one", "two", "three"), posts)] == ["1", "5", "6"]
    assert [post.id for post in thread(("one", "2"), posts)] == ["3"]
    assert thread(("none",), posts) == []
