"""A webhook in share bars."""

from __future__ import annotations

from distributor.channels.sharing import ShareSigns, Sharing

SHARING = Sharing(
    label={"en": "Webhook", "ko": "웹훅"},
    signs=ShareSigns(),
    unshared="It calls a system of the newsroom’s, which readers can’t reach.",
)
