"""Clients of Redis for what does not wait for it: where it is away or slow, whoever asks goes on without."""

from __future__ import annotations

from functools import cache
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.retry import Retry
from redis.sentinel import Sentinel

from distributor.broker_urls import redis_py_url, sentinel_address, sentinel_options

ANSWER_SECONDS = 0.5  # a Redis slower than that is as one that is away


@cache
def brief_client(url: str, *, decode_responses: bool = False) -> Redis:
    """Return a client that gives up soon. A connection that a restarted Redis has closed is opened again once.

    Raises ValueError for a URL that only the broker's client knows.
    """
    timeouts = {"socket_connect_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS}
    options: dict[str, Any] = {
        **timeouts,
        "decode_responses": decode_responses,
        "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,)),
    }
    address = sentinel_address(url)
    if address is None:
        return Redis.from_url(redis_py_url(url), **options)
    untyped: Any = Sentinel
    sentinels = untyped(address.hosts, sentinel_kwargs={**sentinel_options(), **timeouts, **address.sentinel_login})
    client: Redis = sentinels.master_for(address.name, db=address.database, **address.login, **options)
    return client
