"""Debian's PgBouncer in front of a PostgreSQL that trusts who asks through its socket."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from tests.patience import PATIENCE
from tests.servers.base import free_port, unpacked, wait_until

_SETTINGS = """\
[databases]
* = host={host} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
logfile = {folder}/pgbouncer.log
"""


@contextmanager
def pgbouncer(folder: Path, upstream: Mapping[str, str], *, mode: str = "transaction", size: int = 6) -> Iterator[str]:
    """Yield the URL of a pooler in front of `upstream`, Django's settings of a database. Skips where there is none.

    With fewer connections to PostgreSQL than clients have to it, sessions go from one to the other all the time.
    """
    program, libraries = _program(folder)
    port = free_port()
    settings = folder / "pgbouncer.ini"
    values = {"host": upstream["HOST"], "user": upstream["USER"], "port": port, "mode": mode, "size": size}
    settings.write_text(_SETTINGS.format(folder=folder, **values))
    owner = group = None
    if os.getuid() == 0:  # it refuses to run as root, and the socket is open to the server's user alone
        place = Path(upstream["HOST"], ".s.PGSQL.5432").stat()
        owner, group = place.st_uid, place.st_gid
        shutil.chown(folder, owner)
        shutil.chown(settings, owner)
    process = subprocess.Popen(
        [program, str(settings)],
        env={**os.environ, "LD_LIBRARY_PATH": str(libraries)} if libraries else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=owner,
        group=group,
        extra_groups=[] if owner else None,
    )
    try:
        wait_until(lambda: _listens(port), what="PgBouncer")
        yield f"postgresql://{upstream['USER']}@127.0.0.1:{port}/{quote(upstream['NAME'])}"
    finally:
        process.kill()
        process.wait(PATIENCE)


def _program(folder: Path) -> tuple[str, Path | None]:
    """Return the program, and where its libraries are if it had to be unpacked: to install it would start a service."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program:
        return program, None
    files = unpacked(folder, "pgbouncer", "libc-ares2", "libevent-2.1-7")
    [libraries] = {file.parent for file in files.rglob("libcares.so.2")}
    return str(files / "usr/sbin/pgbouncer"), libraries


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False
