"""httpx's way to the network, with the guard where connections are made. See `http.py` for what it promises."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpcore
import httpx

from distributor.channels.addresses import Resolve, checked_addresses, system_addresses
from distributor.channels.certificates import tls_context

ADDRESSES_TRIED = 4

_SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

_HTTPX_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ReadError: httpx.ReadError,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteError: httpx.WriteError,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}


class GuardedTransport(httpx.BaseTransport):
    """httpx's way to the network, with the guard where connections are made."""

    def __init__(
        self,
        *,
        allow: Iterable[str] = (),
        resolve: Resolve = system_addresses,
        within: float | None = None,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        timed_backend = _TimedBackend(network or httpcore.SyncBackend(), within)
        context = tls_context()
        self._allowed_origins = frozenset(_origin(httpx.URL(url)) for url in allow)
        self._guarded_pool, self._plain_pool = (
            httpcore.ConnectionPool(ssl_context=context, max_keepalive_connections=0, network_backend=backend)
            for backend in (_GuardedBackend(timed_backend, resolve), timed_backend)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises AddressRefused and httpx's own errors."""
        url = request.url
        pool = self._plain_pool if _origin(url) in self._allowed_origins else self._guarded_pool
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        content = request.stream
        if not isinstance(content, httpx.SyncByteStream):
            raise TypeError("The request's content must be a synchronous stream.")
        with _as_httpx_errors():
            response = pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=target,
                    headers=request.headers.raw,
                    content=content,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=dict(response.extensions)
        )

    def close(self) -> None:
        self._guarded_pool.close()
        self._plain_pool.close()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    try:
        yield
    except tuple(_HTTPX_ERRORS) as error:
        raise _HTTPX_ERRORS[type(error)](str(error)) from error


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx_errors():
            yield from self._response.iter_stream()

    def close(self) -> None:
        with _as_httpx_errors():
            self._response.close()


class _GuardedBackend(httpcore.NetworkBackend):
    """Resolves once, refuses what may not be called, and connects to what it checked."""

    def __init__(self, network: httpcore.NetworkBackend, resolve: Resolve) -> None:
        self._network = network
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:  # UnicodeError: a label that IDNA can't encode
            raise httpcore.ConnectError(f"{host} can't be resolved") from error
        checked_addresses(host, addresses)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses[:ADDRESSES_TRIED]:
            try:
                return self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _TimedBackend(httpcore.NetworkBackend):
    """Ends everything `within` seconds after the first connection."""

    def __init__(self, network: httpcore.NetworkBackend, within: float | None) -> None:
        self._network = network
        self._within = within
        self._end: float | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        if self._within is None:
            return self._network.connect_tcp(host, port, timeout, local_address, socket_options)
        if self._end is None:
            self._end = time.monotonic() + self._within
        seconds = _seconds_left(self._end, timeout, httpcore.ConnectTimeout)
        stream = self._network.connect_tcp(host, port, seconds, local_address, socket_options)
        return _TimedStream(stream, self._end)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, end: float) -> None:
        self._stream = stream
        self._end = end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _seconds_left(self._end, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _seconds_left(self._end, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = _seconds_left(self._end, timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._end)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _seconds_left(end: float, timeout: float | None, overdue: type[Exception]) -> float:
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise overdue("the time for this is over")
    return seconds if timeout is None else min(seconds, timeout)
