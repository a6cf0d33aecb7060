"""The engine's promises: what is out and not recorded, who is asked when, which relay gets what, what is kept."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Generator, Iterator
from functools import partial

import pytest

from distributor.channels.base import AWAY, CROWDED, LAPSED, REPEAT_POSSIBLE, Pause, RecipientOutcome
from distributor.channels.mail import relay
from distributor.channels.mail.smtp import Engine, MailTransaction, Timeouts, keeper
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected
from distributor.domain.recipients import Recipient
from tests.contract.scripted_smtp import HANGUP, ScriptedServer, scripted, url_of
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("loopback_allowed")

PIPELINING = "250-scripted\n250 PIPELINING"
SENDER = "editor@letters.example.org"
CONTENT = b"Subject: x\r\n\r\nHello.\r\n"


def has_more(server: ScriptedServer, accepted: int) -> bool:
    return len(server.accepted) > accepted


def mail(name: str, content: bytes = CONTENT) -> MailTransaction:
    return MailTransaction(Recipient(7, f"{name}@example.org"), SENDER, f"{name}@example.org", content, f"<{name}@x>")


def mails(count: int) -> list[MailTransaction]:
    return [mail(f"r{number}") for number in range(count)]


def engine_for(*servers: ScriptedServer | str, options: str = "", timeouts: Timeouts | None = None) -> Engine:
    urls = [one if isinstance(one, str) else url_of(one, f"?starttls=off{options}") for one in servers]
    return Engine(relay.read_all("\n".join(urls)), timeouts or Timeouts(command=5, final_dot=5))


def outcomes_of(engine: Engine, source: list[MailTransaction], *, close: bool = True) -> dict[str, Outcome]:
    """Send, and return each name's outcome; everyone has exactly one."""
    found: dict[str, Outcome] = {}
    for group in engine.send(source):
        for done in group:
            name = done.recipient.email.partition("@")[0]
            assert name not in found
            found[name] = done.outcome
    assert len(found) == len(source)
    if close:
        engine.close()
    return found


def codes_of(found: dict[str, Outcome]) -> Counter[str]:
    return Counter("accepted" if isinstance(one, Accepted) else getattr(one, "code", "") for one in found.values())


@pytest.mark.parametrize("hello", ["250 scripted", PIPELINING], ids=["lock-step", "pipelining"])
def test_once_the_lease_is_over_nothing_more_goes_out(hello: str) -> None:
    """A process that was stopped wakes with messages in hand: those belong to another worker by then."""
    with scripted(EHLO=hello) as server:
        engine = engine_for(server, options="&connections=3")
        outcomes: list[Outcome] = []
        sent_at_end: list[int] = []

        def may_send() -> bool:
            if len(outcomes) < 20:
                return True
            sent_at_end.append(len(server.accepted))
            return False

        for group in engine.send(mails(100), may_send=may_send):
            outcomes.extend(done.outcome for done in group)
        engine.close()
        assert len(outcomes) == 100
        accepted = sum(isinstance(outcome, Accepted) for outcome in outcomes)
        codes = Counter(outcome.code for outcome in outcomes if isinstance(outcome, Deferred))
        assert codes == {LAPSED: 100 - accepted}
        assert 20 <= accepted == len(server.accepted)
        assert accepted <= sent_at_end[0] + 3  # one content a connection was under way


@pytest.mark.parametrize("hello", ["250 scripted", PIPELINING], ids=["lock-step", "pipelining"])
@pytest.mark.parametrize("connections", [1, 3, 10])
def test_what_is_out_and_not_recorded_is_never_more_than_twice_the_connections(hello: str, connections: int) -> None:
    """At every moment that a caller has a group in hand, and when it stops for good at any of them."""
    chance = random.Random(connections)
    for _ in range(12):
        with scripted(EHLO=hello) as server:
            engine = engine_for(server, options=f"&connections={connections}")
            groups = engine.send(iter(mails(700)))
            assert isinstance(groups, Generator)
            recorded = 0
            for _ in range(chance.randrange(1, 60)):
                group = next(groups)
                assert len(group) <= connections
                most = recorded + 2 * connections
                with server.changed:  # give what is under way a chance to arrive: it must not be too much
                    server.changed.wait_for(partial(has_more, server, most), 0.002)
                    assert len(server.accepted) <= most
                recorded += len(group)
            groups.close()
            engine.close()
            server.wait_for(lambda: not server.open)
            # Everything that was answered was yielded: what remains had been under way, one a connection.
            assert recorded <= len(server.accepted) <= recorded + connections
            assert server.connections <= connections
            assert not server.too_early


