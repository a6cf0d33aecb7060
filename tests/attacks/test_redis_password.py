"""Redis as docker-compose.yml starts it, with a password that comes from a file, and our web server beside it."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml

from distributor.embedded.redis import _binary
from tests.integration.processes import wait_for
from tests.integration.web import ROOT, web
from tests.servers.base import free_port

pytestmark = pytest.mark.django_db(transaction=True)

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PASSWORD = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Run the service's own command, with its folders here and a stand-in for the image's start."""
    number = free_port()
    (tmp_path / "redis_password").write_text(f"{PASSWORD}\n")
    entry = tmp_path / "docker-entrypoint.sh"
    # The image's start; the port is not in the file, since a container has all of them.
    server = f'#!/bin/sh\nshift\nexec {shlex.quote(_binary())} "$@" --port {number} --bind 127.0.0.1\n'
    entry.write_text(server)
    entry.chmod(0o700)
    shell, option, script = COMPOSE["services"]["redis"]["command"]
    script = script.replace("/run/secrets/", f"{tmp_path}/").replace("/data/", f"{tmp_path}/")
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with subprocess.Popen([shell, option, script], env=environment, stdout=subprocess.DEVNULL, cwd=tmp_path) as process:
        try:
            with redis.Redis(port=number, password=PASSWORD) as client:
                wait_for(lambda: answers(client))
            yield number
        finally:
            process.terminate()


def answers(client: redis.Redis) -> Any:
    try:
        return client.ping()
    except redis.exceptions.ConnectionError:
        return False


def test_nobody_comes_in_without_the_password(port: int, tmp_path: Path) -> None:
    with redis.Redis(port=port) as stranger, pytest.raises(redis.exceptions.AuthenticationError):
        stranger.ping()
    assert (tmp_path / "redis.conf").stat().st_mode & 0o077 == 0
    lines = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True).stdout
    assert PASSWORD not in lines


def test_our_programs_read_the_address_from_a_file(port: int, tmp_path: Path) -> None:
    file = tmp_path / "redis_url"
    file.write_text(f"redis://:{PASSWORD}@127.0.0.1:{port}/0")
    with web(REDIS_URL="", REDIS_URL_FILE=str(file)) as server:
        assert '"redis": true' in server.get("/readyz").text
        server.get("/u/nonsense/")
        assert PASSWORD not in server.log()
    with redis.Redis(port=port, password=PASSWORD) as client:
        assert client.keys("limit:guess:*")
