"""Webhook: a signed call to any system."""

from __future__ import annotations

from distributor.channels.webhook.adapter import WebhookChannel

channel = WebhookChannel()
