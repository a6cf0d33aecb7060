"""DKIM keys: making them, changing from one to the next, and handing them to the mail channel for signing."""

from __future__ import annotations

import re
from typing import get_args

from django.db import IntegrityError, transaction
from django.utils import timezone

from distributor.channels.mail import dkim
from distributor.channels.mail.message import BadAddress, sender_address
from distributor.delivery.accounts import encryption
from distributor.delivery.models import SigningKey
from distributor.domain.errors import BadInput, CredentialsError, StateError
from distributor.domain.host_names import ascii_host
from distributor.letters.models import Publication

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_SELECTOR = re.compile(_LABEL)
_LONGEST_NAME = 253  # of a DNS name as text: RFC 1035 §2.3.4


def make_key(domain: str, algorithm: dkim.Algorithm, *, selector: str = "") -> SigningKey:
    """Make a key for a domain, under a selector of today's date where none is given.

    The first one of its algorithm signs at once. A later one waits for `activate`, since mail must not be signed with
    it before its record is published. Raises BadInput for a domain, algorithm or selector that can't be used, and for a
    selector that the domain has already.
    """
    domain = domain_name(domain)
    if algorithm not in get_args(dkim.Algorithm):
        raise BadInput(f"“{algorithm}” is not an algorithm that DKIM has: choose rsa or ed25519.")
    selector = selector.strip().lower() or f"d{timezone.now():%Y%m%d}{algorithm[0]}"
    if not _SELECTOR.fullmatch(selector) or len(dkim.record_name(domain, selector)) > _LONGEST_NAME:
        raise BadInput(f"“{selector}” can’t be a selector: use a few letters, digits and hyphens.")
    ciphertext = encryption.seal({"key": dkim.to_pem(dkim.new_key(algorithm))})
    active = not SigningKey.objects.filter(domain=domain, algorithm=algorithm, active=True).exists()
    try:
        with transaction.atomic():
            return SigningKey.objects.create(
                domain=domain, selector=selector, algorithm=algorithm, sealed=ciphertext, active=active
            )
    except IntegrityError:
        raise BadInput(
            f"{domain} has a key under the selector “{selector}” already: choose another with --selector."
        ) from None


def domain_name(text: str) -> str:
    """Return a domain in lower-case ASCII, as DNS has it. Raises BadInput for what is none."""
    domain = text.strip().rstrip(".").lower()
    try:
        domain = ascii_host(domain)
    except ValueError:
        domain = ""
    if len(domain) > _LONGEST_NAME or not _DOMAIN.fullmatch(domain):
        raise BadInput(f"“{text}” is not a domain: write one like “lantern-post.example”.")
    return domain


def sender_domain(publication: Publication) -> str:
    """Return the domain that a publication's mail comes from, in ASCII; "" where it has no usable address."""
    try:
        return sender_address(publication.sender_email).rpartition("@")[2].lower()
    except BadAddress:
        return ""


def keys_for(domain: str) -> list[SigningKey]:
    """Return the keys that sign a domain's mail: Ed25519 first, then RSA, which every receiver knows."""
    return list(SigningKey.objects.filter(domain=domain, active=True).order_by("algorithm"))


def newer_keys(domain: str) -> list[SigningKey]:
    """Return a domain's keys that are newer than the one that signs, and can take its place."""
    newest = {key.algorithm: key.pk for key in keys_for(domain)}
    inactive_keys = SigningKey.objects.filter(domain=domain, active=False).order_by("pk")
    return [key for key in inactive_keys if key.pk > newest.get(key.algorithm, key.pk)]


def find_key(domain: str, selector: str) -> SigningKey:
    """Return one key. Raises BadInput where there is none."""
    key = SigningKey.objects.filter(domain=domain_name(domain), selector=selector.strip().lower()).first()
    if key is None:
        raise BadInput(f"{domain} has no key “{selector}”: “distributor dkim list” shows those that there are.")
    return key


@transaction.atomic
def activate(key: SigningKey) -> list[SigningKey]:
    """Sign with this key from the next batch on, and return the ones of its algorithm that stop signing."""
    # All of them are locked, so that two who change keys at once come one after the other.
    same_algorithm = (
        SigningKey.objects.select_for_update().filter(domain=key.domain, algorithm=key.algorithm).order_by("pk")
    )
    retired_keys = [candidate for candidate in same_algorithm if candidate.active and candidate.pk != key.pk]
    SigningKey.objects.filter(pk__in=[candidate.pk for candidate in retired_keys]).update(active=False)
    SigningKey.objects.filter(pk=key.pk).update(active=True)
    key.active = True
    return retired_keys


def retire(key: SigningKey) -> None:
    """Stop signing with a key. It is kept: `activate` takes it back. Raises StateError when it does not sign."""
    if not SigningKey.objects.filter(pk=key.pk, active=True).update(active=False):
        raise StateError(f"The key {key} does not sign: there is nothing to retire.")
    key.active = False


def dns_record(key: SigningKey) -> dkim.DnsRecord:
    """Return the DNS record to publish for a key. Raises CredentialsError when the key can't be opened."""
    return dkim.dns_record(domain=key.domain, selector=key.selector, key=dkim.from_pem(_private_key(key)))


def values_for(publication: Publication) -> dict[str, str]:
    """Return what an account's values need for signing this publication's mail; nothing where no key is active.

    Raises CredentialsError when a key can't be opened: mail is not sent unsigned because of that.
    """
    keys = keys_for(sender_domain(publication))
    if not keys:
        return {}
    key_values = (
        dkim.KeyValue(key.domain, key.selector, "rsa" if key.algorithm == "rsa" else "ed25519", _private_key(key))
        for key in keys
    )
    return {dkim.VALUE: dkim.to_values(key_values)}


def reseal_all() -> int:
    """Encrypt every key with the newest secret key and return how many."""
    keys = SigningKey.objects.all()
    for key in keys:
        key.sealed = encryption.reseal(bytes(key.sealed))
        key.save(update_fields=["sealed"])
    return len(keys)


def _private_key(key: SigningKey) -> str:
    try:
        return encryption.unseal(bytes(key.sealed))["key"]
    except CredentialsError:
        raise CredentialsError(
            f"The key {key} can’t be opened with DISTRIBUTOR_SECRET_KEY: add the one it was stored with to it, or make "
            f"a new key with “distributor dkim add {key.domain}”."
        ) from None
