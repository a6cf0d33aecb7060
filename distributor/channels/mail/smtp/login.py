"""Logging in to a relay.

Sources: RFC 4954 (AUTH), RFC 4616 (PLAIN), RFC 2195 (CRAM-MD5). LOGIN and XOAUTH2 are their inventors' drafts.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable

from distributor.channels.mail.relay import Relay
from distributor.channels.mail.replies import Reply, Stopped, read_reply
from distributor.channels.mail.smtp.wire import Extensions
from distributor.domain.outcomes import Reconnect

_CHALLENGE = 334
Ask = Callable[[str], Awaitable[tuple[int, bytes]]]


async def log_in(relay: Relay, extensions: Extensions, ask: Ask) -> Reply:
    """Log in by the way that the relay's URL names, or the first that the server offers, and return its last answer.

    Raises Stopped where there is no way.
    """
    ways = {"plain": _plain, "login": _login, "xoauth2": _xoauth2, "cram-md5": _cram_md5}
    return read_reply(*await ways[_way(relay, extensions)](relay, ask))


def _way(relay: Relay, extensions: Extensions) -> str:
    mechanisms = extensions.login
    if not mechanisms:
        raise Stopped(Reconnect(f"{relay.label} offers no login: leave user and password out."))
    if relay.auth:
        if relay.auth in mechanisms:
            return relay.auth
        raise Stopped(Reconnect(f"{relay.label} offers no login by {relay.auth}: correct auth= in its address."))
    if not (relay.user + relay.password).isascii():  # only PLAIN says how such letters are written (RFC 4616 §2)
        if "plain" in mechanisms:
            return "plain"
        raise Stopped(
            Reconnect(f"{relay.label} takes no letters beyond ASCII at its login: set a user and password without.")
        )
    for way in ("plain", "login", "cram-md5"):
        if way in mechanisms:
            return way
    raise Stopped(
        Reconnect(f"{relay.label} offers no login by PLAIN or LOGIN: name another one as auth= in its address.")
    )


async def _plain(relay: Relay, ask: Ask) -> tuple[int, bytes]:
    token = _encode(f"\0{relay.user}\0{relay.password}")
    reply = await ask(f"AUTH PLAIN {token}")
    return await ask(token) if reply[0] == _CHALLENGE else reply  # some want the token by itself


async def _login(relay: Relay, ask: Ask) -> tuple[int, bytes]:
    reply = await ask("AUTH LOGIN")
    for value in (relay.user, relay.password):
        if reply[0] != _CHALLENGE:
            break
        reply = await ask(_encode(value))
    return reply


async def _xoauth2(relay: Relay, ask: Ask) -> tuple[int, bytes]:
    token = _encode(f"user={relay.user}\x01auth=Bearer {relay.password}\x01\x01")
    reply = await ask(f"AUTH XOAUTH2 {token}")
    return await ask("") if reply[0] == _CHALLENGE else reply  # a challenge holds what is wrong, and wants an answer


async def _cram_md5(relay: Relay, ask: Ask) -> tuple[int, bytes]:
    code, text = await ask("AUTH CRAM-MD5")
    if code != _CHALLENGE:
        return code, text
    try:
        challenge = b64decode(text, validate=True)
    except binascii.Error:
        return await ask("*")  # RFC 4954 §4: that is how one gives up
    digest = hmac.new(relay.password.encode(), challenge, "md5").hexdigest()
    return await ask(_encode(f"{relay.user} {digest}"))


def _encode(value: str) -> str:
    return b64encode(value.encode()).decode("ascii")
