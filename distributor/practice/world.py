"""The practice world as one process: HTTP by uvicorn and SMTP in one event loop, on this machine only."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from distributor import paths
from distributor.practice import api, faults, mailbox, networks, newsroom, pages
from distributor.practice.store import Store

HOST = "127.0.0.1"  # never anything else: its passwords are public
SECONDS_TO_CLOSE = 2


class AlreadyRunning(Exception):
    """Another practice world uses this data folder."""


def card() -> Path:
    """Return the file that says where the running practice world is."""
    return paths.practice_description()


def application(store: Store, endpoints: dict[str, str]) -> Starlette:
    """Return the HTTP side: the networks, the pages and the API."""
    return Starlette(
        routes=[
            *pages.routes(store, endpoints),
            *api.routes(store),
            *newsroom.routes(store),
            *(Mount(f"/{network.channel}", routes=network.routes(store)) for network in networks.NETWORKS),
        ]
    )


def run(*, http_port: int = 0, smtp_port: int = 0) -> None:
    """Play the world until SIGTERM or SIGINT. Port 0 takes a free one.

    Raises AlreadyRunning when the data folder is in use and OSError when a port is.
    """
    paths.home().mkdir(parents=True, exist_ok=True)
    with _alone(), _listen(http_port) as http, _listen(smtp_port) as smtp:
        # From here on a signal ends the loop instead of the process; uvicorn raises them once more when it has ended.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        try:
            asyncio.run(_serve(http, smtp))
        finally:
            card().unlink(missing_ok=True)


async def _serve(http: socket.socket, smtp: socket.socket) -> None:
    url = f"http://{HOST}:{http.getsockname()[1]}"
    endpoints = {
        # The catcher has no certificate, and a practice account says so itself instead of being an exception.
        "mail": f"smtp://{HOST}:{smtp.getsockname()[1]}?starttls=off",
        **{channel: f"{url}/{channel}" for channel in networks.BY_CHANNEL},
    }
    loop = asyncio.get_running_loop()
    store = Store(paths.home() / "practice.sqlite")
    server = uvicorn.Server(
        uvicorn.Config(
            application(store, endpoints),
            http=faults.DroppableProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=SECONDS_TO_CLOSE,
        )
    )
    catcher = await loop.create_server(lambda: mailbox.Mailbox(store), sock=smtp)
    announcement = asyncio.create_task(_announce(server, {"url": url, "endpoints": endpoints, "pid": os.getpid()}))
    try:
        await server.serve(sockets=[http])
    finally:
        announcement.cancel()
        catcher.close()
        store.close()


async def _announce(server: uvicorn.Server, description: dict[str, object]) -> None:
    """Write where the world is as soon as it answers, whole or not at all."""
    while not server.started:
        await asyncio.sleep(0.01)
    draft = card().with_suffix(".new")
    draft.write_text(json.dumps(description, indent=2), encoding="utf-8")
    draft.replace(card())
    sys.stdout.write(f"The practice world is at {description['url']}\n")
    sys.stdout.flush()


@contextmanager
def _listen(port: int) -> Iterator[socket.socket]:
    with socket.create_server((HOST, port), backlog=1024) as server:
        yield server


@contextmanager
def _alone() -> Iterator[None]:
    with (paths.home() / "practice.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield
