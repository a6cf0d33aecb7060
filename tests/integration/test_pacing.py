"""The limits of what goes out, shared by several workers through a real Redis; and what happens without it."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
import redis

from distributor import redis_clients
from distributor.delivery.mail.pacing import (
    Connections,
    Holdback,
    Pacer,
    PublicationPace,
    WarmUp,
    connections,
    shared_budgets,
)
from distributor.domain.pacing import room
from distributor.embedded import redis as embedded_redis
from tests.integration.processes import wait_for
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("services")


@pytest.fixture
def url(services: None) -> str:
    return embedded_redis.redis_url()


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that is slow, because the machine is busy, is not away."""
    monkeypatch.setattr(redis_clients, "ANSWER_SECONDS", PATIENCE)


@pytest.fixture
def relay() -> str:
    """A relay that no other test has used."""
    return f"test:{uuid4().hex}"


def sent_within(pacer: Pacer, seconds: float, *domains: str) -> dict[str, int]:
    """Send as much as may go out in so many seconds, by turns to each domain; good answers come at once."""
    end, counted = time.monotonic() + seconds, dict.fromkeys(domains, 0)
    while time.monotonic() < end:
        waits = []
        for domain in domains:
            wait = pacer.admit(domain)
            if wait is None:
                counted[domain] += 1
                pacer.learn(domain, slow=False, accepted=True)
            else:
                waits.append(wait.seconds)
        if len(waits) == len(domains):
            time.sleep(max(0.0, min([*waits, end - time.monotonic()])))
    return counted


def may_go(pacer: Pacer, domain: str = "lantern.example", *, most: int = 10_000) -> int:
    """Count how many may go out at once."""
    return next(number for number in range(most + 1) if number == most or pacer.admit(domain) is not None)


WORKER = """
import json, sys, time
from distributor import redis_clients
from distributor.delivery.mail.pacing import Pacer
relay, url, rate, redis_clients.ANSWER_SECONDS = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
print("ready", flush=True)
until = float(sys.stdin.readline())
went = []
while time.time() < until:
    with Pacer(relay, rate=rate, redis_url=url) as pacer:
        turn = min(until, time.time() + 1.0)
        for number in range(10**9):
            if (now := time.time()) >= turn:
                break
            wait = pacer.admit(f"domain{number % 997}.example")
            if wait is None:
                went.append(now)
            else:
                time.sleep(min(wait.seconds, max(0.0, turn - now)))
json.dump(went, sys.stdout)
"""


@pytest.mark.parametrize("rate", [500.0, 20.0])
def test_processes_together_keep_to_a_relays_rate_and_use_nearly_all_of_it(url: str, relay: str, rate: float) -> None:
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, relay, url, str(rate), str(PATIENCE)],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for worker in workers:  # how long they take to start is not what is measured
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    until = time.time() + 3.5
    for worker in workers:
        assert worker.stdin
        worker.stdin.write(f"{until}\n")
        worker.stdin.flush()
    each = [json.loads(worker.communicate(timeout=PATIENCE)[0]) for worker in workers]
    went = sorted(moment for times in each for moment in times)
    assert all(each)
    # From when all are there to the end of the last whole second.
    begin = max(times[0] for times in each)
    whole = int(until - begin)
    assert whole >= 2
    burst = room(rate) + max(rate * 0.1, len(workers))
    for moment in went:
        assert sum(moment <= other < moment + 1 for other in went) <= rate + burst
    in_all = sum(begin <= moment < begin + whole for moment in went)
    assert 0.9 * rate * whole <= in_all <= rate * whole + burst


def test_what_was_not_used_is_given_back(url: str, relay: str) -> None:
    # The day's allowance is used up, so what was taken of the relay's is not used.
    first = Pacer(relay, rate=2.0, publication=sender((1,), lambda: 1, relay), redis_url=url)
    wait = first.admit("lantern.example")
    assert wait is not None
    assert wait.hold is Holdback.DAY
    wait = Pacer(relay, rate=2.0, redis_url=url).admit("lantern.example")
    assert wait is not None
    assert wait.hold is Holdback.RELAY
    first.flush()
    assert Pacer(relay, rate=2.0, redis_url=url).admit("lantern.example") is None


