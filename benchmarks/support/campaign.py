"""One campaign through the whole product, and what it took. Workers and beat have to be running."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.support import house, ledger
from benchmarks.support.house import Child
from benchmarks.support.sink import Sink, running_sink
from benchmarks.support.usage import measure_usage
from benchmarks.support.waits import wait_for
from benchmarks.support.world import Size, World, make_world

WARM_UP_RECIPIENTS = 50
SLOWEST_PER_S = 200  # a campaign that is slower than this is given up
_TREES = ("workers", "postgres", "redis", "sink")


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a campaign took. CPU is in microseconds a message; memory in MB, of the largest process of the worker
    and of the largest in its pool (which sends).
    """

    accepted: int
    outcomes: dict[str, int]
    messages_per_s: float  # from the first acceptance in the ledger to the last
    messages_per_s_from_release: float
    first_after_release_s: float
    cpu_us: dict[str, float]
    peak_rss_mb: float
    peak_pool_rss_mb: float


def relay_url(port: int, connections: int, options: str = "") -> str:
    """Return the URL of a relay on this machine; `options` are further ones of the product's, as in a query."""
    return f"smtp://127.0.0.1:{port}?starttls=off&connections={connections}{'&' if options else ''}{options}"


def run(world: World, workers: Child, sink: Sink, *, size: Size, recipients: int, number: int = 1) -> Campaign:
    """Send one letter to everyone in the world. Raises SystemExit where the numbers don't add up."""
    count_before = sink.ask().messages if sink.counts else 0
    roots = (workers.pid, house.postgres_pid(), house.redis_pid(), sink.child.pid)
    with measure_usage(dict(zip(_TREES, roots, strict=True))) as usage:
        dispatch = world.queue(size, number=number).pk
        ledger.wait_until_finished(dispatch, seconds=60 + recipients / SLOWEST_PER_S)
    outcomes, times = ledger.outcomes(dispatch), ledger.times(dispatch)
    accepted_count = outcomes.get("accepted", 0)
    if sum(outcomes.values()) != recipients:
        raise SystemExit(f"{recipients} recipients have {sum(outcomes.values())} outcomes: {outcomes}.")
    if sink.counts and sink.ask().messages - count_before != accepted_count:
        raise SystemExit(f"The ledger counts {accepted_count} messages, the sink {sink.ask().messages - count_before}.")
    return Campaign(
        accepted=accepted_count,
        outcomes=outcomes,
        messages_per_s=accepted_count / max(times.last - times.first, 1e-3),
        messages_per_s_from_release=accepted_count / max(times.last - times.released, 1e-3),
        first_after_release_s=times.first - times.released,
        cpu_us={name: seconds / max(accepted_count, 1) * 1e6 for name, seconds in usage.cpu_seconds.items()},
        peak_rss_mb=usage.peak_rss["workers"] / 1e6,
        peak_pool_rss_mb=usage.peak_rss_below["workers"] / 1e6,
    )


def warm_up(folder: Path, workers: Child, *, size: Size, slug: str = "warm-up") -> Path:
    """Let workers send a few mails, so that everything is imported; return a file with one as it was sent.

    Its lines end with CRLF and its dots are stuffed.
    """
    file = folder / f"{slug}.eml"
    with running_sink(folder, debian=False, keep=file, name=f"sink-{slug}") as sink:
        world = make_world(folder, slug=slug, relay=relay_url(sink.port, 2), recipients=WARM_UP_RECIPIENTS, size=size)
        run(world, workers, sink, size=size, recipients=WARM_UP_RECIPIENTS)
        wait_for(file.exists, seconds=5, description="a message is kept")
    return file
