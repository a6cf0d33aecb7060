"""The tokens of this installation: signed with its secret key, one kind a purpose.

A tracked link is passed on by readers who share it, so it must not open what an unsubscribe link opens: each purpose
has tokens of its own.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings

from distributor.domain.signed_tokens import SignedTokens


@cache
def recipient_tokens() -> SignedTokens:
    """Tokens that act for the recipient: unsubscribe links, the return path of a mail."""
    return SignedTokens(_keys(), "distributor.personal")


@cache
def tracking_tokens() -> SignedTokens:
    """Tokens in tracked links and pictures: they count, and can do nothing else."""
    return SignedTokens(_keys(), "distributor.tracking")


@cache
def transactional_tokens() -> SignedTokens:
    """Tokens in the return path of transactional mails: they say which one came back, and open no list."""
    return SignedTokens(_keys(), "distributor.transactional")


def _keys() -> list[bytes]:
    return [key.encode() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
