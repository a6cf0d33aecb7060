"""A PostgreSQL as distributions package it, reached by TCP with a password: of the newest version that is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from tests.patience import PATIENCE
from tests.servers.base import free_port, wait_until

PASSWORD = "s3cret-of-the-database"
_PACKAGED = Path("/usr/lib/postgresql")  # Debian's place, with a folder for each version


@contextmanager
def packaged_postgresql(folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database. Skips the test, saying why, where no server is installed.

    It is not installed here: that would start it as a service of this machine. `folder` is one that another user may
    look into: the server refuses to run as root.
    """
    programs = _programs()
    user = group = groups = None
    if os.getuid() == 0:
        owner = pwd.getpwnam("postgres")
        user, group, groups = owner.pw_uid, owner.pw_gid, list[int]()
        shutil.chown(folder, user)
    word, data, port = folder / "password", folder / "data", free_port()
    word.write_text(PASSWORD)
    settings = ("--username=letters", "--auth=scram-sha-256", f"--pwfile={word}", "--encoding=UTF8", "--no-sync")
    subprocess.run(
        [programs / "initdb", f"--pgdata={data}", *settings],
        check=True,
        capture_output=True,
        user=user,
        group=group,
        extra_groups=groups,
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, "-F"],
            stdout=log,
            stderr=log,
            user=user,
            group=group,
            extra_groups=groups,
        )
    url = f"postgresql://letters:{PASSWORD}@127.0.0.1:{port}/postgres"
    try:
        wait_until(lambda: _answers(url), what="PostgreSQL")
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _programs() -> Path:
    folders = sorted(_PACKAGED.glob("*/bin/postgres"), key=lambda program: float(program.parts[-3]))
    if not folders:
        pytest.skip("There is no PostgreSQL server here (on Debian: apt install postgresql).")
    return folders[-1].parent


def _answers(url: str) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=5):
        return True
    return False
