"""tweepy's client, kept within our bounds: a timeout on every call, no sleeping, no redirects, no secrets in logs.

What tweepy has no method for (uploads by API v2) goes through its `request`, or through its session with its signer.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from distributor.channels.base import Credentials
from distributor.channels.responses import is_token
from distributor.lazy_modules import LazyModule

if TYPE_CHECKING:
    import requests
    import tweepy
    import urllib3.exceptions

    from distributor.channels.twitter import wire
else:
    requests, tweepy, urllib3 = LazyModule("requests"), LazyModule("tweepy"), LazyModule("urllib3")
    wire = LazyModule("distributor.channels.twitter.wire")

HOST = "https://api.twitter.com"  # tweepy's own; what it signs with OAuth 1 is signed for this address

_OAUTH1 = ("consumer_key", "consumer_secret", "oauth_token", "oauth_token_secret")


def _not_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


# At DEBUG these write the Authorization header, or what it is made of, or whole answers with tokens, into the log.
for _name in (
    "tweepy.client",
    "requests_oauthlib.oauth1_auth",
    "requests_oauthlib.oauth2_session",
    "oauthlib.oauth1.rfc5849",
    "oauthlib.oauth1.rfc5849.signature",
):
    logging.getLogger(_name).addFilter(_not_debug)


class NoCredentials(Exception):
    """The account's values make up neither an OAuth 2 token nor a full set for OAuth 1."""


def bind(session: requests.Session, *, timeout: float, endpoint: str = "") -> None:
    """Keep a session within our bounds. `timeout` is in seconds, `endpoint` a practice account's."""
    session.trust_env = not endpoint  # a .netrc or a proxy has nothing to do with a practice account
    session.max_redirects = 0  # a redirected POST would come back as a GET and look like an answer
    session.mount("https://", wire.Wire(timeout=timeout, endpoint=endpoint))


@contextmanager
def client(credentials: Credentials, *, timeout: float) -> Iterator[Client]:
    """Open a client for one account. Raises NoCredentials."""
    client = Client(credentials, timeout=timeout)
    try:
        yield client
    finally:
        client.close()


class Client:
    """The calls that posting needs. They raise tweepy.TweepyException and requests.RequestException.

    Answers come whole where their headers matter, else as their JSON.
    """

    def __init__(self, credentials: Credentials, *, timeout: float) -> None:
        values = credentials.values
        if is_token(values.get("access_token", "")):
            self._signed = False
            self._tweepy = tweepy.Client(values["access_token"], return_type=requests.Response)
        elif all(is_token(values.get(name, "")) for name in _OAUTH1):
            self._signed = True
            self._tweepy = tweepy.Client(
                consumer_key=values["consumer_key"],
                consumer_secret=values["consumer_secret"],
                access_token=values["oauth_token"],
                access_token_secret=values["oauth_token_secret"],
                return_type=requests.Response,
            )
        else:
            raise NoCredentials
        bind(self._tweepy.session, timeout=timeout, endpoint=credentials.endpoint)

    def close(self) -> None:
        self._tweepy.session.close()

    def create(
        self,
        text: str,
        *,
        reply_to: str = "",
        media_ids: Sequence[str] = (),
        reply_settings: str = "",
        community_id: str = "",
    ) -> requests.Response:
        """Post. What is empty is not sent."""
        response: requests.Response = self._tweepy.create_tweet(
            text=text,
            in_reply_to_tweet_id=reply_to or None,
            media_ids=list(media_ids) or None,
            reply_settings=reply_settings or None,
            community_id=community_id or None,
            user_auth=self._signed,
        )
        return response

    def delete(self, post_id: str) -> Any:
        return self._tweepy.delete_tweet(post_id, user_auth=self._signed).json()

    def me(self) -> Any:
        """Return the JSON that says whose credentials these are."""
        return self._tweepy.get_me(user_auth=self._signed).json()

    def posts(self, user_id: str, **query: Any) -> requests.Response:
        """Ask for one page of a user's posts, the newest first."""
        response: requests.Response = self._tweepy.get_users_tweets(user_id, user_auth=self._signed, **query)
        return response

    def initialize(self, *, media_type: str, size: int) -> Any:
        """Begin to upload a picture of so many bytes."""
        payload = {"media_type": media_type, "total_bytes": size, "media_category": "tweet_image"}
        return self._request("POST", "/2/media/upload/initialize", json=payload)

    def append(self, media_id: str, index: int, chunk: bytes) -> None:
        """Upload a part of it; the first one has the index 0."""
        response = self._tweepy.session.post(
            f"{HOST}/2/media/upload/{media_id}/append",
            data={"segment_index": str(index)},
            files={"media": ("chunk", chunk, "application/octet-stream")},
            headers={"User-Agent": self._tweepy.user_agent},
            auth=self._auth(),
        )
        if not response.ok or response.is_redirect:
            raise tweepy.HTTPException(response)

    def finalize(self, media_id: str) -> Any:
        return self._request("POST", f"/2/media/upload/{media_id}/finalize")

    def upload_status(self, media_id: str) -> Any:
        return self._request("GET", "/2/media/upload", params={"media_id": media_id, "command": "STATUS"})

    def describe(self, media_id: str, alt: str) -> None:
        """Give an uploaded picture its alternative text."""
        payload = {"id": media_id, "metadata": {"alt_text": {"text": alt}}}
        self._tweepy.request("POST", "/2/media/metadata", json=payload, user_auth=self._signed)

    def _request(self, method: str, route: str, **options: Any) -> Any:
        return self._tweepy.request(method, route, user_auth=self._signed, **options).json()

    def _auth(self) -> requests.auth.AuthBase:
        """Return what tweepy's own calls are authorised with."""
        auth: requests.auth.AuthBase
        if self._signed:
            auth = tweepy.OAuth1UserHandler(
                self._tweepy.consumer_key,
                self._tweepy.consumer_secret,
                self._tweepy.access_token,
                self._tweepy.access_token_secret,
            ).apply_auth()
        else:
            auth = tweepy.OAuth2BearerHandler(self._tweepy.bearer_token)
        return auth


def never_sent(error: requests.RequestException) -> bool:
    """Whether a failed request certainly did not leave: no connection came about.

    Anything later (a reset, a timeout while waiting) may have been carried out.
    """
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", inner)
    if isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError):
        return True
    cause = reason.args[0] if isinstance(reason, urllib3.exceptions.SSLError) and reason.args else None
    return isinstance(cause, ssl.SSLCertVerificationError)
