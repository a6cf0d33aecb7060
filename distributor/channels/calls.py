"""One call to a network, and the three ways in which it can fail: not sent, answer lost, refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from distributor.channels import http
from distributor.channels.responses import lost_answer, unreachable
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Deferred, Reconnect, Unconfirmed


class CallFailure(Exception):
    """A call that did not bring what it was made for."""


class Unreached(CallFailure):
    """The request did not leave. `refusal` says why it was not let out, "" where the network is just away."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.refusal = reason


class Lost(CallFailure):
    """The request left and no answer came."""


@dataclass(eq=False)
class Refused(CallFailure):
    """The network answered with an error, or with something that is no answer to the call.

    `error` is the network's word for it, "" where it has none; `message` is shortened and holds no secret. `retry_at`
    (aware) is when a limit ends that the answer names.
    """

    status: int
    error: str = ""
    message: str = ""
    retry_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.error or str(self.status)

    @property
    def raw(self) -> Mapping[str, Any]:
        texts = {"error": self.error, "message": self.message}
        return {"status": self.status, **{name: value for name, value in texts.items() if value}}


def ask(client: httpx.Client, verb: str, url: str, **request: Any) -> httpx.Response:
    """Make one request. Raises Unreached and Lost."""
    try:
        return client.request(verb, url, **request)
    except AddressRefused as error:
        raise Unreached(str(error)) from None
    except http.NEVER_SENT:
        raise Unreached from None
    except httpx.RequestError:
        raise Lost from None


def failure_outcome(failure: CallFailure, network: str) -> Deferred | Reconnect | Unconfirmed:
    """Say what it means for a post that no answer came."""
    if not isinstance(failure, Unreached):
        return lost_answer(network)
    return Reconnect(failure.refusal, code="address") if failure.refusal else unreachable(network)
