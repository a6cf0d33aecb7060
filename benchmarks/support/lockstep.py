"""`smtplib` on threads: connections are kept, every command waits for its answer. What most programs do."""

from __future__ import annotations

import argparse
import json
import smtplib
import threading
import time
from pathlib import Path

SENDER, RECIPIENT = "letters@lantern.example", "reader@gmail.example"


def send_for(port: int, message: bytes, *, connections: int, seconds: float) -> dict[str, float]:
    """Send a message over and over for so long, on a thread a connection; return messages and seconds."""
    counts, barrier = [0] * connections, threading.Barrier(connections + 1)
    over = threading.Event()

    def run(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="bench.example") as client:
            client.ehlo()
            barrier.wait()
            while not over.is_set():
                client.sendmail(SENDER, [RECIPIENT], message)
                counts[number] += 1

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(connections)]
    for thread in threads:
        thread.start()
    barrier.wait(timeout=30)
    began, cpu = time.perf_counter(), time.process_time()
    over.wait(seconds)
    count, took, cpu = sum(counts), time.perf_counter() - began, time.process_time() - cpu
    over.set()
    for thread in threads:
        thread.join(timeout=30)
    return {"messages": count, "seconds": took, "cpu_seconds": cpu}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True, help="the message, lines ended by CRLF, dots not stuffed")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=4.0)
    arguments = parser.parse_args()
    message = arguments.file.read_bytes()
    print(json.dumps(send_for(arguments.port, message, connections=arguments.connections, seconds=arguments.seconds)))


if __name__ == "__main__":
    main()