def test_an_acceptance_is_yielded_at_once_when_nothing_else_is_under_way() -> None:
    with scripted(EHLO=PIPELINING) as server:
        engine = engine_for(server)
        began = time.monotonic()
        assert codes_of(outcomes_of(engine, mails(1))) == {"accepted": 1}
        assert time.monotonic() - began < 2


def test_messages_are_asked_for_just_in_time() -> None:
    with scripted(EHLO=PIPELINING) as server:
        engine = engine_for(server, options="&connections=4")
        taken = 0

        def source() -> Iterator[MailTransaction]:
            nonlocal taken
            for one in mails(300):
                taken += 1
                yield one

        back = 0
        for group in engine.send(source()):
            back += len(group)
            assert taken - back <= 3 * 4 + 1
        assert back == 300
        engine.close()


def test_what_was_settled_before_comes_back_in_a_group() -> None:
    with scripted(EHLO=PIPELINING) as server:
        engine = engine_for(server)
        refused = RecipientOutcome(Recipient(1, "x@example.org"), Rejected("The template is broken.", code="template"))
        back = [done for group in engine.send([mail("a"), refused, mail("b")]) for done in group]
        assert refused in back
        assert Counter(type(done.outcome) for done in back) == {Accepted: 2, Rejected: 1}
        engine.close()


def test_a_pause_waits_but_not_for_what_is_under_way() -> None:
    with scripted(EHLO=PIPELINING) as server:
        engine = engine_for(server)
        began = time.monotonic()
        back = sum(len(group) for group in engine.send([mail("a"), Pause(30), mail("b")]))
        assert back == 2
        assert time.monotonic() - began < 10  # the first one's outcome ended the pause
        began = time.monotonic()
        assert sum(len(group) for group in engine.send([Pause(0.2), mail("c")])) == 1
        assert time.monotonic() - began >= 0.2
        engine.close()


def test_what_a_source_raises_comes_after_the_outcomes_of_what_is_under_way() -> None:
    def source() -> Iterator[MailTransaction]:
        yield from mails(25)
        raise LookupError("no more")

    with scripted(EHLO=PIPELINING) as server:
        engine = engine_for(server, options="&connections=3")
        back: list[RecipientOutcome] = []
        with pytest.raises(LookupError):
            back.extend(done for group in engine.send(source()) for done in group)
        engine.close()
        assert len(back) == len(server.accepted) > 0


# Several relays


def test_a_relay_that_is_not_there_costs_nobody_anything() -> None:
    with scripted(EHLO=PIPELINING) as server:
        with scripted() as gone:
            nobody = url_of(gone, "?starttls=off")
        assert codes_of(outcomes_of(engine_for(nobody, server), mails(50))) == {"accepted": 50}
        assert len(server.accepted) == 50


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "."])
def test_what_a_full_relay_did_not_take_goes_to_another_one_at_once(step: str) -> None:
    with scripted(EHLO=PIPELINING) as full, scripted(EHLO=PIPELINING) as server:
        left = iter(range(20))
        full.judge = lambda verb, _: "452 4.3.1 queue full" if verb == step and next(left, None) is None else None
        assert codes_of(outcomes_of(engine_for(full, server), mails(200))) == {"accepted": 200}
        assert sorted(full.accepted + server.accepted) == sorted(f"r{number}" for number in range(200))
        assert full.accepted


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "."])
def test_a_full_relay_alone_is_away(step: str) -> None:
    with scripted(EHLO=PIPELINING) as full:
        full.answers[step] = "452 4.3.1 queue full"
        assert codes_of(outcomes_of(engine_for(full), mails(20))) == {AWAY: 20}
        assert not full.accepted


def test_when_all_relays_are_away_everyone_hears_so() -> None:
    with scripted(GREETING="421 4.3.2 closing") as one, scripted(MAIL="550 5.7.1 who are you") as other:
        found = outcomes_of(engine_for(one, other), mails(30))
    assert {type(outcome) for outcome in found.values()} == {Deferred}  # the first may come back
    assert codes_of(found) == {AWAY: 30}


