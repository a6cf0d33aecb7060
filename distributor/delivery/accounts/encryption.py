"""Credentials at rest: encrypted with keys made from the secret key, readable with every key that is still listed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from distributor.domain.errors import CredentialsError


def seal(values: Mapping[str, str]) -> bytes:
    """Return the values encrypted with the newest key."""
    return _keys().encrypt(json.dumps(dict(values)).encode())


def unseal(ciphertext: bytes) -> dict[str, str]:
    """Return the values that `seal` took. Raises CredentialsError when none of the keys fits."""
    try:
        values: dict[str, str] = json.loads(_keys().decrypt(ciphertext))
    except InvalidToken:
        raise CredentialsError(
            "The stored credentials can't be opened with DISTRIBUTOR_SECRET_KEY: add the key they were stored with to "
            "it, or connect the account again."
        ) from None
    return values


def reseal(ciphertext: bytes) -> bytes:
    """Return the same values encrypted with the newest key. Raises CredentialsError as `unseal` does."""
    return seal(unseal(ciphertext))


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    key_bytes = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"distributor credentials").derive(secret.encode())
    return Fernet(urlsafe_b64encode(key_bytes))
