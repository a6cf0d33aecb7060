"""Posts on every practice network: the world they need, what became of them, and a person who looks after them.

Django has to be set up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from django.db import connection
from django.utils import timezone

from benchmarks.support.house import Child, module
from benchmarks.support.waits import wait_for
from distributor import paths
from distributor.channels import registry
from distributor.cli.processes import Program
from distributor.delivery import control
from distributor.delivery.accounts import accounts, network_apps
from distributor.delivery.models import Attempt, Dispatch, RateBudgetUse
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.posts import lookup
from distributor.delivery.release import sweep
from distributor.delivery.variants import channel_settings
from distributor.domain.errors import StateError
from distributor.domain.letters import Draft
from distributor.domain.source_keys import address_keys
from distributor.domain.states import State
from distributor.letters import actions as letters
from distributor.letters.models import Publication
from distributor.practice import identities
from distributor.practice.network import Network
from distributor.practice.networks import APPS, NETWORKS

_SENTENCE = "The fog came in at midday and stayed, and the horn that had been silent was heard again from the pier. "
# Messages that may be sent at night too: a run must not depend on the hour at which it is started.
_AT_ANY_HOUR = {
    "kakaochannel": {channel_settings.CHANNEL_KEY: {"kind": "alimtalk", "template": identities.SOLAPI_TEMPLATE}}
}
_CALL_LASTS = timedelta(seconds=40)
_MARK = re.compile(r"no\d{6}x")


class Practice:
    """The practice world in a process of its own, asked over HTTP."""

    def __init__(self, folder: Path) -> None:
        self.child = Child(Program("practice", module("distributor.practice")), folder)

    def start(self) -> None:
        self.child.start()
        wait_for(
            paths.practice_description().exists,
            seconds=30,
            description=f"the practice world is up, see {self.child.log}",
        )
        self.http = httpx.Client(base_url=accounts.practice_page("").rstrip("/"), trust_env=False, timeout=60)

    def misbehave(self, shares: Mapping[str, float], *, seed: int, channels: Sequence[str]) -> None:
        """Let such shares of the requests that would change something go wrong."""
        payload = {"seed": seed, "seconds": 0.5, "shares": {channel: dict(shares) for channel in channels}}
        self.http.put("/api/chances", json=payload).raise_for_status()

    def posts(self, channel: str) -> list[dict[str, Any]]:
        """Return everything that is on a network now."""
        answer = self.http.get("/api/posts", params={"channel": channel, "limit": 1_000_000})
        return list(answer.raise_for_status().json()["posts"])


def networks(only: Sequence[str]) -> list[Network]:
    """Return the networks of the run: those named, else all."""
    by_channel = {network.channel: network for network in NETWORKS}
    unknown = sorted(set(only) - set(by_channel))
    if unknown:
        raise SystemExit(f"There is no practice network {unknown[0]}: choose from {', '.join(by_channel)}.")
    return [by_channel[name] for name in only] if only else list(by_channel.values())


def make_publications(networks: Sequence[Network], count: int) -> list[Publication]:
    """Make publications, each with one account of its own on every network."""
    for channel, keys in APPS.items():
        network_apps.save(channel, keys, practice=True)
    brands = []
    for number in range(1, count + 1):
        brand = letters.create_publication(
            name=f"Lantern {number}", slug=f"lantern-{number}", sender_email="l@l.example"
        )
        brand.channel_options = {
            network.channel: {"thread": number % 3 == 0, "picture": "none", **_AT_ANY_HOUR.get(network.channel, {})}
            for network in networks
        }
        brand.save()
        for network in networks:
            account = network.further_account(number)
            accounts.connect(brand, network.channel, account.name, account.values, practice=True)
        brands.append(brand)
    return brands


def queue(brand: Publication, channel: str, number: int) -> None:
    """Queue a letter of its own for the publication's accounts on a channel, as drafts.

    Its mark is in its title and in each sentence: so in each post of its thread, which is like no other letter's.
    """
    source = f"https://lantern.example/letters/{channel}-{number}"
    text = (f"{mark(number)} {_SENTENCE}" * (6 if number % 4 == 0 else 1)).strip()
    draft = Draft(
        source=source,
        title=f"What the fog horn knows {mark(number)}",
        body_html=f"<p>{text}</p>",
        body_text=text,
        language="en",
        canonical_url=source,
        image_url="",
        keys=address_keys([source]),
    )
    letter = letters.take_in(draft, publication=brand).letter
    queue_letter(letter, channels=[channel], hold_minutes=0, approve=False)


def mark(number: int) -> str:
    """Return what tells this letter's posts from all others."""
    return f"no{number:06}x"


def approve_all() -> None:
    """Approve every draft at once, with the same time for all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_dispatch SET state = 'scheduled', approved_at = now(), hold_until = now(), due_at = now() "
            "WHERE state = 'draft'"
        )


def let_time_pass() -> None:
    """Cut waiting short, as if the minutes had passed: for a later try, an account that rests, and a dead worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_account SET rests_until = NULL, allowance_until = NULL WHERE rests_until > now()"
        )
        cursor.execute(
            "UPDATE delivery_dispatch d SET due_at = now() "
            "WHERE state = 'scheduled' AND due_at > now() + interval '3 s' "
            "AND NOT EXISTS (SELECT 1 FROM delivery_ratebudgetuse t WHERE t.dispatch_id = d.id AND NOT t.used)"
        )
    # A call of the practice world takes a second at most: what is older has no worker any more. The stored time of a
    # first try is left as it is: networks are given names made of it, which must be the same at each try.
    sweep(answer_within=_CALL_LASTS)


