"""A publication with a letter, lists and a channel whose answers a test scripts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

import pytest
import redis
from django.test import Client

from distributor import paths
from distributor.channels import registry
from distributor.channels.base import (
    AccountField,
    ChannelSetting,
    Credentials,
    Intent,
    LookupAway,
    MaySend,
    Options,
    Pace,
    Pause,
    PermitsFor,
    RecipientOutcome,
    always,
)
from distributor.channels.connect_flow import ConnectFlow, Identity, TokenRenewal
from distributor.channels.posts import picture_for
from distributor.delivery.mail import send
from distributor.delivery.models import Dispatch
from distributor.domain.capabilities import Budget, Capabilities, PictureLimits
from distributor.domain.digests import DigestView
from distributor.domain.letters import AuthorView, Draft, LetterView, SeriesView
from distributor.domain.outcomes import Accepted, Outcome, Receipt
from distributor.domain.recipients import Recipient
from distributor.domain.source_keys import address_keys
from distributor.domain.variants import Concern, Payload, Variant
from distributor.embedded import redis as embedded_redis
from distributor.letters.models import Letter
from tests.integration import world
from tests.integration.processes import Practice
from tests.patience import PATIENCE


def numbered_receipts() -> Callable[[Recipient | None], Outcome]:
    """Return what accepts everything, with a number of its own, as networks do."""
    numbers = count(1)

    def answer(_: Recipient | None) -> Outcome:
        number = next(numbers)
        return Accepted(Receipt(str(number), f"https://network.example/{number}"))

    return answer


@dataclass
class ScriptedChannel:
    """Answers what the test says, and notes every call. Behaves as both kinds of channel do."""

    name: str
    addressed: bool = False
    answer: Callable[[Recipient | None], Outcome] = field(default_factory=numbered_receipts)
    existing: Receipt | None = None
    lookup_away: bool = False
    looks: bool = True
    asked: list[str] = field(default_factory=list)
    kept: list[Mapping[str, str]] = field(default_factory=list)
    notes: Mapping[str, str] = field(default_factory=dict)
    concerns: tuple[Concern, ...] = ()
    account_concerns: tuple[Concern, ...] = ()
    pictures: PictureLimits | None = None
    opens: Callable[[datetime], datetime] = lambda moment: moment
    fields: tuple[AccountField, ...] = (
        AccountField("token", "Token", secret=True),
        AccountField("refresh_token", "Refresh token", secret=True, hidden=True),
    )
    settings: tuple[ChannelSetting, ...] = ()
    payload: type[Payload] = Payload
    connect_flow: ConnectFlow | None = None
    token_renewal: TokenRenewal | None = None
    budgets: tuple[Budget, ...] = ()
    idempotent: bool = False
    uses: int = 1
    recalled: Outcome = field(default_factory=lambda: Accepted(Receipt("1")))
    tokens: list[str] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            label=self.name.capitalize(),
            addressed=self.addressed,
            lookup=True,
            recall=True,
            budgets=self.budgets,
            idempotent=self.idempotent,
            pictures=self.pictures,
        )

    def calls(self, variant: Variant) -> int:
        return self.uses

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:
        self.asked.append(f"recall {receipt.remote_id}")
        return self.recalled

    def identify(self, credentials: Credentials) -> Identity:
        return Identity("7", "Scripted", credentials.values)

    def compose(self, letter: LetterView, options: Options) -> Variant:
        picture = picture_for(letter, self.capabilities, options)
        return Variant(self.name, parts=(letter.title,), link=letter.url, subject=letter.title, picture=picture)

    def compose_digest(self, digest: DigestView, options: Options) -> Variant:
        titles = tuple(letter.title for letter in digest.letters)
        return Variant(channel=self.name, parts=titles, subject=titles[0])

    def check(self, variant: Variant) -> tuple[Concern, ...]:
        return self.concerns

    def check_account(self, credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:
        return self.account_concerns

    def not_before(self, options: Options, moment: datetime) -> datetime:
        return self.opens(moment)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        self.asked.append(variant.parts[0])
        self.tokens.append(credentials.values.get("token", ""))
        self.kept.append(intent.kept)
        if self.notes:
            intent.note(self.notes)
        return self.answer(None)

    def can_look(self, credentials: Credentials) -> bool:
        return self.looks

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        self.kept.append(intent.kept)
        if self.lookup_away:
            raise LookupAway("the network does not answer")
        return self.existing

    def pace(self, credentials: Credentials) -> Pace:
        return Pace()

    def slows_down(self, code: str) -> bool:
        return code == "4.7.0"

    @contextmanager
    def open(
        self, credentials: Credentials, variant: Variant, intent: Intent, *, permits: PermitsFor | None = None
    ) -> Iterator[ScriptedChannel]:
        yield self

    def deliver(
        self, recipients: Iterable[Recipient | Pause], *, may_send: MaySend = always
    ) -> Iterator[Sequence[RecipientOutcome]]:
        for recipient in recipients:
            if not isinstance(recipient, Pause):
                self.asked.append(recipient.email)
                yield (RecipientOutcome(recipient, self.answer(recipient)),)


@pytest.fixture(autouse=True)
def long_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a turn at a dispatch end when all is sent: on a busy machine the turn's seconds pass before that."""
    monkeypatch.setattr(send, "TURN_SECONDS", PATIENCE)


@pytest.fixture
def post_channel(monkeypatch: pytest.MonkeyPatch) -> ScriptedChannel:
    channel = ScriptedChannel("scripted")
    monkeypatch.setitem(registry.CHANNELS, channel.name, channel)
    return channel


@pytest.fixture
def mail_channel(monkeypatch: pytest.MonkeyPatch) -> ScriptedChannel:
    channel = ScriptedChannel("letterbox", addressed=True)
    monkeypatch.setitem(registry.CHANNELS, channel.name, channel)
    return channel


@pytest.fixture
def practice(practice_card: dict[str, Any]) -> Iterator[Practice]:
    """The practice world, empty, and where the product looks for it."""
    card = paths.practice_description()
    card.write_text(json.dumps(practice_card))
    running = Practice(practice_card["url"])
    running.reset()
    yield running
    card.unlink()


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    with redis.Redis(unix_socket_path=str(embedded_redis.redis_socket())) as client:
        client.flushall()
        yield client


@pytest.fixture
def draft() -> Draft:
    return Draft(
        source="https://lantern.example/letters/fog",
        title="What the fog horn knows",
        body_html="<p>Dear neighbours,</p><p>The horn is back.</p>",
        body_text="Dear neighbours,\n\nThe horn is back.",
        series=SeriesView("Letters from the Pier", 9),
        editor_note="This is the 9th letter. ― ED.",
        authors=(AuthorView("Ida Holm", "ida@lantern.example", "Ida Holm keeps the light."),),
        section="LETTER",
        language="en",
        canonical_url="https://lantern.example/letters/fog",
        share_bar=("scripted", "link"),
        keys=address_keys(["https://lantern.example/letters/fog"]),
    )


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(world.make_colleague("mina"))
    return client


@pytest.fixture
def letter(draft: Draft) -> Letter:
    return world.make_letter(draft)


@pytest.fixture
def queue(letter: Letter, mail_channel: ScriptedChannel) -> Callable[[int], Dispatch]:
    """Queue the letter for a list of so many readers, through the channel whose answers a test scripts."""
    world.connect(letter.publication, "letterbox")

    def make(size: int) -> Dispatch:
        readers = world.make_list(letter.publication, size)
        return world.queue(letter, "letterbox", lists=[readers])[0]

    return make
