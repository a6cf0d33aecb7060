"""Tokens: renewed before they end, by one worker at a time, stored before they are used, and never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from distributor.channels.base import Credentials
from distributor.channels.connect_flow import AppKeys, AuthorisationEnded, FreshCredentials, NetworkAway
from distributor.delivery import release
from distributor.delivery.accounts import accounts, encryption, tokens
from distributor.delivery.models import Account, Attempt, Dispatch, NetworkApp
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Receipt, Reconnect
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Rotating:
    """A network whose refresh tokens work once."""

    good: str = "refresh-0"
    renewals: list[str] = field(default_factory=list)
    away: bool = False
    slow: Event | None = None

    def renew(self, app: AppKeys, credentials: Credentials) -> FreshCredentials:
        if self.away:
            raise NetworkAway("It does not answer.")
        given = credentials.values.get("refresh_token", "")
        if given != self.good:
            raise AuthorisationEnded("The refresh token was used before.")
        if self.slow is not None:
            self.slow.wait(PATIENCE)
        self.renewals.append(given)
        number = len(self.renewals)
        self.good = f"refresh-{number}"
        values = {**credentials.values, "token": f"t-secret-{number}", "refresh_token": self.good}
        return FreshCredentials(values, expires_at=timezone.now() + timedelta(hours=2))


@pytest.fixture
def network(post_channel: ScriptedChannel) -> Rotating:
    post_channel.token_renewal = network = Rotating()
    return network


@pytest.fixture
def dispatch(draft: Draft, network: Rotating) -> Dispatch:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    values = {"token": "t-secret-0", "refresh_token": "refresh-0"}
    Account.objects.update(
        sealed=encryption.seal(values),
        expires_at=timezone.now() + timedelta(minutes=5),
        renew_at=timezone.now() - timedelta(minutes=1),
    )
    return world.queue(letter, "scripted")[0]


def test_a_token_that_is_about_to_end_is_renewed_before_the_call(
    dispatch: Dispatch, network: Rotating, post_channel: ScriptedChannel
) -> None:
    world.work(dispatch)
    assert dispatch.state == "sent"
    assert post_channel.tokens == ["t-secret-1"]
    account = Account.objects.get()
    assert encryption.unseal(bytes(account.sealed))["refresh_token"] == "refresh-1"
    assert account.renew_at is not None
    assert timezone.now() + timedelta(minutes=90) < account.renew_at < timezone.now() + timedelta(hours=2)


def test_workers_at_once_renew_it_once(dispatch: Dispatch, network: Rotating) -> None:
    network.slow = Event()

    def renew(number: int) -> None:
        try:
            tokens.renew(Account.objects.get().pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(renew, number) for number in range(4)]
        network.slow.set()
        for one in waiting:
            one.result()
    assert network.renewals == ["refresh-0"]
    assert Account.objects.get().needs_reconnect == ""


def test_an_ended_authorisation_blocks_with_its_reason(dispatch: Dispatch, network: Rotating) -> None:
    network.good = "another"
    world.work(dispatch)
    assert (dispatch.state, dispatch.remedy) == ("blocked", "reconnect")
    assert dispatch.reason == "The refresh token was used before. Connect it again."


def test_while_the_network_is_away_the_old_token_is_used(
    dispatch: Dispatch, network: Rotating, post_channel: ScriptedChannel
) -> None:
    network.away = True
    world.work(dispatch)
    assert dispatch.state == "sent"
    assert post_channel.tokens == ["t-secret-0"]
    assert tokens.due(timezone.now()) == []
    assert tokens.due(timezone.now() + tokens.AGAIN) == [Account.objects.get().pk]


def test_a_token_that_the_network_takes_for_expired_is_renewed_and_the_post_goes_out(
    dispatch: Dispatch, network: Rotating, post_channel: ScriptedChannel
) -> None:
    Account.objects.update(renew_at=timezone.now() + timedelta(hours=1))
    post_channel.answer = lambda _: (
        Reconnect("It expired.", code="401", expired=True) if len(post_channel.asked) == 1 else Accepted(Receipt("1"))
    )
    world.work(dispatch)
    assert dispatch.state == "sending"  # again, and at once
    world.work(dispatch)
    assert dispatch.state == "sent"
    assert post_channel.tokens == ["t-secret-0", "t-secret-1"]


def test_a_fresh_token_that_is_refused_as_well_asks_for_a_person(
    dispatch: Dispatch, network: Rotating, post_channel: ScriptedChannel
) -> None:
    post_channel.answer = lambda _: Reconnect("It expired.", code="401", expired=True)
    world.work(dispatch)
    world.work(dispatch)
    assert (dispatch.state, dispatch.reason) == ("blocked", "It expired.")
    assert len(network.renewals) == 1


def test_the_sweeper_renews_what_nobody_uses(dispatch: Dispatch, network: Rotating) -> None:
    assert tokens.due(timezone.now()) == [Account.objects.get().pk]
    release.sweep()  # wakes a worker
    tokens.renew(Account.objects.get().pk)
    assert tokens.due(timezone.now()) == []
    assert len(network.renewals) == 1


@pytest.mark.parametrize(
    ("lasts", "least", "most"),
    [
        (timedelta(hours=2), timedelta(minutes=19), timedelta(minutes=21)),
        (timedelta(minutes=30), timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(days=60), timedelta(days=10), timedelta(days=10)),
    ],
)
def test_when_a_token_is_renewed(lasts: timedelta, least: timedelta, most: timedelta) -> None:
    now = timezone.now()
    at = tokens.renew_at(now + lasts, now)
    assert at is not None
    assert least <= now + lasts - at <= most
    assert tokens.renew_at(None, now) is None
    assert tokens.renew_at(now + timedelta(minutes=3), now) == now


def test_an_expired_token_that_cant_be_renewed_yet_is_not_tried_again_and_again(
    dispatch: Dispatch, network: Rotating, post_channel: ScriptedChannel
) -> None:
    Account.objects.update(renew_at=timezone.now() + timedelta(hours=1))
    network.away = True
    post_channel.answer = lambda _: Reconnect("It expired.", code="401", expired=True)
    for _ in range(5):
        world.work(dispatch)
    assert (dispatch.state, len(post_channel.asked)) == ("scheduled", 2)
    assert dispatch.due_at == Account.objects.get().renew_at  # when it is tried to renew it
    Attempt.objects.update(started_at=timezone.now() - timedelta(days=2))
    Dispatch.objects.update(approved_at=timezone.now() - timedelta(days=2), due_at=timezone.now())
    world.work(dispatch)
    assert (dispatch.state, dispatch.remedy) == ("blocked", "reconnect")  # after a day a person is told


def test_a_new_secret_key_never_brings_an_old_token_back(
    dispatch: Dispatch, network: Rotating, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Account.objects.get()
    assert dispatch.letter is not None
    second = accounts.connect(dispatch.letter.publication, "scripted", "second", {"token": "t-old"})
    reseal = encryption.reseal

    def slowly(sealed: bytes) -> bytes:
        if encryption.unseal(sealed)["token"] == "t-secret-0":  # while the first is at it, the second is renewed
            Account.objects.filter(pk=second.pk).update(sealed=encryption.seal({"token": "t-new"}))
        return reseal(sealed)

    monkeypatch.setattr(encryption, "reseal", slowly)
    assert accounts.reseal_all() == 2
    assert [accounts.credentials(Account.objects.get(pk=one.pk)).values["token"] for one in (first, second)] == [
        "t-secret-0",
        "t-new",
    ]


def test_an_account_is_locked_while_it_is_encrypted_anew(
    dispatch: Dispatch, network: Rotating, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_more(sealed: bytes) -> bytes:
        def try_it() -> bool:
            try:
                with transaction.atomic():
                    return not Account.objects.select_for_update(skip_locked=True).exists()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            locked.append(pool.submit(try_it).result(10))
        return sealed

    locked: list[bool] = []
    monkeypatch.setattr(encryption, "reseal", one_more)
    accounts.reseal_all()
    assert locked == [True]


def test_a_new_secret_key_leaves_no_app_behind(network: Rotating, settings: Settings) -> None:
    NetworkApp.objects.create(channel="scripted", sealed=encryption.seal({"client_id": "c-1"}))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the newest key of them all"
    accounts.reseal_all()
    settings.SECRET_KEY_FALLBACKS = []  # the old one is taken out
    assert encryption.unseal(bytes(NetworkApp.objects.get().sealed)) == {"client_id": "c-1"}


def test_letters_are_queued_while_a_networks_token_takes_long_to_renew(
    dispatch: Dispatch, network: Rotating, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dispatch.letter is not None
    another = world.make_letter(replace(draft, source="https://l.example/2"), dispatch.letter.publication)

    def queue() -> list[str]:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            return [one.state for one in world.queue(another, "scripted")]
        finally:
            connection.close()

    renew, queued = network.renew, []

    def slowly(app: AppKeys, credentials: Credentials) -> FreshCredentials:
        with ThreadPoolExecutor(1) as pool:
            queued.extend(pool.submit(queue).result(10))
        return renew(app, credentials)

    monkeypatch.setattr(network, "renew", slowly)
    tokens.renew(Account.objects.get().pk)
    assert (queued, len(network.renewals)) == (["scheduled"], 1)
