"""The one HTTP client: it never connects to an address that may not be called, wherever a URL or a redirect leads.

The check happens at connection time, on the addresses that DNS gave, and the connection goes to the very address that
was checked: a name that resolves differently a moment later (DNS rebinding) gains nothing. Every redirect hop is a new
connection and so a new check. TLS is verified against the host name of the URL.

Proxies from the environment are not used: a proxy would resolve and connect in our place, out of the guard's sight.
Certificates named by `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured.

What an error says about the request (for adapters, which must not post twice):

- `NEVER_SENT` (AddressRefused, httpx.ConnectError, ConnectTimeout, PoolTimeout, UnsupportedProtocol): the request did
  not leave. Trying again later is safe.
- any other httpx.TransportError (ReadError, ReadTimeout, WriteError, WriteTimeout, RemoteProtocolError, …): it may have
  been carried out and the answer was lost.

Connections are not kept for a second request: a server that closed an idle one would look like a lost answer.

Some networks want a token within an address. httpx logs every address that it asks: here it logs the host only, at
whatever level.
"""

from __future__ import annotations

import logging
import socket
import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

import httpx

from distributor.channels.addresses import Resolve, system_addresses
from distributor.channels.guard import GuardedTransport
from distributor.domain.errors import AddressRefused, SourceError

TIMEOUT = 10.0  # seconds for each of: connect, one read, one write
FETCH_WITHIN = 30.0  # seconds for a page and all its redirects
FETCH_LIMIT = 10 * 1024 * 1024  # bytes
MAX_REDIRECTS = 5