def test_a_wait_for_the_relay_says_so_and_holds_for_all(url: str, relay: str) -> None:
    pacer = Pacer(relay, rate=2.0, redis_url=url)
    assert pacer.wait_sentence() == ""
    assert pacer.admit("lantern.example") is None
    wait = pacer.admit("other.example")
    assert wait is not None
    assert wait.hold is Holdback.RELAY
    assert 0.2 < wait.seconds < 0.6
    assert pacer.wait_sentence(recipients=7) == "The relay takes 2 a second; 7 wait for that."


def test_a_large_domain_begins_gently_and_gets_faster_while_a_small_one_does_not_wait(url: str, relay: str) -> None:
    pacer = Pacer(relay, redis_url=url, domain_start=50.0)
    assert may_go(pacer, "large.example") <= 5 + room(50.0)
    first = sent_within(pacer, 1.0, "large.example")["large.example"]
    assert first <= 70
    assert may_go(pacer, "small.example", most=4) == 4
    later = sent_within(pacer, 2.5, "large.example")["large.example"]
    assert later >= 200


def test_one_domain_in_trouble_stops_and_slows_no_other(url: str, relay: str) -> None:
    here, there = (Pacer(relay, redis_url=url, domain_start=100.0) for _ in range(2))
    for pacer in (here, there):
        assert pacer.admit("googlemail.com") is None
    here.learn("gmail.com", slow=True, accepted=False)
    wait = here.admit("googlemail.com")
    assert wait is not None
    assert (wait.hold, wait.name, wait.limit) == (Holdback.DOMAIN, "gmail.com", 0)
    assert 0.5 < wait.seconds <= 1.0
    assert "gmail.com puts off or refuses mail; 3 wait until" in here.wait_sentence(recipients=3)
    # The other worker hears of it, also through the other name of the domain.
    wait_for(lambda: there.admit("googlemail.com") is not None, seconds=1.0, what="the other worker hears of the stop")
    assert here.admit("lantern.example") is None
    # It goes on by itself, at most at half of what was taken to be too much.
    wait_for(lambda: here.admit("gmail.com") is None, seconds=3.0, what="the stop is over")
    assert sent_within(here, 1.0, "gmail.com")["gmail.com"] <= 10 + room(12.5)
    # The same again: it stops for longer.
    here.learn("gmail.com", slow=True, accepted=False)
    again = here.admit("gmail.com")
    assert again is not None
    assert 4.0 < again.seconds <= 5.0 + 0.001  # a difference of two clock times, as floats


def test_trouble_counts_when_another_worker_has_just_written_something_else(url: str, relay: str) -> None:
    here, there = (Pacer(relay, redis_url=url, domain_start=10.0, clock=lambda: 1_000.0) for _ in range(2))
    assert there.admit("naver.com") is None
    assert may_go(here, "naver.com") >= 1  # it needs more than goes unasked, so the domain is known to all now
    there.learn("naver.com", slow=True, accepted=False)
    wait = there.admit("naver.com")
    assert wait is not None
    assert wait.limit == 0


def test_what_is_known_of_a_domain_outlasts_a_turn_and_an_emptied_redis(own_redis: Server, relay: str) -> None:
    with Pacer(relay, redis_url=own_redis.url) as pacer:
        pacer.learn("naver.com", slow=True, accepted=False)
    own_redis.client.flushall()
    with Pacer(relay, redis_url=own_redis.url) as pacer:
        assert pacer.admit("naver.com") is not None
    assert own_redis.client.hkeys(f"distributor:pacing:relay:{relay}:domains") == [b"naver.com"]


Holders = Callable[[int, int], list[Connections]]


