"""The house that is attacked: the fixtures of the integration tests."""

from __future__ import annotations

from tests.integration.conftest import broker, draft, editor, letter, long_turns, mail_channel, post_channel, practice

__all__ = ["broker", "draft", "editor", "letter", "long_turns", "mail_channel", "post_channel", "practice"]
