"""What is stored about one person, and its end."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from distributor.audience import erasure_hashes, privacy
from distributor.audience.actions import ensure_list, subscribe, unsubscribe
from distributor.audience.engagement import note_clicks
from distributor.audience.imports import import_subscribers
from distributor.audience.models import Engagement, MailingList, Subscriber, Subscription, Suppression
from distributor.audience.suppression import import_suppressions, lift, suppress
from distributor.delivery.models import Delivery
from distributor.domain.errors import BadInput
from distributor.domain.letters import Draft
from distributor.letters.actions import create_publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.ports import added

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers() -> MailingList:
    return ensure_list(create_publication(name="The Lantern Post"), "readers")


@pytest.fixture
def notes() -> Iterator[dict[str, list[Any]]]:
    """Another app that keeps something about people."""
    kept: dict[str, list[Any]] = {"forgotten": []}
    keeper = privacy.Keeper(
        tell=lambda person: [f"note on {person.subscriber}"] if person.subscriber else [],
        forget=lambda person: kept["forgotten"].append(person.email),
    )
    with added(privacy.KEEPERS, "notes", keeper):
        yield kept


def take(text: str, into: MailingList) -> Any:
    return import_subscribers(io.StringIO(text, newline=""), into=into)


def test_everything_is_told(readers: MailingList, notes: dict[str, list[Any]]) -> None:
    take("email,name,city,cadence\nada@example.com,Ada,Busan,weekly\n", readers)
    ada = Subscriber.objects.get()
    note_clicks([(ada.pk, timezone.now())])
    suppress([("ADA@example.com", "550 gone")], reason=Suppression.Reason.HARD_BOUNCE)
    told = privacy.stored_data("Ada@Example.com")
    assert (told["name"], told["attributes"], told["key"]) == ("Ada", {"city": "Busan"}, str(ada.key))
    assert (
        told["subscriptions"][0] | {"list": "readers", "state": "active", "cadence": "weekly"}
        == (told["subscriptions"][0])
    )
    assert told["suppression"]["detail"] == "550 gone"
    assert told["engagement"]["clicks"] == 1
    assert told["notes"] == [f"note on {ada.pk}"]
    with pytest.raises(BadInput, match="Nothing is stored about bo"):
        privacy.stored_data("bo@example.com")


def test_an_erased_person_leaves_a_hash_and_stays_gone(readers: MailingList, notes: dict[str, list[Any]]) -> None:
    take("email,name\nada@example.com,Ada\nbo@example.com,Bo\n", readers)
    note_clicks([(Subscriber.objects.get(name="Ada").pk, timezone.now())])
    assert privacy.erase("ADA@example.com") == privacy.Erasure(subscriber=True, subscriptions=1)
    assert notes["forgotten"] == ["ADA@example.com"]
    assert [one.email for one in Subscriber.objects.all()] == ["bo@example.com"]
    assert not Engagement.objects.exists()
    kept = Suppression.objects.get()
    assert (kept.email, kept.reason, str(kept)) == (None, "erased", "someone who was erased")
    assert stored_anywhere("ada@example.com") == []

    report = take("email\nAda@example.com\nbo@example.com\n", readers)
    assert (report.added, report.unchanged, report.kept_out_count) == (0, 1, 1)
    assert report.kept_out[0].message == "Ada@example.com must not get mail (erased)"
    assert privacy.erase("ada@example.com") == privacy.Erasure(subscriber=False, subscriptions=0)
    assert Suppression.objects.count() == 1


def stored_anywhere(text: str) -> list[str]:
    """Return the tables of which a row holds a text, whatever its case."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE strpos(lower(t::text), %s) > 0', [text])
            found += [table] if cursor.fetchone()[0] else []
    return found


def test_a_late_bounce_or_a_file_does_not_bring_the_address_back(readers: MailingList) -> None:
    privacy.erase("ada@example.com")
    assert suppress([("Ada@example.com", "550")], reason=Suppression.Reason.HARD_BOUNCE) == 0
    report = import_suppressions(io.StringIO("email,reason\nADA@example.com,complaint\n"))
    assert (report.added, report.unchanged) == (0, 1)
    assert stored_anywhere("ada@example.com") == []


def test_who_comes_back_by_their_own_setting_is_welcome(readers: MailingList) -> None:
    subscribe("ada@example.com", to=readers)
    privacy.erase("ada@example.com")
    assert subscribe("Ada@example.com", to=readers).state == Subscription.State.ACTIVE
    assert not Suppression.objects.exists()


def test_a_complaint_outlives_the_erasure(readers: MailingList) -> None:
    subscribe("ada@example.com", to=readers)
    suppress([("ada@example.com", "spam")], reason=Suppression.Reason.COMPLAINT)
    privacy.erase("ada@example.com")
    kept = Suppression.objects.get()
    assert (kept.email, kept.reason, kept.detail) == (None, "complaint", "")
    subscribe("ada@example.com", to=readers)
    kept.refresh_from_db()
    assert (kept.email, kept.digest, kept.reason) == ("ada@example.com", None, "complaint")
    assert lift("ADA@example.com")
    assert not lift("ADA@example.com")


def test_an_older_key_still_knows_the_erased(readers: MailingList, settings: Any) -> None:
    privacy.erase("ada@example.com")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one, from today on"
    assert take("email\nada@example.com\n", readers).kept_out_count == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert take("email\nada@example.com\n", readers).kept_out_count == 0


@pytest.mark.django_db(transaction=True)
def test_the_ledger_keeps_its_numbers(draft: Draft, mail_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    readers = world.make_list(letter.publication, 3)
    world.connect(letter.publication, mail_channel.name)
    (dispatch,) = world.queue(letter, mail_channel.name, lists=[readers])
    world.work(dispatch)
    privacy.erase("reader1@inbox.example")
    assert Delivery.objects.filter(dispatch=dispatch, outcome="accepted").count() == 3


def test_a_person_who_leaves_and_is_erased_is_in_no_list(readers: MailingList) -> None:
    one = subscribe("ada@example.com", to=readers).subscriber
    unsubscribe(one.key, lists=[readers], how="one click")
    assert privacy.erase("ada@example.com").subscriptions == 0
    assert not Subscription.objects.exists()
    with pytest.raises(BadInput, match="is not a mail address"):
        privacy.erase("ada")


@given(st.from_regex(r"[A-Za-z0-9.+'_-]{1,20}@[a-z0-9]{1,9}\.example", fullmatch=True))
def test_postgresql_makes_the_same_hash(email: str) -> None:
    inner, outer = erasure_hashes.padded_keys()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {erasure_hashes.SQL_HASH} "
            "FROM unnest(%s::bytea[], %s::bytea[]) AS k(ipad, opad), (SELECT %s AS email) i",
            [inner, outer, email],
        )
        assert [digest for (digest,) in cursor.fetchall()] == erasure_hashes.hashes(email)
