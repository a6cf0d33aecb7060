"""What adapters share: when to come again, and what gets into no log."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from distributor.channels import http
from distributor.channels.responses import retry_after

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"retry-after": " 120 "}, 120),
        ({"Retry-After": "Sun, 01 Mar 2026 12:10:00 GMT"}, 600),
        ({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"}, 1),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "9" * 40}, 86_400),
        ({"Retry-After": "soon"}, 30),
        ({"Retry-After": "-5"}, 30),
        ({"Retry-After": "²"}, 30),
        ({}, 30),
    ],
)
def test_when_to_come_again(headers: dict[str, str], seconds: int) -> None:
    assert retry_after(headers, NOW) == NOW + timedelta(seconds=seconds)


def test_what_is_waited_without_a_word() -> None:
    assert retry_after({}, NOW, otherwise=timedelta(minutes=5)) == NOW + timedelta(minutes=5)


def test_addresses_of_requests_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with http.client(transport=httpx.MockTransport(lambda _request: httpx.Response(204))) as client:
        client.post("https://example.org/s3cret-in-the-path")
    assert "s3cret" not in caplog.text
