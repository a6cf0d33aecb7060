"""Mastodon in the practice world."""

from __future__ import annotations

from distributor.practice.mastodon.api import NETWORK

__all__ = ["NETWORK"]
