"""One call to an endpoint: what is sent, and what came of it. Touches no database, so that several run at once."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

import httpx
from django.utils import timezone

from distributor import __version__
from distributor.channels import http, standard_webhooks
from distributor.channels.responses import excerpt, retry_after
from distributor.domain.errors import AddressRefused

logger = logging.getLogger(__name__)

WITHIN: Final = 10.0  # seconds for all of a call
ANSWER_LIMIT: Final = 8_192  # bytes of an answer that are read


@dataclass(frozen=True, slots=True)
class Call:
    """A message to one address. `private` are texts that no record of the answer may hold: a reader's address."""

    url: str
    message_id: str
    body: bytes
    signing_secrets: tuple[str, ...]
    private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of a call: the answer's status, None for no answer, with its beginning or what went wrong.

    `earliest` (aware) is when the answer wants the next try.
    """

    status: int | None
    excerpt: str
    milliseconds: int
    earliest: datetime | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint has the message: only 2xx says so (the standard, “Deliverability and reliability”)."""
        return self.status is not None and httpx.codes.is_success(self.status)

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint wants no calls any more."""
        return self.status == HTTPStatus.GONE


def make(call: Call) -> CallResult:
    """Make one call, and follow no redirect. Nothing is raised for what a network or a receiver does."""
    begin = time.monotonic()
    status: int | None = None
    earliest = None
    try:
        response, content = _post(call)
        status, text = response.status_code, content.decode(errors="replace").replace("\0", "")
        if "retry-after" in response.headers:
            earliest = retry_after(response.headers, timezone.now())
        if response.is_redirect:
            text = "It redirects elsewhere, which is not followed: give the address that it should end at."
    except AddressRefused as error:
        text = f"It can’t be called: {error}"
    except httpx.TimeoutException:
        text = f"It did not answer within {WITHIN:.0f} seconds."
    except httpx.ConnectError:
        text = "It can’t be reached."
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        text = f"The call broke off ({type(error).__name__})."
    except Exception as error:  # whatever it is, it is this endpoint's: the others go on
        logger.exception("A call to an endpoint failed")
        text = f"Something unexpected happened ({type(error).__name__}): the worker's log says more."
    milliseconds = round((time.monotonic() - begin) * 1000)
    return CallResult(status, excerpt(text, (*call.signing_secrets, *call.private)), milliseconds, earliest)


def _post(call: Call) -> tuple[httpx.Response, bytes]:
    now = timezone.now()
    headers = {
        "User-Agent": f"Distributor/{__version__}",
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        **standard_webhooks.headers(call.signing_secrets, key=call.message_id, body=call.body, now=now),
    }
    with (
        http.client(timeout=WITHIN, within=WITHIN) as client,
        client.stream("POST", call.url, content=call.body, headers=headers) as response,
    ):
        return response, http.head(response, limit=ANSWER_LIMIT)
