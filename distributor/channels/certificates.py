"""Whom calls to networks trust: the certificates that the environment names, or certifi's."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path

import httpx


def tls_context() -> ssl.SSLContext:
    """Return how servers are verified: by the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or certifi's.

    To read hundreds of certificates takes longer than many a call does, so it is done anew only when they change.
    """
    file = os.environ.get("SSL_CERT_FILE", "")
    changed_at = Path(file).stat().st_mtime_ns if Path(file).is_file() else 0
    return _read_certificates(file, os.environ.get("SSL_CERT_DIR", ""), changed_at)


@lru_cache(maxsize=4)
def _read_certificates(file: str, folder: str, changed_at: int) -> ssl.SSLContext:  # noqa: ARG001 - what it depends on
    return httpx.create_ssl_context()
