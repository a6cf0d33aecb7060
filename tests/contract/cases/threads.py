"""Threads."""

from __future__ import annotations

from distributor.channels.threads.adapter import ThreadsChannel
from tests.contract.cases.spec import Spec, posting

SPEC = Spec(ThreadsChannel, posting("threads"), too_long="긴 " * 251 + "🌊")
