"""The Content-Security-Policy of our pages."""

from __future__ import annotations

from collections.abc import Mapping

# Pictures may come from anywhere, since letters show the newsroom's own; everything that could act comes from us.
_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "* data:",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "frame-ancestors": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
}


def policy(also: Mapping[str, str] | None = None) -> str:
    """Return the header's value; `also` names further sources by directive ("script-src": "https://…")."""
    further_sources = also or {}
    return "; ".join(f"{name} {sources} {further_sources.get(name, '')}".rstrip() for name, sources in _SOURCES.items())
