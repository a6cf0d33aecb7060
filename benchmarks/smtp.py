"""Raw replay of one ready message: the SMTP engine beside smtplib on threads and smtp-source.

    python benchmarks/smtp.py [--messages 60000] [--size 4096] [--connections 20] [--json]

Each sends the same number of bytes to Debian's `smtp-sink` (package postfix), one after the other. `cpu_us` is the
sender's CPU time a message; on one core with the sink, messages a second also depend on the sink's. With --json the
last line is one object.
"""

from __future__ import annotations

import argparse
import json
import os
import smtplib
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psutil

from distributor.channels.mail import relay
from distributor.channels.mail.smtp import Engine, MailTransaction, Timeouts
from distributor.domain.outcomes import Accepted
from distributor.domain.recipients import Recipient

SENDER = "editor@letters.example.org"
RECIPIENT = "reader@example.org"
THREADS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    line = b"x" * 74 + b"\r\n"
    content = b"Subject: replay\r\n\r\n" + line * (arguments.size // len(line))
    figures: dict[str, Any] = {
        "messages": arguments.messages,
        "size": len(content),
        "connections": arguments.connections,
    }
    with sink() as port:
        figures |= measure(
            "engine", arguments.messages, lambda: engine(port, content, arguments.messages, arguments.connections)
        )
        smtplib_messages = arguments.messages // 4
        figures |= measure("smtplib", smtplib_messages, lambda: threads(port, content, smtplib_messages))
        figures |= measure("smtp_source", arguments.messages, lambda: source(port, content, arguments))
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:28} {value}")


def measure(name: str, messages: int, send: Callable[[], None]) -> dict[str, Any]:
    """Return messages a second and the CPU time a message, children's too."""
    before, began = cpu(), time.perf_counter()
    send()
    took, cpu_time = time.perf_counter() - began, cpu() - before
    return {f"{name}_messages_per_s": round(messages / took), f"{name}_cpu_us": round(cpu_time / messages * 1e6, 1)}


def cpu() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def engine(port: int, content: bytes, messages: int, connections: int) -> None:
    url = f"smtp://127.0.0.1:{port}?starttls=off&connections={connections}"
    sender = Engine([replace(relay.read(url), guarded=False)], Timeouts())
    recipient = Recipient(1, RECIPIENT)
    mails = (
        MailTransaction(recipient, SENDER, RECIPIENT, content, "<1@example.org>", stuffed=True) for _ in range(messages)
    )
    accepted_count = sum(type(delivered.outcome) is Accepted for group in sender.send(mails) for delivered in group)
    sender.close()
    assert accepted_count == messages


def threads(port: int, content: bytes, messages: int) -> None:
    def work() -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client:
            for _ in range(messages // THREADS):
                client.sendmail(SENDER, RECIPIENT, content)

    workers = [threading.Thread(target=work) for _ in range(THREADS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def source(port: int, content: bytes, arguments: argparse.Namespace) -> None:
    options = ("-d", "-s", str(arguments.connections), "-l", str(len(content)), "-m", str(arguments.messages))
    subprocess.run(["/usr/sbin/smtp-source", *options, "-f", SENDER, "-t", RECIPIENT, f"127.0.0.1:{port}"], check=True)


@contextmanager
def sink() -> Iterator[int]:
    """Run smtp-sink on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    user_options = ("-u", "nobody") if os.getuid() == 0 else ()  # it does not run as root
    process = subprocess.Popen(["/usr/sbin/smtp-sink", *user_options, f"127.0.0.1:{port}", "1000"])
    try:
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
