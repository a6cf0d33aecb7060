"""What readers did, and what came back about mails."""

from distributor.insights.models.read import Read, ShortClick
from distributor.insights.models.returned import ReturnedEvent
from distributor.insights.models.reversal import Reversal, ReversalEntry
from distributor.insights.models.tally import Tally
from distributor.insights.models.tracking import Click, Open

__all__ = ["Click", "Open", "Read", "ReturnedEvent", "Reversal", "ReversalEntry", "ShortClick", "Tally"]
