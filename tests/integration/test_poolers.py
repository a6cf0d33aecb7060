"""PostgreSQL behind a PgBouncer: sessions go from one process to another between two transactions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection

from distributor.audience.models import Subscription
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import ledger
from distributor.domain.letters import Draft
from distributor.practice.networks import ACCOUNTS
from tests.integration import commands, processes, world
from tests.integration.processes import Practice, wait_for
from tests.servers.pgbouncer import pgbouncer

pytestmark = pytest.mark.django_db(transaction=True)

SUBSCRIBERS = 3_000


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user may look into: pytest's own is closed to others."""
    made = Path(tempfile.mkdtemp(prefix="distributor-pgbouncer-"))
    yield made
    shutil.rmtree(made)


def run(url: str, *words: str | Path, **more: str) -> commands.Ran:
    return commands.run(*words, env={**processes.environment(), "DATABASE_URL": url, **more})


def test_a_letter_goes_out_and_people_come_in_behind_a_pooler_that_pools_by_transaction(
    draft: Draft, practice: Practice, broker: redis.Redis, folder: Path
) -> None:
    letter = world.make_letter(draft)
    for account in ACCOUNTS:
        accounts.connect(letter.publication, account.channel, account.name, account.values, practice=True)
    people = folder / "people.csv"
    people.write_text("email\n" + "".join(f"reader{number}@readers.example\n" for number in range(SUBSCRIBERS)))
    with pgbouncer(folder, connection.settings_dict) as url:
        ran = run(url, "subscribers", "import", people, "--list", "behind", "--json")
        assert ran.code == 0, ran.said
        readers = letter.publication.lists.get(slug="behind")
        assert Subscription.objects.filter(list=readers).count() == SUBSCRIBERS
        dispatches = world.queue(letter, "mail", "twitter", lists=[readers])
        more = {"DATABASE_URL": url}
        with processes.beat(more=more), processes.worker(concurrency=3, more=more):
            wait_for(lambda: states(dispatches) <= {"sent", "paused", "failed"}, what="all is sent")
        assert states(dispatches) == {"sent"}
        for what in ("subscribers", "suppressions"):
            ran = run(url, what, "export")
            assert (ran.code, ran.said) == (0, "")
    assert ledger.counts(dispatches)[dispatches[0].pk].accepted == SUBSCRIBERS
    assert len({mail["recipient"] for mail in practice.mails()}) == SUBSCRIBERS
    assert len(practice.posts("twitter")) == 1


def states(dispatches: Any) -> set[str]:
    for dispatch in dispatches:
        dispatch.refresh_from_db()
    return {dispatch.state for dispatch in dispatches}


@pytest.mark.parametrize(
    ("mode", "prepared", "state", "words"),
    [
        ("transaction", "auto", "fine", "no statements are prepared"),
        ("transaction", "always", "wrong", "DISTRIBUTOR_PREPARED_STATEMENTS"),
        ("session", "always", "fine", "keeps prepared statements"),
        ("statement", "auto", "wrong", "pool_mode = transaction"),
    ],
)
def test_doctor_says_whether_a_pooler_can_be_used(
    folder: Path, broker: redis.Redis, mode: str, prepared: str, state: str, words: str
) -> None:
    with pgbouncer(folder, connection.settings_dict, mode=mode) as url:
        ran = run(url, "doctor", "--json", DISTRIBUTOR_PREPARED_STATEMENTS=prepared)
    [finding] = [finding for finding in ran.json["findings"] if finding["name"] == "pooler"]
    assert finding["state"] == state
    assert words in finding["message"]


def test_doctor_does_not_speak_of_poolers_where_there_is_none(broker: redis.Redis) -> None:
    ran = run(processes.environment()["DATABASE_URL"], "doctor", "--json")
    assert "pooler" not in {finding["name"] for finding in ran.json["findings"]}
