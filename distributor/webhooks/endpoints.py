"""What can be done with a publication's endpoints. Every door does it by these functions."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from distributor.channels import addresses, standard_webhooks
from distributor.channels.responses import is_token
from distributor.delivery import wakeups
from distributor.delivery.accounts import encryption
from distributor.domain.announcements import DEFAULT_TYPES, type_names
from distributor.domain.errors import BadInput
from distributor.domain.host_names import ascii_host
from distributor.letters.models import Publication
from distributor.rendering.addresses import ascii_url
from distributor.webhooks.models import Endpoint, WebhookAttempt, WebhookMessage
from distributor.webhooks.outbox import TURN

logger = logging.getLogger(__name__)

OVERLAP = timedelta(hours=24)  # for which a secret that was replaced still signs
LONGEST_URL, LONGEST_NAME = 2_000, 100
MOST_ATTEMPTS = 100  # shown
MOST_SECRETS = 5  # that sign beside the newest: more would make a header that receivers refuse
MOST_ENDPOINTS = 50  # of a publication: each is called for each announcement that it wants


@dataclass(frozen=True, slots=True)
class NewSecret:
    """An endpoint with a secret as it was made: that is shown this once."""

    endpoint: Endpoint
    secret: str


@dataclass(frozen=True, slots=True)
class EndpointChange:
    """What to change of an endpoint; None stays as it is. `types` as for `domain.announcements.type_names`."""

    url: str | None = None
    types: tuple[str, ...] | None = None
    name: str | None = None
    enabled: bool | None = None


@transaction.atomic
def add(publication: Publication, url: str, *, types: Iterable[str] = (), name: str = "", by: str = "") -> NewSecret:
    """Let an address have what is announced from now on; without `types` all that is not about one reader.

    `by` is who does it. Return it with its secret, this once. Raises BadInput for an address or type that can't be
    used, and where there are too many.
    """
    Publication.objects.select_for_update().get(pk=publication.pk)
    if publication.endpoints.count() >= MOST_ENDPOINTS:
        raise BadInput(f"{publication.name} has {MOST_ENDPOINTS} endpoints, which is all it can have: remove one.")
    secret = standard_webhooks.new_secret()
    endpoint = Endpoint.objects.create(
        publication=publication,
        url=_checked_url(url),
        types=list(type_names(tuple(types) or DEFAULT_TYPES)),
        name=_checked_name(name),
        sealed=encryption.seal({"secret": secret}),
        created_at=timezone.now(),
        created_by=by[:150],
    )
    logger.info("The endpoint %s of %s is made", endpoint.pk, publication.slug)
    return NewSecret(endpoint, secret)


@transaction.atomic
def edit(endpoint_id: int, change: EndpointChange) -> Endpoint:
    """Change an endpoint and return it. Switched on again, it gets what waits for it, and what happens from now on.

    Raises BadInput, and then nothing has changed.
    """
    endpoint = locked(endpoint_id)
    if change.url is not None:
        endpoint.url = _checked_url(change.url)
    if change.types is not None:
        endpoint.types = list(type_names(change.types))
    if change.name is not None:
        endpoint.name = _checked_name(change.name)
    if change.enabled is not None:
        endpoint.enabled, endpoint.disabled_reason = change.enabled, ""
    if change.url is not None or change.enabled:
        endpoint.failing_since, endpoint.failures, endpoint.resting_until = None, 0, None
    endpoint.save()
    wakeups.after_commit(TURN)
    return endpoint


@transaction.atomic
def rotate(endpoint_id: int, *, overlap: timedelta = OVERLAP) -> NewSecret:
    """Give an endpoint another secret and return it, this once; for `overlap` both sign, so that no call is missed."""
    endpoint = locked(endpoint_id)
    secret = standard_webhooks.new_secret()
    values = {"secret": secret}
    previous: list[tuple[str, datetime]] = []
    now = timezone.now()
    if overlap:
        earlier = _secrets(endpoint)
        # One that has its time still keeps it: who missed an answer and rotates again leaves no gap either.
        previous = [(earlier[0][0], now + overlap)]
        previous += [(old, until) for old, until in earlier[1:] if until is not None and until > now]
        values["previous"] = previous[0][0]  # as the release before reads it, whose workers may still run
        values["earlier"] = json.dumps([(old, until.isoformat()) for old, until in previous[:MOST_SECRETS]])
    endpoint.sealed = encryption.seal(values)
    endpoint.previous_until = max(until for _, until in previous) if previous else None
    endpoint.save(update_fields=["sealed", "previous_until"])
    logger.info("The endpoint %s has another secret", endpoint.pk)
    return NewSecret(endpoint, secret)


def remove(endpoint_id: int) -> None:
    """Forget an endpoint, with what waits for it and what became of the rest. Raises BadInput for none."""
    find(endpoint_id).delete()
    logger.info("The endpoint %s is removed", endpoint_id)


def endpoints(publication: Publication | None = None) -> QuerySet[Endpoint]:
    """Return all endpoints, or a publication's, each with how many messages wait (`waiting`) and failed (`failed`)."""
    rows = Endpoint.objects.select_related("publication").order_by("publication__slug", "pk")
    states = WebhookMessage.State
    rows = rows.annotate(
        waiting=Count("messages", filter=Q(messages__state=states.WAITING)),
        failed=Count("messages", filter=Q(messages__state=states.FAILED)),
    )
    return rows if publication is None else rows.filter(publication=publication)


