"""What the servers have in common: packages, ports, certificates, and how a test sees what came in."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.patience import PATIENCE

USER, PASSWORD = "kim", "s3cret-word"
GONE = "gone"  # this mailbox is unknown: 5.1.1
BUSY = "busy"  # this one is busy: 4.2.1


@dataclass(frozen=True)
class Server:
    """A running server that wants STARTTLS. `url` has `{login}` in it where it also wants a login, and trusts its
    certificate. `received` returns the contents that came in, as many as are asked for, waiting for them.
    """

    url: str
    logs_in: bool
    pipelining: bool
    received: Callable[[int], list[bytes]]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def wait_until(condition: Callable[[], bool], *, what: str, seconds: float = PATIENCE) -> None:
    """Wait until something is so; fail with `what` when it is not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def greets(port: int) -> bool:
    """Whether an SMTP server answers there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            greeting = connection.recv(4)
            connection.sendall(b"QUIT\r\n")
            return greeting.startswith(b"220")
    except OSError:
        return False


def installed(program: str, package: str) -> Path:
    """Return a program; install its Debian package where that is allowed. Skips the test, saying why, where not."""
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None and os.getuid() == 0 and shutil.which("apt-get"):
        _quiet("apt-get", "install", "-y", "-qq", "--no-install-recommends", package)
        found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"There is no {program} here (on Debian: apt install {package}).")
    return Path(found)


def unpacked(folder: Path, *packages: str) -> Path:
    """Return a folder with the files of Debian packages that are not installed: mail servers exclude each other."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        pytest.skip(f"{packages[0]} can’t be unpacked here: there is no apt-get.")
    _quiet("apt-get", "download", *packages, folder=folder)
    files = list(folder.glob("*.deb"))
    if len(files) < len(packages):
        pytest.skip(f"{packages[0]} can’t be downloaded here (apt-get update?).")
    for file in files:
        subprocess.run(["dpkg-deb", "-x", str(file), str(folder / "files")], check=True)
    return folder / "files"


def _quiet(*command: str, folder: Path | None = None) -> None:
    subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,  # what is missing then, the caller says
    )


def write_certificate(file: Path, *, host: str = "127.0.0.1") -> Path:
    """Write a key and a certificate for a name or an IP address, good for 30 days, that only who is told so trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*private) + made.public_bytes(serialization.Encoding.PEM))
    return file


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
