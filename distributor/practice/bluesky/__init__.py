"""Bluesky in the practice world."""

from __future__ import annotations

from distributor.practice.bluesky.api import NETWORK

__all__ = ["NETWORK"]
