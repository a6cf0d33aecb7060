"""What comes in by itself: watched feeds with what was seen in them."""

from distributor.newsroom.models.feeds import FeedEntry, FeedLook, HubSubscription, WatchedFeed
from distributor.newsroom.models.rules import IntakeRules

__all__ = ["FeedEntry", "FeedLook", "HubSubscription", "IntakeRules", "WatchedFeed"]
