"""Webhook: a signed call to any system."""
