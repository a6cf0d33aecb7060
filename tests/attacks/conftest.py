"""The house that is attacked: the fixtures of the integration tests."""

from __future__ import annotations

from tests.integration.api.conftest import cms, program, publication
from tests.integration.conftest import broker, draft, editor, letter, long_turns, mail_channel, post_channel, practice

__all__ = [
    "broker", "cms", "draft", "editor", "letter", "long_turns", "mail_channel", "post_channel", "practice", "program",
    "publication",
]  # fmt: skip
