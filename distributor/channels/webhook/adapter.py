"""The webhook channel: one signed call to a system of the newsroom's choice.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

from distributor.channels import http, standard_webhooks
from distributor.channels.base import AccountField, Credentials, Intent, PostChannel
from distributor.channels.network import NetworkChannel
from distributor.channels.responses import is_token, unreachable
from distributor.channels.webhook import compose as composition
from distributor.channels.webhook import event, statuses
from distributor.channels.webhook.capabilities import CAPABILITIES
from distributor.channels.webhook.payload import WebhookPayload
from distributor.domain.capabilities import Capabilities
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Outcome, Reconnect, Rejected
from distributor.domain.variants import Payload, Variant
from distributor.rendering.addresses import ascii_url

ANSWER_LIMIT = 64 * 1024  # bytes of an answer that are read
WITHIN = 60.0  # seconds for the whole call

FIELDS = (
    AccountField(
        "url",
        "Address of the receiver",
        help="An https:// address that takes calls by POST. Who knows it may need nothing else: keep it to yourself.",
        secret=True,
    ),
    AccountField(
        "secret",
        "Signing secret",
        help="whsec_ and 24 to 64 random bytes in base64, which the receiver knows, too. Left empty, one is made and "
        "shown once; by hand: echo whsec_$(openssl rand -base64 32)",
        secret=True,
        make=standard_webhooks.new_secret,
    ),
    AccountField(
        "header_name", "Name of a further header", help="Such as Authorization, if it asks for one.", optional=True
    ),
    AccountField("header_value", "Value of that header", secret=True, optional=True),
    AccountField(
        "repeatable",
        "May a call be repeated?",
        help="yes: the receiver takes the same webhook-id only once, and remembers it for a day; a lost answer is then "
        "tried again. no: a person is asked. Empty means yes.",
        optional=True,
    ),
)

# RFC 9110 §5.6.2. What frames or routes a request, and what the standard defines, is not for editors to set.
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_FRAMING_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect"}
)
_OWN_HEADERS = _FRAMING_HEADERS | {"content-type", "accept-encoding"}
_YES = frozenset({"", "yes", "true", "1", "on"})


class WebhookChannel(NetworkChannel):
    """A system of the newsroom's own. A repeated call has the same webhook-id, by which the receiver knows it."""

    name = "webhook"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[AccountField, ...] = FIELDS
    settings = composition.SETTINGS
    payload: type[Payload] = WebhookPayload
    compose = staticmethod(composition.compose)
    check = staticmethod(composition.check)

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        if not variant.parts and not variant.link:
            return Rejected("There is nothing to send.")
        wrong = _wrong_values(credentials)
        if wrong is not None:
            return wrong
        now = self._clock()
        body = event.body(variant, key=intent.key, at=intent.first_tried_at.isoformat())
        signature_headers = standard_webhooks.headers(
            (credentials.values["secret"],), key=intent.key, body=body, now=now
        )
        repeatable = credentials.values.get("repeatable", "").strip().lower() in _YES
        lost_response = statuses.LostAnswer(repeatable and now - intent.first_tried_at < statuses.REPEAT_SPAN)
        try:
            response, content = self._call(credentials, body, signature_headers)
        except AddressRefused as error:
            return Rejected(f"The receiver can’t be called: {error}", code="address", remedy="settings")
        except http.NEVER_SENT:
            return unreachable("The receiver")
        except httpx.InvalidURL:
            return _BAD_ADDRESS
        except httpx.RequestError:
            return lost_response.outcome("The receiver took the call, but its answer was lost.")
        return statuses.outcome(
            response, content, key=intent.key, now=now, lost_response=lost_response, secrets=credentials.values.values()
        )

    def _call(
        self, credentials: Credentials, body: bytes, signature_headers: dict[str, str]
    ) -> tuple[httpx.Response, bytes]:
        """Make the call and read the beginning of its answer, unpacked by nobody."""
        headers = httpx.Headers({"User-Agent": "Distributor", "Accept": "application/json"})
        if credentials.values.get("header_name"):
            headers[credentials.values["header_name"]] = credentials.values["header_value"]
        headers.update({"Content-Type": "application/json", "Accept-Encoding": "identity", **signature_headers})
        with (
            self.client(credentials, within=WITHIN) as client,
            client.stream("POST", _address(credentials), content=body, headers=headers) as response,
        ):
            return response, http.head(response, limit=ANSWER_LIMIT)


_BAD_ADDRESS = Reconnect("The receiver’s address is not a whole https:// address: connect it again.")


def _wrong_values(credentials: Credentials) -> Outcome | None:
    """Say what keeps an account from being called at all; None when nothing does."""
    values = credentials.values
    if not standard_webhooks.is_secret(values.get("secret", "")):
        problem = "The signing secret has to be whsec_ and 24 to 64 bytes in base64: connect the account again."
        return Reconnect(problem)
    if not _is_address(ascii_url(values.get("url", ""))):
        return _BAD_ADDRESS
    name, value = values.get("header_name", ""), values.get("header_value", "")
    if bool(name) != bool(value):
        return Reconnect("The further header needs both a name and a value: connect the account again.")
    if name and (
        not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS or name.lower().startswith("webhook-")
    ):
        return Reconnect("The further header can’t have this name: connect the account again.")
    if value and not (value.isascii() and value.isprintable() and value == value.strip()):
        return Reconnect("The further header’s value can’t stand in a header: connect the account again.")
    return None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return is_token(url) and parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an impossible host or port
        return False


def _address(credentials: Credentials) -> str:
    """Return where the call goes: the receiver, or the same path of the practice world's."""
    url = ascii_url(credentials.values["url"])
    if not credentials.practice:
        return url
    parts = urlsplit(url)
    return f"{credentials.endpoint}{parts.path}{'?' if parts.query else ''}{parts.query}"


channel: PostChannel = WebhookChannel()
