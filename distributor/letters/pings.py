"""Telling others that a page changed: a WebSub hub of its feeds, search engines (IndexNow) of the page itself.

Side effects of publishing, which they never hold up: rows are written in the transaction that changes the page, and
calls are made by a task of their own. Redis may lose its wake-up: beat's comes each minute. A call is repeated where
its answer was lost, since saying it twice harms nobody.

The hub and IndexNow are named by whoever runs this installation, in its settings: only their own origins may be
private addresses, as a hub in the same network is.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from distributor.channels import http
from distributor.channels.responses import excerpt, retry_after
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Rejected
from distributor.domain.retries import Retry, decide
from distributor.letters import letter_feeds
from distributor.letters.models import Letter, Ping
from distributor.ports import Port
from distributor.rendering.addresses import ascii_url

logger = logging.getLogger(__name__)

PATIENCE = timedelta(days=1)  # by then readers of feeds and search engines have come by themselves
AT_ONCE = {Ping.Kind.HUB: 20, Ping.Kind.INDEX: 1_000}  # IndexNow takes 10,000 a call, a hub one
RESPONSE_TIMEOUT = 10.0  # seconds for a call; a hub that takes longer is left alone for a while
# Longer than AT_ONCE calls can take: nobody else calls meanwhile, and what a dead worker took is tried again.
CLAIM_TIME = timedelta(minutes=5)
RUN_SECONDS = 10.0  # then other tasks get their turn
RETENTION = timedelta(days=30)

# Wakes a worker for `send_due` after the commit. The queue is the business of the layer above.
WAKE: Port[Callable[[], None]] = Port("waking a worker for pings")


def note(letter: Letter) -> None:
    """Write down who is to be told that a letter's page changed. To be called in the transaction that changes it."""
    assert transaction.get_connection().in_atomic_block, "a ping is written with the change that it is about"
    targets: list[tuple[Ping.Kind, str]] = []
    if settings.WEBSUB_HUB:
        targets += [(Ping.Kind.HUB, address) for feed in letter_feeds.of_letter(letter) for address in feed.addresses]
    if settings.INDEXNOW_KEY:
        page = ascii_url(f"{settings.SITE_URL}/{letter.publication.slug}/letters/{letter.slug}/")
        targets.append((Ping.Kind.INDEX, page))
    now = timezone.now()
    Ping.objects.bulk_create(Ping(kind=kind, url=url, next_at=now, created_at=now) for kind, url in targets)
    if targets:
        WAKE.get()()


def send_due() -> None:
    """Tell what is due to be told, and forget what ended long ago. Any number may run at once."""
    until = time.monotonic() + RUN_SECONDS
    for kind, tell in _CALLS.items():
        while (pings := _take(kind)) and tell(pings):
            if time.monotonic() > until:
                WAKE.get()()
                return
    Ping.objects.filter(ended_at__lt=timezone.now() - RETENTION).delete()


@transaction.atomic
def _take(kind: Ping.Kind) -> list[Ping]:
    """Take due pings, so that no other worker does, and count the call before it is made."""
    now = timezone.now()
    due = Ping.objects.select_for_update(skip_locked=True).filter(kind=kind, state=Ping.State.WAITING, next_at__lte=now)
    pings = list(due.order_by("next_at", "pk")[: AT_ONCE[kind]])
    for ping in pings:
        ping.attempts += 1
        ping.next_at = now + CLAIM_TIME
    Ping.objects.bulk_update(pings, ["attempts", "next_at"])
    return pings


def _tell_hub(pings: Sequence[Ping]) -> bool:
    """Tell the hub of each feed once, however often it changed meanwhile; return whether it took all of it."""
    by_url: dict[str, list[Ping]] = {}
    for ping in pings:
        by_url.setdefault(ping.url, []).append(ping)
    outcome: Outcome = Accepted(Receipt(""))
    for url, same_url in by_url.items():
        if not isinstance(outcome, Deferred):  # else the others would be told the same
            # W3C WebSub leaves this to hubs: most take `hub.url`, as PubSubHubbub had it, some `hub.topic`.
            parameters = {"hub.mode": "publish", "hub.url": url, "hub.topic": url}
            outcome = _post("The hub", settings.WEBSUB_HUB, data=parameters)
        _conclude(same_url, outcome)
    return not isinstance(outcome, Deferred)


def _tell_index(pings: Sequence[Ping]) -> bool:
    """Tell IndexNow of all pages in one call (https://www.indexnow.org/documentation); return whether it took them."""
    outcome = _post(
        "IndexNow",
        settings.INDEXNOW_URL,
        json={
            "host": urlsplit(ascii_url(settings.SITE_URL)).netloc,
            "key": settings.INDEXNOW_KEY,
            "keyLocation": ascii_url(f"{settings.SITE_URL}/{settings.INDEXNOW_KEY}.txt"),
            "urlList": list(dict.fromkeys(ping.url for ping in pings)),
        },
    )
    _conclude(pings, outcome)
    return not isinstance(outcome, Deferred)


_CALLS: dict[Ping.Kind, Callable[[Sequence[Ping]], bool]] = {Ping.Kind.HUB: _tell_hub, Ping.Kind.INDEX: _tell_index}


def _post(
    service: str, address: str, *, data: dict[str, str] | None = None, json: dict[str, object] | None = None
) -> Outcome:
    """Make one call and say what became of it; a lost answer is a reason to call again."""
    if not address or (json is not None and not settings.INDEXNOW_KEY):
        return Rejected(f"{service} is not in the settings any more.")
    try:
        with http.client(allow=(address,), timeout=RESPONSE_TIMEOUT, within=RESPONSE_TIMEOUT) as client:
            response = client.post(address, data=data, json=json, headers={"User-Agent": "Distributor"})
    except AddressRefused as error:
        return Rejected(str(error))
    except httpx.HTTPError as error:
        return Deferred(f"{service} does not answer ({type(error).__name__}).")
    if response.is_success:
        return Accepted(Receipt(""))
    reason = f"{service} answers {response.status_code}: {excerpt(response.text, ())}"
    if response.status_code in (408, 425, 429) or response.is_server_error:
        later = retry_after(response.headers, timezone.now()) if "retry-after" in response.headers else None
        return Deferred(reason, retry_at=later)
    return Rejected(reason)


def _conclude(pings: Sequence[Ping], outcome: Outcome) -> None:
    now = timezone.now()
    for ping in pings:
        decision = decide(outcome, attempt=ping.attempts, first_tried_at=ping.created_at, now=now, patience=PATIENCE)
        ping.reason = getattr(outcome, "reason", "")[:500]
        if isinstance(decision, Retry):
            ping.next_at = decision.at
            continue
        ping.state = Ping.State.DONE if isinstance(outcome, Accepted) else Ping.State.FAILED
        ping.ended_at = now
    if pings and pings[0].state == Ping.State.FAILED:
        logger.warning("Nobody could be told of %s: %s", ", ".join(ping.url for ping in pings[:3]), pings[0].reason)
    Ping.objects.bulk_update(pings, ["state", "reason", "next_at", "ended_at"])


def troubles(*, since: datetime) -> list[str]:
    """Return why pings made since a moment (aware) failed or are to be tried again, each once, the newest first."""
    pings = Ping.objects.exclude(reason="").filter(created_at__gte=since).order_by("-pk")
    return list(dict.fromkeys(pings.values_list("reason", flat=True)[:100]))
