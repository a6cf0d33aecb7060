"""What can be asked for, by kind of thing."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

from distributor.client.resources.accounts import AccountsCalls, AsyncAccountsCalls
from distributor.client.resources.audit import AsyncAuditCalls, AuditCalls
from distributor.client.resources.channel_settings import AsyncChannelSettingsCalls, ChannelSettingsCalls
from distributor.client.resources.digests import AsyncDigestsCalls, DigestsCalls
from distributor.client.resources.dispatches import AsyncDispatchesCalls, DispatchesCalls
from distributor.client.resources.doors import AsyncDoorsCalls, DoorsCalls
from distributor.client.resources.feeds import AsyncFeedsCalls, FeedsCalls
from distributor.client.resources.held_bursts import AsyncHeldBurstsCalls, HeldBurstsCalls
from distributor.client.resources.imports import AsyncImportsCalls, ImportsCalls
from distributor.client.resources.letters import AsyncLettersCalls, LettersCalls
from distributor.client.resources.lists import AsyncListsCalls, ListsCalls
from distributor.client.resources.mail import AsyncMailCalls, MailCalls
from distributor.client.resources.media import AsyncMediaCalls, MediaCalls
from distributor.client.resources.people import AsyncPeopleCalls, PeopleCalls
from distributor.client.resources.preferences import AsyncPreferencesCalls, PreferencesCalls
from distributor.client.resources.publications import AsyncPublicationsCalls, PublicationsCalls
from distributor.client.resources.reports import AsyncReportsCalls, ReportsCalls
from distributor.client.resources.returns import AsyncReturnsCalls, ReturnsCalls
from distributor.client.resources.segments import AsyncSegmentsCalls, SegmentsCalls
from distributor.client.resources.subscriptions import AsyncSubscriptionsCalls, SubscriptionsCalls
from distributor.client.resources.suppressions import AsyncSuppressionsCalls, SuppressionsCalls
from distributor.client.resources.templates import AsyncTemplatesCalls, TemplatesCalls
from distributor.client.resources.token import AsyncTokenCalls, TokenCalls
from distributor.client.resources.variants import AsyncVariantsCalls, VariantsCalls
from distributor.client.resources.webhooks import AsyncWebhooksCalls, WebhooksCalls
from distributor.client.transport import AsyncTransport, Transport


class Groups:
    """All calls of the API."""

    def __init__(self, transport: Transport) -> None:
        self.accounts = AccountsCalls(transport)
        self.audit = AuditCalls(transport)
        self.channel_settings = ChannelSettingsCalls(transport)
        self.digests = DigestsCalls(transport)
        self.dispatches = DispatchesCalls(transport)
        self.doors = DoorsCalls(transport)
        self.feeds = FeedsCalls(transport)
        self.held_bursts = HeldBurstsCalls(transport)
        self.imports = ImportsCalls(transport)
        self.letters = LettersCalls(transport)
        self.lists = ListsCalls(transport)
        self.mail = MailCalls(transport)
        self.media = MediaCalls(transport)
        self.people = PeopleCalls(transport)
        self.preferences = PreferencesCalls(transport)
        self.publications = PublicationsCalls(transport)
        self.reports = ReportsCalls(transport)
        self.returns = ReturnsCalls(transport)
        self.segments = SegmentsCalls(transport)
        self.subscriptions = SubscriptionsCalls(transport)
        self.suppressions = SuppressionsCalls(transport)
        self.templates = TemplatesCalls(transport)
        self.token = TokenCalls(transport)
        self.variants = VariantsCalls(transport)
        self.webhooks = WebhooksCalls(transport)


class AsyncGroups:
    """All calls of the API, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self.accounts = AsyncAccountsCalls(transport)
        self.audit = AsyncAuditCalls(transport)
        self.channel_settings = AsyncChannelSettingsCalls(transport)
        self.digests = AsyncDigestsCalls(transport)
        self.dispatches = AsyncDispatchesCalls(transport)
        self.doors = AsyncDoorsCalls(transport)
        self.feeds = AsyncFeedsCalls(transport)
        self.held_bursts = AsyncHeldBurstsCalls(transport)
        self.imports = AsyncImportsCalls(transport)
        self.letters = AsyncLettersCalls(transport)
        self.lists = AsyncListsCalls(transport)
        self.mail = AsyncMailCalls(transport)
        self.media = AsyncMediaCalls(transport)
        self.people = AsyncPeopleCalls(transport)
        self.preferences = AsyncPreferencesCalls(transport)
        self.publications = AsyncPublicationsCalls(transport)
        self.reports = AsyncReportsCalls(transport)
        self.returns = AsyncReturnsCalls(transport)
        self.segments = AsyncSegmentsCalls(transport)
        self.subscriptions = AsyncSubscriptionsCalls(transport)
        self.suppressions = AsyncSuppressionsCalls(transport)
        self.templates = AsyncTemplatesCalls(transport)
        self.token = AsyncTokenCalls(transport)
        self.variants = AsyncVariantsCalls(transport)
        self.webhooks = AsyncWebhooksCalls(transport)
