"""What happened is written down with it: letters, dispatches, posts, people and imports, and who is told of it."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, connection, connections, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from distributor.audience import actions, imports, memberships, privacy, subscriptions, unsubscription
from distributor.audience.causes import PAGE, Cause
from distributor.audience.models import MailingList, Subscriber, Subscription, Suppression
from distributor.audience.suppression import suppress, suppress_one
from distributor.delivery import control
from distributor.domain.announcements import TYPES, type_names
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Rejected, Unconfirmed
from distributor.letters.models import Publication
from distributor.webhooks import interest, outbox
from distributor.webhooks.models import Announcement, Endpoint, WebhookMessage
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)


def listen(publication: Publication, *types: str, **values: Any) -> Endpoint:
    """Make an endpoint that wants these types."""
    defaults = {"url": "https://receiver.example/", "sealed": b"", "created_at": timezone.now()}
    return Endpoint.objects.create(publication=publication, types=list(type_names(types)), **defaults | values)


def told(*types: str) -> list[str]:
    """The types that were announced, in order; of these types or groups only, where some are named."""
    rows = Announcement.objects.order_by("pk").values_list("type", flat=True)
    return [name for name in rows if not types or name in type_names(types)]


def latest(type_name: str) -> dict[str, Any]:
    """The data of the last announcement of a type, which has the fields that its table says."""
    data: dict[str, Any] = Announcement.objects.filter(type=type_name).latest("pk").data
    assert set(data) == set(TYPES[type_name].fields)
    return data


@pytest.fixture
def brand() -> Publication:
    return world.make_publication()


def test_a_letter_is_announced_as_new_once_and_then_as_changed(brand: Publication, draft: Draft) -> None:
    letter = world.make_letter(draft, brand)
    new = latest("letter.taken_in")
    assert (new["letter"], new["version"], new["title"]) == (letter.pk, 1, letter.title)
    world.rename(letter, "Another title")
    changed = latest("letter.changed")
    assert (changed["version"], changed["title"], changed["changes"]) == (2, "Another title", ["title"])
    assert told() == ["letter.taken_in", "letter.changed"]


def test_a_post_is_announced_on_its_way_and_with_its_link(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel
) -> None:
    world.connect(brand, post_channel.name)
    (dispatch,) = world.queue(world.make_letter(draft, brand), post_channel.name)
    assert told("dispatch.*") == ["dispatch.approved"]
    world.work(dispatch)
    assert told("dispatch.*", "post.*") == [
        "dispatch.approved", "dispatch.going_out", "dispatch.sent", "post.published",
    ]  # fmt: skip
    assert latest("post.published")["url"] == "https://network.example/1"
    assert latest("dispatch.sent") | {"reason": ""} == latest("dispatch.sent") | {"state": "sent", "reason": ""}


@pytest.mark.parametrize(
    ("answer", "name"),
    [(Rejected("They say no."), "dispatch.failed"), (Unconfirmed("Nobody knows."), "dispatch.unconfirmed")],
    ids=["refused", "lost"],
)
def test_what_does_not_arrive_is_announced_with_its_reason(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel, answer: Any, name: str
) -> None:
    world.connect(brand, post_channel.name)
    post_channel.answer = lambda _: answer
    (dispatch,) = world.queue(world.make_letter(draft, brand), post_channel.name)
    world.work(dispatch)
    assert latest(name)["reason"] == answer.reason
    assert "post.published" not in told()
    if name == "dispatch.unconfirmed":
        control.confirm_sent(dispatch.pk, url="https://network.example/found")
        assert latest("post.published")["url"] == "https://network.example/found"


def test_a_mailing_is_announced_once_whatever_its_size(
    brand: Publication, draft: Draft, mail_channel: ScriptedChannel
) -> None:
    listen(brand, "*")
    world.connect(brand, mail_channel.name)
    readers = world.make_list(brand, 40)
    (dispatch,) = world.queue(world.make_letter(draft, brand), mail_channel.name, lists=[readers])
    world.work(dispatch)
    assert told() == ["letter.taken_in", "dispatch.approved", "dispatch.going_out", "dispatch.sent"]
    assert latest("dispatch.approved")["recipients"] is None  # not counted yet
    assert latest("dispatch.sent")["recipients"] == 40


def test_nothing_is_announced_of_what_was_rolled_back(brand: Publication, draft: Draft) -> None:
    with transaction.atomic():
        world.make_letter(draft, brand)
        transaction.set_rollback(True)
    assert told() == []


def test_people_are_announced_only_where_somebody_wants_it(brand: Publication) -> None:
    other = world.make_publication("beacon")
    readers, elsewhere = actions.ensure_list(brand, "readers"), actions.ensure_list(other, "readers")
    actions.subscribe("noor@readers.example", to=readers)
    assert told() == []
    listen(other, "person.*")
    listen(brand, "person.*", enabled=False)
    actions.subscribe("ari@readers.example", to=readers)
    assert told() == []
    actions.subscribe("ari@readers.example", to=elsewhere)
    assert latest("person.subscribed")["email"] == "ari@readers.example"
    assert Announcement.objects.get().publication == other


def test_what_people_do_is_announced_with_what_brought_it_about(brand: Publication) -> None:
    listen(brand, "person.*")
    lists = [actions.ensure_list(brand, slug) for slug in ("readers", "weekend")]
    for each in lists:
        key = actions.subscribe("noor@readers.example", to=each).subscriber.key
    actions.subscribe("noor@readers.example", to=lists[0])  # is on it: no news
    actions.set_cadence(key, publication=brand, cadence=Subscription.Cadence.WEEKLY)
    actions.set_cadence(key, publication=brand, cadence=Subscription.Cadence.WEEKLY)
    assert latest("person.changed")["how"] == "weekly"
    actions.unsubscribe(key, lists=lists, how="the page", cause=Cause(PAGE))
    actions.unsubscribe(key, lists=lists, how="the page", cause=Cause(PAGE))
    gone = latest("person.left")
    assert (gone["person"], gone["lists"], gone["how"]) == (str(key), ["readers", "weekend"], "the page")
    memberships.come_back(key, lists)
    assert told() == [
        "person.subscribed", "person.subscribed", "person.changed", "person.left", "person.subscribed",
    ]  # fmt: skip
    assert latest("person.subscribed")["lists"] == ["readers", "weekend"]


def test_people_who_are_stored_many_at_once_are_announced_each_for_what_happened(brand: Publication) -> None:
    listen(brand, "person.*")
    readers, weekend = (actions.ensure_list(brand, slug) for slug in ("readers", "weekend"))
    consent = subscriptions.Agreement(at=timezone.now(), how="the form on the site")

    def draft(name: str, *lists: MailingList, **values: Any) -> subscriptions.PersonDraft:
        return subscriptions.PersonDraft(email=f"{name}@readers.example", lists=lists, consent=consent, **values)

    subscriptions.store_people([draft("noor", readers), draft("ari", readers, weekend)], actor="")
    assert told() == ["person.subscribed"] * 2
    assert latest("person.subscribed")["lists"] == ["readers", "weekend"]
    subscriptions.store_people(
        [draft("noor", weekend), draft("ari", readers, weekend, cadence=Subscription.Cadence.WEEKLY)], actor=""
    )
    assert told()[2:] == ["person.subscribed", "person.changed"]
    assert (latest("person.subscribed")["email"], latest("person.subscribed")["lists"]) == (
        "noor@readers.example",
        ["weekend"],
    )
    assert latest("person.changed")["email"] == "ari@readers.example"
    gone = [subscriptions.Departure("ari@readers.example", [readers])]
    subscriptions.take_off(gone, how="by the API", cause=Cause("api"))
    assert (told()[4:], latest("person.left")["lists"]) == (["person.left"], ["readers"])


def test_bounces_and_complaints_are_announced_where_the_person_is_on_a_list(brand: Publication) -> None:
    listen(brand, "person.*")
    readers = world.make_list(brand, 2)
    first, second = (row.email for row in Subscriber.objects.order_by("pk"))
    for _ in range(2):
        suppress([(first.upper(), "550 5.1.1 gone")], reason=Suppression.Reason.HARD_BOUNCE)
    suppress([(second, ""), ("nobody@elsewhere.example", "")], reason=Suppression.Reason.COMPLAINT)
    unsubscription.leave_all_lists({second: Cause("arf")}, how="complaint")
    assert told() == ["person.bounced", "person.complained", "person.left"]
    assert latest("person.bounced") | {"email": first, "how": "550 5.1.1 gone"} == latest("person.bounced")
    assert latest("person.complained")["lists"] == [readers.slug]
    suppress_one(first)
    suppress_one("somebody@elsewhere.example")
    assert len(told()) == 3


def test_an_import_is_one_announcement_however_many_people_it_holds(brand: Publication) -> None:
    listen(brand, "*")
    readers = actions.ensure_list(brand, "readers")
    table = "email\n" + "".join(f"reader{number}@readers.example\n" for number in range(500))
    imports.import_subscribers(io.BytesIO(table.encode()), into=readers, name="readers.csv", dry_run=True)
    assert told() == []
    imports.import_subscribers(io.BytesIO(table.encode()), into=readers, name="readers.csv")
    assert told() == ["import.done"]
    done = latest("import.done")
    assert (done["name"], done["list"], done["added"]) == ("readers.csv", "readers", 500)


def test_where_nobody_listens_people_cost_one_look(brand: Publication) -> None:
    readers = world.make_list(brand, 50)
    emails = list(Subscriber.objects.values_list("email", flat=True))
    with CaptureQueriesContext(connection) as queries:
        unsubscription.leave_all_lists({email: Cause("arf") for email in emails}, how="complaint")
    about_us = [query["sql"] for query in queries if "webhooks_" in query["sql"]]
    assert (len(about_us), told(), readers.subscriptions.filter(state="active").count()) == (1, [], 0)


def test_endpoints_get_what_they_want_of_what_happens_while_they_are_there(brand: Publication, draft: Draft) -> None:
    letter = world.make_letter(draft, brand)
    wants = listen(brand, "letter.changed")
    listen(brand, "import.done")
    listen(brand, "letter.*", enabled=False)
    listen(world.make_publication("beacon"), "letter.*")
    world.rename(letter, "Another title")
    assert outbox.fan_out() == 2
    assert outbox.fan_out() == 0
    message = WebhookMessage.objects.get()
    assert (message.endpoint, message.announcement.type, message.state) == (wants, "letter.changed", "waiting")


def test_positions_follow_the_order_of_commits(brand: Publication, draft: Draft) -> None:
    """What is written first and committed last comes last: a stream that is ahead of it would never show it."""
    written, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                outbox.announce("import.done", [outbox.News(brand.pk, {})])
                written.set()
                may_commit.wait(30)
        finally:
            connections.close_all()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    assert written.wait(30)
    world.make_letter(draft, brand)
    outbox.fan_out()
    may_commit.set()
    slow.join()
    outbox.fan_out()
    rows = Announcement.objects.order_by("position").values_list("type", flat=True)
    assert list(rows) == ["letter.taken_in", "import.done"]
    assert Announcement.objects.earliest("pk").type == "import.done"


def test_what_was_announced_is_not_changed(brand: Publication, draft: Draft) -> None:
    world.make_letter(draft, brand)
    with pytest.raises((InternalError, IntegrityError), match="append-only"):
        Announcement.objects.update(data={})


def test_after_thirty_days_it_is_forgotten(brand: Publication, draft: Draft) -> None:
    listen(brand, "letter.*")
    world.make_letter(draft, brand)
    outbox.fan_out()
    outbox.forget(timezone.now() + timedelta(days=29))
    assert Announcement.objects.count() == WebhookMessage.objects.count() == 1
    outbox.forget(timezone.now() + timedelta(days=31))
    assert Announcement.objects.count() == WebhookMessage.objects.count() == 0


def test_who_is_erased_is_erased_here_as_well(brand: Publication) -> None:
    listen(brand, "person.*")
    readers = actions.ensure_list(brand, "readers")
    for name in ("noor", "ari"):
        actions.subscribe(f"{name}@readers.example", to=readers)
    stored = privacy.stored_data("noor@readers.example")["announcements"]
    assert [row["type"] for row in stored] == ["person.subscribed"]
    privacy.erase("noor@readers.example")
    assert "noor" not in str(list(Announcement.objects.values_list("data", flat=True)))
    assert latest("person.subscribed")["email"] == "ari@readers.example"


def test_a_stream_has_people_written_down_for_a_day_after_it_was_seen(brand: Publication) -> None:
    readers = actions.ensure_list(brand, "readers")
    assert not interest.keep_for_streams(TYPES, [brand.pk])
    actions.subscribe("noor@readers.example", to=readers)
    assert interest.keep_for_streams(TYPES, [brand.pk])
    assert not interest.keep_for_streams(TYPES, None)
    assert told() == ["person.subscribed"]
    outbox.forget(timezone.now() + timedelta(hours=25))
    actions.subscribe("ari@readers.example", to=readers)
    assert told() == ["person.subscribed"]
