"""LinkedIn's error bodies, and what its protocol asks of every request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

VERSIONS_LAST = 12  # months


def error(status: int, code: str, message: str, *, number: int = 0, **extra: Any) -> Response:
    response: dict[str, Any] = {"status": status, "code": code, "message": message}
    if number:
        response["serviceErrorCode"] = number
    return JSONResponse(response | extra, status_code=status)


def protocol(request: Request) -> Response | None:
    """Refuse a request without the version of the API, with one that has ended, or in another protocol."""
    version = request.headers.get("linkedin-version", "")
    if not version:
        return error(400, "VERSION_MISSING", "A version must be present. Please specify a version by adding the header")
    if not re.fullmatch(r"\d{6}", version) or not _is_active(version):
        return error(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
    if request.headers.get("x-restli-protocol-version") != "2.0.0":
        return error(400, "ILLEGAL_ARGUMENT", "Invalid Rest.li protocol version")
    return None


def _is_active(version: str) -> bool:
    today = datetime.now(UTC)
    age = (today.year - int(version[:4])) * 12 + today.month - int(version[4:])
    return 1 <= int(version[4:]) <= 12 and 0 <= age <= VERSIONS_LAST


def no_token() -> Response:
    return error(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token", number=65604)


def unknown_token() -> Response:
    return error(401, "INVALID_ACCESS_TOKEN", "Invalid access token", number=65600)


def expired_token() -> Response:
    return error(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", number=65602)


def access_denied(permission: str) -> Response:
    return error(403, "ACCESS_DENIED", f"Not enough permissions to access: {permission}", number=100)


def too_many_requests() -> Response:
    message = "Resource level throttle limit for calls to this resource is reached."
    return error(429, "TOO_MANY_REQUESTS", message, number=101)


def missing_fields(names: Sequence[str]) -> Response:
    lines = [f"ERROR :: /{name} :: field is required but not found and has no default value\n" for name in names]
    return JSONResponse({"message": "".join(lines), "status": 422}, status_code=422)


def bad_field(path: str, code: str) -> Response:
    details = {"inputErrors": [{"description": "The field is not valid", "input": {"inputPath": path}, "code": code}]}
    kind = "com.linkedin.common.error.BadRequest"
    return JSONResponse(
        {"errorDetailType": kind, "message": f"{path} is not valid", "errorDetails": details, "status": 400},
        status_code=400,
    )


def duplicate(urn: str) -> Response:
    details = {"inputErrors": [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]}
    return JSONResponse(
        {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": f"Content is a duplicate of {urn}",
            "errorDetails": details,
            "status": 422,
        },
        status_code=422,
    )
