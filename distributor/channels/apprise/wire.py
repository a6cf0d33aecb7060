"""Apprise's way to the network: our guarded client, in the place of `requests`.

Apprise's plugins call `requests.post(…)` and the like. In the modules of its plugins, and nowhere else, the name
`requests` is made to mean `STAND_IN`, which hands every request to the `Wire` of the message that is being sent: so the
guard, its time-outs and its refusal of redirects hold for all of them, whatever host an address names. Without a `Wire`
nothing is sent at all. `plugins.py` sees to it that a plugin has no other way out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import httpx
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from distributor.channels import http
from distributor.domain.errors import AddressRefused

ANSWER_LIMIT = 1024 * 1024  # bytes of an answer that a plugin gets to see
_NOT_PASSED_ON = frozenset({"connection", "accept-encoding", "content-length", "transfer-encoding"})

_current: ContextVar[Wire] = ContextVar("apprise_wire")


class Wire:
    """The requests of one message, and what became of each.

    `statuses` are the answers in their order; None is one that was lost. `away`: some host could not be reached.
    `refusal` says why a request was not let out, "" where all were. `headers` are those of the last answer. `failure`
    names the error by which the plugin ended, "" for none.
    """

    def __init__(self, client: httpx.Client, *, endpoint: str = "") -> None:
        self.statuses: list[int | None] = []
        self.headers: Mapping[str, str] = {}
        self.refusal = ""
        self.away = False
        self.failure = ""
        self._client = client
        self._endpoint = endpoint

    @contextmanager
    def as_current(self) -> Iterator[None]:
        """Carry the requests that plugins make in this thread during the block."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def carry(self, request: requests.PreparedRequest) -> requests.Response:
        """Make one request. Raises requests.RequestException, which plugins expect; it names no address."""
        url = self._address(request.url or "")
        headers = [
            (_bytes(name), _bytes(value))
            for name, value in request.headers.items()
            if name.lower() not in _NOT_PASSED_ON
        ]
        headers.append((b"Accept-Encoding", b"identity"))
        try:
            with self._client.stream(
                request.method or "GET", url, headers=headers, content=_content(request)
            ) as response:
                self.statuses.append(response.status_code)
                self.headers = response.headers
                body = http.head(response, limit=ANSWER_LIMIT)
        except AddressRefused as error:
            self.refusal = str(error)
            raise requests.ConnectionError("the address is refused") from None
        except httpx.InvalidURL:
            self.refusal = "The service’s address is not a whole one."
            raise requests.exceptions.InvalidURL("the address is not a whole one") from None
        except http.NEVER_SENT:
            self.away = True
            raise requests.ConnectionError("the host could not be reached") from None
        except httpx.RequestError:
            self.statuses.append(None)
            raise requests.ConnectionError("the answer was lost") from None
        return _as_response(response, body, request)

    def _address(self, url: str) -> str:
        parts = urlsplit(url)
        if self._endpoint:
            return f"{self._endpoint}{parts.path}{'?' if parts.query else ''}{parts.query}"
        if parts.scheme != "https":
            self.refusal = (
                "Its address is not encrypted: use the form of it that is (jsons:// instead of json://, say)."
            )
            raise requests.ConnectionError("not encrypted")
        return url


class _Adapter(BaseAdapter):
    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        wire = _current.get(None)
        if wire is None:
            raise requests.ConnectionError("nothing is sent outside of a message")
        return wire.carry(request)

    def close(self) -> None:
        """Nothing is kept open."""


class StandIn:
    """What `requests` is to a plugin: its calls, its errors and its status codes, and nothing more."""

    RequestException = requests.RequestException
    TooManyRedirects = requests.TooManyRedirects
    codes = requests.codes
    exceptions = requests.exceptions

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        """Make a request as `requests.request` would, by the current wire; redirects are not followed."""
        with requests.Session() as session:
            session.trust_env = False  # no proxy, no .netrc
            session.adapters.clear()
            session.mount("https://", _Adapter())
            session.mount("http://", _Adapter())
            return session.request(method, url, **{**kwargs, "allow_redirects": False})

    def get(self, url: str, params: Any = None, **kwargs: Any) -> requests.Response:
        return self.request("GET", url, params=params, **kwargs)

    def post(self, url: str, data: Any = None, json: Any = None, **kwargs: Any) -> requests.Response:
        return self.request("POST", url, data=data, json=json, **kwargs)

    def put(self, url: str, data: Any = None, **kwargs: Any) -> requests.Response:
        return self.request("PUT", url, data=data, **kwargs)

    def patch(self, url: str, data: Any = None, **kwargs: Any) -> requests.Response:
        return self.request("PATCH", url, data=data, **kwargs)

    def delete(self, url: str, **kwargs: Any) -> requests.Response:
        return self.request("DELETE", url, **kwargs)


STAND_IN = StandIn()
STAND_IN_NAMES = frozenset(name for name in dir(StandIn) if not name.startswith("_"))


def _bytes(value: str | bytes) -> bytes:
    return value.encode("latin-1", "replace") if isinstance(value, str) else value


def _content(request: requests.PreparedRequest) -> bytes | None:
    body: Any = request.body
    if body is None or isinstance(body, bytes):
        return body
    return body.encode("utf-8") if isinstance(body, str) else bytes(body.read())


def _as_response(response: httpx.Response, body: bytes, request: requests.PreparedRequest) -> requests.Response:
    copy = requests.Response()
    copy.status_code = response.status_code
    copy.headers = CaseInsensitiveDict(response.headers)
    copy.encoding = get_encoding_from_headers(copy.headers)
    copy.reason = response.reason_phrase
    copy.raw = io.BytesIO(body)
    copy.url = request.url or ""
    copy.request = request
    return copy
