"""The share bar as the page names it: from targets, classes, titles and labels, in its order, never guessed."""

from __future__ import annotations

import pytest

from distributor.letters.intake import parse
from distributor.letters.intake.share_targets import from_target, is_profile
from distributor.letters.intake.share_words import from_class, from_label, labels_in_row

LETTER = (
    "<p>Dear neighbours,</p><p>This is a paragraph of the letter, with enough words in it to be read as prose.</p>"
    "<p>Another one goes on about the garden, and it has a comma and a full stop as well.</p>"
)


def share_bar(markup: str) -> tuple[str, ...]:
    page = (
        '<html><body><nav><a href="/">Home</a> <a href="https://facebook.example/us">Mail</a></nav>'
        f"<article><h1>A title</h1>{markup}{LETTER}</article></body></html>"
    )
    (draft,) = parse(page.encode(), name="page.html")
    assert draft.body_text.startswith("Dear neighbours,")
    assert draft.body_text.endswith("as well.")
    return draft.share_bar


BARS = {
    "labels with the word share": (
        """
        <ul><li>
        <a href="#">Share on Facebook</a></li><li>
        <a href="#">Tweet</a></li><li>
        <a href="#">Send by email</a></li></ul>
        """,
        "facebook twitter mail",
    ),
    "bare names in a share list": (
        """
        <ul class="share"><li>
        <a href="#">Facebook</a></li><li>
        <a href="#">X</a></li><li>
        <a href="#">Email</a></li></ul>
        """,
        "facebook twitter mail",
    ),
    "bare names in a row without a class": (
        """
        <ul><li>
        <a href="#">Facebook</a></li><li>
        <a href="#">KakaoTalk</a></li><li>
        <a href="#">Copy link</a></li></ul>
        """,
        "facebook kakao link",
    ),
    "only classes": (
        """
        <div class="sns">
        <a href="#" class="sns_fb"></a>
        <a href="#" class="sns_tw"></a>
        <a href="#" class="sns_ka"></a>
        <a href="#" class="sns_mail"></a>
        <a href="#" class="sns_url"></a></div>
        """,
        "facebook twitter kakao mail link",
    ),
    "font icons": (
        """
        <div class="social-share">
        <a href="#"><i class="fab fa-facebook-f"></i></a>
        <a href="#"><i class="fa-x-twitter"></i></a>
        <a href="#"><i class="fas fa-envelope"></i></a>
        <a href="#"><i class="fa fa-link"></i></a></div>
        """,
        "facebook twitter mail link",
    ),
    "pictures": (
        """
        <div class="article-share">
        <a href="#"><img src="/i/facebook.svg" alt=""></a>
        <a href="#"><img src="/i/x.svg" alt="X"></a></div>
        """,
        "facebook twitter",
    ),
    "drawn symbols": (
        """
        <div class="share">
        <a href="#"><svg><use href="#icon-facebook"></use></svg></a>
        <button><span>Copy URL</span></button></div>
        """,
        "facebook link",
    ),
    "aria labels, and a close button": (
        """
        <div role="group" aria-label="Share">
        <button aria-label="Facebook"></button>
        <button aria-label="Email"></button>
        <button aria-label="Close">X</button></div>
        """,
        "facebook mail",
    ),
    "targets": (
        """
        <p>
        <a href="https://www.facebook.com/sharer.php?u=1">f</a>
        <a href="https://twitter.com/share?u">t</a>
        <a href="https://x.com/intent/post?url=u">x</a>
        <a href="https://story.kakao.com/share?url=">k</a>
        <a href="mailto:?body=x">m</a>
        <a href="https://t.me/share/url?url=x">T</a></p>
        """,
        "facebook twitter kakao mail telegram",
    ),
    "Threads": (
        """
        <div class="share">
        <a href="https://www.threads.com/intent/post?text=x">@</a>
        <a href="https://www.facebook.com/sharer.php?u=1">f</a></div>
        """,
        "threads facebook",
    ),
    "Threads by its label": (
        """
        <div>
        <button>페이스북 공유</button>
        <button>스레드 공유</button></div>
        """,
        "facebook threads",
    ),
    "script calls": (
        """
        <div>
        <a onclick="sendSns('facebook')" href="#">f</a>
        <a onclick="sendSns('kakaotalk')" href="#">k</a>
        <button onclick="copyUrl()">c</button></div>
        """,
        "facebook kakao link",
    ),
    "data attributes": (
        """
        <div class="share-buttons">
        <a data-network="x" href="#">Share</a>
        <a data-network="bluesky" href="#">Share</a></div>
        """,
        "twitter bluesky",
    ),
    "Korean labels": (
        """
        <div class="util">
        <button>페이스북</button>
        <button>트위터</button>
        <button>카카오톡</button>
        <button>이메일</button>
        <button>주소 복사</button>
        <button>인쇄</button></div>
        """,
        "facebook twitter kakao mail link",
    ),
    "Korean sentences on buttons": (
        """
        <div>
        <a class="btn" href="#"><span>페이스북(으)로 공유하기</span></a>
        <button aria-label="카카오톡으로 공유">K</button></div>
        """,
        "facebook kakao",
    ),
    "an introduction and names": (
        """
        <p>Share:
        <a href="#">Facebook</a> |
        <a href="#">X</a> |
        <a href="#">Link</a></p>
        """,
        "facebook twitter link",
    ),
    "further channels keep their word": (
        """
        <div>
        <a href="#">Share on LinkedIn</a>
        <a href="#">Share on Mastodon</a>
        <a href="#">Share on Mixi</a></div>
        """,
        "linkedin mastodon mixi",
    ),
    "twice on the page": (
        """
        <div class="share">
        <a href="#">Mail</a>
        <a href="#">Facebook</a></div>
        <div class="share">
        <a href="#">Facebook</a>
        <a href="#">Link</a></div>
        """,
        "mail facebook link",
    ),
}


