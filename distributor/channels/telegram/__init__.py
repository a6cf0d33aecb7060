"""Telegram: a message of a bot in one channel or group."""
