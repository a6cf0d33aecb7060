"""Apprise."""

from __future__ import annotations

from distributor.channels.apprise.adapter import AppriseChannel
from tests.contract.cases.spec import Spec, posting

SPEC = Spec(
    AppriseChannel,
    posting("apprise"),
    too_long="long " * 1000,
    wrong={"url": "jsons://apprise.practice.invalid/notify/wrong"},
    token="url",
    numbered=False,
)