def test_when_all_relays_want_another_login_a_person_has_to_look() -> None:
    with scripted(MAIL="550 5.7.1 who are you") as one, scripted(MAIL="530 5.7.0 log in") as other:
        found = outcomes_of(engine_for(one, other), mails(30))
    assert {type(outcome) for outcome in found.values()} == {Reconnect}


def test_connections_are_shared_out_by_weight() -> None:
    with scripted(EHLO=PIPELINING) as much, scripted(EHLO=PIPELINING) as little:
        engine = engine_for(
            url_of(much, "?starttls=off&connections=9&weight=3"), url_of(little, "?starttls=off&connections=9&weight=1")
        )
        assert codes_of(outcomes_of(engine, mails(3_000))) == {"accepted": 3_000}
        assert (much.connections, little.connections) == (9, 3)


def test_a_relay_that_takes_no_more_connections_serves_with_those_it_has() -> None:
    with scripted(EHLO=PIPELINING) as server:
        server.judge = lambda verb, _: "421 4.7.0 too many connections" if not verb and server.open > 2 else None
        assert codes_of(outcomes_of(engine_for(server), mails(300))) == {"accepted": 300}


def test_a_relay_that_was_away_is_tried_again_the_next_time() -> None:
    with scripted(MAIL="451 4.3.0 later") as server:
        engine = engine_for(server)
        assert codes_of(outcomes_of(engine, mails(5), close=False)) == {AWAY: 5}
        server.answers["MAIL"] = "250 OK"
        assert codes_of(outcomes_of(engine, mails(5))) == {"accepted": 5}


# What goes wrong on the way


@pytest.mark.parametrize("hello", ["250 scripted", PIPELINING], ids=["lock-step", "pipelining"])
@pytest.mark.parametrize("seed", range(8))
def test_whatever_breaks_everyone_has_one_outcome_and_the_server_agrees(hello: str, seed: int) -> None:
    chance = random.Random(seed)
    wild = ["", f"421 4.3.2 closing{HANGUP}", "421 4.7.0 slow down", "550 5.1.1 unknown", "450 4.2.1 busy", "!?"]

    def judge(verb: str, _: str) -> str | None:
        if verb == "BODY":
            return "" if chance.random() < 0.01 else None
        if verb in ("RCPT", "DATA", ".", "RSET") and chance.random() < 0.03:
            return chance.choice([*wild, f"550 5.7.1 no{HANGUP}"])
        return chance.choice(wild[:2]) if verb in ("", "EHLO", "MAIL") and chance.random() < 0.004 else None

    with scripted(EHLO=hello) as server:
        server.judge = judge
        engine = engine_for(server, options="&connections=4")
        found = outcomes_of(engine, mails(400))
        server.wait_for(lambda: not server.open)
    times = Counter(server.accepted)
    for name, outcome in found.items():
        if isinstance(outcome, Accepted):
            assert times[name] == 1
        elif not (isinstance(outcome, Deferred) and outcome.code == REPEAT_POSSIBLE):
            assert times[name] == 0
        else:
            assert times[name] <= 1
    assert not server.too_early


@pytest.mark.parametrize(
    ("step", "code"),
    [("", AWAY), ("EHLO", AWAY), ("MAIL", ""), ("RCPT", ""), ("DATA", ""), (".", REPEAT_POSSIBLE)],
)
def test_silence_at_any_step_comes_to_an_end(step: str, code: str) -> None:
    over = False

    def silent(verb: str, _: str) -> str | None:
        if verb == step:
            with server.changed:
                server.changed.wait_for(lambda: over, PATIENCE)
        return None

    with scripted(EHLO=PIPELINING) as server:
        server.judge = silent
        # Only where it is silent: a busy machine may be slow at every other step.
        greeting, final_dot = (0.3 if step == "" else PATIENCE), (0.3 if step == "." else PATIENCE)
        short = Timeouts(greeting=greeting, command=0.3 if step.isalpha() else PATIENCE, final_dot=final_dot)
        assert codes_of(outcomes_of(engine_for(server, options="&connections=1", timeouts=short), mails(1))) == {
            code: 1
        }
        over = True
        with server.changed:
            server.changed.notify_all()


