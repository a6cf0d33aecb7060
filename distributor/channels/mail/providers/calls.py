"""One call of a provider's API and what became of each mail in it. A Caller is used by one thread at a time."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urljoin

import requests
from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailImproperlyInstalled
from django.utils.module_loading import import_string

from distributor.channels.base import RecipientOutcome
from distributor.channels.mail.providers import refusals
from distributor.channels.mail.providers.addresses import ProviderAccount
from distributor.channels.mail.providers.bundles import BUNDLES, Bundle, BundlePart
from distributor.channels.mail.providers.guarded_adapter import GuardedAdapter
from distributor.channels.mail.providers.mails import MailMaker, PreparedMail
from distributor.channels.mail.providers.refusals import Failure
from distributor.channels.responses import excerpt
from distributor.domain.errors import BadSettings
from distributor.domain.outcomes import Accepted, Outcome, Receipt, Rejected

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 60.0  # a call with hundreds of mails takes its time; giving up early makes mails arrive twice

_ACCEPTED_STATUSES = frozenset({"sent", "queued"})
_REFUSED_STATUSES = frozenset({"rejected", "invalid", "failed"})


@dataclass(frozen=True, slots=True)
class CallResult:
    """What became of a call: an outcome for each mail, and the failure where there was one."""

    outcomes: tuple[RecipientOutcome, ...]
    failure: Failure | None = None


def make_backend(account: ProviderAccount, *, api_url: str = "", answer_seconds: float = ANSWER_SECONDS) -> Any:
    """Return anymail's backend for an account, open. Only tests give an `api_url`. Raises BadSettings."""
    provider = account.provider
    settings: dict[str, Any] = {**account.settings, **(provider.merge.options if provider.merge else {})}
    settings.pop("host", None)
    if provider.scheme == "ses":
        settings = _amazon(settings, api_url, answer_seconds)
    else:
        settings["timeout"] = (CONNECT_SECONDS, answer_seconds)
        if api_url:
            settings["api_url"] = api_url
    try:
        # What anymail warns of (that it tests SendGrid no more) is the same in every worker's turn: it is told in
        # docs/operators/providers.md.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            backend = import_string(provider.backend)(ignore_recipient_status=True, **settings)
            backend.open()
    except (AnymailImproperlyInstalled, ImportError):
        raise BadSettings(
            f"{provider.label} needs a package that is not installed: install distributor[{provider.scheme}]."
        ) from None
    except (AnymailConfigurationError, ValueError):
        raise BadSettings(
            f"The {provider.label} account’s address can’t be used: write it as {provider.url}."
        ) from None
    session = getattr(backend, "session", None)
    if isinstance(session, requests.Session):
        session.trust_env = False  # no .netrc, which would go before the key, and no proxy: as all our calls
        session.max_redirects = 0  # a redirect would carry the key's header elsewhere
        if not api_url:
            session.mount("https://", GuardedAdapter())  # a Postal server is wherever an editor says
    return backend


def _amazon(settings: Mapping[str, Any], api_url: str, answer_seconds: float) -> dict[str, Any]:
    keys = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region_name")
    client: dict[str, Any] = {name: settings[name] for name in keys if name in settings}
    client["config"] = {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": answer_seconds,
        "retries": {"total_max_attempts": 1},  # whether a mail is tried again is for the ledger to say
    }
    if api_url:
        client["endpoint_url"] = api_url
    return {"client_params": client, **{name: value for name, value in settings.items() if name not in keys}}


