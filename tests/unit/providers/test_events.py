"""What a provider's word means for whether someone gets mail again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from distributor.channels.mail.providers.events import mail_event
from distributor.channels.mail.providers.features import PROVIDERS
from distributor.domain.bounces import is_certain_end
from distributor.domain.returns import Kind

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scheme", "reason", "bounce_class", "kind"),
    [
        ("sparkpost", RejectReason.SPAM, "51", Kind.SOFT_BOUNCE),  # the receiver blocks what we send
        ("sparkpost", RejectReason.SPAM, "52", Kind.SOFT_BOUNCE),  # the receiver does not like this content
        ("sparkpost", RejectReason.INVALID, "10", Kind.HARD_BOUNCE),
        ("sendgrid", RejectReason.SPAM, "", Kind.COMPLAINT),  # they complained before
        ("sendgrid", RejectReason.OTHER, "", Kind.SOFT_BOUNCE),
    ],
)
def test_what_a_provider_does_not_send_is_held_against_nobody_who_did_not_ask(
    scheme: str, reason: str, bounce_class: str, kind: Kind
) -> None:
    said = {"msys": {"message_event": {"bounce_class": bounce_class}}}
    event = AnymailTrackingEvent(
        event_type=EventType.REJECTED, reject_reason=reason, recipient="a@b.example", timestamp=NOW, esp_event=said
    )
    found = mail_event(event, PROVIDERS[scheme], read_token=lambda _: None, now=NOW)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    ("scheme", "event_type", "words", "raw", "kind", "status", "ends"),
    [
        (
            "mailgun",
            EventType.BOUNCED,
            "5.1.1 The email account that you tried to reach does not exist.",
            {"event-data": {"severity": "permanent", "delivery-status": {"code": 550}}},
            Kind.HARD_BOUNCE,
            "5.1.1",
            True,
        ),
        (
            "mailgun",
            EventType.BOUNCED,
            "5.1.1 sent to too many recipients this hour",
            {"event-data": {"severity": "permanent", "delivery-status": {"code": 550}}},
            Kind.HARD_BOUNCE,
            "5.1.1",
            False,
        ),
        (
            "mailgun",
            EventType.BOUNCED,
            "5.2.1 receiving mail at a rate that prevents additional messages",
            {"event-data": {"severity": "permanent"}},
            Kind.SOFT_BOUNCE,
            "5.2.1",
            False,
        ),
        ("resend", EventType.BOUNCED, "The provider sent a hard bounce message.", {}, Kind.HARD_BOUNCE, "", False),
        ("postmark", EventType.BOUNCED, "", {"SuppressionReason": "HardBounce"}, Kind.HARD_BOUNCE, "", False),
        ("sparkpost", EventType.FAILED, "554 5.3.3 Error while rendering", {}, Kind.SOFT_BOUNCE, "5.3.3", False),
    ],
)
def test_a_bounce_is_judged_by_code_and_words(
    scheme: str, event_type: str, words: str, raw: dict[str, object], kind: Kind, status: str, ends: bool
) -> None:
    event = AnymailTrackingEvent(
        event_type=event_type, recipient="a@b.example", timestamp=NOW, esp_event=raw, mta_response=words
    )
    found = mail_event(event, PROVIDERS[scheme], read_token=lambda _: None, now=NOW)
    assert found is not None
    assert (found.kind, found.status, is_certain_end(found)) == (kind, status, ends)
