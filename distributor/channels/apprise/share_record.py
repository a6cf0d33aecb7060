"""Apprise in share bars."""

from __future__ import annotations

from distributor.channels.share_records import ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "Apprise", "ko": "Apprise"},
    signs=ShareSigns(),
    no_button="It notifies a service by the newsroom’s own keys, which readers don’t have.",
)
