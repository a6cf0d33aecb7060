"""What a message through Apprise can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Capabilities

CAPABILITIES = Capabilities(
    label="Apprise",
    # Ours: an announcement that chats show whole. A service that takes less says so, and the text is cut for it.
    limit=1000,
    counts="characters",
    lookup=False,  # Apprise sends and forgets
    cost="what the service takes",
    source="https://appriseit.com/services/ (each service’s own limit is in the library)",
)
