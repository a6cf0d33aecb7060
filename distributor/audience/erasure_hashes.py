"""Keyed hashes of addresses: all that is kept of a person who was erased, so that no import brings them back.

HMAC-SHA256 (RFC 2104) of the address in lower case, with a key made from the installation's secret one. Without that
key a hash says nothing; with it one can ask whether a given address was erased, and that is what it is for. Whoever
changes the secret key keeps the old one in DISTRIBUTOR_SECRET_KEY, or those hashes are forgotten
(docs/operators/settings.md).
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

_PURPOSE = b"distributor.erased\0"
_BLOCK = 64  # bytes: the block size of SHA-256

# The same hash made by PostgreSQL, which has sha256() but no HMAC without an extension: k(inner, outer) are the padded
# keys of RFC 2104 §2.
SQL_HASH = "encode(sha256(k.opad || sha256(k.ipad || convert_to(lower(i.email), 'UTF8'))), 'hex')"


def hashes(email: str) -> list[str]:
    """Return an address's hash with each of our keys, the one that is written first."""
    message = email.lower().encode()
    return [hmac.new(key, message, hashlib.sha256).hexdigest() for key in _keys()]


def padded_keys() -> tuple[list[bytes], list[bytes]]:
    """Return (inner, outer) padded keys for `SQL_HASH`."""
    keys = [key.ljust(_BLOCK, b"\0") for key in _keys()]
    return [bytes(byte ^ 0x36 for byte in key) for key in keys], [bytes(byte ^ 0x5C for byte in key) for key in keys]


def _keys() -> list[bytes]:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest() for secret in secrets]
