"""How many letters a second programs can queue by the API, and how long each waits for its answer.

    python benchmarks/api.py [--letters 2000] [--clients 16] [--workers 2] [--channels link] [--approve]
                             [--bulk 100] [--json]

A house of its own, the web server as users run it with so many workers, and clients in another process, each with one
connection on which it sends one letter after the other: `POST /letters` with `queue`, so that one call takes the letter
in and plans its dispatches. Each letter has an id, a title and a text of its own, and an Idempotency-Key. With `--bulk`
a call has so many letters as lines (`POST /letters/bulk`), each with its key, and its time is that of all of them.

Printed are letters a second, the times to an answer in milliseconds, and what a letter took of the processors: on a
machine that does something else as well, that is what can be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support import house
from benchmarks.support.figures import Goal, show
from benchmarks.support.house import Child, separate_house
from benchmarks.support.usage import measure_usage

GOALS = (
    Goal("letters a second", 200),
    Goal("p99 (ms)", 150, at_least=False),
    Goal("refused", 0, at_least=False),
)
WARM_UP = 40  # letters that are not counted: everything is imported, templates are compiled
PARAGRAPH = "The lamp on the long pier was lit by hand until the spring of my ninth year, and I look for it yet. "


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--channels", default="link")
    parser.add_argument("--approve", action="store_true")
    parser.add_argument("--bulk", type=int, default=0)
    parser.add_argument("--publications", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--load", help=argparse.SUPPRESS)  # the clients' process: where to send to, and as whom
    settings = parser.parse_args()
    if settings.load:
        print(json.dumps(asyncio.run(_load(settings, json.loads(settings.load)))))
        return 0
    with separate_house() as folder:
        figures = _measure(settings, folder)
    show(figures, GOALS, as_json=settings.json)
    return 0


def _measure(settings: argparse.Namespace, folder: Path) -> dict[str, object]:
    from distributor.cli import services

    port = services.free_port()
    target = {"url": f"http://127.0.0.1:{port}/api/v1/letters", "token": _token(settings.publications)}
    web = services.web("127.0.0.1", port)
    program = type(web)("web", (*web.command, "--workers", str(settings.workers)))
    with house.run_children(Child(program, folder)) as (child,):
        _wait_for(port)
        _clients(settings, {**target, "first": 0, "letters": WARM_UP})
        trees = {"web": child.pid, "postgres": house.postgres_pid(), "redis": house.redis_pid()}
        with measure_usage(trees) as usage:
            result = _clients(settings, {**target, "first": WARM_UP, "letters": settings.letters})
    times, letters = sorted(result["times"]), settings.letters
    cpu = {f"cpu of {name} (ms a letter)": seconds * 1000 / letters for name, seconds in usage.cpu_seconds.items()}
    return {
        "letters a second": round(letters / result["seconds"], 1),
        "p50 (ms)": round(times[len(times) // 2] * 1000, 1),
        "p99 (ms)": round(times[int(len(times) * 0.99)] * 1000, 1),
        "longest (ms)": round(times[-1] * 1000, 1),
        "refused": result["refused"],
        **{name: round(value, 2) for name, value in cpu.items()},
    }


def _token(publications: int) -> str:
    from distributor.domain.api_scopes import SCOPES
    from distributor.letters.actions import create_publication
    from distributor.people import api_tokens, editors

    for number in range(publications):
        create_publication(name=f"The Lantern {number}", sender_email="letters@lantern.example")
    editors.add("root", "a-long-password", role="admin")
    new = api_tokens.create("Benchmark", owner="root", scopes=tuple(SCOPES), requests_per_minute=1_000_000)
    return new.token


def _wait_for(port: int) -> None:
    from distributor.cli import services

    end = time.monotonic() + 60
    while not services.is_alive("127.0.0.1", port):
        if time.monotonic() > end:
            raise SystemExit("The web server does not start: its log is in the run's folder.")
        time.sleep(0.1)


def _clients(settings: argparse.Namespace, target: dict[str, object]) -> dict[str, Any]:
    """Run the clients in a process of their own, and return what they saw."""
    command = (sys.executable, __file__, "--load", json.dumps(target), "--clients", str(settings.clients))
    options = (
        "--channels",
        settings.channels,
        "--publications",
        str(settings.publications),
        "--bulk",
        str(settings.bulk),
    )
    flags = ("--approve",) if settings.approve else ()
    done = subprocess.run((*command, *options, *flags), check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


async def _load(settings: argparse.Namespace, target: dict[str, Any]) -> dict[str, object]:
    import httpx

    numbers = iter(range(target["first"], target["first"] + target["letters"]))
    times: list[float] = []
    refusals: list[str] = []
    token = {"Authorization": f"Bearer {target['token']}"}

    async def send(client: httpx.AsyncClient, number: int) -> None:
        headers = {**token, "Idempotency-Key": f"letter-{number}"}
        answer = await client.post(target["url"], json=_letter(number, settings), headers=headers)
        if answer.status_code != 201:
            refusals.append(answer.text[:300])

    async def send_lines(client: httpx.AsyncClient, first: int) -> None:
        members = [first, *islice(numbers, settings.bulk - 1)]
        lines = [json.dumps({**_letter(number, settings), "key": f"letter-{number}"}) for number in members]
        headers = {**token, "Content-Type": "application/x-ndjson"}
        answer = await client.post(f"{target['url']}/bulk", content="\n".join(lines), headers=headers)
        if answer.status_code != 200:
            refusals.append(answer.text[:300])
            return
        refusals.extend(line[:300] for line in answer.text.splitlines() if json.loads(line)["status"] != 201)

    async def work() -> None:
        async with httpx.AsyncClient(timeout=600) as client:
            for number in numbers:
                began = time.perf_counter()
                await (send_lines if settings.bulk else send)(client, number)
                times.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(settings.clients)))
    if refusals:
        print(refusals[0], file=sys.stderr)
    return {"seconds": time.perf_counter() - began, "times": times, "refused": len(refusals)}


def _letter(number: int, settings: argparse.Namespace) -> dict[str, object]:
    """Return a letter of about 4 kB that no other one is like."""
    paragraphs = "".join(f"<p>{PARAGRAPH}{number}.{at}</p>" for at in range(32))
    return {
        "publication": f"the-lantern-{number % settings.publications}",
        "id": f"cms-{number}",
        "title": f"Letter number {number}",
        "html": f"<p>Dear reader,</p>{paragraphs}",
        "summary": "What the lamp knows.",
        "authors": [{"name": "Maria Lee"}],
        "series": {"title": "Letters from the Pier", "number": number + 1},
        "language": "en",
        "share_bar": settings.channels.split(","),
        "queue": {"approve": settings.approve},
    }


if __name__ == "__main__":
    sys.exit(main())
