"""Threads in the practice world."""

from __future__ import annotations

from distributor.practice.threads.api import NETWORK

__all__ = ["NETWORK"]
