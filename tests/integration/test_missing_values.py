"""Readers who lack a value that a mail writes: told before it goes, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from distributor.audience.models import Subscriber
from distributor.delivery import control
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.variants import channel_settings_store, concerns
from distributor.letters import versions
from distributor.letters.models import Letter
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

TEMPLATE = "{{ recipient.attributes.city }} {{ recipient.attributes.get('boat', '') }} {{ recipient.unsubscribe_url }}"


@pytest.fixture
def dispatch(letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dispatch:
    """A mail to five readers, of whom two have a city."""
    folder = tmp_path / "templates" / letter.publication.slug / "email"
    folder.mkdir(parents=True)
    (folder / "letter.html").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setenv("DISTRIBUTOR_HOME", str(tmp_path))
    accounts.connect(letter.publication, "mail", "main", {"url": "smtp://mail.example.com:25"})
    readers = world.make_list(letter.publication, 5)
    for subscriber in Subscriber.objects.order_by("pk")[:2]:
        Subscriber.objects.filter(pk=subscriber.pk).update(attributes={"city": "Sokcho"})
    (queued,) = world.queue(letter, "mail", lists=[readers])
    return queued


def choose(dispatch: Dispatch, choice: str) -> Dispatch:
    """Choose what becomes of those who lack a value, and approve it like this."""
    channel_settings_store.store(dispatch.publication, "mail", {"missing_values": choice})
    approval.take_back(dispatch.pk)
    approval.approve(dispatch.pk)
    return Dispatch.objects.get(pk=dispatch.pk)


def told(dispatch: Dispatch) -> list[tuple[str, str]]:
    sentences = [concern.concern for concern in concerns.of_dispatches([dispatch])]
    return [(concern.level, concern.message) for concern in sentences if "“city”" in concern.message]


def test_it_is_told_before_it_goes(dispatch: Dispatch) -> None:
    [(level, message)] = told(dispatch)
    assert level == "warning"
    assert message.startswith("3 people on the lists have no “city”. They get no mail:")


def test_who_has_no_name_is_told_where_the_letter_writes_it(letter: Letter) -> None:
    accounts.connect(letter.publication, "mail", "main", {"url": "smtp://mail.example.com:25"})
    readers = world.make_list(letter.publication, 3)
    Subscriber.objects.update(name="")
    Subscriber.objects.filter(pk=Subscriber.objects.earliest("pk").pk).update(name="Kim")
    letter.body_html = f"<p>Dear {{{{ recipient.name }}}},</p>{letter.body_html}"
    letter.save()
    versions.record(letter, actor="", origin="")
    page, mail = world.queue(letter, "link", "mail", lists=[readers])
    assert (page.channel, mail.channel) == ("link", "mail")
    messages = [entry.concern.message for entry in concerns.of_dispatches([mail])]
    assert any(message.startswith("2 people on the lists have no name, and nothing is written") for message in messages)
    (said,) = [entry.concern.message for entry in concerns.of_dispatches([page])]
    assert said == (
        "The letter’s text says “{{ recipient.name }}”, which only mails fill in: nothing stands in its place here."
    )


def test_nothing_in_its_place_is_a_note(dispatch: Dispatch) -> None:
    dispatch = choose(dispatch, "empty")
    assert told(dispatch) == [("note", "3 people on the lists have no “city”: nothing is written in its place.")]


def test_a_mailing_stops_before_it_begins_where_the_publication_wants_that(dispatch: Dispatch) -> None:
    dispatch = choose(dispatch, "stop")
    world.work(dispatch)
    assert (dispatch.state, dispatch.recipients) == ("paused", 0)
    assert dispatch.reason.startswith("3 people on the lists have no “city”: fill it in")
    channel_settings_store.store(dispatch.publication, "mail", {"missing_values": "empty"})
    control.resume(dispatch.pk)  # once another way was chosen
    world.work(dispatch)
    assert (dispatch.state, dispatch.recipients) == ("sending", 5)
