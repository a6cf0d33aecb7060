"""What providers report: believed only with the right secret and signature, stored once, with its consequences."""

from __future__ import annotations

import base64
import importlib.util
import json
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from config.redaction import redact
from distributor.api import webhooks
from distributor.audience import signed_tokens
from distributor.audience.models import MailingList, Subscriber, Subscription, Suppression
from distributor.channels.mail.providers.features import PROVIDERS
from distributor.delivery.accounts import accounts, provider_webhooks
from distributor.delivery.models import Account
from distributor.domain.errors import BadSettings
from distributor.insights.models import ReturnedEvent
from tests.integration import world
from tests.integration.provider_events import HOOKS, Hooked

pytestmark = pytest.mark.django_db

NEEDS = {"ses": "boto3", "resend": "svix"}


@pytest.fixture(autouse=True)
def readers() -> MailingList:
    return world.make_list(world.make_publication(), 4)


@pytest.fixture(params=list(HOOKS))
def scheme(request: pytest.FixtureRequest) -> str:
    needed = NEEDS.get(request.param)
    if needed and importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed (the extra “{request.param}”): its webhook is not tried")
    return str(request.param)


def account_at(scheme: str, **more: str) -> Account:
    values = {"url": HOOKS[scheme].url, "signing_key": HOOKS[scheme].key, **more}
    publication = MailingList.objects.get().publication
    return accounts.connect(publication, "mail", scheme, {name: value for name, value in values.items() if value})


def reader(number: int = 1) -> Subscriber:
    return Subscriber.objects.get(email=f"reader{number}@inbox.example")


def metadata(subscriber: Subscriber) -> dict[str, str]:
    return {
        "dispatch": "a-key",
        "subscriber": str(subscriber.pk),
        "mark": signed_tokens.recipient_tokens().write(7, subscriber.pk),
    }


def path_of(account: Account) -> str:
    return provider_webhooks.address_of(account, whole=True).removeprefix("http://127.0.0.1:8000")


def post(account: Account, body: bytes, hooked: Hooked, *, path: str = "", **headers: str) -> int:
    signed = {**hooked.sign(body, provider_webhooks.address_of(account, whole=True)), **hooked.headers, **headers}
    answer = Client().generic("POST", path or path_of(account), body, content_type=hooked.content_type, headers=signed)
    assert answer.content == b""
    return answer.status_code


def test_a_bounce_is_stored_with_its_consequence_and_only_once(scheme: str) -> None:
    account, hooked, subscriber = account_at(scheme), HOOKS[scheme], reader()
    body = hooked.body(subscriber.email, metadata(subscriber))
    assert [post(account, body, hooked) for _ in range(3)] == [200, 200, 200]
    stored = ReturnedEvent.objects.get()
    assert (stored.kind, stored.source, stored.status) == ("hard bounce", scheme, "5.1.1")
    assert (stored.email, stored.at.year) == (subscriber.email, 2026)
    if hooked.matched:
        assert (stored.dispatch_id, stored.subscriber_id) == (7, subscriber.pk)
    assert signed_tokens.recipient_tokens().write(7, subscriber.pk) not in json.dumps(stored.raw) + stored.reason
    assert dict(Suppression.objects.values_list("email", "reason")) == {subscriber.email: "hard bounce"}


def test_a_wrong_secret_learns_nothing(scheme: str) -> None:
    account, hooked = account_at(scheme), HOOKS[scheme]
    body = hooked.body(reader().email, metadata(reader()))
    right = path_of(account)
    bare = right.rpartition("/")[0]
    for path in (f"{right}x", bare, right.replace(f"/{account.pk}/", f"/{account.pk + 1}/")):
        assert post(account, body, hooked, path=path) == 403
    other = "brevo" if scheme != "brevo" else "postmark"
    assert post(account, body, hooked, path=right.replace(f"/{scheme}/", f"/{other}/")) == 403
    assert post(account, body, hooked, path=right.replace(f"/{scheme}/", "/pigeon/")) == 403
    assert not ReturnedEvent.objects.exists()