@pytest.mark.parametrize("name", BARS)
def test_bars(name: str) -> None:
    markup, expected = BARS[name]
    assert share_bar(markup) == tuple(expected.split())


@pytest.mark.parametrize(
    "markup",
    [
        "",
        '<div class="follow"><a href="https://facebook.com/us">Facebook</a><a href="https://x.com/us">X</a></div>',
        '<p>Follow us on <a href="https://facebook.com/us">Facebook</a> and <a href="https://x.com/us">X</a>.</p>',
        '<div class="popup"><button>X</button><button>Close</button></div>',
        '<div class="login-social"><a href="#">Facebook</a><a href="#">Kakao</a></div>',
        '<p><a href="mailto:ilse@site.example">Mail</a></p>',
    ],
)
def test_what_is_no_share_bar(markup: str) -> None:
    assert share_bar(markup) == ()


def test_x_closes_a_box_of_share_buttons() -> None:
    assert share_bar(
        '<div class="share-layer"><a href="#">Facebook</a><a href="#">Mail</a><button>X</button></div>'
    ) == ("facebook", "mail")


@pytest.mark.parametrize(
    "label",
    ["X CLOSE", "Close", "Facebook is a company.", "Print", "Share", "닫기", "I read your link by email yesterday"],
)
def test_labels_that_name_nothing(label: str) -> None:
    assert from_label(label) is None


@pytest.mark.parametrize("name", ["nav-link", "underline", "line", "close-x", "btn", "link"])
def test_classes_that_name_nothing(name: str) -> None:
    assert from_class(name) is None


def test_profiles_are_told_from_targets() -> None:
    assert is_profile("https://twitter.com/lantern")
    assert not is_profile("https://twitter.com/intent/tweet?text=x")
    assert from_target("https://notfacebook.com/sharer") is None
    assert from_target("https://facebook.com.evil.example/sharer") is None


@pytest.mark.parametrize(
    ("href", "channel"),
    [
        ("https://bsky.app/intent/compose?text=x", "bluesky"),
        ("https://share.joinmastodon.org/#text=x", "mastodon"),
        ("https://mastodon.social/share?text=x", "mastodon"),
        ("https://bsky.app/profile/lantern.example", ""),
        ("https://mastodon.social/@lantern", ""),
    ],
)
def test_targets_of_bluesky_and_mastodon(href: str, channel: str) -> None:
    named = from_target(href)
    assert (named.channel if named else "") == channel
    assert is_profile(href) != bool(channel)


def test_labels_on_one_line() -> None:
    assert labels_in_row("페이스북 공유 카카오톡 공유 엑스(X) 공유 링크 복사 인쇄") == [
        "facebook",
        "kakao",
        "twitter",
        "link",
    ]
    assert labels_in_row("Facebook and Twitter are companies") == []


@pytest.mark.parametrize(
    ("target", "channel"),
    [
        ("https://www.linkedin.com/sharing/share-offsite/?url=u", "linkedin"),
        ("https://www.linkedin.com/shareArticle?mini=true&url=u", "linkedin"),
        ("https://www.linkedin.com/feed/?shareActive=true&text=u", "linkedin"),
        ("https://www.linkedin.com/feed/", ""),
        ("https://www.linkedin.com/company/lantern/", ""),
        ("https://t.me/share/url?url=u", "telegram"),
        ("https://telegram.me/share/url?url=u", "telegram"),
        ("tg://msg_url?url=u", "telegram"),
        ("https://t.me/lantern", ""),
        ("https://telegram.me/lantern", ""),
    ],
)
def test_linkedin_and_telegram_are_named_by_their_share_addresses(target: str, channel: str) -> None:
    named = from_target(target)
    assert (named.channel if named else "") == channel
    assert is_profile(target) == (not channel)


@pytest.mark.parametrize(
    ("names", "channel"), [("fa-linkedin-in", "linkedin"), ("share-tg", "telegram"), ("icon-telegram", "telegram")]
)
def test_linkedin_and_telegram_are_named_by_classes(names: str, channel: str) -> None:
    named = from_class(names)
    assert named is not None
    assert named.channel == channel


@pytest.mark.parametrize(
    ("label", "channel"),
    [
        ("KakaoTalk channel share button", "kakaochannel"),
        ("Share on Kakao channel", "kakaochannel"),
        ("카카오톡 채널 공유하기", "kakaochannel"),
        ("카카오톡채널 공유", "kakaochannel"),
        ("톡채널로 보내기", "kakaochannel"),
        ("Kakao Talk share button", "kakao"),
        ("카카오톡 공유하기", "kakao"),
    ],
)
def test_a_kakaotalk_channel_is_told_from_kakaotalk(label: str, channel: str) -> None:
    named = from_label(label)
    assert named is not None
    assert (named.channel, named.sure) == (channel, True)
