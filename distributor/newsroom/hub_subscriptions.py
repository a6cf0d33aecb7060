"""Being told by WebSub: a feed's hub is asked to tell us of news, which makes a look at once instead of in a while.

The row is written with the look that finds the hub; the hub is asked by a task of its own, comes to our callback to
verify that we meant it, and is asked again before its lease ends. Where it does not come, the interval does its work.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

import httpx
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare

from distributor.channels import http
from distributor.channels.responses import excerpt
from distributor.delivery import database_clock, wakeups
from distributor.delivery.accounts.encryption import seal, unseal
from distributor.domain.errors import AddressRefused, CredentialsError
from distributor.domain.websub import LEASE, Hub, is_signed, renewal
from distributor.newsroom import practice_origin
from distributor.newsroom.models import FeedLook, HubSubscription, WatchedFeed

logger = logging.getLogger(__name__)

AT_ONCE: Final = 20
CALL_SECONDS: Final = 10.0
CLAIM_TIME: Final = timedelta(minutes=5)  # longer than AT_ONCE calls take
VERIFY_WITHIN: Final = timedelta(minutes=10)  # in which a hub comes to verify, before it is asked again
LONGEST_PAUSE: Final = timedelta(days=1)
LEAVE_ATTEMPTS: Final = 5  # then the hub's lease ends by itself

Effect = Literal["look", "ignored"]


def follow(feed: WatchedFeed, hub: Hub | None, *, now: datetime) -> None:
    """Have a subscription to the hub that a feed names, and none where it names none. In the look's transaction."""
    subscription = HubSubscription.objects.filter(feed=feed).first()
    if hub is not None and subscription is not None and (subscription.hub, subscription.topic) == (hub.url, hub.topic):
        return
    leave(feed, now=now)
    if hub is None:
        return
    key, secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    HubSubscription.objects.create(
        feed=feed,
        practice=feed.practice,
        hub=hub.url,
        topic=hub.topic,
        key_hash=_hash(key),
        sealed_values=seal({"key": key, "secret": secret}),
        next_at=now,
    )
    wakeups.after_commit("newsroom.hubs")


def leave(feed: WatchedFeed, *, now: datetime) -> None:
    """End a feed's subscription: its hub is told by a task. Without one nothing happens."""
    rows = HubSubscription.objects.filter(feed=feed).update(
        feed=None, state=HubSubscription.State.LEAVING, attempts=0, next_at=now
    )
    if rows:
        wakeups.after_commit("newsroom.hubs")


def ask_due() -> None:
    """Ask the hubs that are due: to subscribe, to renew before a lease ends, to unsubscribe. Any number may run."""
    for subscription_id in _take():
        subscription = HubSubscription.objects.filter(pk=subscription_id).first()
        if subscription is not None:
            _conclude(subscription, _ask(subscription))


def verify(key: str, *, mode: str, topic: str, lease_seconds: str, reason: str = "") -> bool:
    """Answer a hub that asks whether we meant it (section 5.3), or says that it denies us (5.2): whether we did."""
    with transaction.atomic():
        subscription = HubSubscription.objects.select_for_update().filter(key_hash=_hash(key)).first()
        if subscription is None or not constant_time_compare(topic, subscription.topic):
            return False
        if mode == "unsubscribe":
            if subscription.state == HubSubscription.State.LEAVING:
                subscription.delete()
                return True
            return False
        if subscription.state == HubSubscription.State.LEAVING or mode not in ("subscribe", "denied"):
            return False
        now = database_clock.now()
        if mode == "denied":
            subscription.state, subscription.lease_until = HubSubscription.State.DENIED, None
            subscription.reason = f"The hub denies it: {excerpt(reason, ()) or 'it says no reason'}."[:500]
            subscription.next_at = now + LONGEST_PAUSE
        else:
            lease = timedelta(seconds=int(lease_seconds[:9])) if _is_number(lease_seconds) else LEASE
            subscription.state, subscription.reason, subscription.attempts = HubSubscription.State.ACTIVE, "", 0
            subscription.lease_until, subscription.next_at = now + lease, renewal(now, lease)
        subscription.save()
    return True


