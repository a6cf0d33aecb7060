"""Accounts: encrypted at rest, keys that rotate, and practice that stays apart from the real world."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from distributor import paths
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Account
from distributor.domain.errors import BadSettings, CredentialsError, ServiceAway, UnknownChannel
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication(post_channel: ScriptedChannel) -> Publication:
    return world.make_publication()


def connect(publication: Publication, *, practice: bool = False) -> Account:
    return accounts.connect(publication, "scripted", "main", {"token": "t-secret"}, practice=practice)


def test_credentials_are_encrypted_in_the_database_and_hidden_in_reprs(publication: Publication) -> None:
    account = connect(publication)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM delivery_account")
        assert b"t-secret" not in bytes(cursor.fetchone()[0])
    opened = accounts.credentials(Account.objects.get())
    assert opened.values == {"token": "t-secret"}
    assert "t-secret" not in repr(opened) + repr(account) + str(account)


def test_keys_rotate(publication: Publication, settings: Settings) -> None:
    account = connect(publication)
    old, new = settings.SECRET_KEY, "n" * 40
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [old]
    assert accounts.credentials(account).values == {"token": "t-secret"}
    assert accounts.reseal_all() == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert accounts.credentials(Account.objects.get()).values == {"token": "t-secret"}
    settings.SECRET_KEY = "another key that nothing was sealed with"
    with pytest.raises(CredentialsError, match="DISTRIBUTOR_SECRET_KEY"):
        accounts.credentials(Account.objects.get())


def test_a_practice_account_only_goes_to_the_practice_world_and_a_real_one_never(publication: Publication) -> None:
    real = connect(publication)
    practice = accounts.connect(publication, "scripted", "practice", {"token": "p"}, practice=True)
    with pytest.raises(ServiceAway, match="practice world is not running"):
        accounts.credentials(practice)
    described = paths.home() / "practice.json"
    described.write_text(json.dumps({"endpoints": {"scripted": "http://127.0.0.1:9/scripted"}}))
    try:
        assert accounts.credentials(practice).endpoint == "http://127.0.0.1:9/scripted"
        assert accounts.credentials(real).endpoint == ""
    finally:
        described.unlink()
    with pytest.raises(BadSettings, match="is a real account"):
        connect(publication, practice=True)


def test_wrong_values_are_refused_in_a_sentence(publication: Publication) -> None:
    with pytest.raises(BadSettings, match="also needs: Token"):
        accounts.connect(publication, "scripted", "main", {})
    with pytest.raises(BadSettings, match="has no “tokn”: it takes token"):
        accounts.connect(publication, "scripted", "main", {"token": "x", "tokn": "y"})
    with pytest.raises(UnknownChannel):
        accounts.connect(publication, "fax", "main", {})
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "OAuth 2 user token, or instead of it API key, API key secret, Access token, Access token secret"),
        ({"consumer_key": "k", "oauth_token": "t"}, "or instead of it API key secret, Access token secret"),
    ],
    ids=["none", "some"],
)
def test_an_account_has_one_kind_of_keys_whole(publication: Publication, values: dict[str, str], words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        accounts.connect(publication, "twitter", "Lantern", values)
    whole = dict.fromkeys(("consumer_key", "consumer_secret", "oauth_token", "oauth_token_secret"), "x")
    for name, values_of_kind in (("one", {"access_token": "t"}), ("other", whole)):
        assert accounts.connect(publication, "twitter", name, values_of_kind).pk


def test_the_relay_of_the_environment_serves_a_publication_without_one(
    publication: Publication, settings: Settings
) -> None:
    assert accounts.for_channel(publication, "mail") == []
    settings.MAIL_URL = "smtp://user:pass@relay.example:587"
    (account,) = accounts.for_channel(publication, "mail")
    assert accounts.credentials(account).values == {"url": settings.MAIL_URL}
    assert bytes(account.sealed) == b""
