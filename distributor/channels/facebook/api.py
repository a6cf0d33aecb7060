"""Calls to the Graph API as one page. The token goes into a header only: addresses end up in logs."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx

from distributor.channels.base import Credentials
from distributor.channels.pictures import LoadedPicture
from distributor.channels.responses import is_token

ROOT = "https://graph.facebook.com"
VERSION = re.compile(r"v\d{1,3}\.\d{1,2}")
POST_ID = re.compile(r"\d{1,30}(?:_\d{1,30})?")


class PageApi:
    """The Graph API through an open client. Every call returns the answer as it came and raises what httpx raises."""

    def __init__(self, client: httpx.Client, credentials: Credentials) -> None:
        values = credentials.values
        self.page_id = values["page_id"]
        self.secrets = secrets_of(credentials)
        self._client = client
        self._root = f"{credentials.endpoint or ROOT}/{values['api_version']}"
        client.headers["Authorization"] = f"Bearer {values['page_token']}"
        if values.get("proof"):
            client.params = httpx.QueryParams(appsecret_proof=values["proof"])

    def get(self, path: str, **query: str) -> httpx.Response:
        return self._client.get(f"{self._root}/{path}", params=query)

    def post(self, path: str, form: Mapping[str, str]) -> httpx.Response:
        return self._client.post(f"{self._root}/{path}", data=dict(form))

    def upload(self, path: str, form: Mapping[str, str], picture: LoadedPicture) -> httpx.Response:
        source = (picture.name, picture.content, picture.type)
        return self._client.post(f"{self._root}/{path}", data=dict(form), files={"source": source})

    def delete(self, path: str) -> httpx.Response:
        return self._client.delete(f"{self._root}/{path}")


def is_complete(credentials: Credentials) -> bool:
    """Whether the values are of the right shape; they become part of an address."""
    values = credentials.values
    return bool(
        re.fullmatch(r"\d{1,30}", values.get("page_id", ""))
        and VERSION.fullmatch(values.get("api_version", ""))
        and is_token(values.get("page_token", ""))
    )


def secrets_of(credentials: Credentials) -> tuple[str, ...]:
    """Return what must not get into a message of ours; a page's number and a version may."""
    return tuple(credentials.values.get(name, "") for name in ("page_token", "proof"))
