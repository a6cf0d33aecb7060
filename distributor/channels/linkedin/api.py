"""LinkedIn's versioned REST API: addresses, headers, and what is read from its answers.

Sources: https://learn.microsoft.com/en-us/linkedin/marketing/versioning,
/linkedin/shared/api-guide/concepts/protocol-version, /linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from distributor.channels.base import Credentials, LookupAway
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import is_token

ROOT = "https://api.linkedin.com"
PAGE = 100  # the most posts that LinkedIn gives at once
LATEST = 10**14  # milliseconds since 1970: a number beyond is no time

_AUTHOR = re.compile(r"urn:li:(?:person:[A-Za-z0-9_-]{1,60}|organization:[0-9]{1,20})")
_VERSION = re.compile(r"20[0-9]{4}")


@dataclass(frozen=True, slots=True)
class OwnPost:
    """One post of an author. `little_text` is its text as LinkedIn gives it; `created_at` is aware."""

    id: str
    little_text: str
    created_at: datetime | None


def root(endpoint: str) -> str:
    """Return where the API is."""
    return endpoint or ROOT


def headers(token: str, version: str) -> dict[str, str]:
    """Return what every request carries."""
    return {"Authorization": f"Bearer {token}", "LinkedIn-Version": version, "X-Restli-Protocol-Version": "2.0.0"}


def account_headers(credentials: Credentials) -> dict[str, str]:
    """Return what every request of this account carries."""
    return headers(credentials.values["access_token"], credentials.values["api_version"])


def missing_value(credentials: Credentials) -> str:
    """Return what of an account's values can't be used, as words for a sentence; "" when it is complete."""
    values = credentials.values
    if not is_token(values.get("access_token", "")):
        return "access token"
    if not _AUTHOR.fullmatch(values.get("author", "")):
        return "author (“urn:li:person:…” or “urn:li:organization:…”)"
    return "" if is_version(values.get("api_version", "")) else "API version (year and month, such as 202610)"


def is_version(value: str) -> bool:
    """Whether a value is a version of the API by its form."""
    return bool(_VERSION.fullmatch(value))


def is_organisation(urn: str) -> bool:
    """Whether an author is an organisation and no member."""
    return urn.startswith("urn:li:organization:")


def post_address(endpoint: str, urn: str) -> str:
    """Return the address of one post."""
    return f"{root(endpoint)}/rest/posts/{quote(urn, safe='')}"


def new_id(response: httpx.Response) -> str:
    """Return the new post's URN, which is in a header; "" when there is none."""
    post_id = response.headers.get("x-restli-id", "")
    return post_id if re.fullmatch(r"urn:li:[A-Za-z]+:[A-Za-z0-9_-]+", post_id) else ""


def read_posts(response: httpx.Response) -> list[OwnPost]:
    """Return a page of posts. Raises LookupAway when it is none."""
    elements = json_object(response).get("elements")
    if not response.is_success or not isinstance(elements, list):
        raise LookupAway(f"LinkedIn would not show the account’s posts ({response.status_code}).")
    return [_post(element) for element in elements if isinstance(element, Mapping) and element.get("id")]


def _post(element: Mapping[str, Any]) -> OwnPost:
    created_ms = element.get("createdAt")
    at = (
        datetime.fromtimestamp(created_ms / 1000, UTC)
        if isinstance(created_ms, int) and 0 < created_ms < LATEST
        else None
    )
    return OwnPost(str(element["id"]), str(element.get("commentary", "")), at)
