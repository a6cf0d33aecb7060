"""Apprise in share bars."""

from __future__ import annotations

from distributor.channels.sharing import ShareSigns, Sharing

SHARING = Sharing(
    label={"en": "Apprise", "ko": "Apprise"},
    signs=ShareSigns(),
    unshared="It notifies a service by the newsroom’s own keys, which readers don’t have.",
)
