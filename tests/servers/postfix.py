"""Debian's Postfix: STARTTLS, PIPELINING, real mailboxes."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.base import BUSY, GONE, Server, free_port, greets, installed, wait_until, write_certificate

_MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log/mail.log
maillog_file_prefixes = {home}/log
myhostname = postfix.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {home}/relay.pem
smtpd_tls_key_file = {home}/relay.pem
smtputf8_enable = yes
smtpd_client_connection_count_limit = 0
smtpd_recipient_restrictions = check_recipient_access texthash:{home}/etc/access, permit_mynetworks, reject
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = example.org
virtual_mailbox_maps = static:all/
virtual_mailbox_base = {home}/mail
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
"""
_ACCESS = f"{GONE}@example.org 550 5.1.1 unknown\n{BUSY}@example.org 450 4.2.1 busy\n"


@contextmanager
def postfix(home: Path) -> Iterator[Server]:
    """Run Postfix in a folder that its own user can get to."""
    program = installed("postfix", "postfix")
    if os.getuid() != 0:
        pytest.skip("Postfix starts as root only.")
    owner = pwd.getpwnam("postfix")
    for name in ("etc", "queue", "data", "log", "mail"):
        (home / name).mkdir()
    for name in ("data", "mail"):
        os.chown(home / name, owner.pw_uid, owner.pw_gid)
    write_certificate(home / "relay.pem")
    port = free_port()
    (home / "etc" / "main.cf").write_text(_MAIN.format(home=home, uid=owner.pw_uid, gid=owner.pw_gid))
    (home / "etc" / "master.cf").write_text(_MASTER.format(port=port))
    (home / "etc" / "access").write_text(_ACCESS)
    command = [str(program), "-c", str(home / "etc")]
    subprocess.run([*command, "start"], check=True, capture_output=True)
    try:
        wait_until(lambda: greets(port), what="Postfix answers")

        def received(count: int) -> list[bytes]:
            def arrived() -> list[Path]:
                return list((home / "mail" / "all" / "new").glob("*"))

            wait_until(lambda: len(arrived()) >= count, what=f"{count} mails in the mailbox")
            return [file.read_bytes() for file in arrived()]

        yield Server(f"smtp://127.0.0.1:{port}?ca={home}/relay.pem", False, True, received)
    finally:
        subprocess.run([*command, "stop"], check=True, capture_output=True)
