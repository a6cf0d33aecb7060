"""Delivery's tasks: each takes ids, calls one action, and may run twice."""

from __future__ import annotations
