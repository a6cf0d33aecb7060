"""Mailing lists, subscribers, subscriptions and suppressions."""