@pytest.mark.parametrize(
    "signed", [name for name, one in PROVIDERS.items() if one.signature != "none" and name != "ses"]
)
def test_a_wrong_signature_is_refused_even_with_the_secret(signed: str) -> None:
    if (needed := NEEDS.get(signed)) and importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed (the extra “{signed}”): its signatures are not tried")
    account, hooked = account_at(signed), HOOKS[signed]
    body = hooked.body(reader().email, metadata(reader()))
    headers = hooked.sign(body, provider_webhooks.address_of(account, whole=True))
    if headers:
        forged = body.replace(b"reader1", b"reader2")
        assert (
            post(account, forged, Hooked(hooked.url, hooked.bounce, content_type=hooked.content_type), **headers) == 403
        )
        assert post(account, body, Hooked(hooked.url, hooked.bounce, content_type=hooked.content_type)) == 403
    else:  # it is in the body
        said = json.loads(body)
        if "signature" in said:
            said["signature"]["signature"] = "0" * 64
        else:
            said["auth"] = "0" * 32
        assert post(account, json.dumps(said).encode(), hooked) == 403
    assert not ReturnedEvent.objects.exists()


def test_the_secret_may_be_the_password_of_basic_auth(scheme: str) -> None:
    account, hooked = account_at(scheme), HOOKS[scheme]
    if scheme == "mandrill":
        return  # it signs its address, so it has to be the one that we give it
    path, _, secret = path_of(account).rpartition("/")
    login = base64.b64encode(f"anyone:{secret}".encode()).decode()
    body = hooked.body(reader().email, metadata(reader()))
    assert post(account, body, hooked, path=path, Authorization=f"Basic {login}") == 200
    assert post(account, body, hooked, path=path, Authorization="Basic bm9ib2R5Ong=") == 403
    assert ReturnedEvent.objects.count() == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"[[[[[", b"\xff", b'{"RecordType": 7}', b"[" * 100_000])
def test_what_is_no_event_is_refused_and_nothing_breaks(body: bytes) -> None:
    account = account_at("brevo")
    hooked = HOOKS["brevo"]
    assert post(account, body, hooked) in (200, 400)
    assert not ReturnedEvent.objects.exists()
    assert post(account_at("postmark"), body, hooked) in (200, 400)
    assert not ReturnedEvent.objects.exists()


def test_a_body_that_is_too_long_is_not_read() -> None:
    assert post(account_at("postmark"), b" " * 5_000_001, HOOKS["postmark"]) == 413


def test_providers_may_try_the_address() -> None:
    path = path_of(account_at("mandrill"))
    assert Client().head(path).status_code == Client().get(path).status_code == 200
    assert Client().head(f"{path}x").status_code == 403
    assert Client().delete(path).status_code == 405


def test_an_error_while_storing_is_no_200(monkeypatch: pytest.MonkeyPatch) -> None:
    account, hooked = account_at("postmark"), HOOKS["postmark"]
    body = hooked.body(reader().email, metadata(reader()))

    def away(_: Any) -> Any:
        raise DatabaseError("away")

    monkeypatch.setattr(webhooks, "take_in", away)
    answer = Client(raise_request_exception=False).generic("POST", path_of(account), body, "application/json")
    assert answer.status_code == 500
    monkeypatch.undo()
    assert post(account, body, hooked) == 200


POSTMARK: list[tuple[dict[str, Any], str | None]] = [
    ({"RecordType": "Delivery", "Recipient": "{email}", "DeliveredAt": "2026-09-21T14:13:20Z"}, "delivered"),
    ({"RecordType": "Bounce", "Type": "Transient", "Email": "{email}", "ID": 1}, "delayed"),
    (
        {"RecordType": "Bounce", "Type": "SoftBounce", "Email": "{email}", "ID": 2, "Details": "552 5.2.2"},
        "soft bounce",
    ),
    ({"RecordType": "Bounce", "Type": "BadEmailAddress", "Email": "{email}", "ID": 3}, "hard bounce"),
    ({"RecordType": "Bounce", "Type": "Blocked", "Email": "{email}", "ID": 4}, "soft bounce"),
    ({"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Email": "{email}", "ID": 5}, "complaint"),
    ({"RecordType": "SubscriptionChange", "Recipient": "{email}", "SuppressSending": True, "ID": 6}, "unsubscribe"),
    ({"RecordType": "Open", "Recipient": "{email}", "UserAgent": "x", "ReceivedAt": "2026-09-21T14:13:20Z"}, "open"),
    ({"RecordType": "Click", "Recipient": "{email}", "OriginalLink": "https://x.example/"}, "click"),
    ({"RecordType": "Bounce", "Type": "AutoResponder", "Email": "{email}", "ID": 7}, None),
    ({"RecordType": "Surprise", "Recipient": "{email}"}, None),
]


