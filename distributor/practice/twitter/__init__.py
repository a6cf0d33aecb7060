"""X in the practice world."""

from __future__ import annotations

from distributor.practice.twitter.api import NETWORK

__all__ = ["NETWORK"]
