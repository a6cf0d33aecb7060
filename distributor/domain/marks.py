"""Signed marks: what a link or a return path needs to say which mail to whom it came from.

A mark is lower-case base32, so that it survives mail systems that change the case of an address, and short enough for
the local part of one (RFC 5321 §4.5.3.1.1: 64 octets). It holds two numbers and a signature, no address.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

_SIGNATURE = 10  # bytes: 80 bits that can't be tried offline


class Marks:
    """Writes and reads the marks of one purpose. `keys` are secrets: the first one signs, all of them are accepted."""

    def __init__(self, keys: Sequence[bytes], purpose: str) -> None:
        begun = [hmac.new(key, purpose.encode("ascii") + b"\0", hashlib.sha256) for key in keys]
        self._first = begun[0]
        self._begun = begun

    def write(self, dispatch: int, subscriber: int) -> str:
        """Return the mark of one recipient (a number above 0) of one dispatch: 28 to 40 characters of a-z and 2-7."""
        said = _packed(dispatch) + _packed(subscriber)
        signed = self._first.copy()
        signed.update(said)
        return base64.b32encode(said + signed.digest()[:_SIGNATURE]).decode("ascii").rstrip("=").lower()

    def read(self, mark: str) -> tuple[int, int] | None:
        """Return (dispatch, subscriber), or None for what was not written by us, for another purpose, or cut short."""
        try:
            raw = base64.b32decode(mark.upper() + "=" * (-len(mark) % 8))
        except (binascii.Error, ValueError):
            return None
        said, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
        for begun in self._begun:
            signed = begun.copy()
            signed.update(said)
            if hmac.compare_digest(signed.digest()[:_SIGNATURE], signature):
                return _unpacked(said)
        return None


def _packed(number: int) -> bytes:
    """Return a number as one byte of length and its bytes."""
    size = (number.bit_length() + 7) // 8
    return bytes((size,)) + number.to_bytes(size, "big")


def _unpacked(said: bytes) -> tuple[int, int]:
    split = 1 + said[0]
    return int.from_bytes(said[1:split], "big"), int.from_bytes(said[split + 1 :], "big")
