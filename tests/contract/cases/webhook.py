"""Webhook."""

from __future__ import annotations

from distributor.channels.webhook.adapter import WebhookChannel
from distributor.domain.outcomes import Deferred
from tests.contract.cases.spec import Spec, posting

SPEC = Spec(
    WebhookChannel,
    posting("webhook"),
    too_long="long " * 250_000,
    wrong={"secret": "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCBvZiAzMiBieXQ="},
    token="secret",
    broken=Deferred,
    lost=Deferred,  # the same webhook-id makes a repeat harmless
)
