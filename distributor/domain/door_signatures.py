"""Whether a call at a door is signed by the system that the door is for, and what makes it that one call. Pure.

- Ghost: `X-Ghost-Signature: sha256=HEX, t=MILLISECONDS`, over the body with the timestamp behind it since 5.87.1
  (https://github.com/TryGhost/Ghost/pull/20500), over the body alone before.
- WordPress: `X-WP-Webhook-Signature`, base64 or hex, over the body, as the plugin WP Webhooks sends it; or ours.
- Ours, for systems that can be told what to send: `X-Distributor-Signature: t=SECONDS,sha256=HEX` over `t.BODY`.
- Any header with an HMAC over the body, as hex or base64; or the secret itself as a bearer token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

TOLERANCE: Final = timedelta(minutes=5)  # between a call's timestamp and now
OUR_HEADER: Final = "x-distributor-signature"
GHOST_HEADER: Final = "x-ghost-signature"
WORDPRESS_HEADER: Final = "x-wp-webhook-signature"

Scheme = Literal["ghost", "wordpress", "hmac", "bearer"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a call proved. `refusal` says why it is not believed, "" where it is; `call_id` is the same for the same.

    With `has_time` its time is proven as well: the same again, later, can't be anything new.
    """

    refusal: str = ""
    call_id: str = ""
    has_time: bool = False


def proof_of(
    scheme: Scheme, headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime, header: str = ""
) -> Proof:
    """Return what a call proves. `headers` have lower-case names; `header` names that of a plain HMAC.

    A call that is proven and came before has the `call_id` that it had then.
    """
    if OUR_HEADER in headers:
        return _timestamp_proof(headers[OUR_HEADER], body, secret=secret, now=now, unit=1, before_body=True)
    if scheme == "bearer":
        value = headers.get("authorization", "")
        kind, _, token = value.partition(" ")
        if kind.lower() != "bearer" or not _equal(token.strip(), secret):
            return Proof("It has not the door’s secret as its bearer token.")
        return Proof(call_id=_digest(body))
    if scheme == "ghost":
        return _ghost(headers.get(GHOST_HEADER, ""), body, secret=secret, now=now)
    name = WORDPRESS_HEADER if scheme == "wordpress" else header.lower()
    return _plain(headers.get(name, ""), body, secret=secret, name=name)


def _ghost(text: str, body: bytes, *, secret: str, now: datetime) -> Proof:
    if not text:
        return Proof("It is not signed: give the webhook in Ghost the door’s secret.")
    proof = _timestamp_proof(text, body, secret=secret, now=now, unit=1_000, before_body=False)
    if not proof.refusal:
        return proof
    plain = _plain(_fields(text).get("sha256", ""), body, secret=secret, name=GHOST_HEADER)
    return plain if not plain.refusal else proof


def _timestamp_proof(text: str, body: bytes, *, secret: str, now: datetime, unit: int, before_body: bool) -> Proof:
    """A signature that covers its time, which is in so many parts of a second."""
    fields = _fields(text)
    time_text, signature = fields.get("t", ""), fields.get("sha256", "")
    if not time_text.isascii() or not time_text.isdigit() or len(time_text) > 16:
        return Proof("Its signature has no time.")
    content = f"{time_text}.".encode() + body if before_body else body + time_text.encode()
    if not _equal(signature.lower(), hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()):
        return Proof("Its signature is not made with the door’s secret.")
    at = datetime.fromtimestamp(int(time_text) / unit, UTC) if int(time_text) / unit < 1e11 else None
    if at is None or abs(now - at) > TOLERANCE:
        minutes = TOLERANCE // timedelta(minutes=1)
        return Proof(f"It is signed for another time than now, by more than {minutes} minutes: set the clocks.")
    return Proof(call_id=_digest(content), has_time=True)


def _plain(text: str, body: bytes, *, secret: str, name: str) -> Proof:
    """A signature of the body alone: nothing tells the same call from one that says the same again."""
    signature = text.strip()
    signature = signature[7:] if signature.lower().startswith("sha256=") else signature
    if not signature:
        return Proof(f"It is not signed: there is no header {name}.")
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    if _equal(signature.lower(), digest.hex()) or _equal(signature, base64.b64encode(digest).decode()):
        return Proof(call_id=_digest(body))
    return Proof("Its signature is not made with the door’s secret.")


def _fields(text: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in text.split(","))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _equal(value: str, right_value: str) -> bool:
    return hmac.compare_digest(value.encode(), right_value.encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
