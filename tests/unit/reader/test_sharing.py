from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from distributor.reader import kakao_share
from distributor.reader.kakao_share import SOURCES, KakaoShare
from distributor.reader.policies import policy
from distributor.reader.share_buttons import USUAL, buttons

TITLE = "Tides & “tables”: 50 % + more?"
URL = "https://lantern.example/lantern/letters/tide-tables/"


def test_the_share_bars_order_is_kept_and_each_button_comes_once() -> None:
    bar = ("link", "mail", "twitter", "mail", "kakao", "facebook")
    assert [button.name for button in buttons(bar, title=TITLE, url=URL)] == [
        "link",
        "mail",
        "twitter",
        "kakao",
        "facebook",
    ]


def test_without_a_share_bar_all_five_are_there() -> None:
    shown = buttons((), title=TITLE, url=URL)
    assert tuple(button.name for button in shown) == USUAL
    assert [button.label for button in shown] == [
        f"{name} share button" for name in ("Facebook", "Twitter", "Kakao", "Mail", "Link")
    ]


def test_a_channel_that_readers_cannot_share_on_gets_no_button() -> None:
    assert [button.name for button in buttons(("pigeon", "mail"), title=TITLE, url=URL)] == ["mail"]


@pytest.mark.parametrize(
    ("name", "site", "expected"),
    [
        ("facebook", "www.facebook.com", {"u": [URL]}),
        ("twitter", "x.com", {"text": [TITLE], "url": [URL]}),
    ],
)
def test_a_networks_button_carries_title_and_link_unharmed(
    name: str, site: str, expected: dict[str, list[str]]
) -> None:
    (button,) = buttons((name,), title=TITLE, url=URL)
    assert urlsplit(button.href).hostname == site
    assert parse_qs(urlsplit(button.href).query) == expected
    assert button.external


def test_the_mail_button_has_subject_and_body_and_no_plus_for_a_space() -> None:
    (button,) = buttons(("mail",), title=TITLE, url=URL)
    fields = parse_qs(button.href.removeprefix("mailto:?"))
    assert fields == {"subject": [TITLE], "body": [f"{TITLE}\r\n\r\n{URL}"]}
    assert "+" not in button.href
    assert not button.external


@pytest.mark.parametrize("name", ["kakao", "link"])
def test_kakao_and_link_work_without_a_script_by_showing_the_link(name: str) -> None:
    (button,) = buttons((name,), title=TITLE, url=URL)
    assert button.href == "#letter-link"
    assert button.action


# KakaoTalk, with a key


def card(**changes: str) -> KakaoShare:
    words = {"title": TITLE, "description": "한 문장. " * 60, "image": "", "url": URL, "button": "Read the letter"}
    return kakao_share.share("0123456789abcdef", **{**words, **changes})


def test_with_a_key_kakaos_button_opens_kakaotalk_and_still_has_the_link() -> None:
    (button,) = buttons(("kakao",), title=TITLE, url=URL, kakao=card())
    assert (button.action, button.href, button.data["key"]) == ("kakao", "#letter-link", "0123456789abcdef")
    assert button.data["sdk"].startswith("https://t1.kakaocdn.net/")
    assert button.data["integrity"].startswith("sha384-")
    (plain,) = buttons(("kakao",), title=TITLE, url=URL)
    assert (plain.action, plain.data) == ("menu", {})


def test_the_shared_card_says_the_letter_and_leads_to_it() -> None:
    made = json.loads(card(image="https://lantern.example/fog.jpg").message)
    link = {"mobileWebUrl": URL, "webUrl": URL}
    assert made["content"]["title"] == TITLE
    assert made["content"]["imageUrl"] == "https://lantern.example/fog.jpg"
    assert len(made["content"]["description"]) <= 150
    assert (made["content"]["link"], made["buttons"]) == (link, [{"title": "Read the letter", "link": link}])
    assert "imageUrl" not in json.loads(card().message)["content"]


@pytest.mark.parametrize(
    ("chosen", "key"),
    [
        ("0123456789abcdef", "0123456789abcdef"),
        (" 0123456789abcdef ", "0123456789abcdef"),
        ("", ""),
        ("short", ""),
        ('"><script>alert(1)</script>', ""),
    ],
)
def test_only_what_can_be_a_key_is_one(chosen: str, key: str) -> None:
    assert kakao_share.key_of("lantern", {"kakao": {"more": {"javascript_key": chosen}}}) == key
    assert kakao_share.key_of("lantern", {}) == ""


def test_further_sources_are_added_to_their_directive_only() -> None:
    plain, more = (dict(part.split(" ", 1) for part in one.split("; ")) for one in (policy(), policy(SOURCES)))
    assert plain["script-src"] == "'self'"
    assert {name: more[name] for name in plain if name not in SOURCES} == {
        name: plain[name] for name in plain if name not in SOURCES
    }
    assert all(more[name] == f"{plain[name]} {sources}" for name, sources in SOURCES.items())
