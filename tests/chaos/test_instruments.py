"""The instruments of the benchmarks: a relay that misbehaves as told, a sink that counts, a delay that harms nothing.

What they say is believed by every figure, so it is tested against `smtplib` and bare sockets.
"""

from __future__ import annotations

import asyncio
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from benchmarks.support import mischief, replay
from benchmarks.support.disturbances import Relay
from benchmarks.support.house import ROOT, Child, module, run_children
from benchmarks.support.sink import running_sink
from benchmarks.support.verdicts import read
from benchmarks.support.waits import free_port, greets, wait_for
from distributor.cli.processes import Program
from tests.patience import PATIENCE

MESSAGE = b"Subject: fog\r\nMessage-ID: <7@lantern.example>\r\n\r\n.hidden\r\nThe horn is back.\r\n"
SENDER = "letters@lantern.example"
MANY = 400


@pytest.fixture(autouse=True)
def _this_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    made = Relay(tmp_path)
    made.start()
    made.tell("grant inf")
    yield made
    made.child.kill()


def send(port: int, number: int = 1) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="test.example", timeout=PATIENCE) as client:
        client.sendmail(SENDER, [f"reader{number}@gmail.example"], MESSAGE)


def lines(relay: Relay) -> list[str]:
    with relay.record.open(encoding="utf-8") as record:
        return record.readlines()


def test_what_is_taken_is_written_down(relay: Relay) -> None:
    send(relay.port)
    assert lines(relay) == ["A <7@lantern.example> reader1@gmail.example\n"]
    assert relay.message_count() == 1


@pytest.mark.parametrize("step", mischief.STEPS)
def test_it_hangs_up_at_the_named_step_once(relay: Relay, step: str) -> None:
    relay.tell(f"fault drop-{step}")
    with nullcontext() if step == "answered" else pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(relay.port, 1)
    send(relay.port, 2)
    send(relay.port, 3)
    found = read(lines(relay))
    recipients = {recipient.partition("@")[0] for recipient, _ in found.taken}
    assert found.misbehaved[f"drop-{step}"] == 1
    assert recipients == {"reader2", "reader3", *(["reader1"] if step in ("dot", "answered") else [])}


def test_a_withheld_answer_is_written_down(relay: Relay) -> None:
    relay.tell("fault drop-dot")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(relay.port)
    assert lines(relay)[-1] == "L <7@lantern.example> reader1@gmail.example\n"


@pytest.mark.parametrize(("fault", "code"), [("queue-full", 452), ("goodbye", 421)])
def test_it_says_what_it_is_told_to_say(relay: Relay, fault: str, code: int) -> None:
    relay.tell(f"fault {fault} 30")
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        send(relay.port)
    assert refused.value.smtp_code == code
    assert not read(lines(relay)).taken


def test_some_recipients_are_refused_for_good_and_some_once(relay: Relay) -> None:
    gone = next(filter(mischief.is_gone, range(1000)))
    shy = next(filter(mischief.is_shy, range(1000)))
    for number, code in ((gone, 550), (gone, 550), (shy, 450)):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(relay.port, number)
        assert [answer for answer, _ in refused.value.recipients.values()] == [code]
    send(relay.port, shy)
    assert relay.message_count() == 1


def test_the_record_outlives_a_kill(relay: Relay) -> None:
    send(relay.port, 1)
    relay.child.kill()
    relay.start()
    relay.tell("grant inf")
    send(relay.port, 2)
    assert relay.message_count() == 2


def test_pipelined_commands_are_answered_in_order(relay: Relay) -> None:
    gone = next(filter(mischief.is_gone, range(1000)))
    burst = _transaction(1) + _envelope(gone) + b"RSET\r\n" + _transaction(2) + b"QUIT\r\n"
    answers = _talk(relay.port, b"EHLO test.example\r\n" + burst)
    codes = [line[:3] for line in answers.splitlines() if line[3:4] == b" "]
    assert b" ".join(codes) == b"220 250 250 250 354 250 250 550 554 250 250 250 354 250 221"
    assert relay.message_count() == 2


def test_our_own_sink_counts_and_keeps_the_first_message(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with running_sink(tmp_path, debian=False, keep=kept) as sink:
        assert sink.ask().messages == 0
        _talk(sink.port, b"EHLO test.example\r\n" + _transaction(1) * 3 + b"QUIT\r\n")
        counted = sink.ask()
    assert counted.messages == 3
    assert 0 < counted.first <= counted.last
    assert kept.read_bytes() == MESSAGE.replace(b"\r\n.", b"\r\n..")


def test_the_replay_counts_only_what_the_sink_took(tmp_path: Path) -> None:
    message = MESSAGE.replace(b"\r\n.", b"\r\n..")
    with running_sink(tmp_path, debian=False) as sink:
        found = asyncio.run(replay.replay(sink.port, message, connections=4, seconds=0.5))
        assert 0 < found["messages"] <= sink.ask().messages


def test_the_delay_keeps_bursts_whole_and_does_not_slow_them(tmp_path: Path) -> None:
    delay = 0.1
    with running_sink(tmp_path, debian=False) as sink, _far(tmp_path, sink.port, delay) as port:
        began = time.monotonic()
        _talk(port, b"EHLO test.example\r\n" + _transaction(1) * MANY + b"QUIT\r\n")
        took = time.monotonic() - began
        assert sink.ask().messages == MANY
    assert delay <= took < delay * MANY / 10  # some round trips, and not one for each message


@contextmanager
def _far(folder: Path, to: int, seconds: float) -> Iterator[int]:
    port = free_port()
    command = module("benchmarks.support.delay_proxy", "--port", port, "--to", to, "--delay-ms", seconds * 1000)
    with run_children(Child(Program("far", command), folder)):
        wait_for(lambda: greets(port), seconds=PATIENCE, description="the proxy answers")
        yield port


def _envelope(number: int) -> bytes:
    return f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<reader{number}@gmail.example>\r\nDATA\r\n".encode()


def _transaction(number: int) -> bytes:
    return _envelope(number) + MESSAGE.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _talk(port: int, everything: bytes) -> bytes:
    """Write all at once and return all answers, until the server ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(everything)
        answers = b""
        while chunk := connection.recv(65536):
            answers += chunk
    return answers
