"""How a connection to a relay begins: connect, encrypt, log in.

Sources: RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 4616 (PLAIN).
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from base64 import b64encode

from distributor.channels.base import AWAY
from distributor.channels.mail.relay import Relay
from distributor.channels.mail.replies import Stopped, reason
from distributor.domain.outcomes import Deferred, Reconnect

CONNECT_SECONDS = 15.0


def open_client(relay: Relay, *, seconds: float) -> smtplib.SMTP:
    """Connect, encrypt and log in; `seconds` is how long a command may take from then on. Raises Stopped."""
    try:
        client = _connect(relay)
    except (smtplib.SMTPException, OSError) as error:
        raise Stopped(Deferred(f"{relay.shown} can’t be reached: {reason(error)}", code=AWAY)) from None
    try:
        assert client.sock is not None
        client.sock.settimeout(seconds)
        client.ehlo_or_helo_if_needed()
        if relay.encryption in ("required", "optional"):
            _start_tls(client, relay)
        if relay.user:
            _log_in(client, relay)
    except Stopped:
        client.close()
        raise
    except (smtplib.SMTPException, OSError) as error:
        client.close()
        raise Stopped(Deferred(f"{relay.shown} did not let us in: {reason(error)}", code=AWAY)) from None
    return client


def _connect(relay: Relay) -> smtplib.SMTP:
    if relay.encryption == "implicit":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            relay.host, relay.port, local_hostname=_own_name(), timeout=CONNECT_SECONDS, context=context
        )
    return smtplib.SMTP(relay.host, relay.port, local_hostname=_own_name(), timeout=CONNECT_SECONDS)


def _start_tls(client: smtplib.SMTP, relay: Relay) -> None:
    if client.has_extn("starttls"):
        client.starttls(context=ssl.create_default_context())
        client.ehlo()
    elif relay.encryption == "required":
        raise Stopped(
            Reconnect(
                f"{relay.shown} offers no encryption (STARTTLS): use smtps:// if it has a port for that, or "
                "starttls=optional in its address."
            )
        )


def _log_in(client: smtplib.SMTP, relay: Relay) -> None:
    if not isinstance(client.sock, ssl.SSLSocket) and not relay.is_local:
        raise Stopped(Reconnect(f"{relay.shown} offers no encryption, so the password was not sent to it."))
    try:
        if (relay.user + relay.password).isascii():
            client.login(relay.user, relay.password)
        else:
            _log_in_beyond_ascii(client, relay)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:
            raise
        raise Stopped(
            Reconnect(f"{relay.shown} does not accept the user name and password.", code=str(error.smtp_code))
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise Stopped(Reconnect(f"{relay.shown} offers no login: leave user and password out.")) from None


def _log_in_beyond_ascii(client: smtplib.SMTP, relay: Relay) -> None:
    """Log in with UTF-8, which smtplib can't. Only PLAIN says how such letters are written (RFC 4616 §2)."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    if offered and "PLAIN" not in offered:
        raise Stopped(
            Reconnect(f"{relay.shown} takes no letters beyond ASCII at its login: set a user and password without.")
        )
    if not offered:
        raise smtplib.SMTPNotSupportedError
    token = b64encode(f"\0{relay.user}\0{relay.password}".encode()).decode("ascii")
    code, text = client.docmd("AUTH", f"PLAIN {token}")
    if code == 334:  # it wants the token by itself
        code, text = client.docmd(token)
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, text)


def _own_name() -> str:
    """Return our name for EHLO, without asking DNS: a full one, or an address literal (RFC 5321 §4.1.3)."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
