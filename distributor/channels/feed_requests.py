"""Asking a feed's server for what is new (RFC 9110 §13: conditional requests), by the one guarded client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import pairwise
from typing import Final

import httpx

from distributor.channels.addresses import Resolve, system_addresses
from distributor.channels.http import (
    FETCH_LIMIT,
    FETCH_WITHIN,
    TIMEOUT,
    check_answer,
    check_scheme,
    client,
    decompress,
    in_words,
    plain_address,
    read_body,
    without_secrets,
)
from distributor.channels.responses import retry_after
from distributor.domain.errors import SourceError

_FOR_GOOD: Final = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
_LATER: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_LONGEST_VALIDATOR: Final = 500  # characters; a longer one is not sent back


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells whether a feed changed since it was read: its ETag and Last-Modified as the server wrote them."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class FeedResponse:
    """A feed as it came. `content` is None where the server says that it has not changed.

    `url` is where it was found after all redirects; `lasting_url` is where it is to be asked for from now on: what the
    permanent redirects at the beginning of the way lead to. `links` are its Link headers, by commas.
    """

    url: str
    lasting_url: str
    content: bytes | None
    content_type: str = ""
    links: str = ""
    validators: Validators = Validators()


class FeedGone(SourceError):
    """The server says that there is no such feed any more, and will not be (410)."""


class AskedToWait(SourceError):
    """The server says when it may be asked again (429 or 503 with Retry-After): `at` is aware."""

    def __init__(self, message: str, at: datetime) -> None:
        super().__init__(message)
        self.at = at


def fetch_feed(
    url: str,
    *,
    now: datetime,
    validators: Validators | None = None,
    allow: tuple[str, ...] = (),
    limit: int = FETCH_LIMIT,
    timeout: float = TIMEOUT,
    within: float = FETCH_WITHIN,
    resolve: Resolve = system_addresses,
) -> FeedResponse:
    """Ask for a feed, with `validators` only for one that changed. At most `limit` bytes, five redirects.

    Raises FeedGone, AskedToWait (times count from `now`, aware) and, for all else, SourceError with one sentence;
    `allow` and `resolve` are as for `channels.http.client`.
    """
    address = without_secrets(url)
    check_scheme(url)
    with (
        in_words(address),
        client(allow=allow, timeout=timeout, within=within, resolve=resolve) as http,
        http.stream("GET", url, headers=_headers(validators), follow_redirects=True) as response,
    ):
        lasting_url = _lasting_url(url, response)
        address_there = without_secrets(str(response.url))
        if response.status_code == HTTPStatus.GONE:
            raise FeedGone(f"{address_there} answers 410 Gone: its site has ended this feed.")
        if response.status_code in _LATER and "retry-after" in response.headers:
            at = retry_after(response.headers, now)
            status = response.status_code
            raise AskedToWait(f"{address_there} answers {status} and says when it may be asked again.", at)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            if validators is None:
                raise SourceError(f"{address_there} answers 304 Not Modified though it was asked for the whole feed.")
            return FeedResponse(plain_address(str(response.url)), lasting_url, None, validators=validators)
        check_answer(response, address_there)
        body = read_body(response, limit=limit, address=address_there)
        return FeedResponse(
            plain_address(str(response.url)),
            lasting_url,
            decompress(response, body, limit=limit, address=address_there),
            response.headers.get("content-type", ""),
            ", ".join(response.headers.get_list("link")),
            Validators(_validator(response, "etag"), _validator(response, "last-modified")),
        )


def _headers(validators: Validators | None) -> dict[str, str]:
    headers = {
        "User-Agent": "Distributor (reads letters for publication)",
        "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "identity",
    }
    if validators and validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators and validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _validator(response: httpx.Response, name: str) -> str:
    value = response.headers.get(name, "")
    return value if len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable() else ""


def _lasting_url(url: str, response: httpx.Response) -> str:
    """Return what an address became by permanent redirects; a temporary one among them ends that."""
    hops = [*response.history, response]
    for hop, target in pairwise(hops):
        if hop.status_code not in _FOR_GOOD:
            break
        url = str(target.request.url)
    return url
