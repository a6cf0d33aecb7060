"""The ways in which an account's mails leave: SMTP relays or a provider's API, told apart by the account's `url`.

Both stand behind one interface, an `Opener`: for an account it opens a session that is set to one dispatch.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

from distributor.channels.base import AccountField, Credentials, Session
from distributor.channels.mail.providers import addresses
from distributor.channels.mail.providers.features import PROVIDERS, shortcomings
from distributor.channels.mail.relay import PORTS, read_all
from distributor.domain.errors import BadSettings
from distributor.domain.variants import Concern, Variant

Opener = Callable[[Credentials], AbstractContextManager[Session]]

WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105 # the name of a value
SIGNING_KEY: Final = "signing_key"

FIELDS = (
    AccountField(
        WEBHOOK_SECRET,
        "Secret of the webhook's address",
        help="Only with a provider, and made for you where you leave it empty.",
        secret=True,
        optional=True,
    ),
    AccountField(
        SIGNING_KEY,
        "Key that the provider signs its webhooks with",
        help="Only with a provider that signs them: it is shown where its webhooks are set up.",
        secret=True,
        optional=True,
    ),
)


def session(credentials: Credentials, *, smtp: Opener, provider: Opener) -> AbstractContextManager[Session]:
    """Open the way that an account's mails leave. Raises BadSettings.

    A practice account never reaches a provider: its mails go to the practice world's relay.
    """
    check(credentials.values.get("url", ""))
    if not addresses.is_provider(credentials.values.get("url", "")):
        return smtp(credentials)
    if credentials.practice:
        return smtp(replace(credentials, values={**credentials.values, "url": credentials.endpoint}))
    return provider(credentials)


def complete(values: Mapping[str, str], *, before: Mapping[str, str]) -> dict[str, str]:
    """Return an account's values as they are stored: its address checked, and with a secret for its webhook.

    `before` are the values that it has so far: the webhook's address stays the same with new keys. Raises BadSettings.
    """
    check(values.get("url", ""))
    whole = dict(values)
    if addresses.is_provider(whole["url"]) and not whole.get(WEBHOOK_SECRET):
        whole[WEBHOOK_SECRET] = before.get(WEBHOOK_SECRET) or secrets.token_urlsafe(32)
    return whole


def check(url: str) -> None:
    """Say what is wrong with an account's address before anything is sent with it. Raises BadSettings.

    The sentence does not repeat the address, which holds secrets.
    """
    if addresses.is_provider(url):
        addresses.read(url)
        return
    if addresses.scheme_of(url) not in PORTS:
        raise BadSettings(
            f"The mail account’s address has to begin with one of {', '.join((*PORTS, *PROVIDERS))}, and “://”."
        )
    if any(addresses.is_provider(address) for address in url.split()):
        raise BadSettings("A provider’s address stands alone: it can’t be mixed with relays.")
    read_all(url)


def concerns(url: str, variant: Variant) -> tuple[Concern, ...]:
    """Return what an editor should know about sending this mail through this account; nothing for a relay."""
    if not addresses.is_provider(url):
        return ()
    provider = addresses.read(url).provider
    features = [
        Concern(sentence, "warning" if sentence == provider.headers else "note") for sentence in shortcomings(provider)
    ]
    sources = (variant.subject, variant.html, variant.text)
    # In a source for the recipient pass a literal “{{” is written {{ '{' }}{ (see rendering/placeholders.py).
    literal = [source.replace("{{ '{' }}", "\0") for source in sources]
    for sign in provider.reads:
        pattern = sign.replace("{", "\0", 1) if sign.startswith("{") else sign
        if any(pattern in source for source in literal):
            features += [Concern(f"{provider.label} takes “{sign}” in the letter for a template of its own.")]
    return tuple(features)
