"""Calls to the Threads API as one account, always as `me`: posting by an account's number is refused now and then.

The token goes into a header. Only the two calls that give long-lived tokens want it in the address (`connect.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from distributor.channels.base import Credentials

ROOT = "https://graph.threads.net"
VERSION = "v1.0"  # the only one that Threads has had


class ThreadsApi:
    """The Threads API through an open client. Every call returns the answer as it came and raises what httpx raises."""

    def __init__(self, client: httpx.Client, credentials: Credentials) -> None:
        token = credentials.values["access_token"]
        self.secrets = (token,)
        self._client = client
        self._root = f"{credentials.endpoint or ROOT}/{VERSION}"
        client.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: str) -> httpx.Response:
        return self._client.get(f"{self._root}/{path}", params=query)

    def post(self, path: str, form: Mapping[str, str]) -> httpx.Response:
        return self._client.post(f"{self._root}/{path}", data=dict(form))

    def delete(self, path: str) -> httpx.Response:
        return self._client.delete(f"{self._root}/{path}")
