"""What goes over the wire to X: requests' adapter, within our bounds. Loads requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter


class Wire(HTTPAdapter):
    """requests' way to the network, with what tweepy leaves out: a timeout, and another host for practice accounts.

    The request is signed by then, for X's own address: that is what the practice world checks.
    """

    def __init__(self, *, timeout: float, endpoint: str) -> None:
        super().__init__(max_retries=0)  # whether to try again is not decided here
        self._timeout = timeout
        self._endpoint = urlsplit(endpoint)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = self._timeout
        if self._endpoint.netloc:
            address = urlsplit(request.url or "")
            path = f"{self._endpoint.path}{address.path}"
            request.url = urlunsplit((self._endpoint.scheme, self._endpoint.netloc, path, address.query, ""))
        return super().send(request, *args, **kwargs)
