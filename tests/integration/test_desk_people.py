"""People on the desk: found, added, changed, dealt with in bulk, exported and erased; and one person's page."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from distributor.audience import actions, bulk, tags
from distributor.audience.engagement import note_opens
from distributor.audience.models import Consent, MailingList, Subscriber, Subscription, Suppression
from distributor.audience.subscriptions import PersonDraft, store_people
from distributor.audience.suppression import suppress_one
from distributor.delivery.models import Delivery, Dispatch
from distributor.domain.letters import Draft
from distributor.insights.models import Click, Open, ReturnedEvent
from distributor.letters.models import Publication
from distributor.people.models import AuditEntry
from tests.integration import world
from tests.integration.desk import errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, NEW, BULK = "/desk/people/", "/desk/people/new/", "/desk/people/bulk/"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    return world.make_list(publication, 3)


def path(person: Subscriber, action: str = "") -> str:
    return f"{PEOPLE}{person.pk}/{action}{'/' if action else ''}"


def active(mailing_list: MailingList) -> int:
    return Subscription.objects.filter(list=mailing_list, state="active").count()


def test_people_are_found_by_a_fragment(editor: Client, readers: MailingList) -> None:
    page = html(editor.get(PEOPLE, {"q": "ader1@"}))
    assert "reader1@inbox.example" in page
    assert "reader2@inbox.example" not in page
    assert "Nobody is like that" in html(editor.get(PEOPLE, {"q": "xyz"}))
    fragment = html(editor.get(PEOPLE, {"q": "ader1@"}, headers={"X-Requested-With": "fetch"}))
    assert "reader1@inbox.example" in fragment
    assert "<h1" not in fragment


def test_a_filter_that_is_gone_is_said(editor: Client, readers: MailingList) -> None:
    response = editor.get(PEOPLE, {"list": "999"})
    assert errors(response) == ["That is not there any more: choose again."]
    assert "reader1@" not in html(response)
    assert "There is nobody yet" not in html(response)
    fragment = editor.get(PEOPLE, {"list": "999"}, headers={"X-Requested-With": "fetch"})
    assert errors(fragment) == ["That is not there any more: choose again."]


def test_somebody_is_added_with_their_consent(editor: Client, readers: MailingList) -> None:
    form = {"email": "Ana@Inbox.example", "name": "Ana", "tags": "Press, vip", "lists": [str(readers.pk)]}
    refused = editor.post(NEW, form)
    assert refused.status_code == 422
    assert "Say how they agreed" in errors(refused)[0]
    assert 'value="Press, vip"' in html(refused)
    assert not Subscriber.objects.filter(email="Ana@inbox.example").exists()
    response = editor.post(NEW, {**form, "evidence": "On paper", "agreed_at": "2026-01-31 09:00"})
    person = Subscriber.objects.get(email="Ana@inbox.example")
    assert response.headers["Location"] == path(person)
    assert person.tags == ["press", "vip"]
    consent = Consent.objects.get(subscriber=person)
    assert (consent.how, consent.list, consent.actor) == ("On paper", readers, "mina")
    again = editor.post(NEW, {"email": "ana@inbox.example", "name": ""})
    assert "was here already" in said(again)
    assert Subscriber.objects.get(pk=person.pk).name == "Ana"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": "nobody"}, "not a mail address"),
        ({"email": ""}, "Give the mail address"),
        ({"email": "a@b.example", "tags": 'x"y'}, "can't be a tag"),
        ({"email": "a@b.example", "time_zone": "Moon/Sea"}, "time zone"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    editor: Client, readers: MailingList, values: dict[str, str], sentence: str
) -> None:
    response = editor.post(NEW, {"name": "Kept", **values})
    assert response.status_code == 422
    assert sentence in " ".join(errors(response))
    assert 'value="Kept"' in html(response)


def test_everything_about_a_person_is_changed(editor: Client, readers: MailingList) -> None:
    person = world.reader(0)
    Subscriber.objects.filter(pk=person.pk).update(
        attributes={"city": "Oslo", "age": 30, "paid": True, "old": "x", "tree": {"a": 1}}
    )
    form = {
        "email": "ana@inbox.example", "name": "Ana", "language": "ko", "time_zone": "Asia/Seoul", "tags": "vip",
        "attribute_name": ["city", "age", "paid", "old", "new", ""],
        "attribute_value": ["Seoul", "31", "false", "", "5", ""],
    }  # fmt: skip
    assert "Saved." in said(editor.post(path(person, "edit"), form))
    person.refresh_from_db()
    assert (person.email, person.name, person.language, person.tags) == ("ana@inbox.example", "Ana", "ko", ["vip"])
    assert person.attributes == {"city": "Seoul", "age": 31, "paid": False, "new": "5", "tree": {"a": 1}}


def test_what_a_program_stored_while_the_page_was_open_stays(editor: Client, readers: MailingList) -> None:
    person = world.reader(0)
    Subscriber.objects.filter(pk=person.pk).update(
        attributes={"city": "Oslo", "age": 30, "old": "x", "plan": "a"}, tags=["press", "vip"]
    )
    page = html(editor.get(path(person, "edit")))
    shown = {
        name: re.findall(f'name="{name}" value="([^"]*)"', page) for name in ("shown_name", "shown_value", "shown_tags")
    }
    assert sorted(shown["shown_name"]) == ["age", "city", "old", "plan"]
    Subscriber.objects.filter(pk=person.pk).update(
        attributes={"city": "Bergen", "age": 30, "old": "x", "new": 1}, tags=["club", "press", "vip"]
    )
    form = {
        "email": person.email, "name": "Ana", "tags": "vip, fair", **shown,
        "attribute_name": ["city", "years", "old", "plan"], "attribute_value": ["Oslo", "30", "", "a"],
    }  # fmt: skip
    again = html(editor.post(path(person, "edit"), {**form, "email": "none"}))
    assert again.count('name="shown_name"') == 4
    assert 'name="shown_tags" value="press, vip"' in again
    assert "Saved." in said(editor.post(path(person, "edit"), form))
    person.refresh_from_db()
    assert person.attributes == {"city": "Bergen", "new": 1, "years": "30"}
    assert person.tags == ["club", "fair", "vip"]


def test_an_address_of_somebody_else_changes_nothing(editor: Client, readers: MailingList) -> None:
    person = world.reader(0)
    response = editor.post(path(person, "edit"), {"email": "READER1@inbox.example", "name": "Other"})
    assert response.status_code == 422
    assert "somebody else" in errors(response)[0]
    person.refresh_from_db()
    assert person.name == "Reader 0"


def test_one_page_shows_all_that_happened_to_a_person(
    editor: Client, publication: Publication, readers: MailingList, draft: Draft
) -> None:
    person = world.reader(0)
    actions.unsubscribe(person.key, lists=[readers], how="a click")
    letter = world.make_letter(draft, publication)
    (dispatch,) = world.queue(letter, "mail", lists=[readers])
    now = timezone.now()
    Dispatch.objects.filter(pk=dispatch.pk).update(spread_from=now)
    Delivery.objects.create(
        dispatch_id=dispatch.pk, subscriber_id=person.pk, outcome="accepted", detail="250 queued", at=now
    )
    Open.objects.bulk_create(Open(dispatch_id=dispatch.pk, subscriber_id=person.pk, at=now) for _ in range(3))
    Click.objects.create(dispatch_id=dispatch.pk, subscriber_id=person.pk, link=0, at=now)
    note_opens([(person.pk, now)])
    ReturnedEvent.objects.create(
        kind="soft bounce", source="dsn", event_id="1", dispatch_id=dispatch.pk, email=person.email.upper(),
        status="4.2.2", reason="mailbox full", at=now, received_at=now,
    )  # fmt: skip
    Suppression.objects.create(email=person.email, reason="complaint", detail="spam button")
    store_people([PersonDraft(email=person.email, attributes={"city": "Busan"})], actor="x")
    Consent.objects.create(subscriber=person, list=readers, at=now, how="On the pier", actor="a program")
    page = html(editor.get(path(person)))
    for text in (
        *("a click", letter.title, "250 queued", "mailbox full", "spam button", "Busan", "On the pier", "a program"),
        *('<td data-label="Opens">3</td>', '<td data-label="Clicks">1</td>', "Gets no mail"),
    ):
        assert text in page, text


def test_mails_come_a_page_at_a_time(
    editor: Client, publication: Publication, readers: MailingList, draft: Draft
) -> None:
    person = world.reader(0)
    letter = world.make_letter(draft, publication)
    (first,) = world.queue(letter, "mail", lists=[readers])
    Dispatch.objects.filter(pk=first.pk).update(spread_from=timezone.now(), state="sent")
    rows = [first]
    for number in range(30):
        copy = Dispatch.objects.get(pk=first.pk)
        copy.pk, copy.key, copy.target_key = None, Subscriber().key, f"copy:{number}"
        copy.save(force_insert=True)
        rows.append(copy)
    Delivery.objects.bulk_create(
        Delivery(dispatch_id=row.pk, subscriber_id=person.pk, outcome="accepted", at=timezone.now()) for row in rows
    )
    page = html(editor.get(path(person)))
    assert page.count('data-label="Clicks"') == 25
    assert f"before={rows[6].pk}" in page
    assert html(editor.get(path(person), {"before": rows[6].pk})).count('data-label="Clicks"') == 6


def test_lists_cadence_and_mail_are_changed_on_the_page(
    editor: Client, publication: Publication, readers: MailingList
) -> None:
    person = world.reader(0)
    friends = actions.create_list(publication, "friends")
    editor.post(path(person, "cadence"), {"publication": publication.pk, "cadence": "weekly"})
    assert person.subscriptions.get().cadence == "weekly"
    refused = editor.post(path(person, "put-on"), {"target": friends.pk})
    assert refused.status_code == 422
    assert "Say how they agreed" in " ".join(errors(refused))
    assert "are on Friends now" in said(
        editor.post(path(person, "put-on"), {"target": friends.pk, "evidence": "By phone"})
    )
    assert "are off Friends" in said(editor.post(path(person, "take-off"), {"origin": friends.pk}))
    old = {"target": friends.pk, "evidence": "Long ago", "agreed_at": "2020-01-01"}
    assert "stay off it" in said(editor.post(path(person, "put-on"), old))
    assert "not on Friends any more" in said(editor.post(path(person, "take-off"), {"origin": friends.pk}))
    club = actions.create_list(publication, "club")
    move = {"origin": readers.pk, "target": club.pk}
    assert "are moved to Club" in said(editor.post(path(person, "move"), move))
    assert (active(readers), active(club)) == (2, 1)
    assert "get no mail any more" in said(editor.post(path(person, "suppress"), {"detail": "asked"}))
    assert Suppression.objects.get().detail == "asked"
    assert "can get mail again" in said(editor.post(path(person, "lift")))
    assert not Suppression.objects.exists()
    assert editor.post(path(person, "explode")).status_code == 404


def test_a_person_is_exported_and_erased(editor: Client, readers: MailingList) -> None:
    person = world.reader(0)
    file = editor.post(path(person, "export"))
    assert json.loads(file.content)["email"] == person.email
    assert "attachment" in file.headers["Content-Disposition"]
    assert "can’t be undone" in html(editor.get(path(person, "erase")))
    assert editor.post(path(person, "erase")).status_code == 422
    assert Subscriber.objects.filter(pk=person.pk).exists()
    assert "are erased" in said(editor.post(path(person, "erase"), {"confirmed": "on"}))
    assert not Subscriber.objects.filter(pk=person.pk).exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "actor", "door")) == [
        ("people.export", "mina", "desk"),
        ("people.erase", "mina", "desk"),
    ]
    assert person.email not in str(list(AuditEntry.objects.values()))


def test_a_deed_for_many_asks_first(editor: Client, readers: MailingList) -> None:
    form = {"action": "add-tag", "people": [world.reader(0).pk, world.reader(1).pk]}
    page = html(editor.post(BULK, form))
    assert "2 people" in page
    assert not errors(editor.post(BULK, form))
    refused = editor.post(BULK, {**form, "confirmed": "yes", "tag_name": " "})
    assert refused.status_code == 422
    assert "can't be a tag" in errors(refused)[0]
    assert "2 people are different" in said(editor.post(BULK, {**form, "confirmed": "yes", "tag_name": "Press"}))
    assert Subscriber.objects.filter(tags=["press"]).count() == 2
    start, end = AuditEntry.objects.order_by("pk")
    assert (start.action, start.details["tag_name"]) == ("people.add-tag", "press")
    assert (end.action, end.details["people"], end.details["outcome"]) == ("people.add-tag.end", 2, "done")


def test_a_deed_for_many_that_breaks_midway_is_recorded_as_far_as_it_came(
    editor: Client, readers: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "GROUP", 2)
    add_tag, breaks = tags.add_tag, iter([False, True])

    def add_tag_once(ids: Collection[int], tag: str) -> int:
        if next(breaks):
            assert AuditEntry.objects.get().action == "people.add-tag"
            raise OperationalError("the database went away")
        return add_tag(ids, tag)

    monkeypatch.setattr(tags, "add_tag", add_tag_once)
    form = {"action": "add-tag", "everyone": "on", "confirmed": "yes", "tag_name": "press"}
    with pytest.raises(OperationalError):
        editor.post(BULK, form)
    start, end = AuditEntry.objects.order_by("pk")
    assert end.details == {"action": "add-tag", "entry": start.pk, "people": 2, "outcome": "broken off"}


def test_who_left_the_other_list_is_said_to_be_on_neither(
    editor: Client, publication: Publication, readers: MailingList
) -> None:
    person = world.reader(0)
    friends = actions.create_list(publication, "friends")
    actions.subscribe(person.email, to=friends)
    actions.unsubscribe(person.key, lists=[friends], how="a click")
    lists = {"origin": readers.pk, "target": friends.pk}
    assert said(editor.post(path(person, "move"), lists)) == (
        "They left Friends before, and stay on Readers: only a later consent puts them on Friends."
    )
    assert (active(readers), active(friends)) == (3, 0)
    assert not AuditEntry.objects.exists()
    sentence = said(editor.post(BULK, {"action": "move", "everyone": "on", "confirmed": "yes", **lists}))
    assert "3 people are different now" in sentence
    assert "1 person of them had left Friends before and stays off it: they are on neither list now." in sentence
    assert (active(readers), active(friends)) == (0, 2)


def test_what_is_done_with_one_person_is_recorded(
    editor: Client, publication: Publication, readers: MailingList
) -> None:
    friends = actions.create_list(publication, "friends")
    editor.post(NEW, {"email": "ana@inbox.example", "lists": [str(readers.pk)], "evidence": "On paper"})
    person = Subscriber.objects.get(email="ana@inbox.example")
    editor.post(NEW, {"email": "ana@inbox.example", "name": "Ana"})
    editor.post(path(person, "edit"), {"email": "ana@new.example", "name": "Ana", "tags": "vip"})
    editor.post(path(person, "put-on"), {"target": friends.pk, "evidence": "By phone"})
    editor.post(path(person, "take-off"), {"origin": friends.pk})
    editor.post(path(person, "take-off"), {"origin": friends.pk})  # they are off it already
    club = actions.create_list(publication, "club")
    editor.post(path(person, "move"), {"origin": readers.pk, "target": club.pk})
    editor.post(path(person, "cadence"), {"publication": publication.pk, "cadence": "weekly"})
    editor.post(path(person, "suppress"), {"detail": "asked"})
    editor.post(path(person, "lift"))
    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.action, entry.publication, entry.details) for entry in entries] == [
        ("people.create", None, {"lists": {"readers": "added"}}),
        ("people.update", None, {"lists": {}}),
        ("people.update", None, {"members": ["email", "tags"]}),
        ("people.put-on", publication, {"list": "friends", "placement": "added"}),
        ("people.take-off", publication, {"list": "friends"}),
        ("people.move", publication, {"origin": "readers", "list": "club"}),
        ("people.cadence", publication, {"cadence": "weekly"}),
        ("people.suppress", None, {}),
        ("people.lift", None, {}),
    ]
    assert {(entry.actor, entry.door, entry.subject) for entry in entries} == {("mina", "desk", f"person {person.key}")}
    assert "ana@" not in str(list(entries.values()))


@pytest.mark.parametrize("reason", ["complaint", "manual", "hard bounce"])
def test_another_address_does_not_end_a_suppression(editor: Client, readers: MailingList, reason: str) -> None:
    person = world.reader(0)
    Suppression.objects.create(email=person.email, reason=reason, detail="told us", source="dsn")
    response = editor.post(path(person, "edit"), {"email": "ana@new.example"})
    assert "They get no mail at this address" in said(response)
    assert set(Suppression.objects.values_list("email", "reason", "detail", "source")) == {
        (address, reason, "told us", "dsn") for address in (person.email, "ana@new.example")
    }
    assert "Gets no mail" in html(editor.get(path(person)))


def test_an_address_that_somebody_takes_meanwhile_is_said(
    editor: Client, readers: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "with_address", lambda rows, email: rows.none() if rows.model is Subscriber else rows)
    response = editor.post(path(world.reader(0), "edit"), {"email": "reader1@inbox.example", "name": "Other"})
    assert response.status_code == 422
    assert "somebody else" in errors(response)[0]


def test_all_of_a_search_are_dealt_with(editor: Client, publication: Publication, readers: MailingList) -> None:
    friends = actions.create_list(publication, "friends")
    scope = {"q": "reader", "everyone": "on"}
    for action, extra, on_lists in (
        ("put-on", {"target": friends.pk, "evidence": "On paper"}, (3, 3)),
        ("move", {"origin": friends.pk, "target": readers.pk}, (3, 0)),
        ("take-off", {"origin": readers.pk}, (0, 0)),
        ("suppress", {"detail": "asked"}, (0, 0)),
    ):
        assert "3 people" in html(editor.post(BULK, {**scope, "action": action}))
        response = editor.post(BULK, {**scope, "action": action, "confirmed": "yes", **extra})
        assert response.status_code == 302, html(response)
        assert response.headers["Location"].endswith("?q=reader")
        assert (active(readers), active(friends)) == on_lists, action
    assert Suppression.objects.count() == 3


def test_putting_many_on_a_list_says_who_stayed_off_and_why(
    editor: Client, publication: Publication, readers: MailingList
) -> None:
    friends = actions.create_list(publication, "friends")
    for number in (0, 1):
        actions.subscribe(world.reader(number).email, to=friends)
    actions.unsubscribe(world.reader(0).key, lists=[friends], how="a click")
    suppress_one(world.reader(2).email, detail="asked")
    form = {"q": "reader", "everyone": "on", "action": "put-on", "confirmed": "yes", "target": friends.pk}
    sentences = said(editor.post(BULK, {**form, "evidence": "On paper", "agreed_at": "2020-03-02"}))
    assert "1 person is different now." in sentences
    assert "1 person stays off Friends: they left it after the day on which they agreed." in sentences
    assert "1 person on Friends still gets no mail: the address is suppressed." in sentences
    assert "1 person was on Friends already." in sentences
    end = AuditEntry.objects.get(action="people.put-on.end")
    assert (end.details["leavers"], end.details["silent"], end.details["members"]) == (1, 1, 1)


def test_nobody_chosen_is_said(editor: Client, readers: MailingList) -> None:
    form = {"action": "suppress", "q": "reader1", "confirmed": "yes"}
    for people in ([], ["x", "-1"]):
        response = editor.post(BULK, {**form, "people": people})
        assert response.status_code == 422
        assert errors(response) == ["Choose people first, or all that the search is about."]
        page = html(response)
        assert 'type="search"' in page
        assert 'value="reader1"' in page
        assert '<option value="suppress" selected>' in page
        assert "reader1@inbox.example" in page
        assert "reader2@inbox.example" not in page
    assert not Suppression.objects.exists()


def test_those_who_are_chosen_stay_so_where_a_filter_is_gone(editor: Client, readers: MailingList) -> None:
    person = world.reader(1)
    response = editor.post(BULK, {"action": "add-tag", "people": [person.pk], "q": "reader", "tag": "gone"})
    assert response.status_code == 422
    assert errors(response) == ["That is not there any more: choose again."]
    page = html(response)
    assert f'name="people" value="{person.pk}" checked' in page
    assert '<input type="hidden" name="q" value="reader">' in page
    assert '<option value="add-tag" selected>' in page
    assert 'name="everyone"' not in page
    assert "There is nobody yet" not in page


def test_readers_and_strangers_get_nothing(readers: MailingList) -> None:
    person = world.reader(0)
    client = Client()
    client.force_login(User.objects.create_user("nobody"))
    for address in (PEOPLE, NEW, path(person), path(person, "edit"), path(person, "erase")):
        assert client.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    for address in (BULK, path(person, "export"), path(person, "suppress"), path(person, "erase")):
        assert client.post(address, {"confirmed": "on"}).status_code == 403
    assert Subscriber.objects.filter(pk=person.pk).exists()


def test_the_number_of_queries_does_not_grow(editor: Client, readers: MailingList) -> None:
    counts = []
    for size in (3, 40):
        world.make_list(readers.publication, size, f"more-{size}", first=100)
        with CaptureQueriesContext(connection) as queries:
            editor.get(PEOPLE)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
