"""What comes in by itself: watched feeds with what was seen in them, doors with what arrived at them."""

from distributor.newsroom.models.doors import Arrival, IntakeDoor
from distributor.newsroom.models.feeds import FeedEntry, FeedLook, HubSubscription, WatchedFeed
from distributor.newsroom.models.rules import IntakeRules

__all__ = ["Arrival", "FeedEntry", "FeedLook", "HubSubscription", "IntakeDoor", "IntakeRules", "WatchedFeed"]
