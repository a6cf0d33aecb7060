"""LinkedIn in the practice world."""

from __future__ import annotations

from distributor.practice.linkedin.api import NETWORK

__all__ = ["NETWORK"]
