"""Telegram in the practice world."""

from __future__ import annotations

from distributor.practice.telegram.api import NETWORK

__all__ = ["NETWORK"]
