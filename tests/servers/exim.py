"""Debian's Exim: STARTTLS, PIPELINING, logins. It keeps what it takes in its queue."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.base import (
    BUSY,
    GONE,
    PASSWORD,
    USER,
    Server,
    free_port,
    greets,
    unpacked,
    wait_until,
    write_certificate,
)

_CONFIGURATION = """\
primary_hostname = exim.test
spool_directory = {home}/spool
log_file_path = {home}/log/%slog
pid_file_path = {home}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
queue_only = true
smtp_accept_max = 100
smtp_accept_max_per_connection = 1000
tls_advertise_hosts = *
tls_certificate = {home}/relay.pem
tls_privatekey = {home}/relay.pem
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
acl_smtp_rcpt = acl_rcpt
begin acl
acl_rcpt:
  deny  local_parts = {gone}
        message = 5.1.1 unknown
  defer local_parts = {busy}
        message = 4.2.1 busy
  accept authenticated = *
  deny
begin authenticators
plain:
  driver = plaintext
  public_name = {way}
  server_prompts = {prompts}
  server_condition = ${{if and {{{{eq{{$auth{first}}}{{{user}}}}}{{eq{{$auth{second}}}{{{password}}}}}}}}}
"""


def _configured(home: Path, port: int, way: str) -> str:
    prompts, first = (":", 2) if way == "PLAIN" else ("Username:: : Password::", 1)
    return _CONFIGURATION.format(
        home=home,
        port=port,
        gone=GONE,
        busy=BUSY,
        way=way,
        prompts=prompts,
        user=USER,
        password=PASSWORD,
        first=first,
        second=first + 1,
    )


@contextmanager
def exim(home: Path, way: str) -> Iterator[Server]:
    """Run Exim, which offers a login by `way`: PLAIN or LOGIN."""
    if os.getuid() != 0:
        pytest.skip("Exim starts as root only.")
    files = unpacked(home, "exim4-daemon-light", "libidn12", "libnss-wrapper")
    for name in ("spool", "log"):
        (home / name).mkdir()
        os.chmod(home / name, 0o777)  # noqa: PTH101 # its own user is another
    write_certificate(home / "relay.pem").chmod(0o644)
    (home / "passwd").write_text("root:x:0:0::/root:/bin/sh\nDebian-exim:x:65534:65534::/nonexistent:/bin/false\n")
    (home / "group").write_text("root:x:0:\nDebian-exim:x:65534:\n")
    port = free_port()
    configuration = home / "exim.conf"
    configuration.write_text(_configured(home, port, way))
    libraries = ":".join(str(folder) for folder in (files / "usr" / "lib").glob("*-linux-gnu*"))
    with (home / "output").open("wb") as output:
        process = subprocess.Popen(
            [str(files / "usr" / "sbin" / "exim4"), "-C", str(configuration), "-bdf"],
            env={
                **os.environ,
                "LD_LIBRARY_PATH": libraries,
                "LD_PRELOAD": "libnss_wrapper.so",  # its package would have made it a user of its own
                "NSS_WRAPPER_PASSWD": str(home / "passwd"),
                "NSS_WRAPPER_GROUP": str(home / "group"),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until(lambda: greets(port) or process.poll() is not None, what="Exim answers")
        if process.poll() is not None:
            pytest.skip(f"Exim does not start here: {(home / 'output').read_text(errors='replace')[:300]}")

        def received(count: int) -> list[bytes]:
            found = sorted((home / "spool" / "input").rglob("*-D"))
            assert len(found) == count
            return [file.read_bytes().partition(b"\n")[2] for file in found]  # after its own first line

        yield Server(f"smtp://{{login}}127.0.0.1:{port}?ca={home}/relay.pem", True, True, received)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        # Its children too: one that ends later would write its log, and make the folder for it anew.
        wait_until(lambda: not _any_left(process.pid), what="Exim's children have ended")


def _any_left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