def test_a_server_that_reads_no_more_of_a_content_is_not_waited_for() -> None:
    over = False

    def stuck(verb: str, _: str) -> str | None:
        if verb == "BODY" and server.connections == 1:
            with server.changed:
                server.changed.wait_for(lambda: over, PATIENCE)
        return None

    large = b"x" * 70 + b"\r\n"
    with scripted(EHLO=PIPELINING) as server:
        server.judge = stuck
        engine = engine_for(server, options="&connections=1", timeouts=Timeouts(data_block=0.3, final_dot=30))
        found = outcomes_of(engine, [mail("a", CONTENT + large * 400_000), mail("b")])
        over = True
        with server.changed:
            server.changed.notify_all()
    assert codes_of(found) == {"accepted": 2}  # its end certainly did not leave: so it was sent again


def test_a_content_that_breaks_off_before_its_end_is_sent_again() -> None:
    broken: list[str] = []

    def judge(verb: str, name: str) -> str | None:
        if verb == "BODY" and name == "large" and not broken:
            broken.append(name)
            return ""
        return None

    with scripted(EHLO=PIPELINING) as server:
        server.judge = judge
        large = CONTENT + (b"x" * 70 + b"\r\n") * 400_000
        found = outcomes_of(engine_for(server, options="&connections=1"), [mail("large", large), mail("b")])
        assert codes_of(found) == {"accepted": 2}
        assert server.accepted.count("large") == 1


# What is shared with other workers


class Others:
    """`Permits` as a test says."""

    def __init__(self, *, free: int) -> None:
        self.free = free
        self.limits: list[int] = []
        self.asked: list[tuple[int, int]] = []  # wanted, and had
        self.closed = False

    def __call__(self, _name: str, limit: int) -> Others:
        self.limits.append(limit)
        return self

    def ask(self, wanted: int, *, has: int) -> int:
        self.asked.append((wanted, has))
        return min(wanted, self.free)

    def close(self) -> None:
        self.closed = True


def shared_engine(server: ScriptedServer, others: Others, options: str = "&connections_in_all=8") -> Engine:
    relays = relay.read_all(url_of(server, f"?starttls=off&connections=5&messages=9999{options}"))
    return Engine(relays, Timeouts(command=5, final_dot=5), others)


def test_without_a_limit_for_all_workers_nobody_is_asked() -> None:
    with scripted(EHLO=PIPELINING) as server:
        others = Others(free=0)
        # So many that a second connection is open before the first one has sent them all, on however busy a machine.
        assert codes_of(outcomes_of(shared_engine(server, others, ""), mails(3000))) == {"accepted": 3000}
        assert not others.limits
        assert server.most_open > 1


def test_no_more_connections_are_opened_than_were_granted() -> None:
    with scripted(EHLO=PIPELINING) as server:
        others = Others(free=2)
        assert codes_of(outcomes_of(shared_engine(server, others), mails(500))) == {"accepted": 500}
        assert server.most_open == 2
        assert others.limits == [8]
        assert others.closed
        assert len(others.asked) < 25  # and not for every mail


def test_what_others_are_due_is_closed_after_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distributor.channels.mail.smtp.connection_share.LOOK_SECONDS", 0.0)
    with scripted(EHLO=PIPELINING) as server:
        others = Others(free=5)
        engine = shared_engine(server, others)
        found: list[Outcome] = []
        for group in engine.send(mails(2000)):
            found += [done.outcome for done in group]
            if server.open == 5 and len(found) < 1000:
                others.free = 2
            if others.free == 2 and len(found) > 1500:
                assert server.open <= 2
        assert all(isinstance(one, Accepted) for one in found)
        assert len(found) == len(set(server.accepted)) == len(server.accepted) == 2000
        assert server.most_open == 5
        assert server.heard.count("QUIT") == 3
        engine.close()


def test_without_any_connection_everyone_comes_back_untried() -> None:
    with scripted(EHLO=PIPELINING) as server:
        others = Others(free=0)
        engine = shared_engine(server, others)
        found = outcomes_of(engine, mails(30), close=False)
        assert codes_of(found) == {CROWDED: 30}
        assert {getattr(one, "reason", "") for one in found.values()} == {
            "The mail relay 127.0.0.1 takes 8 connections in all, and other workers have them; the rest waits for that."
        }
        assert not server.connections
        others.free = 1
        assert codes_of(outcomes_of(engine, mails(30))) == {"accepted": 30}


