"""A session with a provider: mails are made as they are asked for, and called out from a few threads."""

from __future__ import annotations

import queue
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from distributor.channels.base import (
    AWAY,
    LAPSED,
    REPEAT_POSSIBLE,
    Clock,
    Credentials,
    Intent,
    MaySend,
    Pause,
    RecipientOutcome,
    Session,
    always,
)
from distributor.channels.mail.missing_values import is_lenient, recipient_pass
from distributor.channels.mail.providers import addresses, refusals
from distributor.channels.mail.providers.addresses import ProviderAccount
from distributor.channels.mail.providers.calls import ANSWER_SECONDS, Caller, CallResult, make_backend
from distributor.channels.mail.providers.mails import MailMaker, PreparedMail
from distributor.channels.mail.providers.merge_templates import MergeTemplate, merge_template
from distributor.channels.mail.render_failures import unmade
from distributor.channels.responses import utc_now
from distributor.domain.outcomes import Accepted, Deferred, Reconnect, Rejected
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass

LOST_AT_MOST: Final = 3  # calls in a row without an answer that counts; then it is the provider that is away
LONGEST_WAIT: Final = 10.0  # seconds that a session waits as asked (Retry-After); after longer ones others try again


@contextmanager
def open_session(
    credentials: Credentials,
    variant: Variant,
    intent: Intent,
    *,
    mail: RecipientPass | None = None,
    clock: Clock = utc_now,
    api_url: str = "",
    answer_seconds: float = ANSWER_SECONDS,
) -> Iterator[Session]:
    """Open a session; connections are made for the first mails.

    `mail` is the variant, where it is compiled already. Raises TemplateError when it does not compile, BadSettings
    when the account's address can't be used, and BadAddress for the publication's sender. Where the API is comes from
    features.py and anymail; `api_url` is for tests, and nothing that is stored gets there.
    """
    provider_account = addresses.read(credentials.values.get("url", ""))
    maker = MailMaker(
        provider_account.provider,
        variant,
        intent,
        mail=mail or recipient_pass(variant),
        clock=clock,
        return_domain=credentials.values.get("return_domain", ""),
        merge_template=_merge(provider_account, variant),
    )
    if provider_account.provider.merge and not maker.merging:  # each mail needs a call of its own
        provider_account = replace(provider_account, batch=1)
    with ExitStack() as stack:
        callers: list[Caller] = []
        for _ in range(provider_account.connections):
            backend = make_backend(provider_account, api_url=api_url, answer_seconds=answer_seconds)
            caller = Caller(provider_account, maker, backend, clock)
            stack.callback(caller.close)
            callers.append(caller)
        pool = ThreadPoolExecutor(len(callers), thread_name_prefix=f"mail by {provider_account.provider.scheme}")
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        yield ProviderSession(provider_account, maker, callers, pool, clock)


def _merge(account: ProviderAccount, variant: Variant) -> MergeTemplate | None:
    """Return the variant in the provider's signs where that says the same."""
    merge = account.provider.merge
    sources = (variant.subject, variant.html, variant.text)
    if (
        merge is None
        or account.batch == 1
        or any(sign in source for sign in account.provider.reads for source in sources)
    ):
        return None
    return merge_template(variant, lenient=is_lenient(variant), mark=merge.mark, token=f"x{secrets.token_hex(6)}")


@dataclass
class _Parcel:
    """What is taken from the recipients in one go: mails for one call, and who needs none."""

    mails: list[PreparedMail] = field(default_factory=list)
    outcomes: list[RecipientOutcome] = field(default_factory=list)
    pause: float = 0.0
    over: bool = False
    error: Exception | None = None  # what the recipients raised


