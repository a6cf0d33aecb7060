"""Bluesky's names for things, made up: accounts (DIDs and handles), contents (CIDs) and sessions (JWTs)."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b32encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

HANDLE = "practice-letters.bsky.social"


def did_of(number: str) -> str:
    """Return the unchanging name of the practice account ("") or a further one."""
    return f"did:plc:{b32encode(hashlib.sha256(f'practice {number}'.encode()).digest()).decode().lower()[:24]}"


def handle_of(number: str) -> str:
    """Return the name that people use."""
    return f"practice-letters-{number}.bsky.social" if number else HANDLE


def cid_for(content: bytes, kind: str) -> str:
    """Return a name for a content that looks like a CID; the real one is made of the record's binary form."""
    return kind + b32encode(hashlib.sha256(content).digest()).decode().lower().rstrip("=")


def jwt(did: str, scope: str, lasts: timedelta) -> str:
    """Return a token that says whose it is and when it ends, as the real ones do; its signature is made up."""
    issued_at = datetime.now(UTC)
    payload = {
        "scope": scope,
        "sub": did,
        "aud": "did:web:practice.invalid",
        "jti": secrets.token_urlsafe(8),
        "iat": int(issued_at.timestamp()),
        "exp": int((issued_at + lasts).timestamp()),
    }
    head, body = (
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"typ": "at+jwt", "alg": "HS256"}, payload)
    )
    return f"{head}.{body}.{secrets.token_urlsafe(32)}"
