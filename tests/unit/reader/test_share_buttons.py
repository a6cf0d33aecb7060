"""The share bar of a letter's page, and of a mail."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from distributor.channels.base import Options
from distributor.channels.folders import NAMES
from distributor.channels.kakao.share_script import SOURCES, key_of
from distributor.channels.share_bar import SHARE_RECORDS, USUAL, share_links
from distributor.channels.share_records import SharedPage
from distributor.letters.intake import share_targets, share_words
from distributor.policies import policy
from distributor.reader.share_buttons import PageButton, buttons, language_of
from tests.unit.rendering.letters import LETTER

TITLE = "Tides & “tables”: 50 % + more?"
URL = "https://lantern.example/lantern/letters/tide-tables/"
PAGE = SharedPage(TITLE, URL, description="한 문장. " * 60, button="Read the letter")
SHARED = ("facebook", "twitter", "kakao", "mail", "link", "linkedin", "telegram", "bluesky", "mastodon", "threads")
KEY = "0123456789abcdef"


def with_key(_channel: str) -> Options:
    """Return a publication's settings with Kakao's public key."""
    return Options(more={"javascript_key": KEY})


def button_of(name: str, page: SharedPage = PAGE) -> PageButton:
    (button,) = buttons((name,), page)
    return button


def test_the_share_bars_order_is_kept_and_each_button_comes_once() -> None:
    bar = ("link", "telegram", "mail", "twitter", "mail", "kakao", "facebook")
    assert [button.name for button in buttons(bar, PAGE)] == [
        "link",
        "telegram",
        "mail",
        "twitter",
        "kakao",
        "facebook",
    ]


def test_without_a_share_bar_the_usual_five_are_there() -> None:
    assert USUAL == ("facebook", "twitter", "kakao", "mail", "link")
    shown = buttons((), PAGE)
    assert tuple(button.name for button in shown) == USUAL
    assert [button.label for button in shown] == [
        f"{name} share button" for name in ("Facebook", "Twitter", "Kakao", "Mail", "Link")
    ]


def test_every_channel_has_a_button_or_says_why_not() -> None:
    assert tuple(button.name for button in buttons(NAMES, PAGE)) == SHARED
    for name, record in SHARE_RECORDS.items():
        assert bool(record.button) != bool(record.no_button), name


@pytest.mark.parametrize("bar", [("pigeon", "mail"), ("webhook", "mail", "kakaochannel", "apprise")])
def test_a_channel_that_readers_cannot_share_on_gets_no_button(bar: tuple[str, ...]) -> None:
    assert [button.name for button in buttons(bar, PAGE)] == ["mail"]


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("language", ["en", "ko-KR", "fr"])
def test_each_button_has_a_name_an_icon_and_a_way_without_a_script(name: str, language: str) -> None:
    button = button_of(name, replace(PAGE, language=language))
    assert button.label
    assert button.title
    assert ElementTree.fromstring(f"<svg>{button.icon}</svg>").findall("path")
    assert button.href == "#letter-link" or button.external or button.href.startswith("mailto:?")
    assert button.href.isascii()
    assert " " not in button.href
    assert ("공유" in button.label) == (language == "ko-KR")


def test_the_buttons_speak_the_pages_language_where_all_of_them_do() -> None:
    assert [language_of(language) for language in ("en", "ko", "ko_KR", "fr", "")] == ["en", "ko", "ko", "en", "en"]


@pytest.mark.parametrize("name", SHARED)
def test_intake_reads_the_buttons_that_we_show(name: str) -> None:
    """A page of ours that is taken in again has the share bar that it had."""
    for language in ("en", "ko"):
        button = button_of(name, replace(PAGE, language=language))
        named = share_words.from_label(button.label)
        assert named is not None
        assert (named.channel, named.sure) == (name, True)
        if button.href != "#letter-link":
            target = share_targets.from_target(button.href)
            assert target is not None
            assert target.channel == name


@pytest.mark.parametrize(
    ("name", "site", "expected"),
    [
        ("facebook", "www.facebook.com", {"u": [URL]}),
        ("twitter", "x.com", {"text": [TITLE], "url": [URL]}),
        ("linkedin", "www.linkedin.com", {"url": [URL]}),
        ("telegram", "t.me", {"url": [URL], "text": [TITLE]}),
        ("bluesky", "bsky.app", {"text": [f"{TITLE} {URL}"]}),
        ("threads", "www.threads.com", {"text": [TITLE], "url": [URL]}),
    ],
)
def test_a_networks_button_carries_title_and_link_unharmed(
    name: str, site: str, expected: dict[str, list[str]]
) -> None:
    button = button_of(name)
    assert urlsplit(button.href).hostname == site
    assert parse_qs(urlsplit(button.href).query) == expected
    assert "+" not in button.href
    assert button.external


def test_the_mail_button_has_subject_and_body_and_no_plus_for_a_space() -> None:
    button = button_of("mail")
    fields = parse_qs(button.href.removeprefix("mailto:?"))
    assert fields == {"subject": [TITLE], "body": [f"{TITLE}\r\n\r\n{URL}"]}
    assert "+" not in button.href
    assert not button.external


@pytest.mark.parametrize("name", ["kakao", "link", "mastodon"])
def test_what_needs_a_script_works_without_one_by_showing_the_link(name: str) -> None:
    button = button_of(name)
    assert button.href == "#letter-link"
    assert button.action


def test_mastodon_asks_for_the_readers_own_server_and_tells_nobody_else() -> None:
    button = button_of("mastodon")
    assert button.action == "server"
    assert button.form is not None
    assert button.form.label == "Your Mastodon server"
    address = button.data["address"]
    assert address.startswith("https://{server}/share?text=")
    assert parse_qs(urlsplit(address).query) == {"text": [f"{TITLE} {URL}"]}
    assert button.sources == {}


def test_a_title_with_braces_or_half_a_letter_breaks_no_address() -> None:
    page = replace(PAGE, title="{url} {server} \ud800")
    assert parse_qs(urlsplit(button_of("twitter", page).href).query) == {"text": ["{url} {server} ?"], "url": [URL]}
    assert button_of("mastodon", page).data["address"].count("{server}") == 1


# KakaoTalk, with a key


def test_with_a_key_kakaos_button_opens_kakaotalk_and_still_has_the_link() -> None:
    (button,) = buttons(("kakao",), PAGE, options_of=with_key)
    assert (button.action, button.href, button.data["key"]) == ("script", "#letter-link", KEY)
    assert button.data["script"].startswith("https://t1.kakaocdn.net/")
    assert button.data["integrity"].startswith("sha384-")
    assert button.sources == SOURCES
    plain = button_of("kakao")
    assert (plain.action, plain.sources) == ("menu", {})
    assert "script" not in plain.data


def test_the_shared_card_says_the_letter_and_leads_to_it() -> None:
    def message(page: SharedPage) -> dict[str, object]:
        (button,) = buttons(("kakao",), page, options_of=with_key)
        card: dict[str, object] = json.loads(button.data["message"])
        return card

    link = {"mobileWebUrl": URL, "webUrl": URL}
    picture = "https://lantern.example/fog.jpg"
    description = PAGE.description[:150]
    assert message(replace(PAGE, image=picture)) == {
        "objectType": "feed",
        "content": {"title": TITLE, "description": description, "link": link, "imageUrl": picture},
        "buttons": [{"title": "Read the letter", "link": link}],
    }
    assert message(PAGE)["content"] == {"title": TITLE, "description": description, "link": link}


@pytest.mark.parametrize(
    ("chosen", "key"),
    [(KEY, KEY), (f" {KEY} ", KEY), ("", ""), ("short", ""), ('"><script>alert(1)</script>', "")],
    ids=["key", "blanks", "empty", "short", "markup"],
)
def test_only_what_can_be_a_key_is_one(chosen: str, key: str) -> None:
    assert key_of(Options(more={"javascript_key": chosen})) == key
    assert key_of(Options()) == ""


def test_further_sources_are_added_to_their_directive_only() -> None:
    plain, more = (dict(part.split(" ", 1) for part in one.split("; ")) for one in (policy(), policy(SOURCES)))
    assert plain["script-src"] == "'self'"
    assert {name: more[name] for name in plain if name not in SOURCES} == {
        name: plain[name] for name in plain if name not in SOURCES
    }
    assert all(more[name] == f"{plain[name]} {sources}" for name, sources in SOURCES.items())


# In a mail


def test_a_mails_share_links_follow_the_share_bar() -> None:
    def names(*bar: str, url: str = URL) -> list[str]:
        return [link.name for link in share_links(replace(LETTER, share_bar=bar, url=url))]

    assert names("mail", "twitter", "mail", "fax") == ["mail", "twitter"]
    assert names() == list(USUAL)
    assert names(*NAMES) == list(SHARED)
    assert names("mail", url="") == []


def test_a_mails_share_links_say_the_same_as_the_pages_buttons() -> None:
    page = replace(PAGE, title=LETTER.title, url=LETTER.url)
    for link in share_links(replace(LETTER, share_bar=NAMES)):
        button = button_of(link.name, page)
        assert link.url == (LETTER.url if button.href == "#letter-link" else button.href)


def test_a_mails_share_links_speak_its_language_and_are_ascii() -> None:
    korean = replace(LETTER, language="ko", title="바다", url="https://편지.example/조석/", share_bar=("kakao", "mail"))
    kakao, mail = share_links(korean)
    assert (kakao.label, mail.label) == ("카카오톡", "메일")
    assert kakao.url == "https://xn--9b6b95p.example/%EC%A1%B0%EC%84%9D/"
    assert mail.url.isascii()


def test_a_mails_share_links_lead_to_the_plain_address() -> None:
    tagged = replace(LETTER, url=f"{URL}?utm_source=mail", plain_url=URL, share_bar=("link",))
    assert [link.url for link in share_links(tagged)] == [URL]
