"""What a provider's refusal, or its silence, means: for one mail, for this call, or for everyone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailUnsupportedFeature

from distributor.channels.base import AWAY, REPEAT_POSSIBLE
from distributor.channels.mail.providers.provider import Provider
from distributor.channels.responses import excerpt, retry_after
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Deferred, Reconnect, Rejected

# “Mail flood detected” (IANA's registry of enhanced status codes): pacing slows down by any 4.7.x.
SLOW_DOWN: Final = "4.7.28"
_NOT_ALLOWED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN})
_NOT_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE})
# Amazon's words for what others say by 401 and 429 (https://docs.aws.amazon.com/ses/latest/APIReference-V2).
_AMAZON_ACCOUNT = re.compile(
    r"AccessDenied|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|ExpiredToken|AccountSuspended"
    r"|SendingPaused|MailFromDomainNotVerified|NotFoundException"
)
_AMAZON_SLOW = re.compile(r"TooManyRequests|Throttling|LimitExceeded")
# A refusal that speaks of who sends: trying the next recipient would end the same.
_SENDER_WORDS = re.compile(
    r"\bfrom (address|email|field)|[`'\"]from[`'\"]|\b(sender|signature|credits?|quota|suspend\w*|disabled)\b"
    r"|deactivated|pending approval|not verified|unverified|not allowed to send|permission|api.?key|unauthori[sz]ed"
    r"|message ?stream",
    re.IGNORECASE,
)
_WORDS = ("Message", "message", "ErrorMessage", "error", "msg", "description", "name", "errors", "Errors", "Error")
# What requests and botocore call a connection that never was; anything else may have carried the request.
_NEVER_LEFT = re.compile(
    r"NewConnectionError|ConnectTimeout|NameResolutionError|SSLError|ProxyError|EndpointConnectionError|InvalidURL"
    r"|InvalidSchema|MissingSchema|ConnectionRefused"
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that failed. `everyone`: whoever comes later gets the same. `divide`: nothing was sent, and one of the
    call's mails may be to blame.
    """

    outcome: Deferred | Rejected | Reconnect
    everyone: bool = False
    divide: bool = False


