"""Who gets mail, who asked for it, and who must not get any."""

from distributor.audience.models.addresses import with_address
from distributor.audience.models.imports import Import
from distributor.audience.models.lists import Consent, ListDay, MailingList, Segment, Subscription
from distributor.audience.models.people import Engagement, SearchBacklog, SearchText, Subscriber, Tag
from distributor.audience.models.suppressions import HeldBurst, HeldRefusal, Suppression

__all__ = [
    "Consent",
    "Engagement",
    "HeldBurst",
    "HeldRefusal",
    "Import",
    "ListDay",
    "MailingList",
    "SearchBacklog",
    "SearchText",
    "Segment",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Tag",
    "with_address",
]
