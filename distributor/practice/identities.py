"""The made-up names, keys and tokens by which the practice world knows its accounts and apps."""

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
X_CLIENT_ID = "practice-x-client-id"
X_CLIENT_SECRET = "practice-x-client-secret"  # noqa: S105
X_PUBLIC_CLIENT_ID = "practice-x-public-client-id"  # of an app that has no secret
X_COMMUNITY = "1506700000000000007"  # that all practice accounts belong to
GRAPH_PAGE = "100200300400500"
GRAPH_TOKEN = "practice-facebook-page-token"  # noqa: S105
GRAPH_VERSION = "v24.0"
GRAPH_APP_ID = "700800900"
GRAPH_APP_SECRET = "practice-facebook-app-secret"  # noqa: S105
THREADS_USER = "17841400000000001"
THREADS_TOKEN = "practice-threads-access-token"  # noqa: S105
THREADS_APP_ID = "700800901"
THREADS_APP_SECRET = "practice-threads-app-secret"  # noqa: S105
KAKAO_TOKEN = "practice-kakao-access-token"  # noqa: S105
KAKAO_REST_KEY = "practice-kakao-rest-api-key"
KAKAO_CLIENT_SECRET = "practice-kakao-client-secret"  # noqa: S105
SOLAPI_KEY = "practice-solapi-key"
SOLAPI_SECRET = "practice-solapi-secret"  # noqa: S105
SOLAPI_CHANNEL = "KA01PF000000000000practicechannel"
SOLAPI_TEMPLATE = "KA01TP000000000000practiceletters"
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
