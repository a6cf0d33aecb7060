"""How fast mail goes out, and over how many connections: shared by all workers through Redis. Rules: domain/pacing.

Nothing here is needed for the ledger: whatever Redis loses costs a moment's evenness and no mail.
"""

from distributor.delivery.mail.pacing.connections import Connections
from distributor.delivery.mail.pacing.gates import PublicationPace
from distributor.delivery.mail.pacing.pacer import Pacer
from distributor.domain.pacing import Holdback, Wait, WarmUp

__all__ = ["Connections", "Holdback", "Pacer", "PublicationPace", "Wait", "WarmUp"]