@dataclass(slots=True)
class Person:
    """Whoever looks after what the machine leaves to a person, and counts it."""

    practice: Practice
    confirmations: Counter[str] = field(default_factory=Counter)
    sent_again: Counter[str] = field(default_factory=Counter)

    def look_after(self) -> None:
        """Look at each unconfirmed post that was not found, and decide as a person does: by looking there."""
        for dispatch in Dispatch.objects.filter(state=State.UNCONFIRMED.value):
            attempt = dispatch.attempts.order_by("-number").first()
            channel = registry.get(dispatch.channel)
            if attempt is None or (channel.capabilities.lookup and attempt.code != lookup.NOT_THERE):
                continue  # it is still being looked for
            parts = dispatch.variant["parts"] if dispatch.variant else []
            texts = {post["text"] for post in self.practice.posts(dispatch.channel)}
            if mark_of(dispatch) in " ".join(texts) and (len(parts) < 2 or set(parts) <= texts):
                self.confirmations[dispatch.channel] += _pressed(control.confirm_sent, dispatch)
            else:
                self.sent_again[dispatch.channel] += _pressed(control.retry, dispatch)
        for dispatch in Dispatch.objects.filter(state=State.BLOCKED.value):
            if dispatch.account is not None and dispatch.account.needs_reconnect:
                accounts.ask_to_reconnect(dispatch.account, "")
            _pressed(control.resume, dispatch)
        for dispatch in Dispatch.objects.filter(state=State.FAILED.value):
            _pressed(control.retry, dispatch)


def _pressed(button: Callable[[int], object], dispatch: Dispatch) -> bool:
    """Press a button as a person does, who may look at an old page: a late answer may have moved the post on since."""
    try:
        button(dispatch.pk)
    except StateError:
        return False
    return True


def open_dispatch_lines() -> str:
    """Return a line for each dispatch that is not sent: its channel, state, reason, and what became of its tries."""
    lines = []
    for dispatch in Dispatch.objects.exclude(state=State.SENT.value).order_by("channel", "pk"):
        tries = [
            f"{attempt.outcome or 'under way'} {attempt.code}".strip()
            for attempt in dispatch.attempts.order_by("number")
        ]
        lines.append(f"{dispatch.channel} {dispatch.state} due {dispatch.due_at:%H:%M:%S}: {dispatch.reason} {tries}")
    return "\n".join(lines)


def waits_for_a_turn() -> bool:
    """Whether a post was promised a turn of its account later on: the networks count in real time."""
    return RateBudgetUse.objects.filter(used=False, at__gt=timezone.now()).exists()


def mark_of(dispatch: Dispatch) -> str:
    """Return the mark of a dispatch's letter."""
    assert dispatch.letter is not None
    return dispatch.letter.title.rsplit(" ", 1)[-1]


def verdict(practice: Practice, channel: str) -> dict[str, Any]:
    """Compare what is on one network with the dispatches to it."""
    dispatches = list(Dispatch.objects.filter(channel=channel).select_related("letter"))
    texts: dict[str, Counter[tuple[str, str]]] = {}
    for post in practice.posts(channel):
        if match := _MARK.search(f"{post['text']} {post['link']}"):
            texts.setdefault(match[0], Counter())[post["account"], post["text"]] += 1
    lost_ids, twice = [], []
    for dispatch in dispatches:
        posts = texts.get(mark_of(dispatch), Counter())
        if any(count > 1 for count in posts.values()):
            twice.append(dispatch.pk)
        parts = len(dispatch.variant["parts"]) if dispatch.variant else 0
        if dispatch.state != State.SENT.value or len(posts) < max(parts, 1):
            lost_ids.append(dispatch.pk)
    return {"posts": len(dispatches), "twice": len(twice), "lost": len(lost_ids)} | unconfirmed_counts(channel)


def unconfirmed_counts(channel: str) -> dict[str, int]:
    """Return how many answers were lost, and how many of these a look-up settled: it found the post, or surely not."""
    lost_responses = Attempt.objects.filter(dispatch__channel=channel, outcome="unconfirmed")
    settled_attempts = lost_responses.exclude(dispatch__receipt__raw__has_key="confirmed").exclude(
        code=lookup.NOT_THERE
    )
    last = [attempt for attempt in settled_attempts.select_related("dispatch") if _is_last(attempt)]
    return {
        "unconfirmed": lost_responses.count(),
        "settled": lost_responses.filter(code=lookup.NOT_THERE).count() + len(last),
    }


def _is_last(attempt: Attempt) -> bool:
    """Whether it was the last try: then its post is there, and the look-up found it."""
    return not attempt.dispatch.attempts.filter(number__gt=attempt.number).exists()
