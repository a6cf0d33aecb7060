"""What httpx writes into the log: no address but its host, since some networks want tokens in addresses."""

from __future__ import annotations

import logging

import httpx
import pytest

from distributor.channels.http import client


def test_no_address_gets_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="httpx")
    answers = httpx.MockTransport(lambda _: httpx.Response(200))
    with client(transport=answers) as http:
        http.get("https://user:in-user@network.example/in-path/me?access_token=in-query")
    assert "GET https://network.example/… " in caplog.text
    assert "in-" not in caplog.text
