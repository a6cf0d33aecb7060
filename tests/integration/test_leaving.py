"""The page of an unsubscribe link: what leaves, what does not, what is taken back, and that it says what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from distributor.audience.causes import ONE_CLICK, PAGE
from distributor.audience.models import Subscription, Suppression
from distributor.audience.privacy import erase
from distributor.audience.suppression import suppress
from distributor.delivery.mail.link_tokens import RecipientLinks
from distributor.domain.letters import Draft
from distributor.domain.returns import Kind, MailEvent
from distributor.insights.returns import take_in
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import html

pytestmark = pytest.mark.django_db

LEAVE, COME_BACK = {"action": "leave"}, {"action": "come back"}
ONE_CLICK_BODY = {"List-Unsubscribe": "One-Click"}


@dataclass(frozen=True)
class Leaver:
    """Someone on a list, with the link of a mail to it."""

    path: str
    dispatch: int
    subscription: Subscription

    def get(self) -> str:
        response = Client().get(self.path)
        assert response.status_code == 200
        return html(response)

    def post(self, body: dict[str, str], status: int = 200, **more: Any) -> str:
        response = Client(enforce_csrf_checks=True).post(self.path, body, **more)
        assert response.status_code == status, html(response)
        assert not response.cookies
        return html(response)

    def now(self) -> Subscription:
        self.subscription.refresh_from_db()
        return self.subscription


@pytest.fixture
def publication() -> Publication:
    made = world.make_publication()
    made.digests_from = timezone.now()
    made.save()
    return made


@pytest.fixture
def leaver(publication: Publication, draft: Draft, mail_channel: ScriptedChannel) -> Leaver:
    readers = world.make_list(publication, 2)
    world.connect(publication, "letterbox")
    (dispatch,) = world.queue(world.make_letter(draft, publication), "letterbox", lists=[readers])
    subscription = readers.subscriptions.get(subscriber=world.reader(1))
    subscription.cadence = Subscription.Cadence.WEEKLY
    subscription.digested_through = timezone.now()
    subscription.save()
    url = RecipientLinks(dispatch.pk).of(subscription.subscriber_id)["unsubscribe_url"]
    return Leaver("/u/" + url.partition("/u/")[2], dispatch.pk, subscription)


def everything(subscription: Subscription) -> dict[str, Any]:
    return {name: value for name, value in vars(subscription).items() if not name.startswith("_")}


@pytest.mark.parametrize(
    ("body", "source", "how"), [(LEAVE, PAGE, "unsubscribe link"), (ONE_CLICK_BODY, ONE_CLICK, "one click")]
)
def test_leaving_says_which_button_it_was(leaver: Leaver, body: dict[str, str], source: str, how: str) -> None:
    assert "You have left “Readers”" in leaver.post(body)
    left = leaver.now()
    assert (left.state, left.left_source, left.left_dispatch_id, left.left_how) == (
        "left",
        source,
        leaver.dispatch,
        how,
    )


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", ""])
def test_a_mail_program_that_calls_it_something_else_is_heard(leaver: Leaver, content_type: str) -> None:
    body = b"List-Unsubscribe=One-Click\r\n"
    answer = Client().generic("POST", leaver.path, body, content_type=content_type)
    assert answer.status_code == 200
    assert leaver.now().state == "left"


def test_the_address_without_its_last_slash_is_the_same(leaver: Leaver, client: Client) -> None:
    path = leaver.path.rstrip("/")
    assert client.get(path).status_code == 200
    assert leaver.now().state == "active"
    answer = Client(enforce_csrf_checks=True).post(path, ONE_CLICK_BODY)
    assert answer.status_code == 200
    assert leaver.now().state == "left"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "asks for nothing that can be done here"),
        ({"List-Unsubscribe": "Two-Click"}, "asks for nothing that can be done here"),
        ({"action": "nonsense"}, "asks for nothing that can be done here"),
        ({"action": "nonsense", "cadence": "daily"}, "asks for nothing that can be done here"),
        ({"cadence": "nonsense"}, "“nonsense” is not how often we send"),
        ({"cadence": ""}, "“” is not how often we send"),
        ({"cadence": "\0<b>"}, "is not how often we send"),
    ],
)
def test_what_is_not_understood_changes_nothing(leaver: Leaver, body: dict[str, str], problem: str) -> None:
    before = everything(leaver.now())
    page = leaver.post(body, status=400)
    assert problem in page
    assert "nothing was changed" in page
    assert f'<a href="{leaver.path}">' in page
    assert everything(leaver.now()) == before


def test_broken_bodies_change_nothing(leaver: Leaver) -> None:
    for content_type, body in (
        ("multipart/form-data", b"List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("text/plain", b"\xff\xfe" * 99),
        ("application/json", b"[]"),
    ):
        assert Client().generic("POST", leaver.path, body, content_type=content_type).status_code == 400
        assert leaver.now().state == "active"


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_nothing_but_a_post_changes_anything(leaver: Leaver, method: str) -> None:
    before = everything(leaver.now())
    for query in ("", "?action=leave", "?List-Unsubscribe=One-Click", "?cadence=daily"):
        getattr(Client(), method)(leaver.path + query)
    assert everything(leaver.now()) == before
    leaver.post(LEAVE)
    getattr(Client(), method)(f"{leaver.path}?action=come+back")
    assert leaver.now().state == "left"


@pytest.mark.parametrize("body", [LEAVE, ONE_CLICK_BODY])
def test_who_left_by_mistake_is_put_back_exactly_as_they_were(leaver: Leaver, body: dict[str, str]) -> None:
    before = everything(leaver.now())
    assert "I left by mistake" in leaver.post(body)
    assert "I left by mistake" in leaver.get()
    for _ in range(2):
        page = leaver.post(COME_BACK)
        assert "You are back on “Readers”" in page
        assert "once a week" in page
        assert everything(leaver.now()) == before
    assert "Leave “Readers”?" in leaver.get()


def test_only_the_last_leaving_is_taken_back(leaver: Leaver, publication: Publication) -> None:
    others = world.make_list(publication, 2, "others")
    leaver.post(LEAVE)
    world_list = Subscription.objects.get(subscriber=world.reader(1), list=others)
    assert world_list.state == "active"
    forgotten = Leaver(_path(10**6, leaver.subscription.subscriber_id), 10**6, world_list)  # leads out of all lists
    forgotten.post(LEAVE)
    assert (leaver.now().state, forgotten.now().state) == ("left", "left")
    forgotten.post(COME_BACK)
    assert (leaver.now().state, forgotten.now().state) == ("left", "active")


def _path(dispatch: int, subscriber: int) -> str:
    return "/u/" + RecipientLinks(dispatch).of(subscriber)["unsubscribe_url"].partition("/u/")[2]


def _suppress(leaver: Leaver) -> None:
    suppress([(leaver.subscription.subscriber.email.upper(), "")], reason=Suppression.Reason.HARD_BOUNCE)


def _complain(leaver: Leaver) -> None:
    email, at = leaver.subscription.subscriber.email, timezone.now()
    take_in([MailEvent(kind=Kind.COMPLAINT, source="arf", event_id="1", at=at, email=email)])


@pytest.mark.parametrize("obstacle", [_suppress, _complain])
@pytest.mark.parametrize("first", [True, False])
def test_who_complained_or_is_suppressed_can_not_come_back_so(
    leaver: Leaver, obstacle: Callable[[Leaver], None], first: bool
) -> None:
    steps: list[Callable[[], object]] = [lambda: obstacle(leaver), lambda: leaver.post(LEAVE)]
    for step in steps if first else reversed(steps):
        step()
    assert "I left by mistake" not in leaver.get()
    assert "could not be put back: nothing was changed" in leaver.post(COME_BACK, status=409)
    assert leaver.now().state == "left"


def test_whom_an_event_took_off_is_not_put_back_by_the_button(leaver: Leaver) -> None:
    email, at = leaver.subscription.subscriber.email, timezone.now()
    take_in([MailEvent(kind=Kind.UNSUBSCRIBE, source="mailto", event_id="1", at=at, email=email)])
    leaver.post(LEAVE)
    assert "I left by mistake" not in leaver.get()
    leaver.post(COME_BACK, status=409)
    assert leaver.now().state == "left"
    assert leaver.now().left_again_at is not None


def test_who_was_erased_can_not_come_back(leaver: Leaver) -> None:
    leaver.post(LEAVE)
    erase("reader1@inbox.example")
    assert "You are not on “Readers”" in leaver.get()
    assert "I left by mistake" not in leaver.get()
    assert "nothing was changed" in leaver.post(COME_BACK, status=409)
    assert "You are not on “Readers”" in leaver.post(ONE_CLICK_BODY)
    assert not Subscription.objects.filter(subscriber__email="reader1@inbox.example").exists()


def test_who_has_left_is_not_promised_mail(leaver: Leaver) -> None:
    leaver.post(LEAVE)
    assert "Less often" not in leaver.get()
    before = everything(leaver.now())
    page = leaver.post({"cadence": "daily"}, status=409)
    assert "You are on no list any more" in page
    assert "Once a day" not in page
    assert everything(leaver.now()) == before


def test_who_is_suppressed_is_not_promised_mail(leaver: Leaver) -> None:
    _suppress(leaver)
    assert "Less often" not in leaver.get()
    assert "No mail goes to your address" in leaver.post({"cadence": "daily"}, status=409)
    assert leaver.now().cadence == "weekly"


def test_a_digest_that_never_comes_is_not_promised(leaver: Leaver, publication: Publication) -> None:
    publication.digests_from = None
    publication.save()
    assert "not gathered in one mail here" in leaver.post({"cadence": "daily"}, status=400)
    assert leaver.now().cadence == "weekly"
    assert "Each letter by itself" in leaver.post({"cadence": "each letter"})
    assert leaver.now().cadence == "each letter"


def test_a_damaged_link_takes_nothing_back(leaver: Leaver) -> None:
    leaver.post(LEAVE)
    for damaged in (f"{leaver.path[:-4]}/", _path(leaver.dispatch, 10**9)):
        assert Client().post(damaged, COME_BACK).status_code in (404, 409)
    assert leaver.now().state == "left"
