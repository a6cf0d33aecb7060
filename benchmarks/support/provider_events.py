"""The events of mail providers that django-anymail's own tests make, and what each has to be to us."""

from __future__ import annotations

import os
import sys
import unittest
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.conf import settings

from distributor.channels.mail.providers.events import mail_event
from distributor.channels.mail.providers.features import PROVIDERS
from distributor.channels.mail.providers.provider import Provider
from distributor.domain.bounces import is_certain_end
from distributor.domain.returns import Kind, MailEvent

SOFT, HARD, DELAYED, COMPLAINT = Kind.SOFT_BOUNCE, Kind.HARD_BOUNCE, Kind.DELAYED, Kind.COMPLAINT
_ASKED = (EventType.BOUNCED, EventType.FAILED, EventType.REJECTED, EventType.DEFERRED, EventType.COMPLAINED)

# By the provider's module and the test: what the payload says in its own words, and whether it suppresses at once. It
# does where the provider says that the address does not exist (5.1.1, “invalid”), and not where it only says “hard”.
RIGHT: dict[tuple[str, str], tuple[Kind, bool]] = {
    ("amazon_ses", "bounce_event"): (HARD, True),
    ("amazon_ses", "multiple_bounce_event"): (HARD, False),
    ("amazon_ses", "reject_event"): (SOFT, False),  # bad content: about us
    ("amazon_ses", "rendering_failure_event"): (SOFT, False),
    ("brevo", "blocked"): (SOFT, False),
    ("brevo", "deferred_event"): (DELAYED, False),
    ("brevo", "error_email"): (SOFT, False),
    ("brevo", "hard_bounce"): (HARD, False),  # 5.5.0 mailbox unavailable
    ("brevo", "invalid_email"): (HARD, True),
    ("brevo", "soft_bounce_event"): (SOFT, False),
    ("mailersend", "hard_bounced_event"): (HARD, False),  # host not found
    ("mailersend", "soft_bounced_event"): (SOFT, False),
    ("mailgun", "alt_smtp_code"): (HARD, True),
    ("mailgun", "dropped_bounce"): (HARD, False),  # bounced before
    ("mailgun", "dropped_spam"): (COMPLAINT, False),
    ("mailgun", "dropped_timed_out"): (SOFT, False),
    ("mailgun", "invalid_mailbox"): (HARD, True),
    ("mailgun", "failed_greylisted_event"): (DELAYED, False),
    ("mailgun", "failed_permanent_event"): (HARD, True),
    ("mailgun", "failed_temporary_event"): (DELAYED, False),
    ("mailgun", "rejected_event"): (SOFT, False),  # a sandbox domain: about us
    ("mailjet", "blocked_event"): (HARD, True),  # user unknown
    ("mailjet", "bounce_event"): (HARD, False),  # invalid domain
    ("mailjet", "bounced_greylist_event"): (DELAYED, False),
    ("mailtrap", "bounce_event"): (HARD, True),
    ("mailtrap", "reject_event"): (SOFT, False),
    ("mailtrap", "soft_bounce_event"): (DELAYED, False),
    ("mailtrap", "suspension_event"): (DELAYED, False),
    ("mandrill", "hard_bounce_event"): (HARD, True),
    ("postal", "bounce_event"): (SOFT, False),  # says nothing of how it was meant
    ("postal", "deferred_event"): (DELAYED, False),
    ("postal", "failed_event"): (SOFT, False),
    ("postmark", "bounce_event"): (HARD, True),
    ("postmark", "subscription_change_bounce"): (HARD, False),
    ("resend", "delivery_delayed_event"): (DELAYED, False),
    ("resend", "hard_bounced_event"): (HARD, False),
    ("resend", "suppressed_event"): (SOFT, False),  # on the account's list, for a reason that is not said
    ("sendgrid", "bounce_event"): (HARD, True),
    ("sendgrid", "deferred_event"): (DELAYED, False),
    ("sendgrid", "dropped_bounced"): (HARD, False),  # bounced before
    ("sendgrid", "dropped_invalid_event"): (HARD, True),
    ("sendgrid", "dropped_unsubscribed_event"): (Kind.UNSUBSCRIBE, False),
    ("sparkpost", "bounce_event"): (HARD, True),
    ("sparkpost", "delay_event"): (DELAYED, False),
    ("sparkpost", "generation_failure_event"): (SOFT, False),  # our template
    ("sparkpost", "generation_rejection_event"): (SOFT, False),  # on the account's list, for a reason that is not said
    ("unisender_go", "hard_bounced_event"): (HARD, False),  # 5.7.1 user unknown: the hopeful of the two
    ("unisender_go", "soft_bounced_event"): (DELAYED, False),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an event was read as beside what is right; `event` is None for one that says nothing of a recipient."""

    name: str
    event: MailEvent | None
    kind: Kind
    ends: bool

    @property
    def is_right(self) -> bool:
        return self.event is not None and (self.event.kind, is_certain_end(self.event)) == (self.kind, self.ends)


def judgements(checkout: Path) -> Iterator[Judgement]:
    """Run the webhook tests of a checkout of anymail and yield what their bounces and complaints are read as."""
    providers = {provider.webhook.split(".")[2]: provider for provider in PROVIDERS.values() if provider.webhook}
    for module, test, event in _events(checkout):
        provider: Provider | None = providers.get(module)
        if provider is None or event.event_type not in _ASKED:
            continue
        complaint = (COMPLAINT, False) if event.event_type == EventType.COMPLAINED else None
        kind, ends = RIGHT.get((module, test)) or complaint or (SOFT, False)
        now = datetime.now(UTC)
        yield Judgement(f"{module} {test}", mail_event(event, provider, read_token=lambda _: None, now=now), kind, ends)


def _events(checkout: Path) -> list[tuple[str, str, AnymailTrackingEvent]]:
    """Return (provider's module, test, event) of every event that the tests receive."""
    sys.path.insert(0, str(checkout))
    sys.modules.pop("tests", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = f"tests.test_settings.{_settings_module(checkout)}"
    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]
    current = [""]
    events: list[tuple[str, str, AnymailTrackingEvent]] = []

    def receive(event: AnymailTrackingEvent, **_: Any) -> None:
        module, test = current[0].split()
        events.append((module, test, event))

    class Result(unittest.TestResult):
        def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802
            _, module, _, name = test.id().split(".")
            current[0] = f"{module.removeprefix('test_').removesuffix('_webhooks')} {name.removeprefix('test_')}"
            super().startTest(test)

    tracking.connect(receive, weak=False)
    try:
        for file in sorted((checkout / "tests").glob("test_*_webhooks.py")):
            unittest.defaultTestLoader.loadTestsFromName(f"tests.{file.stem}").run(Result())
    finally:
        tracking.disconnect(receive)
        sys.path.remove(str(checkout))
    return events


def _settings_module(checkout: Path) -> str:
    return max((checkout / "tests/test_settings").glob("settings_5_*.py")).stem
