"""A typed client of the API, which needs httpx and pydantic and nothing else of the product.

    with Client("https://news.example", token) as client:
        for dispatch in client.dispatches.list(state=["held"]):
            print(dispatch.target, dispatch.goes_out_at)

Calls are `client.KIND.DEED(…)`, by the ids of the API's operations. Lists are gone through page by page. POSTs carry an
idempotency key that is made for each call, or the one that is given as
`idempotency_key`. What failed on the way is tried again
where nothing can be done twice by it; a refusal is raised (`errors`).
"""

from __future__ import annotations

from distributor.client.client import AsyncClient, Client
from distributor.client.errors import (
    Changed,
    ClientError,
    ConfirmationNeeded,
    ProblemError,
    TooManyRequests,
    Unreachable,
)

__all__ = [
    "AsyncClient",
    "Changed",
    "Client",
    "ClientError",
    "ConfirmationNeeded",
    "ProblemError",
    "TooManyRequests",
    "Unreachable",
]
