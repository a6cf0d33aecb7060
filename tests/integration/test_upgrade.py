"""An upgrade without a pause: the previous release's workers and beat go on with the tables of this one, and back."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from distributor.delivery.accounts import accounts
from distributor.delivery.mail import ledger
from distributor.delivery.models import Dispatch
from distributor.domain.letters import Draft
from distributor.practice.networks import ACCOUNTS
from tests.integration import processes, world
from tests.integration.processes import Practice, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
SUBSCRIBERS = 2_000


@pytest.fixture
def previous(tmp_path: Path) -> Path:
    """The previous release's tree, out of the history."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    commit = settings["tool"]["distributor"]["previous_release"]
    archive, tree = tmp_path / "previous.tar", tmp_path / "previous"
    words = ["git", "-C", str(ROOT), "archive", "--output", str(archive), commit]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("The previous release is not in this history: a shallow clone, or no repository.")
    tree.mkdir()
    subprocess.run(["tar", "-xf", str(archive), "-C", str(tree)], check=True)
    return tree


@contextmanager
def of(tree: Path, name: str, *words: str) -> Iterator[None]:
    """Run Celery as that tree has it, with the libraries of today."""
    environment = {**processes.environment(), "PYTHONPATH": str(tree)}
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "tasks", *words]
    with (processes.HOME / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=tree, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield
    finally:
        processes.kill(process)


def test_workers_of_the_previous_release_go_on_with_the_tables_of_this_one(
    draft: Draft, practice: Practice, broker: redis.Redis, previous: Path, tmp_path: Path
) -> None:
    letter = world.make_letter(draft)
    for account in ACCOUNTS:
        accounts.connect(letter.publication, account.channel, account.name, account.values, practice=True)
    readers = world.make_list(letter.publication, SUBSCRIBERS)
    worker = ("worker", "--concurrency=2", "--without-mingle", "--hostname=old@test")
    beat = ("beat", f"--schedule={tmp_path / 'beat'}", "--pidfile=")

    with of(previous, "old-worker", *worker):
        # In the midst of the upgrade: both take batches of one mailing.
        with processes.beat(), processes.worker("new"):
            mail, post = world.queue(letter, "mail", "twitter", lists=[readers])
            wait_for(lambda: {state(mail), state(post)} == {"sent"}, what="old and new send together")
        # And back: the new ones are gone again.
        with of(previous, "old-beat", *beat):
            second = world.make_letter(replace(draft, source="second", title="The second"), letter.publication)
            (again,) = world.queue(second, "mail", lists=[readers])
            wait_for(lambda: state(again) == "sent", what="the old ones send alone")

    for dispatch in (mail, again):
        counts = ledger.counts([dispatch])[dispatch.pk]
        assert counts.accepted == counts.recipients == SUBSCRIBERS
    assert practice.counts()["mail"] == 2 * SUBSCRIBERS
    assert len(practice.posts("twitter")) == 1


def state(dispatch: Dispatch) -> str:
    dispatch.refresh_from_db()
    return dispatch.state