class ProviderSession:
    """Keeps as many calls under way as the account has connections.

    While a caller holds a group no call is begun. A killed worker repeats at most the mails of the calls under way and
    of one group: twice its connections where a call carries one mail, times `batch` where it carries many.
    """

    def __init__(
        self,
        account: ProviderAccount,
        maker: MailMaker,
        callers: Sequence[Caller],
        pool: ThreadPoolExecutor,
        clock: Callable[[], datetime],
    ) -> None:
        self._account = account
        self._maker = maker
        self._pool = pool
        self._clock = clock
        self._free: queue.SimpleQueue[Caller] = queue.SimpleQueue()
        for caller in callers:
            self._free.put(caller)
        self._most = len(callers)
        self._stop_outcome: Deferred | Reconnect | None = None
        self._lost_calls = 0
        self._wait_until = 0.0  # by time.monotonic()
        self._may_send: MaySend = always

    def deliver(
        self, recipients: Iterable[Recipient | Pause], *, may_send: MaySend = always
    ) -> Iterator[Sequence[RecipientOutcome]]:
        """Send to each recipient (see base.Session); what they raise is raised once what is under way is told."""
        self._may_send = may_send
        source = iter(recipients)
        under_way: set[Future[CallResult]] = set()
        over = False
        failure: Exception | None = None
        while not over or under_way:
            outcomes: list[RecipientOutcome] = []
            while not over and len(under_way) < self._most and time.monotonic() >= self._wait_until:
                parcel = self._parcel(source)
                over, failure = parcel.over, parcel.error
                outcomes += parcel.outcomes
                if parcel.mails:
                    under_way.add(self._pool.submit(self._call, parcel.mails))
                if parcel.pause:
                    self._wait_until = max(self._wait_until, time.monotonic() + parcel.pause)
                if outcomes:
                    break
            if outcomes:
                yield outcomes
                continue
            seconds = max(self._wait_until - time.monotonic(), 0.0)
            if not under_way:
                time.sleep(seconds)
                continue
            timeout = seconds if seconds and not over and len(under_way) < self._most else None
            finished_calls, under_way = wait(under_way, timeout=timeout, return_when=FIRST_COMPLETED)
            group = [delivery for future in finished_calls for delivery in self._learnt(future.result())]
            if group:
                yield group
        if failure is not None:
            raise failure

    def _parcel(self, source: Iterator[Recipient | Pause]) -> _Parcel:
        """Take as many recipients as a call carries, or until there is none for now; addresses differ."""
        parcel = _Parcel()
        emails: set[str] = set()
        while len(parcel.mails) < self._account.batch and not parcel.outcomes:
            try:
                recipient = next(source, None)
            except Exception as error:  # noqa: BLE001 # whatever it is: mails that are out have to be recorded first
                parcel.over, parcel.error = True, error
                break
            if recipient is None or isinstance(recipient, Pause):
                parcel.over = recipient is None
                parcel.pause = recipient.seconds if isinstance(recipient, Pause) else 0.0
                break
            mail = self._prepare(recipient)
            if isinstance(mail, RecipientOutcome):
                parcel.outcomes.append(mail)
                continue
            alone = self._maker.merging and mail.values is None
            if alone or mail.address.lower() in emails:
                # Answers are told apart by address: two of the same, or one that can't be merged, get their own call.
                parcel.outcomes.extend(self._learnt(self._call([mail])))
                continue
            emails.add(mail.address.lower())
            parcel.mails.append(mail)
        return parcel

    def _prepare(self, recipient: Recipient) -> PreparedMail | RecipientOutcome:
        if self._stop_outcome is not None:  # whoever still comes needs no try of their own
            return RecipientOutcome(recipient, self._stop_outcome)
        try:
            return self._maker.prepare(recipient)
        except Exception as error:  # noqa: BLE001 # whatever it is, it is about this one mail
            return RecipientOutcome(recipient, unmade(recipient, error))

    def _call(self, mails: Sequence[PreparedMail]) -> CallResult:
        if not self._may_send():
            self._stop_outcome = self._stop_outcome or Deferred("Whoever sent it may send no more.", code=LAPSED)
            return CallResult(tuple(RecipientOutcome(mail.recipient, self._stop_outcome) for mail in mails))
        caller = self._free.get()
        try:
            return caller.send(mails)
        finally:
            self._free.put(caller)

    def _learnt(self, call: CallResult) -> Sequence[RecipientOutcome]:
        """Note what a call says about those that come after it."""
        outcomes = [delivery.outcome for delivery in call.outcomes]
        if any(isinstance(outcome, Deferred) and outcome.code == REPEAT_POSSIBLE for outcome in outcomes):
            self._lost_calls += 1
        elif any(isinstance(outcome, Accepted | Rejected) for outcome in outcomes):
            self._lost_calls = 0
        provider = self._account.provider
        failure = call.failure
        # The mails of a lost call may come twice: no more are risked.
        if self._lost_calls >= LOST_AT_MOST and self._stop_outcome is None:
            self._stop_outcome = refusals.away(provider, "does not say what becomes of mails.")
        elif failure is not None and failure.everyone and not isinstance(failure.outcome, Rejected):
            self._stop_outcome = failure.outcome
        elif failure is not None and isinstance(failure.outcome, Deferred) and failure.outcome.retry_at is not None:
            seconds = (failure.outcome.retry_at - self._clock()).total_seconds()
            if seconds <= LONGEST_WAIT:
                self._wait_until = max(self._wait_until, time.monotonic() + seconds)
            else:
                self._stop_outcome = Deferred(failure.outcome.reason, retry_at=failure.outcome.retry_at, code=AWAY)
        return call.outcomes
