"""Far from the relay: the product's SMTP session against a lock-step client, both behind the same delay.

    python benchmarks/latency.py [--delay-ms 50] [--connections 20] [--seconds 10] [--json]

A proxy adds half the delay in each direction to every chunk, without limiting bandwidth. The product renders and sends
the 4 kB letter through its channel's session; the lock-step client is `smtplib` with one ready message of the same
bytes on as many connections. What counts is messages/s. With --json the last line is one object.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.figures import Goal, show
from benchmarks.support.house import Child, module, run_children, separate_house
from benchmarks.support.lockstep import send_for
from benchmarks.support.sink import running_sink
from benchmarks.support.waits import free_port, greets, wait_for
from distributor.cli.processes import Program

GOALS = (Goal("of_lock_step", 3.0),)
SLUG = "lantern"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delay-ms", type=float, default=50.0, help="there and back")
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each of the two")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with separate_house() as folder:
        figures = measure(folder, arguments)
    show(figures, GOALS, as_json=arguments.json)


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Let both send behind the delay, one after the other; return the figures."""
    message_file = folder / "mail.eml"
    with (
        running_sink(folder, debian=False, keep=message_file) as sink,
        _far(folder, sink.port, arguments.delay_ms) as port,
    ):
        own_rate = _product(folder, port, arguments.connections, arguments.seconds)
        message = message_file.read_bytes()
        lock_step_figures = send_for(port, message, connections=arguments.connections, seconds=arguments.seconds)
    lock_step = lock_step_figures["messages"] / lock_step_figures["seconds"]
    return {
        "delay_ms": arguments.delay_ms,
        "connections": arguments.connections,
        "message_bytes": len(message),
        "messages_per_s": own_rate,
        "lock_step_messages_per_s": lock_step,
        "of_lock_step": own_rate / lock_step,
    }


@contextmanager
def _far(folder: Path, to: int, delay_ms: float) -> Iterator[int]:
    """Have the delaying proxy in front of a port; yields its own."""
    port = free_port()
    command = module("benchmarks.support.delay_proxy", "--port", port, "--to", to, "--delay-ms", delay_ms)
    with run_children(Child(Program("far", command), folder)):
        wait_for(lambda: greets(port), seconds=15, description="the delaying proxy answers")
        yield port


def _product(folder: Path, port: int, connections: int, seconds: float) -> float:
    """Render and send through the channel's session for so long; return messages/s, connecting left out."""
    from benchmarks.support.campaign import relay_url
    from benchmarks.support.world import letter_view
    from distributor.channels import registry
    from distributor.channels.base import Credentials, Intent, Options
    from distributor.domain.outcomes import Accepted

    channel: Any = registry.get("mail")
    variant = channel.compose(letter_view(folder, SLUG, "4k"), Options(templates=SLUG))
    account = Credentials(account_id=1, name="relay", values={"url": relay_url(port, connections)}, from_operator=True)
    intent = Intent(key=str(uuid4()), attempt=1, first_tried_at=datetime.now(UTC))
    until = time.monotonic() + seconds
    accepted_count, began, last = 0, 0.0, 0.0
    with channel.open(account, variant, intent) as session:
        for group in session.deliver(_people(until)):
            failures = [delivered.outcome for delivered in group if not isinstance(delivered.outcome, Accepted)]
            if failures:
                raise SystemExit(f"The sink did not take a mail: {failures[0]}")
            last = time.monotonic()
            if began:
                accepted_count += len(group)
            began = began or last
    return accepted_count / max(last - began, 1e-3)


def _people(until: float) -> Iterator[Any]:
    from distributor.domain.recipients import Recipient

    number = 0
    while time.monotonic() < until:
        number += 1
        yield Recipient(
            id=number,
            email=f"reader{number}@gmail.example",
            name="Ada Berg",
            language="en",
            attributes={"first_name": "Ada", "city": "Oslo"},
            unsubscribe_url=f"https://letters.example/u/{number:032}:signed-by-nobody/",
            track=f"track-of-{number}",
        )


if __name__ == "__main__":
    main()
