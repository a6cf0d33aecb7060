"""aiosmtpd: STARTTLS and logins, no PIPELINING."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.servers.base import BUSY, GONE, PASSWORD, USER, Server, free_port, write_certificate


class _Keeps:
    """Keeps what comes in."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address.startswith(f"{GONE}@"):
            return "550 5.1.1 unknown"
        if address.startswith(f"{BUSY}@"):
            return "450 4.2.1 busy"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.contents.append(envelope.content)
        return "250 2.0.0 taken"


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)  # what to answer, it knows itself


@contextmanager
def aiosmtpd(home: Path, *, implicit: bool = False) -> Iterator[Server]:
    """Run aiosmtpd in a thread; with `implicit` it speaks TLS from the first byte."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(write_certificate(home / "relay.pem"))
    options: dict[str, Any] = (
        {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
    )
    if implicit:
        options["auth_require_tls"] = False  # by TLS it means STARTTLS
    handler = _Keeps()
    port = free_port()  # it can't be told to find one itself
    relay = Controller(
        handler, hostname="127.0.0.1", port=port, authenticator=_authenticate, auth_required=not implicit, **options
    )
    relay.start()
    try:

        def received(count: int) -> list[bytes]:
            assert len(handler.contents) == count
            return handler.contents

        scheme = "smtps" if implicit else "smtp"
        yield Server(f"{scheme}://{{login}}127.0.0.1:{port}?ca={home}/relay.pem", True, False, received)
    finally:
        relay.stop()
