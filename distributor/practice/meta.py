"""How the Graph APIs of Facebook and Threads write their refusals.

Source: https://developers.facebook.com/docs/graph-api/guides/error-handling/.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse, Response


def error(
    message: str,
    code: int,
    *,
    subcode: int = 0,
    status: int = 400,
    user_message: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error body as Graph writes it."""
    body: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    if subcode:
        body["error_subcode"] = subcode
    if user_message:
        body |= {"is_transient": False, "error_user_title": "Error", "error_user_msg": user_message}
    body["fbtrace_id"] = secrets.token_urlsafe(8)
    return JSONResponse({"error": body}, status_code=status, headers=headers)


def not_parsed() -> Response:
    return error("Invalid OAuth access token - Cannot parse access token", 190, status=401)


def expired_session() -> Response:
    ended_at = datetime.now(UTC) - timedelta(hours=1)
    return error(
        f"Error validating access token: Session has expired on {ended_at:%A, %d-%b-%y %H:%M:%S} PST.",
        190,
        subcode=463,
        status=401,
    )


def not_there(object_id: str, method: str = "get") -> Response:
    return error(
        f"Unsupported {method} request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation",
        100,
        subcode=33,
    )


def server_error() -> Response:
    return error("An unexpected error has occurred. Please retry your request later.", 2, status=500)