def find(endpoint_id: int, publication: Publication | None = None) -> Endpoint:
    """Return an endpoint by its number, of a publication where that is given. Raises BadInput where there is none."""
    endpoint = endpoints(publication).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise BadInput(f"There is no endpoint {endpoint_id}: “distributor webhooks list” names them.")
    return endpoint


def locked(endpoint_id: int) -> Endpoint:
    """Return an endpoint with its row locked until the transaction ends. Raises BadInput where there is none."""
    find(endpoint_id)
    return Endpoint.objects.select_for_update(of=("self",)).select_related("publication").get(pk=endpoint_id)


def signing_secrets(endpoint: Endpoint, now: datetime) -> tuple[str, ...]:
    """Return what a call at `now` (aware) is signed with, the newest first. Raises CredentialsError."""
    is_overlap = endpoint.previous_until is not None and now < endpoint.previous_until
    return tuple(secret for secret, until in _secrets(endpoint) if until is None or (is_overlap and now < until))


def _secrets(endpoint: Endpoint) -> list[tuple[str, datetime | None]]:
    """Return an endpoint's secrets, the newest first, each with the time until which it signs, None for good."""
    values = encryption.unseal(bytes(endpoint.sealed))
    previous = values.get("previous", "")
    if "earlier" in values:
        earlier = [(old, datetime.fromisoformat(until)) for old, until in json.loads(values["earlier"])]
    else:  # as it was kept before there could be several
        earlier = [(previous, endpoint.previous_until)] if previous and endpoint.previous_until else []
    return [(values["secret"], None), *earlier]


def state_of(endpoint: Endpoint) -> str:
    """Say how an endpoint is: `on`, `failing`, or `off`."""
    if not endpoint.enabled:
        return "off"
    return "failing" if endpoint.failing_since else "on"


def attempts(endpoint_id: int, *, failed: bool = False, most: int = MOST_ATTEMPTS) -> list[WebhookAttempt]:
    """Return an endpoint's latest attempts, the latest first; with `failed` those that were not taken."""
    rows = WebhookAttempt.objects.filter(message__endpoint=endpoint_id).select_related("message__announcement")
    if failed:
        rows = rows.exclude(status__gte=200, status__lt=300)
    return list(rows.order_by("-pk")[:most])


def reseal_all() -> int:
    """Encrypt all secrets anew with the newest key and return how many; run it after adding a key."""
    ids = list(Endpoint.objects.values_list("pk", flat=True))
    for pk in ids:
        with transaction.atomic():
            row = Endpoint.objects.select_for_update().get(pk=pk)
            row.sealed = encryption.reseal(bytes(row.sealed))
            row.save(update_fields=["sealed"])
    return len(ids)


def _checked_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if len(name) > LONGEST_NAME:
        raise BadInput(f"A name has {LONGEST_NAME} characters at most: shorten it.")
    return name


def _checked_url(text: str) -> str:
    """Return an address as it is called. Where it leads is looked at again at each call, by the guarded client."""
    url = ascii_url(text)
    try:
        parts = urlsplit(url)
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:  # an impossible host or port
        host, port = "", 0
    if not host or port == 0 or parts.scheme not in ("https", "http") or not is_token(url) or len(url) > LONGEST_URL:
        raise BadInput("The address has to be a whole web address, such as https://hooks.example/letters.")
    if parts.username is not None or parts.password is not None:
        raise BadInput("The address can't hold a name and password: each call is signed, so that it needs none.")
    if problem := addresses.refusal_of_host(host):
        raise BadInput(problem)
    if parts.scheme == "http" and not _is_inside(host):
        raise BadInput("What is announced goes over the internet encrypted only: give an https:// address.")
    return url


def _is_inside(host: str) -> bool:
    """Whether a host is in a network of the installation's own, as its name says now."""
    try:
        return not any(addresses.is_public(address) for address in addresses.system_addresses(host, 80))
    except (OSError, UnicodeError):
        return False
