"""Signing keys: sealed, one that signs an algorithm, changed without a gap, and never shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

import dkim
import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from distributor.channels.mail.dkim import body_hash, signers_from
from distributor.channels.mail.dns.checks import Sender
from distributor.delivery.accounts import accounts, dkim_keys, encryption
from distributor.delivery.mail import sending_domains
from distributor.delivery.models import Account, SigningKey
from distributor.domain.errors import BadInput, CredentialsError, StateError
from distributor.domain.findings import Finding
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.commands import House, house

DOMAIN = "lantern.example"
HEAD = b"From: Letters <letters@lantern.example>\r\nTo: <ada@readers.example>\r\nSubject: Fog\r\n"
BODY = b"The horn is back.\r\n"


@pytest.fixture
def publication(db: None) -> Publication:
    return world.make_publication()


def mail_account(publication: Publication) -> Account:
    return accounts.connect(publication, "mail", "relay", {"url": "smtp://user:pass@relay.example:587"})


class TestKeys:
    def test_a_mail_accounts_credentials_sign_as_the_published_record_says(self, publication: Publication) -> None:
        account = mail_account(publication)
        assert "dkim" not in accounts.credentials(account).values
        rsa = dkim_keys.make_key(DOMAIN, "rsa")
        dkim_keys.make_key(DOMAIN, "ed25519")
        dkim_keys.make_key("other.example", "rsa")

        opened = accounts.credentials(account)
        signers = signers_from(opened.values)
        assert [(one.domain, one.algorithm) for one in signers] == [(DOMAIN, "ed25519"), (DOMAIN, "rsa")]
        record = dkim_keys.dns_record(rsa)
        message = signers[1].sign(HEAD, body_hash([BODY])) + HEAD + b"\r\n" + BODY
        assert dkim.verify(message, dnsfunc=lambda name, timeout=5: {f"{record.name}.": record.value}[name.decode()])

    def test_private_keys_are_encrypted_and_in_no_repr(self, publication: Publication) -> None:
        key = dkim_keys.make_key(DOMAIN, "rsa")
        with connection.cursor() as cursor:
            cursor.execute("SELECT sealed FROM delivery_signingkey")
            assert b"PRIVATE" not in bytes(cursor.fetchone()[0])
        opened = accounts.credentials(mail_account(publication))
        assert "PRIVATE" not in repr(opened) + repr(key) + repr(vars(key)) + repr(signers_from(opened.values))

    def test_a_later_key_waits_until_it_is_used(self, publication: Publication) -> None:
        first = dkim_keys.make_key(DOMAIN, "rsa", selector="one")
        second = dkim_keys.make_key(f"{DOMAIN.upper()}.", "rsa", selector="Two")
        assert (first.active, second.active) == (True, False)
        assert second.domain == DOMAIN
        assert [one.selector for one in dkim_keys.keys_for(DOMAIN)] == ["one"]
        assert dkim_keys.activate(second) == [first]
        assert [one.selector for one in dkim_keys.keys_for(DOMAIN)] == ["two"]
        assert dkim_keys.activate(second) == []
        dkim_keys.retire(second)
        assert dkim_keys.keys_for(DOMAIN) == []
        with pytest.raises(StateError, match="nothing to retire"):
            dkim_keys.retire(second)
        dkim_keys.activate(first)
        assert [one.selector for one in dkim_keys.keys_for(DOMAIN)] == ["one"]

    def test_the_database_holds_one_active_key_an_algorithm(self, publication: Publication) -> None:
        dkim_keys.make_key(DOMAIN, "rsa", selector="one")
        with pytest.raises(IntegrityError), transaction.atomic():
            SigningKey.objects.create(domain=DOMAIN, selector="two", algorithm="rsa", sealed=b"x", active=True)

    @pytest.mark.parametrize("domain", ["", "lantern", "a@lantern.example", "a b.example", "-a.example", "é" * 90])
    def test_what_is_no_domain_is_refused(self, publication: Publication, domain: str) -> None:
        with pytest.raises(BadInput, match="is not a domain"):
            dkim_keys.make_key(domain, "rsa")

    def test_domains_beyond_ascii_are_kept_as_dns_has_them(self, publication: Publication) -> None:
        publication.sender_email = "letters@Zürich.example"
        key = dkim_keys.make_key("Zürich.example", "ed25519")
        assert key.domain == dkim_keys.sender_domain(publication) == "xn--zrich-kva.example"

    def test_a_publication_without_a_sender_signs_nothing(self, publication: Publication) -> None:
        publication.sender_email = ""
        assert dkim_keys.sender_domain(publication) == ""
        assert dkim_keys.values_for(publication) == {}

    @pytest.mark.parametrize("selector", ["a b", "-a", "x" * 64, "a/b", "é"])
    def test_what_is_no_selector_is_refused(self, publication: Publication, selector: str) -> None:
        with pytest.raises(BadInput, match="selector"):
            dkim_keys.make_key(DOMAIN, "rsa", selector=selector)

    def test_a_selector_is_given_once(self, publication: Publication) -> None:
        dkim_keys.make_key(DOMAIN, "rsa", selector="one")
        with pytest.raises(BadInput, match="--selector"):
            dkim_keys.make_key(DOMAIN, "ed25519", selector="one")
        with pytest.raises(BadInput, match="dkim list"):
            dkim_keys.find_key(DOMAIN, "two")

    def test_secret_keys_rotate(self, publication: Publication, settings: Settings) -> None:
        key = dkim_keys.make_key(DOMAIN, "rsa")
        record = dkim_keys.dns_record(key)
        account = mail_account(publication)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 40, [settings.SECRET_KEY]
        assert accounts.reseal_all() == 2
        settings.SECRET_KEY_FALLBACKS = []
        key.refresh_from_db()
        assert dkim_keys.dns_record(key) == record

        account.refresh_from_db()
        settings.SECRET_KEY = "another one that the key was not sealed with"
        account.sealed = encryption.seal({"url": "smtp://relay.example"})
        with pytest.raises(CredentialsError, match="distributor dkim add"):  # rather not at all than unsigned
            accounts.credentials(account)


class TestSenders:
    def test_accounts_of_one_domain_make_one_sender(self, publication: Publication) -> None:
        for slug in ("lantern", "harbour"):
            brand = publication if slug == "lantern" else world.make_publication(slug)
            accounts.connect(brand, "mail", "relay", {"url": f"smtp://user:pass@{slug}.example:587"})
        first = dkim_keys.make_key(DOMAIN, "rsa", selector="one")
        dkim_keys.make_key(DOMAIN, "rsa", selector="two")
        for which in ("", DOMAIN):
            (sender,) = sending_domains.senders(which, return_domain="bounces.example", addresses=("203.0.114.7",))
            assert isinstance(sender, Sender)
            assert (sender.domain, sender.return_domain, sender.addresses) == (
                DOMAIN,
                "bounces.example",
                ("203.0.114.7",),
            )
            assert {one.host for one in sender.relays} == {"lantern.example", "harbour.example"}
            assert sender.signing_records == (dkim_keys.dns_record(first),)
            assert [one.name for one in sender.waiting_records] == [f"two._domainkey.{DOMAIN}"]

    def test_a_key_that_cannot_be_opened_is_a_finding_beside_the_rest(
        self, publication: Publication, settings: Settings
    ) -> None:
        dkim_keys.make_key(DOMAIN, "rsa")
        settings.SECRET_KEY = "another one that the key was not sealed with"
        finding, sender = sending_domains.senders("lantern")
        assert isinstance(finding, Finding)
        assert "DISTRIBUTOR_SECRET_KEY" in finding.message
        assert isinstance(sender, Sender)

    def test_a_publication_without_a_sender(self, publication: Publication) -> None:
        Publication.objects.update(sender_email="")
        (finding,) = sending_domains.senders()
        assert isinstance(finding, Finding)
        assert "no sender address" in finding.message


@pytest.fixture(scope="module")
def home() -> Iterator[House]:
    with house() as made:
        yield made


def test_the_command_line(home: House) -> None:
    made = home.fine("dkim", "add", "post.example", "--selector", "one")
    assert made["active"] is True
    assert made["record"]["name"] == "one._domainkey.post.example"
    strings = re.findall(r'"([^"]*)"', made["record"]["zone"])
    assert "".join(strings) == made["record"]["value"]
    assert home.fine("dkim", "add", "post.example", "--algorithm", "ed25519")["record"]["value"].startswith("v=DKIM1;")
    assert home.fine("dkim", "add", "post.example", "--selector", "two")["active"] is False

    assert home.fine("dkim", "use", "post.example", "two") == [
        {"domain": "post.example", "selector": "two", "active": True},
        {"domain": "post.example", "selector": "one", "active": False},
    ]
    listed = home.run("dkim", "list")
    assert f"its value    {made['record']['value']}\n" in listed.out  # whole, to be copied
    assert "post.example  two  rsa  signs" in listed.out
    assert "PRIVATE" not in listed.out + listed.said
    assert len(home.fine("dkim", "list", "post.example")) == 3
    assert home.fine("dkim", "list", "other.example") == []

    assert "is not signed" not in home.run("dkim", "retire", "post.example", "two").out
    assert home.run("dkim", "retire", "post.example", "two").code == 1
    assert "has no key" in home.refused("dkim", "use", "post.example", "three")
    assert "is not a domain" in home.refused("dkim", "add", "post")
    assert "algorithm" in home.refused("dkim", "add", "post.example", "--algorithm", "dsa")