def test_a_connection_that_comes_free_in_time_is_taken() -> None:
    with scripted(EHLO=PIPELINING) as server:
        others = Others(free=0)
        engine = shared_engine(server, others)

        def source() -> Iterator[MailTransaction | Pause]:
            yield mail("a")
            yield Pause(0.3)
            others.free = 1
            yield mail("b")

        found = [done.outcome for group in engine.send(source()) for done in group]
        assert [type(one) for one in found] == [Accepted, Accepted]
        engine.close()


def test_connections_at_rest_are_held_and_what_is_closed_is_given_back() -> None:
    with scripted(EHLO=PIPELINING) as server:
        others = Others(free=3)
        engine = shared_engine(server, others)
        outcomes_of(engine, mails(300), close=False)
        assert engine.rest()
        assert server.open == 3
        others.free = 1
        engine.now = lambda: time.monotonic() + 5  # it looks once a second
        assert engine.rest()
        server.wait_for(lambda: server.open == 1)
        assert others.asked[-1] == (1, 1)
        engine.close()
        assert others.closed


def test_an_account_that_is_opened_alone_keeps_to_the_limit_for_all() -> None:
    with scripted(EHLO=PIPELINING) as server:
        engine = engine_for(server, options="&connections=5&connections_in_all=2")
        assert codes_of(outcomes_of(engine, mails(200))) == {"accepted": 200}
        assert server.most_open == 2


# What is kept


def test_connections_are_kept_for_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(EHLO=PIPELINING) as server:
        relays = relay.read_all(url_of(server, "?starttls=off&connections=2"))
        for _ in range(3):
            with keeper.lend(relays, Timeouts()) as engine:
                outcomes_of(engine, mails(20), close=False)
        assert server.connections <= 2
        assert "QUIT" not in server.heard
        monkeypatch.setattr("distributor.channels.mail.smtp.connection_pool.KEEP_SECONDS", 0.05)
        with keeper.lend(relays, Timeouts()) as engine:
            outcomes_of(engine, mails(1), close=False)
        server.wait_for(lambda: not server.open)
        assert server.heard.count("QUIT") == server.connections


def test_a_round_that_was_left_half_way_has_nothing_to_do_with_the_next() -> None:
    with scripted(EHLO=PIPELINING) as server:
        engine = engine_for(server, options="&connections=3")
        left = engine.send(mails(100))
        for _ in range(5):
            next(left)
        groups = engine.send([mail(f"other{number}") for number in range(50)])
        found = [done.recipient.email for done in next(groups)]
        assert list(left) == []
        found += [done.recipient.email for group in groups for done in group]
        assert sorted(found) == sorted(f"other{number}@example.org" for number in range(50))
        engine.close()


def test_two_users_at_a_time_have_connections_of_their_own() -> None:
    with scripted(EHLO=PIPELINING) as server:
        relays = relay.read_all(url_of(server))
        with keeper.lend(relays, Timeouts()) as one, keeper.lend(relays, Timeouts()) as other:
            assert one is not other
            outcomes_of(one, mails(1), close=False)
            outcomes_of(other, mails(1), close=False)
        assert server.connections == 2
        keeper.close()


@pytest.mark.parametrize("farewell", ["", "421 4.4.2 idle for too long"])
def test_a_kept_connection_that_died_costs_nothing(farewell: str) -> None:
    with scripted(EHLO=PIPELINING) as server:
        dying = True
        server.judge = lambda verb, _: f"250 taken{HANGUP}" if verb == "." and dying else None
        relays = relay.read_all(url_of(server))
        with keeper.lend(relays, Timeouts()) as engine:
            assert codes_of(outcomes_of(engine, mails(1), close=False)) == {"accepted": 1}
            server.wait_for(lambda: not server.open)
            dying = False
            assert codes_of(outcomes_of(engine, mails(10), close=False)) == {"accepted": 10}
        keeper.close()
        assert len(server.accepted) == 11


def test_a_forked_process_lets_go_of_what_it_inherited() -> None:
    with scripted(EHLO=PIPELINING) as server:
        relays = relay.read_all(url_of(server))
        with keeper.lend(relays, Timeouts()) as engine:
            outcomes_of(engine, mails(3), close=False)
        child = os.fork()
        if not child:
            keeper.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert server.open == 1
        with keeper.lend(relays, Timeouts()) as engine:
            assert codes_of(outcomes_of(engine, mails(3), close=False)) == {"accepted": 3}
        assert server.connections == 1
        keeper.close()
        server.wait_for(lambda: not server.open)
    assert server.heard.count("QUIT") == 1
