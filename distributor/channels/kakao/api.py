"""Asking Kakao: where its two servers are, and its answers as one type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from distributor.channels.base import Credentials
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import excerpt

API = "https://kapi.kakao.com"
ACCOUNTS = "https://kauth.kakao.com"
TO_ME = "/v2/api/talk/memo/default/send"
TO_FRIENDS = "/v1/api/talk/friends/message/default/send"
FRIENDS = "/v1/api/talk/friends"
ME = "/v2/user/me"


@dataclass(frozen=True, slots=True)
class KakaoResponse:
    """An answer of Kakao's API: `code` where it is an error that says so, `message` with every secret removed."""

    status: int
    body: Mapping[str, Any] = field(repr=False)
    code: int | None
    message: str

    @property
    def success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def raw(self) -> dict[str, Any]:
        """What is kept of it for support."""
        fields = {"status": self.status, "code": self.code, "message": self.message}
        return {name: value for name, value in fields.items() if value not in (None, "")}


def read(response: httpx.Response, secrets: Iterable[str]) -> KakaoResponse:
    """Read an answer, whatever it is."""
    body = json_object(response)
    code = body.get("code")
    return KakaoResponse(
        status=response.status_code,
        body=body,
        code=code if isinstance(code, int) and not isinstance(code, bool) else None,
        message=excerpt(str(body.get("msg") or ""), secrets),
    )


def address(credentials: Credentials, path: str) -> str:
    """Return where a path of the API is for this account."""
    return f"{credentials.endpoint or API}{path}"


def secrets(credentials: Credentials) -> tuple[str, ...]:
    """Return what may not appear in anything that is kept or shown."""
    return tuple(value for name, value in credentials.values.items() if name.endswith("_token"))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
