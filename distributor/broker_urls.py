"""A broker's address as the programs beside Celery have it."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit


def redis_py_url(url: str) -> str:
    """Return a broker's URL as redis-py has it: it writes a socket in another way than Celery does."""
    if not url.startswith("redis+socket:"):
        return url
    parts = urlsplit(url)
    database = parse_qs(parts.query).get("virtual_host", ["0"])[-1]
    login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return f"unix://{login}{unquote(parts.path)}?db={database}"
