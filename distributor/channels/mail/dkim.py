"""DKIM (RFC 6376; RFC 8463 for Ed25519): the sender's domain vouches for a mail's headers and body.

The canonicalisation is relaxed/simple: relays fold headers anew, and nobody has to touch a body that is all
quoted-printable lines ending in CRLF. So hashing the body is one plain SHA-256, made once for every signature.
"""

from __future__ import annotations

import binascii
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from distributor.domain.errors import BadSettings

Algorithm = Literal["rsa", "ed25519"]
PrivateKey = RSAPrivateKey | Ed25519PrivateKey

RSA_BITS = 2048  # RFC 8301 §3.2: at least 1024, better 2048; above that, some verifiers give up
VALUE = "dkim"  # under this name an account's values carry the keys

# What a forger would want to change, as RFC 6376 §5.4.1 advises. RFC 8058 §4 wants both List-Unsubscribe headers in it:
# a one-click that is not signed is not offered to the reader.
SIGNED_HEADERS = frozenset(
    {
        b"from",
        b"reply-to",
        b"to",
        b"subject",
        b"date",
        b"message-id",
        b"mime-version",
        b"content-type",
        b"content-transfer-encoding",
        b"list-id",
        b"list-unsubscribe",
        b"list-unsubscribe-post",
        b"feedback-id",
    }
)
LINE = 76  # of what we fold ourselves, as the other headers have it
_FOLD = b"\r\n "
_BLANKS = re.compile(rb"[ \t]+")