NEVER_SENT: tuple[type[Exception], ...] = (
    AddressRefused,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


_READABLE = (
    "text/html",
    "text/plain",
    "text/markdown",
    "text/x-markdown",
    "text/xml",
    "application/xml",
    "application/json",
    "application/octet-stream",
)


class _HostsOnly(logging.Filter):
    """Leaves of the addresses in httpx's log lines what names the server: in some there is a secret further on."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _host(argument) if isinstance(argument, httpx.URL) else argument for argument in record.args
            )
        return True


def _host(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.host}/…"


logging.getLogger("httpx").addFilter(_HostsOnly())


def client(
    *,
    allow: tuple[str, ...] = (),
    timeout: float = TIMEOUT,
    within: float | None = None,
    max_redirects: int = MAX_REDIRECTS,
    resolve: Resolve = system_addresses,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """Return a client that refuses (AddressRefused) every address that may not be called. Use it as a context manager.

    - `allow`: exact origins ("http://127.0.0.1:8025": scheme, host and port) that may be local: the practice world's.
    - `timeout`: seconds for connecting, and for each read and write; `within`: seconds for all that the client does,
      so that a server which sends a byte now and then can't hold a worker.
    - `resolve`: how names become addresses. `transport` replaces the network altogether, guard included.

    Redirects are not followed unless a call asks for it (`follow_redirects=True`).
    """
    return httpx.Client(
        transport=transport or GuardedTransport(allow=allow, resolve=resolve, within=within),
        timeout=timeout,
        max_redirects=max_redirects,
        trust_env=False,
    )


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page as it came: `url` after redirects, without credentials and fragment; `content_type` as the server said."""

    url: str
    content: bytes
    content_type: str


def fetch(
    url: str,
    *,
    limit: int = FETCH_LIMIT,
    allow: tuple[str, ...] = (),
    timeout: float = TIMEOUT,
    within: float = FETCH_WITHIN,
    resolve: Resolve = system_addresses,
) -> FetchedPage:
    """Read one http(s) URL: at most `limit` bytes (unpacked), five redirects, `within` seconds.

    Raises SourceError with one sentence that says what is wrong and what to do; `allow` and `resolve` as for `client`.
    """
    address = without_secrets(url)
    check_scheme(url)
    headers = {
        "User-Agent": "Distributor (reads letters for publication)",
        "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, */*;q=0.5",
        "Accept-Encoding": "identity",
    }
    with (
        in_words(address),
        client(allow=allow, timeout=timeout, within=within, resolve=resolve) as http,
        http.stream("GET", url, headers=headers, follow_redirects=True) as response,
    ):
        check_answer(response, address)
        content = decompress(response, read_body(response, limit=limit, address=address), limit=limit, address=address)
        return FetchedPage(plain_address(str(response.url)), content, response.headers.get("content-type", ""))


def fetch_picture(url: str, *, limit: int, within: float = FETCH_WITHIN, resolve: Resolve = system_addresses) -> bytes:
    """Read a picture: at most `limit` bytes. Raises SourceError, as `fetch`."""
    address = without_secrets(url)
    check_scheme(url)
    headers = {"User-Agent": "Distributor (fetches a letter's picture)", "Accept": "image/*"}
    with (
        in_words(address),
        client(within=within, resolve=resolve) as http,
        http.stream("GET", url, headers=headers, follow_redirects=True) as response,
    ):
        if not response.is_success:
            raise SourceError(f"{address} answers {response.status_code}: check the picture’s address.")
        return read_body(response, limit=limit, address=address)


@contextmanager
def in_words(address: str) -> Iterator[None]:
    """Turn what goes wrong within the block into a SourceError."""
    try:
        yield
    except AddressRefused as error:
        raise SourceError(f"{address} can't be read: {error}") from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise SourceError(f"{address} is not a complete web address: copy it from the browser.") from error
    except httpx.HTTPError as error:
        raise SourceError(_sentence(error, address)) from error


def head(response: httpx.Response, *, limit: int) -> bytes:
    """Return the first `limit` bytes of a streamed answer, as they came, or what came before the connection broke.

    The status has come by then and says what became of the call: an end that is missing changes nothing.
    """
    content = bytearray()
    try:
        for chunk in response.iter_raw():
            content += chunk
            if len(content) > limit:
                break
    except httpx.RequestError:
        pass  # see above
    return bytes(content[:limit])


def without_secrets(url: str) -> str:
    """Return a URL as it may be shown in a message: no user name, password, query or fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "The address"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def plain_address(url: str) -> str:
    """Return a URL without user name, password and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def check_scheme(url: str) -> None:
    """Raise SourceError for what is no http(s) address."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SourceError("The address is not a complete web address: copy it from the browser.") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise SourceError(f"Only http and https addresses can be read, not “{parts.scheme}:”.")
    if not parts.hostname:
        raise SourceError(f"{without_secrets(url)} is not a complete web address: copy it from the browser.")


def check_answer(response: httpx.Response, address: str) -> None:
    """Raise SourceError for an answer that brings no page, text or feed."""
    status = response.status_code
    if not response.is_success:
        phrases = {entry.value: entry.phrase for entry in HTTPStatus}
        status_text = f"{status} {phrases[status]}" if status in phrases else str(status)
        todo = "try again later" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "check the address"
        raise SourceError(f"{address} answers {status_text}: {todo}.")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    readable = not kind or kind in _READABLE or kind.endswith(("+xml", "+json"))
    if not readable or kind.startswith("image/"):
        raise SourceError(f"{address} is {kind}, not a page, a text or a feed.")


def read_body(response: httpx.Response, *, limit: int, address: str) -> bytes:
    """Read what came over the wire and stop as soon as it is too much."""
    too_large = SourceError(f"{address} is larger than {limit // 1024 // 1024 or 1} MB: a letter's page is smaller.")
    declared_length = response.headers.get("content-length", "")
    if declared_length.isdecimal() and int(declared_length[:20]) > limit:
        raise too_large
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > limit:
            raise too_large
    return bytes(body)


def decompress(response: httpx.Response, body: bytes, *, limit: int, address: str) -> bytes:
    """Undo a content coding that was sent unasked, never beyond `limit`: a few kB can unpack to gigabytes."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise SourceError(f"{address} is packed in a way that was not asked for ({encoding[:40]}).")
    try:
        content = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, limit + 1)
    except zlib.error as error:
        raise SourceError(f"{address} came damaged: try again.") from error
    if len(content) > limit:
        raise SourceError(f"{address} is larger than {limit // 1024 // 1024 or 1} MB: a letter's page is smaller.")
    return content


def _sentence(error: httpx.HTTPError, address: str) -> str:
    causes = tuple(_causes(error))
    if any(isinstance(cause, (socket.gaierror, UnicodeError)) for cause in causes):
        return f"{address} can't be reached: there is no server of that name, so check the address."
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"{address} can't be trusted: its certificate is not valid for that name."
    if isinstance(error, httpx.TimeoutException):
        return f"{address} does not answer in time: try again later."
    if isinstance(error, httpx.TooManyRedirects):
        return f"{address} redirects more than {MAX_REDIRECTS} times: use the address it should end at."
    if isinstance(error, httpx.UnsupportedProtocol):
        return f"{address} redirects to something that is not a web page: use another address."
    if isinstance(error, httpx.ConnectError):
        return f"{address} can't be reached: check the address, or try again later."
    return f"{address} broke off while it was read: try again."


def _causes(error: BaseException) -> Iterator[BaseException]:
    at: BaseException | None = error
    while at is not None:
        yield at
        at = at.__cause__ or at.__context__
