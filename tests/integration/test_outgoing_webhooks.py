"""Telling endpoints what happened: signed, at least once, and none at the cost of another."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.db import transaction
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from distributor.audience import actions
from distributor.channels import standard_webhooks
from distributor.channels.addresses import ALLOWED_NETWORKS
from distributor.delivery.accounts import encryption
from distributor.domain.announcements import DEFAULT_TYPES
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.webhooks import calls, endpoints, ledger, outbox, replays, trials, turns
from distributor.webhooks.endpoints import EndpointChange, NewSecret
from distributor.webhooks.models import Announcement, Endpoint, WebhookAttempt, WebhookMessage
from tests.integration import processes, world
from tests.integration.webhook_receiver import HANG_UP, Receiver, receiver
from tests.ports import added

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver() as state:
        yield state


@pytest.fixture
def brand() -> Publication:
    return world.make_publication()


def add(brand: Publication, hooks: Receiver, path: str = "/a", *types: str) -> NewSecret:
    return endpoints.add(brand, hooks.url + path, types=types or ("import.done",))


def happen(brand: Publication, count: int = 1) -> list[str]:
    """Let imports be done; return the ids of what is announced of them."""
    with transaction.atomic():
        outbox.announce("import.done", [outbox.News(brand.pk, {"import": number}) for number in range(count)])
    outbox.fan_out()
    return [row.message_id for row in Announcement.objects.order_by("-pk")[:count]][::-1]


def later() -> None:
    """Let the time have come for everything that waits."""
    WebhookMessage.objects.filter(state="waiting").update(next_at=timezone.now())
    Endpoint.objects.update(resting_until=None, claimed_until=None)


def states() -> list[str]:
    return list(WebhookMessage.objects.order_by("pk").values_list("state", flat=True))


def test_a_call_is_what_the_standard_says(brand: Publication, hooks: Receiver) -> None:
    secret = add(brand, hooks).secret
    (id_,) = happen(brand)
    turns.take_turn()
    (call,) = hooks.received
    assert call.id == id_
    assert call.headers["content-type"] == "application/json"
    said = {"publication": "lantern", "import": 0}
    happened_at = Announcement.objects.get().at.isoformat()
    assert call.opened(secret) == {"type": "import.done", "timestamp": happened_at, "data": said}
    with pytest.raises(WebhookVerificationError):
        call.opened(standard_webhooks.new_secret())
    attempt = WebhookAttempt.objects.get()
    assert (states(), attempt.status, attempt.ended_at is not None) == (["delivered"], 204, True)
    turns.take_turn()
    assert len(hooks.received) == 1


@pytest.mark.parametrize("answer", [500, 404, 301, HANG_UP])
def test_what_is_not_taken_is_tried_again_with_the_same_id_until_it_is(
    brand: Publication, hooks: Receiver, answer: int
) -> None:
    add(brand, hooks)
    hooks.answers["/a"] = [answer, answer]
    happen(brand)
    for _ in range(4):
        turns.take_turn()
        later()
    assert len({call.id for call in hooks.received}) == 1
    assert (len(hooks.received), states()) == (3, ["delivered"])
    assert not Endpoint.objects.exclude(failures=0).exists()


def test_a_try_that_failed_waits_for_its_time(brand: Publication, hooks: Receiver) -> None:
    add(brand, hooks)
    hooks.answers["/a"] = [503]
    hooks.headers["Retry-After"] = "3600"
    happen(brand)
    turns.take_turn()
    turns.take_turn()
    assert len(hooks.received) == 1
    assert WebhookMessage.objects.get().next_at > timezone.now() + timedelta(minutes=59)


def test_after_three_days_a_message_is_given_up_and_can_be_replayed(brand: Publication, hooks: Receiver) -> None:
    endpoint = add(brand, hooks).endpoint
    hooks.answers["/a"] = [500]
    (id_,) = happen(brand)
    WebhookMessage.objects.update(since=timezone.now() - timedelta(days=3))
    turns.take_turn()
    assert states() == ["failed"]
    replays.replay_message(endpoint.pk, WebhookMessage.objects.get().pk)
    later()
    turns.take_turn()
    assert ([call.id for call in hooks.received], states()) == ([id_, id_], ["delivered"])


def test_a_record_of_an_answer_holds_no_secret_and_no_reader(brand: Publication, hooks: Receiver) -> None:
    secret = add(brand, hooks, "/a", "person.*").secret
    hooks.answers["/a"] = [400]
    actions.subscribe("noor@readers.example", to=actions.ensure_list(brand, "readers"))
    outbox.fan_out()
    turns.take_turn()
    excerpt = WebhookAttempt.objects.get().excerpt
    assert excerpt.startswith("no …, since I say so to v1,")
    assert secret not in excerpt


def test_gone_switches_an_endpoint_off(brand: Publication, hooks: Receiver) -> None:
    endpoint = add(brand, hooks).endpoint
    hooks.answers["/a"] = [410]
    happen(brand, 2)
    turns.take_turn()
    later()
    turns.take_turn()
    endpoint.refresh_from_db()
    assert (len(hooks.received), endpoint.enabled) == (1, False)
    assert "410" in endpoint.disabled_reason
    happen(brand)
    assert len(states()) == 2
    with pytest.raises(BadInput, match="switch it on"):
        replays.replay_span(endpoint.pk, since=timezone.now() - timedelta(hours=1))
    endpoints.edit(endpoint.pk, EndpointChange(enabled=True))
    assert replays.replay_span(endpoint.pk, since=timezone.now() - timedelta(hours=1)) == 1
    later()
    turns.take_turn()
    assert states() == ["delivered"] * 3


def test_an_endpoint_that_fails_for_days_is_switched_off_and_that_is_told(
    brand: Publication, hooks: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = add(brand, hooks).endpoint
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=3), failures=20)
    hooks.answers["/a"] = [500]
    happen(brand)
    turns.take_turn()
    endpoint.refresh_from_db()
    assert endpoints.state_of(endpoint) == "off"
    assert endpoint.disabled_reason.startswith("It failed for 3 days. The last time: no")
    assert "is switched off" in caplog.text


@pytest.mark.parametrize("target", ["http://10.0.0.8/", "http://169.254.169.254/latest/"])
def test_a_redirect_is_not_followed_anywhere(brand: Publication, hooks: Receiver, target: str) -> None:
    add(brand, hooks)
    hooks.answers["/a"] = [302]
    hooks.redirects["/a"] = target
    happen(brand)
    turns.take_turn()
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, states()) == (302, ["waiting"])
    assert "not followed" in attempt.excerpt


def test_an_address_that_has_become_private_is_not_called(brand: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    Endpoint.objects.create(
        publication=brand,
        url="https://10.1.2.3/hook",
        types=["import.done"],
        sealed=encryption.seal({"secret": standard_webhooks.new_secret()}),
        created_at=timezone.now(),
    )
    happen(brand)
    turns.take_turn()
    attempt = WebhookAttempt.objects.get()
    assert attempt.status is None
    assert "not a public internet address" in attempt.excerpt


def test_a_slow_endpoint_keeps_no_other_waiting(brand: Publication, hooks: Receiver) -> None:
    add(brand, hooks, "/slow")
    add(brand, hooks, "/quick")
    hooks.held.add("/slow")
    happen(brand, 30)

    def release_when_all_is_there() -> None:
        hooks.wait_for(30, "/quick")
        hooks.release.set()

    helper = threading.Thread(target=release_when_all_is_there)
    helper.start()
    turns.take_turn()
    helper.join()
    first_of_slow = WebhookAttempt.objects.filter(message__endpoint__url__endswith="/slow").earliest("pk")
    last_of_quick = WebhookAttempt.objects.filter(message__endpoint__url__endswith="/quick").latest("pk")
    assert first_of_slow.ended_at
    assert last_of_quick.started_at < first_of_slow.ended_at


def test_an_endpoint_that_does_not_answer_is_a_failure(
    brand: Publication, hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "WITHIN", 0.2)
    add(brand, hooks)
    hooks.held.add("/a")
    happen(brand)
    turns.take_turn()
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, states()) == (None, ["waiting"])
    assert "did not answer" in attempt.excerpt


def test_a_failing_endpoint_is_left_alone_for_a_while_whatever_waits_for_it(
    brand: Publication, hooks: Receiver
) -> None:
    endpoint = add(brand, hooks).endpoint
    hooks.answers["/a"] = [500] * 100
    happen(brand, 50)
    turns.take_turn()
    endpoint.refresh_from_db()
    assert len(hooks.received) == 3
    assert endpoint.resting_until
    assert endpoint.resting_until > timezone.now()


def test_one_turn_at_a_time_whichever_worker_has_it(brand: Publication, hooks: Receiver) -> None:
    add(brand, hooks)
    Endpoint.objects.create(
        publication=brand, url="https://held.example/", types=[], sealed=b"", created_at=timezone.now(),
        claim=uuid4(), claimed_until=timezone.now() + ledger.CLAIM_TIME,
    )  # fmt: skip
    happen(brand)
    turns.take_turn()
    assert hooks.received == []
    later()  # that worker is dead
    turns.take_turn()
    assert len(hooks.received) == 1


def test_a_secret_is_replaced_without_a_gap(brand: Publication, hooks: Receiver) -> None:
    old = add(brand, hooks)
    new = endpoints.rotate(old.endpoint.pk)
    happen(brand)
    turns.take_turn()
    (call,) = hooks.received
    assert call.opened(old.secret) == call.opened(new.secret)
    Endpoint.objects.update(previous_until=timezone.now())
    happen(brand)
    turns.take_turn()
    assert hooks.received[1].opened(new.secret)
    with pytest.raises(WebhookVerificationError):
        hooks.received[1].opened(old.secret)
    at_once = endpoints.rotate(old.endpoint.pk, overlap=timedelta(0))
    happen(brand)
    turns.take_turn()
    with pytest.raises(WebhookVerificationError):
        hooks.received[2].opened(new.secret)
    assert hooks.received[2].opened(at_once.secret)


def test_a_secret_that_has_its_time_keeps_it_whatever_follows(brand: Publication, hooks: Receiver) -> None:
    first = add(brand, hooks)
    second = endpoints.rotate(first.endpoint.pk)  # whose answer was lost
    third = endpoints.rotate(first.endpoint.pk, overlap=timedelta(hours=1))
    endpoint, now = third.endpoint, timezone.now()
    assert endpoints.signing_secrets(endpoint, now) == (third.secret, second.secret, first.secret)
    assert endpoints.signing_secrets(endpoint, now + timedelta(hours=2)) == (third.secret, first.secret)
    assert endpoints.signing_secrets(endpoint, now + timedelta(hours=25)) == (third.secret,)
    last = endpoints.rotate(first.endpoint.pk, overlap=timedelta(0))
    assert endpoints.signing_secrets(last.endpoint, now) == (last.secret,)


def test_a_secret_that_was_kept_alone_still_has_its_time(brand: Publication, hooks: Receiver) -> None:
    endpoint, now = add(brand, hooks).endpoint, timezone.now()
    endpoint.sealed = encryption.seal({"secret": "whsec_new", "previous": "whsec_old"})
    endpoint.previous_until = now + timedelta(hours=1)
    assert endpoints.signing_secrets(endpoint, now) == ("whsec_new", "whsec_old")
    assert endpoints.signing_secrets(endpoint, now + timedelta(hours=1)) == ("whsec_new",)


def test_secrets_are_encrypted_at_rest_and_anew_with_another_key(brand: Publication, hooks: Receiver) -> None:
    new = add(brand, hooks)
    sealed = bytes(Endpoint.objects.get().sealed)
    assert new.secret.encode() not in sealed
    assert endpoints.reseal_all() == 1
    endpoint = Endpoint.objects.get()
    assert bytes(endpoint.sealed) != sealed
    assert endpoints.signing_secrets(endpoint, timezone.now()) == (new.secret,)


def test_the_test_button_calls_once_also_what_is_switched_off(brand: Publication, hooks: Receiver) -> None:
    new = add(brand, hooks)
    endpoints.edit(new.endpoint.pk, EndpointChange(enabled=False))
    hooks.answers["/a"] = [500]
    refused = trials.send_test(new.endpoint.pk)
    assert (refused.status, refused.message.state) == (500, "failed")
    taken = trials.send_test(new.endpoint.pk)
    assert (taken.status, taken.message.state) == (204, "delivered")
    assert json.loads(hooks.received[1].body)["type"] == "webhook.test"
    assert hooks.received[1].opened(new.secret)
    outbox.fan_out()
    later()
    turns.take_turn()
    assert len(hooks.received) == 2
    with pytest.raises(BadInput):
        replays.replay_message(new.endpoint.pk, taken.message.pk)


def test_a_span_is_replayed_with_what_the_endpoint_missed(brand: Publication, hooks: Receiver) -> None:
    first = happen(brand, 2)  # before there was an endpoint
    endpoint = add(brand, hooks).endpoint
    second = happen(brand)
    turns.take_turn()
    assert [call.id for call in hooks.received] == second
    hour = timedelta(hours=1)
    assert replays.replay_span(endpoint.pk, since=timezone.now() - hour) == 3
    turns.take_turn()
    assert sorted(call.id for call in hooks.received[1:]) == sorted(first + second)
    assert replays.replay_span(endpoint.pk, since=timezone.now() - 2 * hour, until=timezone.now() - hour) == 0
    with pytest.raises(BadInput, match="span"):
        replays.replay_span(endpoint.pk, since=timezone.now() + hour)


def test_an_endpoint_that_is_removed_takes_what_waits_with_it(brand: Publication, hooks: Receiver) -> None:
    endpoint = add(brand, hooks).endpoint
    happen(brand)
    Endpoint.objects.update(claim=(claim := uuid4()))
    begun = ledger.begin_next(endpoint.pk, claim)
    assert begun
    endpoints.remove(endpoint.pk)
    ledger.conclude(begun, calls.make(begun.call))  # of the call that was under way nothing is left to record
    assert not WebhookMessage.objects.exists()
    with pytest.raises(BadInput):
        endpoints.remove(endpoint.pk)


def test_without_types_an_endpoint_gets_all_that_is_not_about_one_reader(brand: Publication) -> None:
    endpoint = endpoints.add(brand, "https://hooks.example/letters", name=" CRM\n of the newsroom ").endpoint
    assert (endpoint.types, str(endpoint)) == (list(DEFAULT_TYPES), "CRM of the newsroom")
    changed = endpoints.edit(endpoint.pk, EndpointChange(types=("person.left",), name="", url="https://b.example/ü"))
    assert (changed.types, changed.url) == (["person.left"], "https://b.example/%C3%BC")
    assert str(changed) == f"endpoint {changed.pk}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example/letters",
        "ftp://hooks.example/",
        "https://",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://user:pass@hooks.example/",
        "https://10.0.0.8/",
        "https://[fd00::1]/",
        "https://x..example/",
        "http://1.1.1.1/letters",
        "https://hooks.example/a b",
        "https://hooks.example/" + "a" * 2_000,
    ],
)
def test_an_address_that_can_not_be_used_is_refused(brand: Publication, url: str) -> None:
    with pytest.raises(BadInput):
        endpoints.add(brand, url)
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("host", ["0x7f.1", "127.1", "2130706433", "017700000001", "localhost", "hooks.localhost."])
def test_this_machine_is_refused_however_it_is_written_unless_it_is_allowed(brand: Publication, host: str) -> None:
    with added(ALLOWED_NETWORKS, "loopback of tests", ()), pytest.raises(BadInput, match="not a public internet"):
        endpoints.add(brand, f"https://{host}/")
    assert endpoints.add(brand, f"https://{host}/").endpoint.url


def test_what_is_too_much_is_refused(brand: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="100 characters"):
        endpoints.add(brand, "https://hooks.example/", name="x" * 101)
    with pytest.raises(BadInput, match="choose from"):
        endpoints.add(brand, "https://hooks.example/", types=["letter.lost"])
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", 1)
    endpoints.add(brand, "https://hooks.example/")
    with pytest.raises(BadInput, match="all it can have"):
        endpoints.add(brand, "https://hooks.example/")


def test_a_worker_killed_in_the_middle_of_a_call_leaves_one_more_call_with_the_same_id(
    brand: Publication, hooks: Receiver, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTOR_ALLOWED_NETWORKS", "127.0.0.0/8")
    secret = add(brand, hooks).secret
    hooks.held.add("/a")
    with processes.worker("doomed"):
        (id_,) = happen(brand)
        hooks.wait_for(1, "/a")
    hooks.release.set()
    assert WebhookAttempt.objects.get().ended_at is None
    turns.take_turn()
    assert len(hooks.received) == 1  # its claim still counts: it may only be slow
    later()
    turns.take_turn()
    assert [call.id for call in hooks.received] == [id_, id_]
    assert hooks.received[1].opened(secret)
    excerpts = WebhookAttempt.objects.order_by("pk").values_list("status", "excerpt")
    assert list(excerpts) == [(None, ledger.CUT_OFF), (204, "")]
