"""A provider's address, as people write and paste it."""

from __future__ import annotations

import importlib.util

import pytest

from distributor.channels.mail import transports
from distributor.channels.mail.providers.addresses import is_provider, read
from distributor.channels.mail.providers.calls import make_backend
from distributor.channels.mail.providers.features import PROVIDERS
from distributor.domain.errors import BadSettings


def test_the_parts_fill_the_backends_settings() -> None:
    account = read("mailgun://key-1@mg.example.com?region=eu&connections=3&batch=200")
    expected = {"api_key": "key-1", "sender_domain": "mg.example.com", "api_url": "https://api.eu.mailgun.net/v3/"}
    assert account.settings == expected
    assert (account.connections, account.batch) == (3, 200)


def test_amazons_secrets_are_pasted_as_they_are() -> None:
    settings = read("ses://AKIA1:ab/c+d/e%2F@eu-west-1").settings
    assert settings["aws_secret_access_key"] == "ab/c+d/e/"
    assert settings["region_name"] == "eu-west-1"


@pytest.mark.parametrize("scheme", PROVIDERS)
def test_every_example_can_be_read_and_is_taken_by_its_backend(scheme: str) -> None:
    account = read(PROVIDERS[scheme].url)
    if scheme == "ses" and importlib.util.find_spec("boto3") is None:
        with pytest.raises(BadSettings, match=r"install distributor\[ses\]"):
            make_backend(account)
        return
    backend = make_backend(account)
    if scheme != "ses":
        assert backend.api_url.startswith("https://")
        assert backend.timeout
        assert not backend.session.trust_env
    backend.close()


@pytest.mark.parametrize("scheme", PROVIDERS)
def test_no_secret_is_in_a_repr(scheme: str) -> None:
    provider = PROVIDERS[scheme]
    host = "go1" if scheme == "unisendergo" else "host.example"
    url = f"{scheme}://very-secret:also-secret@{host if 'host' in provider.parts or scheme == 'unisendergo' else ''}"
    assert not any(secret in repr(read(url)) for secret in ("very-secret", "also-secret"))


@pytest.mark.parametrize(
    "url",
    [
        "postmark://",
        "postmark://two words@",
        "postmark://k\u00e9y@",
        "postmark://KEY@?region=eu",
        "postmark://KEY@?batch=501",
        "postmark://KEY@?connections=0",
        "postmark://KEY@?connections=x",
        "mailgun://KEY@",
        "mailgun://KEY@a b",
        "mailgun://KEY@mg.example.com?region=mars",
        "ses://KEY@eu-west-1",
        "unisendergo://KEY@go9",
        "brevo://%ff@",
        "pigeon://KEY@loft",
        "brevo:KEY",
        "",
        "postmark://KEY@ smtp://relay.example",
        "smtp://relay.example postmark://KEY@",
    ],
)
def test_what_can_not_be_used_is_said_without_repeating_it(url: str) -> None:
    with pytest.raises(BadSettings) as raised:
        transports.check(url)
    sentence = str(raised.value)
    known = {one.url for one in PROVIDERS.values()}
    for example in known:
        sentence = sentence.replace(example, "")
    assert "KEY" not in sentence
    assert sentence.endswith(".")


def test_unknown_words_get_the_known_ones() -> None:
    with pytest.raises(BadSettings) as raised:
        transports.check("pigeon://KEY@loft")
    assert all(word in str(raised.value) for word in ("smtp", "smtps", *PROVIDERS))


def test_relays_are_no_providers() -> None:
    assert not is_provider("smtp://relay.example")
    assert is_provider(" POSTMARK://KEY@ ")
    transports.check("smtp://relay.example smtps://other.example?weight=3")


def test_the_webhooks_secret_is_made_once() -> None:
    made = transports.complete({"url": "brevo://KEY@"}, before={})
    assert len(made["webhook_secret"]) > 30
    assert transports.complete({"url": "brevo://NEW@"}, before=made)["webhook_secret"] == made["webhook_secret"]
    assert "webhook_secret" not in transports.complete({"url": "smtp://relay.example"}, before={})
