"""Apprise: a text to one of the many services that the library of this name knows."""

from __future__ import annotations

from distributor.channels.apprise.adapter import AppriseChannel

channel = AppriseChannel()
