"""The installation that the samples came back to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from distributor.channels.mail.returns.attribution import Lookups
from distributor.domain.signed_tokens import SignedTokens

TOKENS = SignedTokens([b"samples"], "distributor.personal")
DISPATCH, SUBSCRIBER = 7, 12
TRACKING = SignedTokens([b"a secret of the tests"], "tracking")
TOKEN = TOKENS.write(DISPATCH, SUBSCRIBER)
KEY = "7d9f3a52-6c1e-4b0a-9a57-0d2f6f1c8e44"
NOW = datetime(2026, 3, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Ours(Lookups):
    tokens: SignedTokens = TOKENS
    tracking_tokens: SignedTokens = TRACKING


def known() -> Ours:
    return Ours(token=TOKENS.read, tracking=TRACKING.read, dispatch=lambda key: DISPATCH if key == UUID(KEY) else None)
