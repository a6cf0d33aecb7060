"""Host names as they are looked up, in ASCII.

By UTS 46, non-transitional, as browsers have it: `straße.example` is a domain of its own. Python's codec `idna` is IDNA
2003, which makes `strasse.example` of it: another domain, whose owner would get what is sent.
"""

from __future__ import annotations

import idna

_LONGEST_LABEL = 63  # RFC 1035 §2.3.4


def ascii_host(name: str) -> str:
    """Return a host name in lower-case ASCII, "" for none. Raises ValueError for what can't be looked up."""
    host = name.lower() if name.isascii() else idna.uts46_remap(name, std3_rules=False, transitional=False)
    labels = [_ascii_label(label) for label in host.split(".")]
    if not all(labels[:-1]) or any(len(label) > _LONGEST_LABEL for label in labels):
        raise ValueError(f"“{name[:80]}” has an empty label, or one of more than {_LONGEST_LABEL} characters")
    return ".".join(labels)


def _ascii_label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
