"""tweepy's client, kept within our bounds: a timeout on every call, no sleeping, no redirects, no secrets in logs."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import tweepy
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from distributor.channels.answers import is_token
from distributor.channels.base import Credentials

_OAUTH1 = ("consumer_key", "consumer_secret", "oauth_token", "oauth_token_secret")


def _not_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


# At DEBUG these write the Authorization header, or what it is made of, into the log.
for _name in (
    "tweepy.client",
    "requests_oauthlib.oauth1_auth",
    "oauthlib.oauth1.rfc5849",
    "oauthlib.oauth1.rfc5849.signature",
):
    logging.getLogger(_name).addFilter(_not_debug)


class NoCredentials(Exception):
    """The account's values make up neither an OAuth 2 token nor a full set for OAuth 1."""


@contextmanager
def client(account: Credentials, *, timeout: float) -> Iterator[Client]:
    """Open a client for one account. Raises NoCredentials."""
    opened = Client(account, timeout=timeout)
    try:
        yield opened
    finally:
        opened.close()


class Client:
    """The three calls that a post needs. They raise tweepy.TweepyException and requests.RequestException."""

    def __init__(self, account: Credentials, *, timeout: float) -> None:
        values = account.values
        if is_token(values.get("access_token", "")):
            self._signed = False
            self._tweepy = tweepy.Client(values["access_token"], return_type=dict)
        elif all(is_token(values.get(name, "")) for name in _OAUTH1):
            self._signed = True
            self._tweepy = tweepy.Client(
                consumer_key=values["consumer_key"],
                consumer_secret=values["consumer_secret"],
                access_token=values["oauth_token"],
                access_token_secret=values["oauth_token_secret"],
                return_type=dict,
            )
        else:
            raise NoCredentials
        session = self._tweepy.session
        session.trust_env = not account.practice  # a .netrc or a proxy has nothing to do with a practice account
        session.max_redirects = 0  # a redirected POST would come back as a GET and look like an answer
        session.mount("https://", _Wire(timeout=timeout, endpoint=account.endpoint))

    def close(self) -> None:
        self._tweepy.session.close()

    def create(self, text: str, *, reply_to: str = "") -> Any:
        """Post, and return the answer's JSON."""
        return self._tweepy.create_tweet(text=text, in_reply_to_tweet_id=reply_to or None, user_auth=self._signed)

    def me(self) -> Any:
        """Return the JSON that says whose credentials these are."""
        return self._tweepy.get_me(user_auth=self._signed)

    def posts(self, user_id: str, **query: Any) -> Any:
        """Return one page of a user's posts as JSON, the newest first."""
        return self._tweepy.get_users_tweets(user_id, user_auth=self._signed, **query)


class _Wire(HTTPAdapter):
    """requests' way to the network, with what tweepy leaves out: a timeout, and another host for practice accounts.

    The request is signed by then, for X's own address: that is what the practice world checks.
    """

    def __init__(self, *, timeout: float, endpoint: str) -> None:
        super().__init__(max_retries=0)  # whether to try again is not decided here
        self._timeout = timeout
        self._endpoint = urlsplit(endpoint)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = self._timeout
        if self._endpoint.netloc:
            address = urlsplit(request.url or "")
            path = f"{self._endpoint.path}{address.path}"
            request.url = urlunsplit((self._endpoint.scheme, self._endpoint.netloc, path, address.query, ""))
        return super().send(request, *args, **kwargs)


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