def is_subscribed(key: str) -> bool:
    """Whether a callback is one of ours."""
    return HubSubscription.objects.filter(key_hash=_hash(key)).exclude(state=HubSubscription.State.LEAVING).exists()


def tell(key: str, body: bytes, signature: str) -> Effect:
    """Take a hub's message: one that is signed makes a look at its feed at once, whatever it holds."""
    subscription = HubSubscription.objects.select_related("feed").filter(key_hash=_hash(key)).first()
    if subscription is None or subscription.feed is None:
        return "ignored"
    try:
        secret = unseal(bytes(subscription.sealed_values))["secret"]
    except CredentialsError:
        return "ignored"
    if not is_signed(body, signature, secret):
        logger.warning("A message to the feed %s is not signed by its hub and changes nothing", subscription.feed.name)
        return "ignored"
    now = database_clock.now()
    HubSubscription.objects.filter(pk=subscription.pk).update(told_at=now)
    look_soon(subscription.feed, FeedLook.Cause.HUB, now=now)
    return "look"


def look_soon(feed: WatchedFeed, cause: FeedLook.Cause, *, now: datetime) -> None:
    """Have a feed looked at by the next tick, which comes at once; one that is looked at right now, after that."""
    WatchedFeed.objects.filter(pk=feed.pk, state=WatchedFeed.State.WATCHED).update(
        next_look_at=now, next_cause=cause, told_at=now
    )
    wakeups.after_commit("newsroom.tick")


@transaction.atomic
def _take() -> list[int]:
    """Take what is due, so that no other worker does, and count the call before it is made."""
    now = database_clock.now()
    rows = HubSubscription.objects.select_for_update(skip_locked=True).filter(next_at__lte=now)
    due = list(rows.order_by("next_at", "pk")[:AT_ONCE])
    for row in due:
        row.attempts += 1
        row.next_at = now + CLAIM_TIME
    HubSubscription.objects.bulk_update(due, ["attempts", "next_at"])
    return [row.pk for row in due]


def _ask(subscription: HubSubscription) -> str:
    """Ask a hub to subscribe or unsubscribe us (section 5.1); return why it can't, "" where it takes it."""
    try:
        values = unseal(bytes(subscription.sealed_values))
    except CredentialsError as error:
        return str(error)
    is_leaving = subscription.state == HubSubscription.State.LEAVING
    form = {
        "hub.callback": f"{settings.SITE_URL}/webhooks/feeds/{values['key']}",
        "hub.mode": "unsubscribe" if is_leaving else "subscribe",
        "hub.topic": subscription.topic,
    }
    if not is_leaving:
        form |= {"hub.secret": values["secret"], "hub.lease_seconds": str(int(LEASE.total_seconds()))}
    allow = practice_origin.origins(practice=subscription.practice)
    try:
        with http.client(allow=allow, timeout=CALL_SECONDS, within=CALL_SECONDS) as client:
            response = client.post(
                subscription.hub, data=form, headers={"User-Agent": "Distributor"}, follow_redirects=True
            )
    except AddressRefused as error:
        return str(error)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"The hub does not answer ({type(error).__name__})."
    if response.is_success:
        return ""
    return f"The hub answers {response.status_code}: {excerpt(response.text[:2000], tuple(values.values()))}"


def _conclude(subscription: HubSubscription, problem: str) -> None:
    """Note what a hub said, unless it has come to verify meanwhile, and when it is asked again."""
    now = database_clock.now()
    is_leaving = subscription.state == HubSubscription.State.LEAVING
    if is_leaving and subscription.attempts >= LEAVE_ATTEMPTS:
        subscription.delete()
        return
    pause = VERIFY_WITHIN * 2 ** min(subscription.attempts - 1, 10)
    rows = HubSubscription.objects.filter(pk=subscription.pk, attempts=subscription.attempts)
    rows.update(
        next_at=now + min(pause, LONGEST_PAUSE),
        reason=(problem or f"The hub was asked and has not come to verify it at {settings.SITE_URL}.")[:500],
    )


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text[:9]) > 0
