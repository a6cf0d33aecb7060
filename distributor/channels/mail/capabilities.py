"""What a mail can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Capabilities

CAPABILITIES = Capabilities(
    label="Mail",
    images=True,
    alt_text=True,
    addressed=True,
    unit="mail",
    source="RFC 5322; Gmail clips what is above 102 kB",
)