def failure(
    error: Exception, provider: Provider, *, addresses: Sequence[str], secrets: tuple[str, ...], now: datetime
) -> Failure:
    """Return what an error of anymail or below it means for a call to these addresses."""
    response = getattr(error, "response", None)
    status, words, headers = _read(response)
    words_shown = excerpt(words, secrets)
    if status is None:
        return _no_answer(error, provider, addresses)
    if status == HTTPStatus.TOO_MANY_REQUESTS or _is(_AMAZON_SLOW, response):
        reason = f"{provider.label} asks us to send more slowly: {words_shown}"
        return Failure(Deferred(reason, retry_at=retry_after(headers, now), code=SLOW_DOWN))
    if status in _NOT_ALLOWED or status in _NOT_THERE or _is(_AMAZON_ACCOUNT, response):
        return Failure(
            Reconnect(f"{provider.label} does not let this account send: {words_shown}", str(status)), everyone=True
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST:
        return Failure(repeat_possible(provider))  # it may have been taken before something broke
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Failure(repeat_possible(provider))
    return refusal(provider, status, words, addresses=addresses, secrets=secrets)


def refusal(
    provider: Provider, status: int, words: str, *, addresses: Sequence[str], secrets: tuple[str, ...]
) -> Failure:
    """Return what a refusal (400, 422) means: it is about the sender, or about one of these recipients."""
    words_shown = excerpt(words, secrets)
    if _about_us(words, addresses):
        return Failure(
            Reconnect(f"{provider.label} does not let this account send: {words_shown}", str(status)), everyone=True
        )
    return Failure(Rejected(f"{provider.label} refused it: {words_shown}", str(status)), divide=len(addresses) > 1)


def repeat_possible(provider: Provider) -> Deferred:
    """Return the outcome of a mail whose answer says nothing certain."""
    return Deferred(f"{provider.label}’s answer was lost; it is sent again, perhaps twice.", code=REPEAT_POSSIBLE)


def away(provider: Provider, reason: str) -> Deferred:
    """Return the outcome while a provider takes nothing."""
    return Deferred(f"{provider.label} {reason}", code=AWAY)


def _no_answer(error: Exception, provider: Provider, addresses: Sequence[str]) -> Failure:
    causes = list(_causes(error))
    address_refusal = next((cause for cause in causes if isinstance(cause, AddressRefused)), None)
    if address_refusal is not None:
        return Failure(Reconnect(str(address_refusal)), everyone=True)
    names = " ".join(f"{type(cause).__name__} {type(getattr(cause, 'reason', None)).__name__}" for cause in causes)
    if "TooManyRedirects" in names:
        return Failure(away(provider, "answers with a redirect, which is not followed."), everyone=True)
    if _NEVER_LEFT.search(names) or "NewConnectionError" in str(causes[-1]):
        return Failure(away(provider, "could not be reached; nothing was sent."), everyone=True)
    if isinstance(error, AnymailError) and len(causes) == 1:
        return _unsayable(error, provider, addresses)
    return Failure(repeat_possible(provider))


def _unsayable(error: AnymailError, provider: Provider, addresses: Sequence[str]) -> Failure:
    """Return what it means that anymail could not say a mail to the provider: nothing was sent."""
    words = f"{provider.label} can’t carry this mail: {excerpt(str(error), ())}"
    ours = isinstance(error, AnymailUnsupportedFeature | AnymailConfigurationError)
    if ours and all(address.isascii() for address in addresses):  # it is not about these addresses, so about every mail
        return Failure(Reconnect(words, "unsupported"), everyone=True)
    return Failure(Rejected(words, "unsupported"), divide=len(addresses) > 1)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Go down to what happened first: urllib3's errors stand in the arguments of requests' ones."""
    ids: set[int] = set()
    errors: list[BaseException] = [error]
    while errors:
        cause_error = errors.pop(0)
        if id(cause_error) in ids:
            continue
        ids.add(id(cause_error))
        yield cause_error
        inner = (
            cause_error.__cause__,
            cause_error.__context__,
            getattr(cause_error, "reason", None),
            *cause_error.args,
        )
        errors.extend(inner_error for inner_error in inner if isinstance(inner_error, BaseException))


def _about_us(words: str, addresses: Sequence[str]) -> bool:
    text = words.lower()
    named = any(address.lower() in text or address.rpartition("@")[2].lower() in text for address in addresses)
    return bool(_SENDER_WORDS.search(words)) and not named


def _is(pattern: re.Pattern[str], response: Any) -> bool:
    """Whether Amazon's answer has such a code."""
    return isinstance(response, Mapping) and bool(pattern.search(str(response.get("Error", {}).get("Code", ""))))


def _read(response: Any) -> tuple[int | None, str, Mapping[str, str]]:
    """Return status, words and headers of requests' response or of Amazon's parsed one; None where there is none."""
    if isinstance(response, Mapping):
        meta = response.get("ResponseMetadata", {})
        error = response.get("Error", {})
        words = f"{error.get('Message', '')} ({error.get('Code', '')})"
        return int(meta.get("HTTPStatusCode", 0)) or None, words, meta.get("HTTPHeaders", {})
    if response is None:
        return None, "", {}
    try:
        words = words_of(response.json())
    except ValueError:
        words = str(response.text)
    return int(response.status_code), words or str(response.reason or response.status_code), response.headers


def words_of(response: Any) -> str:
    """Return what a JSON answer says to a person; "" where it says nothing."""
    if isinstance(response, str):
        return response
    if isinstance(response, list):
        return " ".join(filter(None, (words_of(item) for item in response[:3])))
    if isinstance(response, Mapping):
        for name in _WORDS:
            if text := words_of(response.get(name)):
                return text
        parts = [value for value in response.values() if isinstance(value, Mapping | list)]
        return words_of(parts) or (json.dumps(response, default=str) if response else "")
    return ""
