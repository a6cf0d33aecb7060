"""Redis or Valkey with a password, by TLS or behind a Sentinel: Debian's where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis

from tests.patience import PATIENCE
from tests.servers.base import free_port, wait_until, write_certificate

PASSWORD = "s3cret-of-the-broker"


def installed_server(name: str) -> str:
    """Return the program of that name. Skips the test, saying why, where there is none.

    It is not installed here: that would start it as a service of this machine.
    """
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"There is no {name} here (on Debian: apt install {name}).")
    return program


@contextmanager
def by_password(folder: Path, program: str) -> Iterator[str]:
    """Yield the URL of a server that wants a password."""
    port = free_port()
    with _running(folder, program, [f"port {port}", f"requirepass {PASSWORD}"]):
        _await(redis.Redis(host="127.0.0.1", port=port, password=PASSWORD))
        yield f"redis://:{PASSWORD}@127.0.0.1:{port}/1"


@contextmanager
def by_tls(folder: Path, program: str) -> Iterator[str]:
    """Yield the URL of a server that speaks TLS only; it trusts the server's certificate."""
    port, pem = free_port(), write_certificate(folder / "redis.pem")
    tls = [f"tls-{name} {pem}" for name in ("cert-file", "key-file", "ca-cert-file")]
    lines = ["port 0", f"tls-port {port}", *tls, "tls-auth-clients no", f"requirepass {PASSWORD}"]
    with _running(folder, program, lines):
        _await(redis.Redis(host="127.0.0.1", port=port, password=PASSWORD, ssl=True, ssl_ca_certs=str(pem)))
        yield f"rediss://:{PASSWORD}@127.0.0.1:{port}/0?ssl_ca_certs={pem}"


@contextmanager
def by_sentinel(folder: Path, program: str) -> Iterator[str]:
    """Yield the URL of a Sentinel, which has a password too, and beside it one that is away."""
    port, sentinel_port = free_port(), free_port()
    watch = [
        f"port {sentinel_port}",
        f"requirepass {PASSWORD}",
        f"sentinel monitor letters 127.0.0.1 {port} 1",
        f"sentinel auth-pass letters {PASSWORD}",
    ]
    with (
        _running(folder, program, [f"port {port}", f"requirepass {PASSWORD}"]),
        _running(folder / "sentinel", program, watch, "--sentinel"),
    ):
        _await(redis.Redis(host="127.0.0.1", port=port, password=PASSWORD))
        _await(redis.Redis(host="127.0.0.1", port=sentinel_port, password=PASSWORD))
        hosts = f"127.0.0.1:{free_port()},127.0.0.1:{sentinel_port}"
        yield f"sentinel://:{PASSWORD}@{hosts}/letters/0?sentinel_password={PASSWORD}"


@contextmanager
def _running(folder: Path, program: str, lines: Sequence[str], *options: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    file = folder / "redis.conf"
    file.write_text("\n".join(["bind 127.0.0.1", f"dir {folder}", *lines, *([] if options else ['save ""'])]))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, str(file), *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait(PATIENCE)


def _await(client: redis.Redis) -> None:
    def answers() -> bool:
        with suppress(redis.exceptions.ConnectionError):
            return bool(client.ping())
        return False

    with client:
        wait_until(answers, what="Redis")