@pytest.fixture
def holders(url: str, relay: str) -> Iterator[Holders]:
    """Make so many holders of a relay's connections, of which there are so many in all."""
    made: list[Connections] = []

    def make(count: int, limit: int) -> list[Connections]:
        new = [Connections(relay, limit, redis_url=url) for _ in range(count)]
        made.extend(new)
        return new

    yield make
    for one in made:
        one.close()


def test_connections_are_shared_and_come_back(holders: Holders) -> None:
    one, two, three = holders(3, 10)
    assert one.ask(4, has=0) == 4
    assert two.ask(8, has=0) == 6  # it leaves nothing that nobody else wants
    assert three.ask(8, has=0) == 0  # a third is due to it, but the others still have them all
    assert one.ask(4, has=4) == 3
    assert two.ask(8, has=6) == 4
    assert three.ask(8, has=0) == 0  # they were told, and have not closed any yet
    assert one.ask(4, has=3) == 3
    assert three.ask(8, has=0) == 1
    assert two.ask(8, has=4) == 4
    assert three.ask(8, has=1) == 3
    two.close()
    assert three.ask(8, has=3) == 6
    assert one.ask(4, has=3) == 4


@pytest.mark.parametrize(("limit", "count"), [(10, 8), (2, 5), (1, 2), (7, 7), (3, 1)])
def test_shares_are_equal_and_leave_no_connection_unused(holders: Holders, limit: int, count: int) -> None:
    everyone = holders(count, limit)
    has = dict.fromkeys(everyone, 0)
    for _ in range(4):
        for one in everyone:
            has[one] = one.ask(limit, has=has[one])
            assert sum(has.values()) <= limit
    assert sum(has.values()) == limit
    assert max(has.values()) - min(has.values()) <= 1
    assert {one: one.ask(limit, has=has[one]) for one in everyone} == has  # and they stay where they are


def test_what_too_many_have_is_closed_down_to_the_share_and_no_further(holders: Holders) -> None:
    one, two = holders(2, 10)  # Redis was away, and each took itself to be alone
    assert one.ask(10, has=10) == 10
    assert two.ask(10, has=10) == 5
    assert one.ask(10, has=10) == 5


