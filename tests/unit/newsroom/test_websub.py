"""Where feeds name their hubs, and which messages are a hub's."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from distributor.domain.websub import Hub, hub_of, is_signed, renewal

URL = "https://l.example/feed"
HUB = "https://hub.example/"
ATOM = f'<feed><link rel="hub" href="{HUB}"/><link href="https://l.example/own" rel="self"/><entry></entry></feed>'
RSS = (
    "<rss xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
    f"<atom:link href='{HUB}?a=1&amp;b=2' rel='Hub'/><item></item></channel></rss>"
)
JSON = '{"version": "https://jsonfeed.org/version/1.1", "feed_url": "https://l.example/own", "hubs": '


@pytest.mark.parametrize(
    ("headers", "text", "hub"),
    [
        ("", "<rss><channel></channel></rss>", None),
        ("", ATOM, Hub(HUB, "https://l.example/own")),
        ("", RSS, Hub(f"{HUB}?a=1&b=2", URL)),
        (f'<{HUB}>; rel="hub", <https://l.example/me>; rel=self', "", Hub(HUB, "https://l.example/me")),
        (f'<{HUB}>; title="x"; rel="nofollow hub"', ATOM, Hub(HUB, URL)),
        ('</own>; rel="self"', ATOM, Hub(HUB, "https://l.example/own")),
        ("</hub>;rel=hub", "", Hub("https://l.example/hub", URL)),
        ("<javascript:alert(1)>;rel=hub", "", None),
        ("<https://[>;rel=hub", "", None),
        ("<>;rel=hub", "", None),
        (f"<https://h.example/{'x' * 2000}>;rel=hub", "", None),
        ("no link at all", "", None),
        ("", f'<feed><entry><link rel="hub" href="{HUB}"/></entry></feed>', None),
        ("", f'{JSON}[{{"type": "WebSub", "url": "{HUB}"}}]}}', Hub(HUB, "https://l.example/own")),
        ("", f'{JSON}[{{"type": "rssCloud", "url": "{HUB}"}}, 7]}}', None),
        ("", f"{JSON}[oh]}}", None),
        ("", '{"version": "https://jsonfeed.org/version/1.1"}', None),
    ],
)
def test_a_hub_is_named_in_headers_or_in_the_feed(headers: str, text: str, hub: Hub | None) -> None:
    assert hub_of(link_headers=headers, text=text, url=URL) == hub


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512", "SHA256"])
def test_the_methods_of_websub_are_known(method: str) -> None:
    digest = hmac.new(b"secret", b"news", getattr(hashlib, method.lower())).hexdigest()
    assert is_signed(b"news", f"{method}={digest}", "secret")
    assert is_signed(b"news", f"{method}={digest.upper()}", "secret")
    assert not is_signed(b"other news", f"{method}={digest}", "secret")
    assert not is_signed(b"news", f"{method}={digest}", "another secret")


@pytest.mark.parametrize("header", ["", "sha256=", "md5=d41d8cd98f00b204e9800998ecf8427e", "news", "sha256=é", "new=1"])
def test_all_else_is_no_signature(header: str) -> None:
    assert not is_signed(b"news", header, "secret")


def test_a_lease_is_renewed_before_it_ends() -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    assert renewal(now, timedelta(days=10)) == now + timedelta(days=8)
    assert renewal(now, timedelta(seconds=1)) == now + timedelta(minutes=4)
