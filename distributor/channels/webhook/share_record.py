"""A webhook in share bars."""

from __future__ import annotations

from distributor.channels.share_records import ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "Webhook", "ko": "웹훅"},
    signs=ShareSigns(),
    no_button="It calls a system of the newsroom’s, which readers can’t reach.",
)
