"""How X words what it refuses (API v2)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response


def problem(status: int, title: str, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return a refusal without a type of its own."""
    return JSONResponse(
        {"title": title, "detail": detail, "type": "about:blank", "status": status},
        status_code=status,
        headers=headers,
    )


def invalid(message: str, **parameters: object) -> Response:
    """Return the refusal of a request that is not made right."""
    return JSONResponse(
        {
            "errors": [{"parameters": parameters, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": "https://api.twitter.com/2/problems/invalid-request",
        },
        status_code=400,
    )
