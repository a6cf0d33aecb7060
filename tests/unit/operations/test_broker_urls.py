"""REDIS_URL in its forms, for Celery and for redis-py."""

from __future__ import annotations

import pytest

from distributor.broker_urls import SentinelAddress, broker_address, redis_py_url, sentinel_address
from distributor.domain.errors import BadSettings


@pytest.mark.parametrize(
    ("url", "celery", "redis_py"),
    [
        ("redis://:pw@h:1/2", "redis://:pw@h:1/2", "redis://:pw@h:1/2"),
        (
            "redis+socket:///run/r.sock?virtual_host=3",
            "redis+socket:///run/r.sock?virtual_host=3",
            "unix:///run/r.sock?db=3",
        ),
        ("rediss://h/0", "rediss://h/0?ssl_cert_reqs=required", "rediss://h/0?ssl_cert_reqs=required"),
        (
            "rediss://h/0?ssl_ca_certs=/etc/ca.pem&ssl_cert_reqs=none",
            "rediss://h/0?ssl_cert_reqs=none&ssl_ca_certs=/etc/ca.pem",
            "rediss://h/0?ssl_cert_reqs=none&ssl_ca_certs=/etc/ca.pem",
        ),
    ],
)
def test_one_redis(url: str, celery: str, redis_py: str) -> None:
    assert broker_address(url).url == celery
    assert not broker_address(url).options
    assert redis_py_url(url) == redis_py
    assert sentinel_address(url) is None


def test_sentinels() -> None:
    url = "sentinel://kim:p%40ss@one,two:1,[::1]:2/letters/3?sentinel_password=s3cret"
    address = broker_address(url)
    assert address.url == (
        "sentinel://kim:p%40ss@one:26379/3;sentinel://kim:p%40ss@two:1/3;sentinel://kim:p%40ss@[::1]:2/3"
    )
    assert address.options["master_name"] == "letters"
    assert address.options["sentinel_kwargs"]["password"] == "s3cret"
    assert sentinel_address(url) == SentinelAddress(
        (("one", 26379), ("two", 1), ("::1", 2)),
        "letters",
        3,
        {"username": "kim", "password": "p@ss"},
        {"password": "s3cret"},
    )
    assert "p@ss" not in repr(sentinel_address(url))
    assert "p%40ss" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "amqp://me:hunter2@host//",
        "host:6379",
        "sentinel://:hunter2@/letters",
        "sentinel://:hunter2@one:26379",
        "sentinel://:hunter2@one:port/letters",
        "sentinel://:hunter2@one/letters/many",
        "sentinel://:hunter2@one/letters?ssl=1",
    ],
)
def test_what_is_no_redis_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        broker_address(url)
    assert "REDIS_URL" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
