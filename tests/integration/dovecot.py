"""A real IMAP server: Dovecot, as root, with a private configuration on a port of its own."""

from __future__ import annotations

import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.integration.processes import wait_for
from tests.patience import PATIENCE

PASSWORD = "let/me@in"

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


def program() -> str:
    """Return where dovecot is, installed where that is possible; else skip and say why."""
    if os.geteuid() != 0:
        pytest.skip("Dovecot's private instance needs root, to become the mail user.")
    if not _installed() and shutil.which("apt-get"):
        options = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True, "check": False}
        subprocess.run(["apt-get", "update", "-qq"], **options)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "dovecot-imapd"], **options)  # type: ignore[call-overload]
    if not _installed():
        pytest.skip("There is no Dovecot, and it could not be installed (on Debian: apt install dovecot-imapd).")
    return shutil.which("dovecot") or "/usr/sbin/dovecot"


def _installed() -> bool:
    return Path("/usr/lib/dovecot/imap").exists()


class Dovecot:
    """The running server; every user has the same password and a mailbox."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, user: str, *, options: str = "") -> str:
        password = quote(PASSWORD, safe="")
        return f"imap://{user}:{password}@127.0.0.1:{self.port}/INBOX?starttls=off{options}"

    def put(self, user: str, *messages: bytes) -> None:
        client = self._client(user)
        for message in messages:
            assert client.append("INBOX", "", imaplib.Time2Internaldate(0), message)[0] == "OK"
        client.logout()

    def count(self, user: str, folder: str = "INBOX", criterion: str = "ALL") -> int:
        """Return how many messages a folder has, -1 for no such folder."""
        client = self._client(user)
        found = -1
        if client.select(folder, readonly=True)[0] == "OK":
            found = len(client.search(None, criterion)[1][0].split())
        client.logout()
        return found

    def _client(self, user: str) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=PATIENCE)
        client.login(user, PASSWORD)
        return client


@contextmanager
def running() -> Iterator[Dovecot]:
    """Start it, and end it and its processes by their number."""
    path = program()
    home = Path(tempfile.mkdtemp(prefix="distributor-dovecot-"))
    home.chmod(0o755)
    (home / "mail").mkdir()
    shutil.chown(home / "mail", "mail", "mail")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = home / "dovecot.conf"
    configuration.write_text(CONFIGURATION.format(home=home, port=port, password=PASSWORD))
    process = subprocess.Popen([path, "-F", "-c", str(configuration)], start_new_session=True)
    try:
        server = Dovecot(port)
        wait_for(lambda: _answers(server) or process.poll() is not None, what="Dovecot answers")
        assert process.poll() is None, (home / "log").read_text() if (home / "log").exists() else "no log"
        yield server
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
        shutil.rmtree(home, ignore_errors=True)


def _answers(server: Dovecot) -> bool:
    try:
        return server.count("probe") == 0
    except (OSError, imaplib.IMAP4.error):
        return False
