"""Facebook in the practice world."""

from __future__ import annotations

from distributor.practice.facebook.api import NETWORK

__all__ = ["NETWORK"]
