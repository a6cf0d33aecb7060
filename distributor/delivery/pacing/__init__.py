"""How fast mail goes out, shared by all workers through Redis. The rules are in domain/pacing.

Nothing here is needed for the ledger: whatever Redis loses costs a moment's evenness and no mail.
"""

from distributor.delivery.pacing.gates import PublicationPace
from distributor.delivery.pacing.pacer import Pacer
from distributor.domain.pacing import Hold, Wait, WarmUp

__all__ = ["Hold", "Pacer", "PublicationPace", "Wait", "WarmUp"]