@pytest.mark.parametrize(("event", "kind"), POSTMARK)
def test_every_kind_of_event_is_named_in_our_words(event: dict[str, Any], kind: str | None) -> None:
    subscriber = reader()
    whole = {"Metadata": metadata(subscriber), **event}
    body = json.dumps(whole).replace("{email}", subscriber.email).encode()
    assert post(account_at("postmark"), body, HOOKS["postmark"]) == 200
    assert list(ReturnedEvent.objects.values_list("kind", flat=True)) == ([kind] if kind else [])
    left = not Subscription.objects.filter(subscriber=subscriber, state="active").exists()
    assert left == (kind in ("complaint", "unsubscribe"))


@pytest.mark.parametrize(
    ("scheme", "change", "kind"),
    [
        ("mailgun", ("permanent", "temporary"), "delayed"),
        ("sendgrid", ('"type": "bounce"', '"type": "blocked"'), "soft bounce"),
        ("brevo", ("hard_bounce", "soft_bounce"), "soft bounce"),
        ("mailjet", ('"hard_bounce": true', '"hard_bounce": false'), "soft bounce"),
        ("sparkpost", ('"bounce_class": "10"', '"bounce_class": "22"'), "soft bounce"),
        ("mailersend", ('"hard_bounced"', '"soft_bounced"'), "soft bounce"),
    ],
)
def test_a_bounce_that_may_pass_costs_nobody(scheme: str, change: tuple[str, str], kind: str) -> None:
    account, hooked, subscriber = account_at(scheme), HOOKS[scheme], reader()
    body = hooked.body(subscriber.email, metadata(subscriber)).decode()
    assert change[0] in body
    assert post(account, body.replace(*change).encode(), hooked) == 200
    assert ReturnedEvent.objects.get().kind == kind
    assert not Suppression.objects.exists()


def test_a_forged_mark_is_no_mark() -> None:
    account, hooked = account_at("postmark"), HOOKS["postmark"]
    body = hooked.body(reader().email, {**metadata(reader()), "mark": "a" * 40})
    assert post(account, body, hooked) == 200
    assert ReturnedEvent.objects.get().subscriber_id is None


def test_new_keys_leave_the_address_as_it_is() -> None:
    before = provider_webhooks.address_of(account_at("postmark"), whole=True)
    assert provider_webhooks.address_of(account_at("postmark", url="postmark://another-key@"), whole=True) == before
    assert provider_webhooks.address_of(account_at("postmark", webhook_secret="of-my-own"), whole=True) != before


def test_addresses_are_shown_without_their_secret() -> None:
    account = account_at("postmark")
    assert provider_webhooks.address_of(account).endswith(f"/webhooks/mail/postmark/{account.pk}/…")
    relay = accounts.connect(account.publication, "mail", "relay", {"url": "smtp://relay.example"})
    assert provider_webhooks.address_of(relay, whole=True) == ""
    assert provider_webhooks.address_of(account_at("scaleway"), whole=True) == "" if "scaleway" in HOOKS else True


def test_an_address_that_can_not_be_used_is_not_stored() -> None:
    with pytest.raises(BadSettings, match="smtp, smtps, postmark, mailgun"):
        accounts.connect(MailingList.objects.get().publication, "mail", "x", {"url": "pigeon://loft"})
    assert not Account.objects.exists()


def test_no_secret_gets_into_a_log() -> None:
    url = reverse("api:mail_webhook", kwargs={"provider": "postmark", "account_id": 3, "token": "very-secret"})
    assert redact(f"Bad Request: {url}") == "Bad Request: /webhooks/mail/postmark/3/…"


@pytest.mark.parametrize("path", ["/u/{}/", "/c/{}/7", "/o/{}.gif"])
def test_no_mark_of_a_reader_gets_into_a_log(path: str) -> None:
    """Whoever has one can unsubscribe its reader."""
    mark = signed_tokens.recipient_tokens().write(4, 7)
    assert redact(f"Error: {path.format(mark)}") == f"Error: {path.format('…')}"


def test_an_account_from_the_environment_has_a_webhook_too(settings: Any) -> None:
    settings.MAIL_URL = HOOKS["postmark"].url
    [account] = accounts.for_channel(MailingList.objects.get().publication, "mail")
    hooked = HOOKS["postmark"]
    assert post(account, hooked.body(reader().email, metadata(reader())), hooked) == 200