class Signer:
    """Signs mails with one key of one domain. Holds the private key, and shows nothing of it.

    `domain` and `selector` (ASCII) name where verifiers find the public key. `lifetime` is after how many seconds a
    signature stops to count (`x=`), None for never. `seconds` is the clock, in seconds since 1970.

    `cryptography` keeps Python's lock while it signs: threads do not sign side by side, processes do.
    """

    def __init__(
        self,
        *,
        domain: str,
        selector: str,
        key: PrivateKey,
        lifetime: int | None = None,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        self.domain = domain
        self.selector = selector
        self.algorithm: Algorithm = algorithm_of(key)
        self._lifetime = lifetime
        self._seconds = seconds
        self._sign = _signing(key)
        start = f"d={domain}; s={selector};"
        if len(start) >= LINE:
            start = f"d={domain};\r\n s={selector};"
        self._start = f" v=1; a={self.algorithm}-sha256; c=relaxed/simple;\r\n {start}\r\n t=".encode("ascii")

    def __repr__(self) -> str:
        return f"Signer({self.selector}._domainkey.{self.domain}, {self.algorithm})"

    def sign(self, head: bytes, body_hash: bytes) -> bytes:
        """Return the DKIM-Signature header, CRLF at its end, to be put in front of the mail.

        `head` is every header as it will be sent, each ended by CRLF (folded as it may be); the empty line may follow.
        `body_hash` is what `body_hash` returned for what comes after that line. Raises ValueError without a From.
        """
        names, fields = _canonical(head)
        now = int(self._seconds())
        stamp = b"%d;" % now if self._lifetime is None else b"%d; x=%d;" % (now, now + self._lifetime)
        text = binascii.b2a_base64(body_hash, newline=False)
        value = b"".join((self._start, stamp, _header_list(names), b"\r\n bh=", text, b";\r\n b="))
        # It signs itself too, as the last one, without its CRLF and with nothing after “b=” (RFC 6376 §3.7).
        signature = self._sign(b"".join((fields, b"dkim-signature:", value.replace(_FOLD, b" ")[1:])))
        return b"".join((b"DKIM-Signature:", value, _fold(signature), b"\r\n"))


def body_hash(parts: Iterable[bytes]) -> bytes:
    """Return the SHA-256 (32 bytes) of a body given in parts, lines ended by CRLF: simple canonicalisation, no limit.

    However many empty lines end it, it is hashed as if it ended in one CRLF (RFC 6376 §3.4.3).
    """
    body = b"".join(parts)
    if not body.endswith(b"\r\n") or body.endswith(b"\r\n\r\n"):
        end = len(body)
        while body.endswith(b"\r\n", 0, end):
            end -= 2
        body = body[:end] + b"\r\n"
    return sha256(body).digest()


def _canonical(head: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """Return the names of the headers that are signed, and these in relaxed form (RFC 6376 §3.4.2), both last first.

    Of several headers with one name a verifier takes the last one first (§5.4.2), so this order suits all of them.
    """
    flat_head = head.replace(_FOLD, b" ").replace(b"\r\n\t", b" ")
    if b"\t" in flat_head or b"  " in flat_head:
        flat_head = _BLANKS.sub(b" ", flat_head)
    names: list[bytes] = []
    fields: list[bytes] = []
    for line in reversed(flat_head.split(b"\r\n")):
        name, _, value = line.partition(b":")
        name = name.rstrip(b" ").lower()
        if name in SIGNED_HEADERS:
            names.append(name)
            fields.append(b"%b:%b\r\n" % (name, value.strip(b" ")))
    return tuple(names), b"".join(fields)


@lru_cache(maxsize=64)  # the mails of one dispatch all have the same headers
def _header_list(names: tuple[bytes, ...]) -> bytes:
    """Return the h= tag, folded. From stands in it once more than in the mail: a second one would break the signature.

    RFC 6376 §8.15. Raises ValueError without a From.
    """
    if b"from" not in names:
        raise ValueError("a mail without From can't be signed")
    lines = [b"h="]
    for name in (*names, b"from"):
        if len(lines[-1]) + len(name) + 2 > LINE:
            lines.append(b"")
        lines[-1] += name + b":"
    return _FOLD + _FOLD.join(lines)[:-1] + b";"


def _fold(signature: bytes) -> bytes:
    text = binascii.b2a_base64(signature, newline=False)
    width = LINE - len(b" b=")
    return _FOLD.join([text[start : start + width] for start in range(0, len(text), width)])


def _signing(key: PrivateKey) -> Callable[[bytes], bytes]:
    if isinstance(key, Ed25519PrivateKey):
        pure = key.sign
        return lambda data: pure(sha256(data).digest())  # RFC 8463 §3: what is signed is the hash
    rsa, padding, algorithm = key.sign, PKCS1v15(), SHA256()
    return lambda data: rsa(data, padding, algorithm)


# Keys: made, written and read.


def algorithm_of(key: PrivateKey) -> Algorithm:
    """Return a key's algorithm, as RFC 6376 and 8463 name it."""
    return "ed25519" if isinstance(key, Ed25519PrivateKey) else "rsa"


def new_key(algorithm: Algorithm) -> PrivateKey:
    """Make a private key."""
    if algorithm == "ed25519":
        return Ed25519PrivateKey.generate()
    return generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def to_pem(key: PrivateKey) -> str:
    """Return a private key as unencrypted PEM, for sealing it and for nothing else."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def from_pem(pem: str) -> PrivateKey:
    """Read what `to_pem` wrote. Raises BadSettings for anything else, without repeating it."""
    try:
        # Checking an RSA key takes 36 ms, and every turn of a mailing reads its keys. They are ours, and were sealed.
        key = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise BadSettings("A DKIM key can’t be read: make a new one with “distributor dkim add”.")
    return key


@dataclass(frozen=True, slots=True)
class KeyValue:
    """One key as an account's values carry it. `key` is the private key in PEM."""

    domain: str
    selector: str
    algorithm: Algorithm
    key: str = field(repr=False)


def to_values(keys: Iterable[KeyValue]) -> str:
    """Return keys as the text that stands under “dkim” in an account's values; `signers_from` reads it."""
    return json.dumps([asdict(key) for key in keys])


def signers_from(values: Mapping[str, str]) -> tuple[Signer, ...]:
    """Return a signer for each key in an account's values, in their order; none where there is no key.

    Raises BadSettings for what `to_values` did not write.
    """
    text = values.get(VALUE)
    if not text:
        return ()
    try:
        keys = [KeyValue(**value) for value in json.loads(text)]
    except (ValueError, TypeError):
        raise BadSettings("The DKIM keys can’t be read: make new ones with “distributor dkim add”.") from None
    return tuple(Signer(domain=key.domain, selector=key.selector, key=from_pem(key.key)) for key in keys)


# The public half, as DNS has it.

_STRING = 255  # bytes in one string of a TXT record: RFC 1035 §3.3.14


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One TXT record to publish: its full name and its value, as web forms take it."""

    name: str
    value: str

    @property
    def zone_line(self) -> str:
        """The record as a zone file has it: the value in strings of at most 255 bytes, which resolvers join."""
        pieces = [self.value[start : start + _STRING] for start in range(0, len(self.value), _STRING)]
        strings = " ".join(f'"{piece}"' for piece in pieces)
        return f"{self.name}. IN TXT {f'( {strings} )' if len(pieces) > 1 else strings}"


def record_name(domain: str, selector: str) -> str:
    """Return where a public key is published."""
    return f"{selector}._domainkey.{domain}"


def dns_record(*, domain: str, selector: str, key: PrivateKey) -> DnsRecord:
    """Return the record of a key's public half (RFC 6376 §3.6.1, RFC 8463 §4.2)."""
    public = key.public_key()
    if isinstance(key, Ed25519PrivateKey):
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = binascii.b2a_base64(raw, newline=False).decode("ascii")
    return DnsRecord(record_name(domain, selector), f"v=DKIM1; k={algorithm_of(key)}; p={text}")