def test_a_killed_holders_connections_are_free_again_and_a_living_ones_are_not(
    holders: Holders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_budgets, "WORD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "RENEW_SECONDS", 60.0)
    (killed,) = holders(1, 2)
    assert killed.ask(1, has=0) == 1
    monkeypatch.setattr(connections, "RENEW_SECONDS", 0.1)
    living, new = holders(2, 2)
    assert [living.ask(1, has=0), new.ask(1, has=0)] == [1, 0]
    wait_for(lambda: new.ask(1, has=0) == 1, what="the killed holder’s connection is free")
    (late,) = holders(1, 2)
    assert late.ask(1, has=0) == 0


def sender(allowed: tuple[int, ...], counted: Callable[[], int], name: str) -> PublicationPace:
    return PublicationPace(sender=name, warm_up=WarmUp(datetime.now(UTC).date(), allowed), sent_today=counted)


def test_a_new_domain_sends_its_allowance_and_the_rest_waits_for_tomorrow(url: str, relay: str) -> None:
    asked: list[int] = []

    def sent_today() -> int:
        asked.append(1)
        return 20

    pace = sender((100, 100), sent_today, relay)
    one, two = (Pacer(relay, publication=pace, redis_url=url, domain_start=20_000.0) for _ in range(2))
    assert may_go(one) + may_go(two) == 80
    assert len(asked) == 1
    wait = one.admit("lantern.example")
    assert wait is not None
    assert (wait.hold, wait.limit) == (Holdback.DAY, 100)
    now = datetime.now(UTC)
    assert wait.retry_at.timetuple()[3:6] == (0, 0, 0)
    assert timedelta() < wait.retry_at - now <= timedelta(days=1)
    assert one.wait_sentence(recipients=9).startswith("The new sending domain may send 100 today; 9 wait until ")


def test_an_allowance_that_a_turn_leaves_is_there_for_the_next(url: str, relay: str) -> None:
    pace = sender((100, 100), lambda: 0, relay)
    with Pacer(relay, publication=pace, redis_url=url) as pacer:
        assert pacer.admit("lantern.example") is None
    assert may_go(Pacer(relay, publication=pace, redis_url=url, domain_start=20_000.0)) == 99


def test_the_allowance_is_counted_from_the_database_when_redis_is_emptied(own_redis: Server, relay: str) -> None:
    out = 0

    def go(most: int) -> int:
        nonlocal out
        with Pacer(relay, publication=sender((100, 100), lambda: out, relay), redis_url=own_redis.url) as pacer:
            went = may_go(pacer, most=most)
        out += went
        return went

    assert go(30) == 30
    own_redis.client.flushall()
    assert go(40) == 40
    own_redis.kill()
    assert go(20) == 20
    assert go(10_000) == 10


def test_while_redis_is_away_a_worker_keeps_to_its_share_and_says_so_once(
    own_redis: Server, relay: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shared_budgets, "AWAY_SECONDS", 0.2)
    monkeypatch.setattr(shared_budgets, "WORD_SECONDS", 60.0)
    others = [Pacer(relay, rate=400.0, redis_url=own_redis.url) for _ in range(3)]
    holders = [Connections(relay, 40, redis_url=own_redis.url) for _ in range(4)]
    for other in others:
        other.renew()
    for holder in holders:
        assert holder.ask(5, has=0) == 5
    pacer = Pacer(relay, rate=400.0, redis_url=own_redis.url)
    assert sent_within(pacer, 0.3, "lantern.example")["lantern.example"] > 0
    own_redis.kill()
    with caplog.at_level(logging.INFO):
        went = sent_within(pacer, 1.5, "a.example", "b.example")
        assert 0.9 * 150 - 20 <= sum(went.values()) <= 150 + 3 * room(400.0)
        assert holders[0].ask(40, has=5) == 10
        pacer.learn("naver.com", slow=True, accepted=False)
        assert pacer.admit("naver.com") is not None
        assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]  # of the pace, and connections
        assert "Redis is away (ConnectionError): each of 4 workers keeps to its share" in caplog.text
        own_redis.start()

        def is_back() -> bool:
            pacer.renew()
            return "Redis is back" in caplog.text

        wait_for(is_back, what="Redis is used again")
    for holder in holders:
        holder.close()
    # What was learnt meanwhile is there for all.
    assert own_redis.client.hexists(f"distributor:pacing:relay:{relay}:domains", "naver.com")


def test_a_redis_that_hangs_costs_half_a_second_once(
    own_redis: Server, relay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_clients, "ANSWER_SECONDS", 0.5)
    pacer = Pacer(relay, rate=10_000.0, redis_url=own_redis.url)
    assert pacer.admit("lantern.example") is None
    own_redis.process.send_signal(signal.SIGSTOP)
    begun = time.monotonic()
    sent_within(pacer, 2.0, "lantern.example")
    assert time.monotonic() - begun < 3.5
    own_redis.process.send_signal(signal.SIGCONT)


@dataclass
class Server:
    """A Redis of the test's own, to be killed."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def socket(self) -> Path:
        return self.folder / "redis.sock"

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host=0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket))

    def start(self) -> None:
        self.process = _serve(self.socket)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def _serve(socket: Path) -> subprocess.Popen[bytes]:
    options = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no")
    process = subprocess.Popen([embedded_redis._binary(), *options], stdout=subprocess.DEVNULL, cwd=socket.parent)

    def answers() -> bool:
        try:
            with redis.Redis(unix_socket_path=str(socket)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    wait_for(answers, what="Redis is up")
    return process


@pytest.fixture
def own_redis() -> Iterator[Server]:
    with _running() as server:
        yield server


@contextmanager
def _running() -> Iterator[Server]:
    with TemporaryDirectory() as folder:
        server = Server(Path(folder), _serve(Path(folder) / "redis.sock"))
        try:
            yield server
        finally:
            server.kill()
