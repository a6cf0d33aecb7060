"""Signed tokens: what a link or a return path needs to say which mail to whom it came from.

A token is lower-case hexadecimal, so that it survives mail systems that change the case of an address, and short enough
for the local part of one (RFC 5321 §4.5.3.1.1: 64 octets). It holds two numbers and a signature, no address.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2s
from hmac import compare_digest

_SIGNATURE = 10  # bytes: 80 bits that can't be tried offline
_KEY = 32  # bytes that BLAKE2s takes for a key (RFC 7693 §2.1)


class SignedTokens:
    """Writes and reads the tokens of one purpose. `keys` are secrets: the first one signs, all of them are accepted.

    Signed with BLAKE2s in its keyed mode (RFC 7693 §2.9), which costs a third of an HMAC: there are two a mail.
    """

    def __init__(self, keys: Sequence[bytes], purpose: str) -> None:
        self._keys = [blake2s(purpose.encode() + b"\0" + key, digest_size=_KEY).digest() for key in keys]

    def write(self, dispatch: int, subscriber: int) -> str:
        """Return the token of one recipient (a number above 0) of one dispatch: 28 to 56 characters, 40 as a rule."""
        payload = _pack(dispatch) + _pack(subscriber)
        return (payload + _signature(payload, self._keys[0])).hex()

    def read(self, token: str) -> tuple[int, int] | None:
        """Return (dispatch, subscriber), or None for what was not written by us, for another purpose, or cut short."""
        try:
            raw = bytes.fromhex(token) if token.isascii() and token.isalnum() else b""
        except ValueError:
            return None
        payload, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
        if any(compare_digest(_signature(payload, key), signature) for key in self._keys):
            return _unpack(payload)
        return None


def _signature(payload: bytes, key: bytes) -> bytes:
    return blake2s(payload, key=key, digest_size=_SIGNATURE).digest()


def _pack(number: int) -> bytes:
    """Return a number as one byte of length and its bytes."""
    size = (number.bit_length() + 7) // 8
    return bytes((size,)) + number.to_bytes(size, "big")


def _unpack(payload: bytes) -> tuple[int, int]:
    split = 1 + payload[0]
    return int.from_bytes(payload[1:split], "big"), int.from_bytes(payload[split + 1 :], "big")
