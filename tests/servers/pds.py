"""Bluesky's own server, where it is installed: `npm install @atproto/pds @did-plc/server` in a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from distributor.channels.base import Credentials

SWITCH = "DISTRIBUTOR_TEST_PDS"  # names the folder in which npm has installed it
HANDLE = "letters.test"


@contextmanager
def pds(home: Path) -> Iterator[Credentials]:
    """Run the server and return a fresh account with an app password; skips the test, saying why, where it can't."""
    modules = os.environ.get(SWITCH, "")
    if not modules:
        pytest.skip(f"{SWITCH} names no folder with the npm packages @atproto/pds and @did-plc/server.")
    node = shutil.which("node")
    if node is None:
        pytest.skip("There is no node here.")
    command = [node, str(Path(__file__).with_name("pds.mjs")), modules, str(home)]
    environment = {**os.environ, "LOG_ENABLED": "false", "NODE_NO_WARNINGS": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url.startswith("http://localhost:"), "it did not start"
            yield Credentials(1, "x", {"handle": HANDLE, "app_password": _app_password(url)}, url)
        finally:
            process.send_signal(signal.SIGTERM)


def _app_password(url: str) -> str:
    account = {"handle": HANDLE, "email": "letters@example.org", "password": "the-account-s-own"}
    with httpx.Client(base_url=f"{url}/xrpc", trust_env=False) as client:
        session = client.post("com.atproto.server.createAccount", json=account).raise_for_status().json()
        headers = {"Authorization": f"Bearer {session['accessJwt']}"}
        made = client.post("com.atproto.server.createAppPassword", headers=headers, json={"name": "Distributor"})
        return str(made.raise_for_status().json()["password"])
