"""The accounts that exist in the practice world, with the made-up tokens that its networks accept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PracticeAccount:
    """One account: its channel, its name as an editor sees it, and the values to connect it with."""

    channel: str
    name: str
    values: Mapping[str, str]


# Everybody may know these: they open nothing but the practice world.
X_CONSUMER_KEY = "practice-consumer-key"
X_CONSUMER_SECRET = "practice-consumer-secret"  # noqa: S105
X_OAUTH_TOKEN = "practice-oauth-token"  # noqa: S105
X_OAUTH_SECRET = "practice-oauth-secret"  # noqa: S105
X_TOKEN = "practice-x-user-token"  # noqa: S105
GRAPH_PAGE = "100200300400500"
GRAPH_TOKEN = "practice-facebook-page-token"  # noqa: S105
GRAPH_VERSION = "v24.0"
KAKAO_TOKEN = "practice-kakao-access-token"  # noqa: S105
WEBHOOK_SECRET = "whsec_cHJhY3RpY2Utd2ViaG9vay1zZWNyZXQtMzItYnl0ZXM="  # noqa: S105
WEBHOOK_TOKEN = "practice-webhook-token"  # noqa: S105
APPRISE_TOKEN = "practice-apprise-token"  # noqa: S105
MAIL_USER = "practice"
MAIL_PASSWORD = "practice-mail-password"  # noqa: S105

MAIL_ACCOUNT = PracticeAccount(
    "mail",
    "Practice mail relay",
    {"url": f"smtp://{MAIL_USER}:{MAIL_PASSWORD}@mail.practice.invalid:587"},
)
