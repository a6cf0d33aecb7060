from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from distributor.reader.sharing import USUAL, buttons

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
