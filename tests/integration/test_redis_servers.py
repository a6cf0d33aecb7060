"""A letter goes out through the Redis of other machines: with a password, by TLS, behind Sentinels, and with Valkey."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.domain.letters import Draft
from distributor.practice.networks import ACCOUNTS
from distributor.redis_clients import brief_client
from tests.integration import commands, processes, world
from tests.integration.processes import Practice, wait_for
from tests.servers.redis_servers import by_password, by_sentinel, by_tls, installed_server

pytestmark = pytest.mark.django_db(transaction=True)

Server = Callable[[Path, str], AbstractContextManager[str]]


@pytest.mark.parametrize(
    ("program", "server"),
    [("redis-server", by_tls), ("redis-server", by_sentinel), ("valkey-server", by_password)],
    ids=["tls", "sentinel", "valkey"],
)
def test_a_letter_goes_out(draft: Draft, practice: Practice, tmp_path: Path, program: str, server: Server) -> None:
    letter = world.make_letter(draft)
    for account in ACCOUNTS:
        accounts.connect(letter.publication, account.channel, account.name, account.values, practice=True)
    readers = world.make_list(letter.publication, 50)
    with server(tmp_path, installed_server(program)) as url:
        more = {"REDIS_URL": url}
        env = {**processes.environment(), **more}
        with processes.beat(more=more), processes.worker(more=more):
            (dispatch,) = world.queue(letter, "mail", lists=[readers])
            wait_for(lambda: reloaded(dispatch) == "sent", what="the mailing is sent")
            findings = commands.run("doctor", "--json", env=env).json["findings"]
            metrics = commands.run("metrics", env=env)
        # What is no business of Celery's: epochs and pacing.
        assert brief_client(url).keys("distributor:epoch:*")
    states = {finding["name"]: (finding["state"], finding["message"]) for finding in findings}
    assert states["redis"] == ("fine", "Redis answers.")
    assert states["workers"] == ("fine", "1 running.")
    assert 'distributor_queue_tasks{queue="mail"} 0.0' in metrics.out
    assert practice.counts()["mail"] == 50


def reloaded(dispatch: Dispatch) -> str:
    dispatch.refresh_from_db()
    return dispatch.state


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with by_tls(tmp_path, installed_server("redis-server")) as url:
        without_ca = url.partition("?")[0]
        ran = commands.run("doctor", "--json", env={**processes.environment(), "REDIS_URL": without_ca})
    [finding] = [finding for finding in ran.json["findings"] if finding["name"] == "redis"]
    assert finding["state"] == "wrong"
