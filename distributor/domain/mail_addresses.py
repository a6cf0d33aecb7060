"""What a mail address is, and how it is stored: the one rule for imports, forms, suppressions and senders.

The library email-validator knows the RFCs (5321, 5322, 6531, 6532) and IDNA 2008; no DNS is asked.
"""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

LONGEST = 254  # characters: RFC 5321 §4.5.3.1.3, less the angle brackets
_LONGEST_LOCAL_PART = 64  # octets: RFC 5321 §4.5.3.1.1
_DOMAINS = 20_000  # kept checked: most people are at few
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322 §3.2.3
_PLAIN_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.IGNORECASE | re.ASCII)
# Copied along with an address, and never part of it: zero width, marks of byte order and of the direction of writing.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def normal_address(text: str) -> str | None:
    """Return a mail address as it is stored, or None where it is none.

    The domain is in lower case and in the form that mail servers use (IDNA 2008); what stands before the @ may be of
    any script, and its case is kept. No quoted local parts, no IP addresses, no names that only a local network knows.
    """
    local, _, domain = text.strip().strip(_INVISIBLE).strip().rpartition("@")
    normal_domain = _domain(domain) if local else None
    if not normal_domain:
        return None
    normal_local = local if _PLAIN_LOCAL_PART.fullmatch(local) else _local_part(local)
    if not normal_local or len(normal_local.encode()) > _LONGEST_LOCAL_PART:
        return None
    address = f"{normal_local}@{normal_domain}"
    return address if len(address) <= LONGEST else None


def _local_part(local: str) -> str | None:
    try:
        return validate_email(f"{local}@example.com", check_deliverability=False).local_part
    except (EmailNotValidError, UnicodeError):
        return None


@lru_cache(maxsize=_DOMAINS)
def _domain(domain: str) -> str | None:
    try:
        return validate_email(f"a@{domain}", check_deliverability=False).ascii_domain
    except (EmailNotValidError, UnicodeError):
        return None
