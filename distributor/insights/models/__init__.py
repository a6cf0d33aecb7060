"""What readers did, and what came back about mails."""

from distributor.insights.models.read import Read
from distributor.insights.models.returned import ReturnedEvent

__all__ = ["Read", "ReturnedEvent"]