class Caller:
    """Sends mails with one backend. Never raises for what the network does."""

    def __init__(self, account: ProviderAccount, maker: MailMaker, backend: Any, clock: Callable[[], datetime]) -> None:
        self._account = account
        self._provider = account.provider
        self._maker = maker
        self._backend = backend
        self._clock = clock

    def close(self) -> None:
        """Let the connection go."""
        self._backend.close()

    def send(self, mails: Sequence[PreparedMail]) -> CallResult:
        """Send mails in one call, or one mail. What nobody took because one of them was refused is divided and sent."""
        try:
            if len(mails) == 1 and mails[0].values is None:
                return self._alone(mails[0])
            return self._send_merged(mails) if self._maker.merging else self._send_bundle(mails)
        except Exception as error:  # noqa: BLE001 # an answer that anymail stumbles over is one that says nothing
            return self._call_failure(mails, error)

    def _call_failure(self, mails: Sequence[PreparedMail], error: Exception) -> CallResult:
        addresses = [mail.address for mail in mails]
        failure = refusals.failure(
            error, self._provider, addresses=addresses, secrets=self._account.secrets, now=self._clock()
        )
        return self._divide(mails, failure)

    def _divide(self, mails: Sequence[PreparedMail], failure: Failure) -> CallResult:
        if not (failure.divide and len(mails) > 1):
            return CallResult(tuple(RecipientOutcome(mail.recipient, failure.outcome) for mail in mails), failure)
        middle = len(mails) // 2
        first = self.send(mails[:middle])
        if first.failure is not None and first.failure.everyone:
            deliveries = tuple(RecipientOutcome(mail.recipient, first.failure.outcome) for mail in mails[middle:])
            return CallResult((*first.outcomes, *deliveries), first.failure)
        second = self.send(mails[middle:])
        return CallResult((*first.outcomes, *second.outcomes), second.failure)

    def _alone(self, mail: PreparedMail) -> CallResult:
        message = self._maker.message(mail)
        self._backend.send_messages([message])
        outcome = self._outcome(message.anymail_status, mail.address)
        return CallResult((RecipientOutcome(mail.recipient, outcome),))

    def _send_merged(self, mails: Sequence[PreparedMail]) -> CallResult:
        message = self._maker.merged_message(mails)
        self._backend.send_messages([message])
        status = message.anymail_status
        return CallResult(
            tuple(RecipientOutcome(mail.recipient, self._outcome(status, mail.address)) for mail in mails)
        )

    def _send_bundle(self, mails: Sequence[PreparedMail]) -> CallResult:
        bundle = BUNDLES[self._provider.bundle]
        messages = [self._maker.message(mail) for mail in mails]
        payloads = [self._backend.build_message_payload(message, self._backend.send_defaults) for message in messages]
        request = payloads[0].get_request_params(self._backend.api_url)
        request["url"] = urljoin(self._backend.api_url, bundle.path)
        request["data"] = bundle.join([request["data"], *(payload.serialize_data() for payload in payloads[1:])])
        response = self._backend.session.request(**request, timeout=self._backend.timeout)
        if response.status_code not in bundle.mixed_statuses:
            self._backend.raise_for_status(response, payloads[0], messages[0])
        parts = _parts(bundle, response, len(mails))
        if parts is None and response.status_code >= HTTPStatus.BAD_REQUEST:
            words = refusals.words_of(_json(response))
            addresses = [mail.address for mail in mails]
            secrets = self._account.secrets
            failure = refusals.refusal(
                self._provider, response.status_code, words, addresses=addresses, secrets=secrets
            )
            return self._divide(mails, failure)
        if parts is None:  # taken, and it is not said what became of whom
            failure = Failure(refusals.repeat_possible(self._provider))
            return CallResult(tuple(RecipientOutcome(mail.recipient, failure.outcome) for mail in mails), failure)
        calls = [self._part(*payload) for payload in zip(mails, messages, payloads, parts, strict=True)]
        failures = (call.failure for call in calls if call.failure is not None and call.failure.everyone)
        return CallResult(tuple(call.outcomes[0] for call in calls), next(failures, None))

    def _part(self, mail: PreparedMail, message: Any, payload: Any, part: BundlePart) -> CallResult:
        """Let anymail read a bundle's answer for one mail as it reads one that was sent alone."""
        response = requests.Response()
        response.status_code = part.status
        response._content = json.dumps(part.body).encode()  # noqa: SLF001 # there is no other way to make one
        try:
            statuses = self._backend.parse_recipient_status(response, payload, message)
        except AnymailError as error:
            return self._call_failure([mail], error)
        message.anymail_status.set_recipient_status(statuses)
        message.anymail_status.esp_response = response
        return CallResult((RecipientOutcome(mail.recipient, self._outcome(message.anymail_status, mail.address)),))

    def _outcome(self, status: Any, address: str) -> Outcome:
        """Return what the provider said of one address; addresses are told apart without regard to case."""
        statuses = {email.lower(): recipient for email, recipient in (status.recipients or {}).items()}
        recipient_status = statuses.get(address.lower())
        words = excerpt(refusals.words_of(_json(status.esp_response)), self._account.secrets)
        if recipient_status is not None and recipient_status.status in _ACCEPTED_STATUSES:
            return Accepted(Receipt(remote_id=str(recipient_status.message_id or ""), raw={"answer": words}))
        if recipient_status is not None and recipient_status.status in _REFUSED_STATUSES:
            return Rejected(f"{self._provider.label} refused it: {words}", code=recipient_status.status)
        if getattr(status.esp_response, "status_code", 200) >= HTTPStatus.BAD_REQUEST:
            return Rejected(f"{self._provider.label} refused it: {words}", code="rejected")
        return refusals.repeat_possible(self._provider)


def _parts(bundle: Bundle, response: requests.Response, size: int) -> list[BundlePart] | None:
    try:
        parts = bundle.split(response.json())
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return parts if len(parts) == size else None


def _json(response: Any) -> Any:
    try:
        return response.json()
    except (ValueError, AttributeError):
        return None
