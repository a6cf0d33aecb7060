"""How fast mail goes out, and over how many connections: shared by all workers through Redis. Rules: domain/pacing.

Nothing here is needed for the ledger: whatever Redis loses costs a moment's evenness and no mail.
"""

from distributor.delivery.pacing.connections import Connections
from distributor.delivery.pacing.gates import PublicationPace
from distributor.delivery.pacing.pacer import Pacer
from distributor.domain.pacing import Hold, Wait, WarmUp

__all__ = ["Connections", "Hold", "Pacer", "PublicationPace", "Wait", "WarmUp"]
