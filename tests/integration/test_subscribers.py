"""Lists and the people on them, in PostgreSQL."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from distributor.audience.actions import (
    ensure_list,
    find_lists,
    subscribe,
    unsubscribe,
)
from distributor.audience.export import export_subscribers
from distributor.audience.import_rows import RowProblem
from distributor.audience.imports import import_subscribers
from distributor.audience.models import MailingList, Subscriber, Subscription, Suppression
from distributor.audience.suppression import suppress
from distributor.domain.errors import BadInput, BadTable
from distributor.letters.actions import create_publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers() -> MailingList:
    return ensure_list(create_publication(name="The Lantern Post"), "readers")


def take(text: str, into: MailingList) -> tuple[int, int, int]:
    report = import_subscribers(io.StringIO(text, newline=""), into=into)
    return report.added, report.updated, report.unchanged


def test_new_changed_and_same_people(readers: MailingList) -> None:
    assert take("email,name,city\nada@example.com,Ada,Busan\nbo@example.com,Bo,\n", readers) == (2, 0, 0)
    assert take("email,name,city\nADA@example.com,Ada Lee,\nbo@example.com,,\ncy@example.com,Cy,\n", readers) == (
        1,
        1,
        1,
    )
    ada = Subscriber.objects.get(email="ada@example.com")
    assert (ada.name, ada.attributes) == ("Ada Lee", {"city": "Busan"})
    assert readers.subscriptions.count() == 3


def test_known_from_another_list_is_added(readers: MailingList) -> None:
    others = ensure_list(readers.publication, "others")
    take("email\nada@example.com\n", others)
    assert take("email,name\nada@example.com,Ada\n", readers) == (1, 0, 0)
    assert Subscriber.objects.get().name == "Ada"


def test_problems_are_reported_and_good_rows_kept(readers: MailingList) -> None:
    report = import_subscribers(
        io.StringIO("email\nada@example.com\nnobody\nAda@example.com\nbo@example.com\n"), into=readers
    )
    assert report.added == 2
    assert report.problems == (
        RowProblem(3, "“nobody” is not a mail address"),
        RowProblem(4, "Ada@example.com is in row 2 already"),
    )


def test_an_import_brings_nobody_back(readers: MailingList) -> None:
    take("email\nleft@example.com\nstays@example.com\n", readers)
    gone = Subscriber.objects.get(email="left@example.com")
    assert unsubscribe(gone.key, lists=[readers], how="one click") == 1
    assert unsubscribe(gone.key, lists=[readers], how="one click") == 0
    suppress([("Angry@example.com", "")], reason=Suppression.Reason.COMPLAINT)

    report = import_subscribers(
        io.StringIO("email\nLEFT@example.com\nangry@example.com\nstays@example.com\n"), into=readers
    )
    assert (report.added, report.updated, report.unchanged) == (0, 0, 1)
    assert [problem.row for problem in report.kept_out] == [2, 3]
    assert "left this list on" in report.kept_out[0].message
    assert "must not get mail (complaint)" in report.kept_out[1].message
    assert not Subscriber.objects.filter(email__iexact="angry@example.com").exists()
    assert Subscription.objects.get(subscriber=gone).state == Subscription.State.LEFT


def test_a_bad_table_stores_nothing(readers: MailingList, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    people = b"".join(b"a%d@example.com\n" % n for n in range(20_000))
    file.write_bytes(b"email\n" + people + b"x" * 1_000_000 + b"\n")
    with pytest.raises(BadTable, match="not a table of people"):
        import_subscribers(file, into=readers)
    assert not Subscriber.objects.exists()
    with pytest.raises(BadTable, match="There is no file"):
        import_subscribers(tmp_path / "gone.csv", into=readers)


def test_what_is_exported_is_imported_again(readers: MailingList) -> None:
    text = 'email,name,language,time_zone,city\nada@example.com,"Lee, Ada",ko,Asia/Seoul,Busan\nbo@example.com,,,,\n'
    take(text, readers)
    take("email\nelsewhere@example.com\n", ensure_list(readers.publication, "others"))
    assert "".join(export_subscribers([readers])) == text


def test_one_persons_own_setting(readers: MailingList) -> None:
    subscription = subscribe("Ada@Example.com", to=readers, name="Ada")
    unsubscribe(subscription.subscriber.key, lists=[readers], how="desk")
    first = subscription.since
    again = subscribe("ada@example.com", to=readers)
    assert (again.state, again.cadence) == (Subscription.State.ACTIVE, Subscription.Cadence.EACH_LETTER)
    assert again.since > first
    weekly = subscribe("ada@example.com", to=readers, cadence=Subscription.Cadence.WEEKLY)
    assert (weekly.cadence, weekly.since) == ("weekly", again.since)
    assert subscribe("ada@example.com", to=readers).cadence == "weekly"
    assert Subscriber.objects.count() == 1
    with pytest.raises(BadInput, match="is not a mail address"):
        subscribe("ada", to=readers)


def test_lists_by_their_short_names(readers: MailingList) -> None:
    assert find_lists(readers.publication, ["readers", "readers"]) == [readers]
    with pytest.raises(BadInput, match="has no list “friends”: it has readers"):
        find_lists(readers.publication, ["friends"])
    with pytest.raises(BadInput, match="can't be a list's short name"):
        ensure_list(readers.publication, "My Readers")
