"""The whole job: a letter to many recipients through workers, ledger, rendering and SMTP into a sink; and its peers.

    python benchmarks/campaign.py [--recipients 100000] [--size 4k|40k] [--workers 2] [--connections 20]
                                  [--dkim rsa|ed25519|off] [--sink debian|own] [--options QUERY] [--json]

Beside it, in the same run, on the same machine and into the same sink, one after the other: a replay of one ready
message of the same bytes over as many pipelined connections (no rendering, no ledger), `smtplib` on 8 threads, and
Postfix's `smtp-source`. CPU is in µs a message, apart for workers, PostgreSQL, Redis and the sink; memory is that of
the largest worker process. With --dkim the campaign runs once without and once with signatures. With --json the last
line is one object.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distributor.channels.mail.dkim import Algorithm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support import peers
from benchmarks.support.figures import Goal, show
from benchmarks.support.house import beat, run_children, separate_house, worker
from benchmarks.support.sink import Sink, running_sink

RATES = (
    Goal("messages_per_s", 8_000),
    Goal("of_raw_replay", 0.5),
    Goal("of_smtplib", 2.0),
)
MEMORY = Goal("peak_rss_mb", 150, at_least=False)
SIGNING = Goal("dkim_extra_of_signature", 1.15, at_least=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--size", choices=("4k", "40k"), default="4k")
    parser.add_argument("--workers", type=int, default=2, help="worker processes")
    parser.add_argument("--connections", type=int, default=20, help="in each worker process, and in each of the replay")
    parser.add_argument("--dkim", choices=("rsa", "ed25519", "off"), default="off")
    parser.add_argument("--sink", choices=("debian", "own"), default="debian", help="own: it counts, too")
    parser.add_argument("--options", default="", help="further options of the relay's URL, as in a query")
    parser.add_argument("--no-peers", action="store_true", help="the campaign alone")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with separate_house() as folder:
        figures = measure(folder, arguments)
    goals = [*(RATES if arguments.size == "4k" and arguments.dkim == "off" else ()), MEMORY]
    show(figures, [*goals, SIGNING] if arguments.dkim != "off" else goals, as_json=arguments.json)


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the campaign and its peers in this house; return the figures."""
    from benchmarks.support import campaign  # Django is set up by now
    from benchmarks.support.world import make_world

    with running_sink(folder, debian=arguments.sink == "debian") as sink:
        workers = worker(folder, processes=arguments.workers)
        relay = campaign.relay_url(sink.port, arguments.connections, arguments.options)
        world = make_world(folder, slug="lantern", relay=relay, recipients=arguments.recipients, size=arguments.size)
        with run_children(workers, beat(folder)):
            message = campaign.warm_up(folder, workers, size=arguments.size)
            size, number = message.stat().st_size, arguments.recipients
            campaign_result = campaign.run(world, workers, sink, size=arguments.size, recipients=number)
            dkim_figures: dict[str, Any] = {}
            if arguments.dkim != "off":
                unsigned_result = campaign_result
                signature_us = _sign_from_now_on(arguments.dkim)
                message = campaign.warm_up(folder, workers, size=arguments.size, slug="warm-up-signed")
                campaign_result = campaign.run(world, workers, sink, size=arguments.size, recipients=number, number=2)
                extra = campaign_result.cpu_us["workers"] - unsigned_result.cpu_us["workers"]
                dkim_figures = {
                    "dkim": arguments.dkim,
                    "unsigned_messages_per_s": unsigned_result.messages_per_s,
                    "dkim_signature_us": signature_us,
                    "dkim_extra_us": extra,
                    "dkim_extra_of_signature": extra / signature_us,
                }
        peer_figures = {} if arguments.no_peers else _peers(sink, message, arguments)
    figures: dict[str, Any] = {
        "recipients": number,
        "message_bytes": size,
        "workers": arguments.workers,
        "connections_each": arguments.connections,
        "sink": sink.child.program.command[0].rpartition("/")[2] if not sink.counts else "own",
        "accepted": campaign_result.accepted,
        "messages_per_s": campaign_result.messages_per_s,
        "messages_per_s_from_release": campaign_result.messages_per_s_from_release,
        "first_after_release_s": campaign_result.first_after_release_s,
        "cpu_us_per_message": campaign_result.cpu_us["workers"],
        **{f"cpu_us_{name}": value for name, value in campaign_result.cpu_us.items()},
        "peak_rss_mb": campaign_result.peak_rss_mb,
        "peak_pool_rss_mb": campaign_result.peak_pool_rss_mb,
        **dkim_figures,
        **peer_figures,
    }
    for name in ("raw_replay", "smtplib", "smtp_source"):
        rate = peer_figures.get(f"{name.removesuffix('_replay')}_messages_per_s")
        if rate:
            figures[f"of_{name}"] = campaign_result.messages_per_s / rate
    return figures


def _peers(sink: Sink, message: Path, arguments: argparse.Namespace) -> dict[str, float | None]:
    raw = peers.raw_replay(sink.port, message, processes=arguments.workers, connections=arguments.connections)
    threads = peers.smtplib_threads(sink.port, message)
    sessions = arguments.workers * arguments.connections
    source = peers.smtp_source(sink.port, message.stat().st_size, sessions=sessions)
    return {
        "raw_messages_per_s": raw.messages_per_s,
        "raw_cpu_us": raw.cpu_us_per_message,
        "smtplib_messages_per_s": threads.messages_per_s,
        "smtplib_cpu_us": threads.cpu_us_per_message,
        "smtp_source_messages_per_s": None if source is None else source.messages_per_s,
        "smtp_source_cpu_us": None if source is None else source.cpu_us_per_message,
    }


def _sign_from_now_on(algorithm: Algorithm) -> float:
    """Give the sender's domain a key; return what one signature by such a key costs alone, in µs of CPU."""
    from benchmarks.support.world import SENDER_DOMAIN
    from distributor.delivery.accounts import dkim_keys

    dkim_keys.make_key(SENDER_DOMAIN, algorithm, selector="bench")
    sign, signatures = _signer(algorithm), 0
    began, until = time.process_time(), time.monotonic() + 2
    while time.monotonic() < until:
        sign(b"x" * 1_000)
        signatures += 1
    return (time.process_time() - began) / signatures * 1e6


def _signer(algorithm: str) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    if algorithm == "ed25519":
        return ed25519.Ed25519PrivateKey.generate().sign
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return lambda data: key.sign(data, padding.PKCS1v15(), SHA256())


if __name__ == "__main__":
    main()
