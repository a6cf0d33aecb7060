"""The connections that a relay lets all workers have: several processes, a real Redis, a server that counts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from distributor.channels.mail import relay
from distributor.channels.mail.smtp import Engine, MailTransaction, Timeouts, keeper
from distributor.delivery.accounts import accounts
from distributor.delivery.mail.pacing import Connections
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted
from distributor.domain.recipients import Recipient
from distributor.embedded import redis as embedded_redis
from tests.contract.scripted_smtp import ScriptedServer, scripted, url_of
from tests.integration import world
from tests.integration.processes import kill, wait_for
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("services", "loopback_allowed")

PIPELINING = "250-scripted\n250 PIPELINING"

# One mail after the other from standard input, a name a line; whoever comes back untried is sent again.
WORKER = """
import sys
from collections import deque
from dataclasses import replace
from functools import partial
from distributor.channels.base import CROWDED, Pause
from distributor.channels.mail import relay
from distributor.channels.mail.smtp import MailTransaction, Timeouts, keeper
from distributor.delivery.mail.pacing import Connections, connections, shared_budgets
from distributor.domain.recipients import Recipient

url, redis_url, name, count, word = *sys.argv[1:4], int(sys.argv[4]), float(sys.argv[5])
shared_budgets.WORD_SECONDS, connections.RENEW_SECONDS = word, word / 3
permits = partial(Connections, redis_url=redis_url)
relays = [replace(entry, guarded=False) for entry in relay.read_all(url)]
waiting = deque(f"{name}{number}" for number in range(count))
rests = not count

def mail(name):
    return MailTransaction(Recipient(7, f"{name}@example.org"), "editor@letters.example.org", f"{name}@example.org",
                b"Subject: x\\r\\n\\r\\nHello.\\r\\n", f"<{name}@x>")

def mails():
    for _ in range(min(200, len(waiting))):
        yield mail(waiting.popleft())

def endless():
    yield mail(name)
    while True:
        yield Pause(60)

with keeper.lend(relays, Timeouts(), permits) as engine:
    for group in engine.send(endless()) if rests else ():
        pass
while waiting:
    with keeper.lend(relays, Timeouts(), permits) as engine:
        for group in engine.send(mails()):
            for done in group:
                if getattr(done.outcome, "code", "") == CROWDED:
                    waiting.append(done.recipient.email.partition("@")[0])
keeper.close()
"""


@contextmanager
def worker(url: str, name: str, *, count: int = 0, word: float = 15.0) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that sends so many mails; with none it sends one and keeps its connection until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, url, embedded_redis.redis_url(), name, str(count), str(word)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


def accepts(engine: Engine, name: str) -> bool:
    """Send one mail; return whether it was accepted."""
    address = f"{name}@example.org"
    mail = MailTransaction(
        Recipient(7, address), "editor@letters.example.org", address, b"Subject: x\r\n\r\nHi.\r\n", f"<{name}@x>"
    )
    (outcome,) = [done.outcome for group in engine.send([mail]) for done in group]
    return isinstance(outcome, Accepted)


def address_of(server: ScriptedServer, in_all: int) -> str:
    return url_of(server, f"?starttls=off&connections=10&connections_in_all={in_all}")


@pytest.mark.parametrize(("workers", "in_all"), [(3, 4), (3, 1)])
def test_processes_together_never_have_more_connections_than_there_are_in_all(workers: int, in_all: int) -> None:
    with scripted(EHLO=PIPELINING) as server, ExitStack() as stack:
        url = address_of(server, in_all)
        count = 1500
        for process in [stack.enter_context(worker(url, f"w{number}x", count=count)) for number in range(workers)]:
            assert process.wait(timeout=PATIENCE) == 0
        assert server.most_open == in_all
        assert Counter(server.accepted) == {
            f"w{number}x{mail}": 1 for number in range(workers) for mail in range(count)
        }


def test_a_held_connection_stays_counted_and_that_of_a_killed_process_comes_free() -> None:
    with scripted(EHLO=PIPELINING) as server, worker(address_of(server, 1), "holder", word=1.5) as holder:
        server.wait_for(lambda: server.accepted == ["holder"])
        permits = partial(Connections, redis_url=embedded_redis.redis_url())
        engine = Engine(relay.read_all(address_of(server, 1)), Timeouts(), permits)
        for number in range(3):  # each waits for a second: longer than a word holds that nobody renews
            assert not accepts(engine, f"early{number}")
        assert server.connections == 1
        kill(holder)
        wait_for(lambda: accepts(engine, "late"), what="the killed process’s connection is free")
        engine.close()
        assert server.accepted == ["holder", "late"]
        assert server.most_open == 1


@pytest.mark.django_db(transaction=True)
def test_a_dispatch_says_what_it_waits_for_and_goes_out_once_a_connection_is_free(draft: Draft) -> None:
    letter = world.make_letter(draft)
    with scripted(EHLO=PIPELINING) as server:
        url = address_of(server, 1)
        accounts.connect(letter.publication, "mail", "relay", {"url": url})
        (dispatch,) = world.queue(letter, "mail", lists=[world.make_list(letter.publication, 3)])
        other = Connections(relay.read(url).key, 1, redis_url=embedded_redis.redis_url())
        assert other.ask(1, has=0) == 1
        world.work(dispatch)
        assert dispatch.state == "sending"
        assert dispatch.reason == (
            "The mail relay 127.0.0.1 takes one connection, and it is in use; the rest waits for that."
        )
        assert not server.connections
        other.close()
        world.work(dispatch)
        assert dispatch.state == "sent"
        assert len(server.accepted) == 3
        keeper.close()


def test_while_redis_is_away_mail_goes_out_all_the_same() -> None:
    with scripted(EHLO=PIPELINING) as server, TemporaryDirectory() as folder:
        nowhere = f"redis+socket://{Path(folder) / 'redis.sock'}?virtual_host=0"
        engine = Engine(relay.read_all(address_of(server, 2)), Timeouts(), partial(Connections, redis_url=nowhere))
        assert accepts(engine, "kim")
        engine.close()
