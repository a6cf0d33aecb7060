"""Imports that are interrupted, tried out, mapped, zipped, or fed with what is no table; and exports."""

from __future__ import annotations

import csv
import gzip
import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from distributor.audience import import_stage, import_summary
from distributor.audience.actions import ensure_list, find_or_build_list, subscribe, unsubscribe
from distributor.audience.causes import Cause
from distributor.audience.export import export_subscribers
from distributor.audience.import_rows import Reading, RowProblem, read_answers, read_mapping
from distributor.audience.imports import import_subscribers
from distributor.audience.models import Import, MailingList, Subscriber, Subscription, Suppression
from distributor.audience.segments import add as add_segment
from distributor.audience.suppression import suppress
from distributor.domain.errors import BadInput, BadTable, ConfirmationNeeded, UnclearStatuses
from distributor.domain.segment_words import read
from distributor.letters.actions import create_publication
from distributor.letters.models import Publication
from tests.integration.commands import House, house

# Runs `distributor` with small chunks, and does something to itself when a chunk is stored.
INTERRUPTED = """
import os, signal, sys
import psycopg
from distributor import embedded
from distributor.cli import backing_services, main

with embedded.run():
    backing_services.set_up_django()
    from django.db import connection
    from distributor.audience import import_stage

    def chunk(stage, rows, report, store=import_stage.Stage._chunk):
        if stage.record.row > 350 and sys.argv[1] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if stage.record.row > 350:
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        return store(stage, rows, report)

    import_stage.CHUNK, import_stage.Stage._chunk = 100, chunk
    main(sys.argv[2:])
"""


@pytest.fixture(scope="module")
def lantern() -> Iterator[House]:
    with house() as made:
        made.fine("publications", "add", "The Lantern Post")
        yield made


def write_people(file: Path, *, first: str) -> None:
    """Write 1,000 rows below the header: every tenth but the first is none, and row 902 repeats row 3."""
    rows = [f"p{number}@example.com" if number % 10 else "nobody" for number in range(1_000)]
    rows[0], rows[900] = first, "P1@example.com"
    file.write_text("\n".join(["email", *rows, ""]), encoding="utf-8")


@pytest.mark.parametrize("how", ["kill", "lose the connection"])
def test_an_interrupted_import_goes_on_where_it_stopped(lantern: House, how: str) -> None:
    slug = how.split()[0]
    file = lantern.home / f"{slug}.csv"
    write_people(file, first=f"{slug}@example.com")  # so that it is not the same file twice
    asked = ("subscribers", "import", str(file), "--list", slug, "--json")
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, how, *asked], env=lantern.environment(), capture_output=True, check=False
    )
    assert ended.returncode == (-signal.SIGKILL if how == "kill" else 2), ended.stderr
    assert slug not in {one["slug"] for one in lantern.fine("subscribers", "lists")}
    report = lantern.run(*asked).json
    assert report["resumed_at"] == 401
    assert (report["added"], report["problem_count"]) == (1_000 - 99, 98 + 1)
    assert report["problems"][0] == {"row": 12, "message": "“nobody” is not a mail address"}
    assert {"row": 902, "message": "P1@example.com is in row 3 already"} in report["problems"]
    counted = {one["slug"]: one["subscribers"] for one in lantern.fine("subscribers", "lists")}
    assert counted[slug] == report["added"]
    again = lantern.run(*asked).json  # that one is over, so this one begins anew
    assert (again["unchanged"], again["resumed_at"]) == (report["added"], 0)


@pytest.fixture
def brand() -> Publication:
    return create_publication(name="The Lantern Post")


@pytest.fixture
def readers(brand: Publication) -> MailingList:
    return ensure_list(brand, "readers")


def stages() -> list[str]:
    with connection.cursor() as cursor:
        return [name for name in connection.introspection.table_names(cursor) if name.startswith("audience_import_")]


@pytest.mark.django_db
def test_a_dry_run_says_it_all_and_stores_nothing(brand: Publication) -> None:
    friends = find_or_build_list(brand, "friends")
    text = "email,name\na@example.com,A\nnobody,\nA@example.com,B\n"
    said = import_subscribers(io.StringIO(text), into=friends, dry_run=True)
    assert (said.added, said.problem_count, said.dry_run) == (1, 2, True)
    assert [one.objects.count() for one in (Subscriber, MailingList, Import)] == [0, 0, 0]
    assert stages() == []
    done = import_subscribers(io.StringIO(text), into=friends)
    assert (done.added, done.problems) == (said.added, said.problems)
    assert brand.lists.get().subscriptions.count() == 1
    assert (Import.objects.get().added, stages()) == (1, [])


@pytest.mark.django_db
def test_columns_are_mapped(readers: MailingList) -> None:
    text = "Ort;x;E-Mail privat;name\nBusan;secret;a@example.com;Ada\n"
    mapping = read_mapping(["E-Mail  privat=email", "ORT=attributes.city", "x=-"])
    assert import_subscribers(io.StringIO(text), into=readers, reading=Reading(mapping)).added == 1
    assert Subscriber.objects.get().attributes == {"city": "Busan"}
    with pytest.raises(BadTable, match="has no column “street” to map: its first row names “Ort”"):
        import_subscribers(io.StringIO(text), into=readers, reading=Reading(read_mapping(["street=name", "Ort=email"])))
    for wrong in ("email", "=email", "a=b", "a=attributes."):
        with pytest.raises(BadInput, match="maps no column"):
            read_mapping([wrong])


@pytest.mark.django_db
def test_gzip_is_seen_by_its_content(readers: MailingList, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(gzip.compress(b"email\na@example.com\n"))
    seen: list[tuple[int, int]] = []
    report = import_subscribers(file, into=readers, progress=lambda done, total: seen.append((done, total)))
    assert report.added == 1
    assert seen[-1] == (file.stat().st_size, file.stat().st_size)
    assert import_subscribers(io.BytesIO(file.read_bytes()), into=readers).unchanged == 1
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(BadTable, match="is gzipped and damaged"):
        import_subscribers(file, into=readers)
    file.write_bytes(gzip.compress(b"email" + b"x" * 2_000_000))
    with pytest.raises(BadTable, match="has a line of 1,000,000 characters"):
        import_subscribers(file, into=readers)
    assert stages() == []


@pytest.mark.django_db
def test_problems_are_all_counted_and_written_but_not_all_named(
    readers: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distributor.audience.imports.MOST_NAMED", 2)
    gone = subscribe("gone@example.com", to=readers).subscriber
    unsubscribe(gone.key, lists=[readers], how="desk")
    written = io.StringIO()
    report = import_subscribers(io.StringIO("email\nx\ny\nz\ngone@example.com\n"), into=readers, problems_to=written)
    assert (len(report.problems), report.problem_count, report.kept_out_count) == (2, 3, 1)
    rows = list(csv.reader(written.getvalue().splitlines()))
    assert rows[0] == ["email", "import row", "import message"]
    assert rows[3] == ["z", "4", "“z” is not a mail address"]
    assert rows[4][:2] == ["gone@example.com", "5"]
    assert rows[4][2].startswith("gone@example.com left this list on ")


ODD_ROWS = """Name;E-Mail;Ort;Note
Ida;ida@example.com;Oslo;=1+1
Bo;bo(at)example.com;"Bergen; Nord";'=2+2
Cy;cy@example.com;Voss;x;too many
"Di;di@example.com;Hamar;
Eve;eve@example.com;Moss;
Flo
"""


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["file", "zipped", "stream"])
def test_rows_with_problems_are_written_whole_and_can_be_mended(
    readers: MailingList, tmp_path: Path, kind: str
) -> None:
    data = ODD_ROWS.encode("latin-1")
    file = tmp_path / "people.csv"
    file.write_bytes(gzip.compress(data) if kind == "zipped" else data)
    written = io.StringIO()
    with file.open("rb") as stream:
        report = import_subscribers(stream if kind == "stream" else file, into=readers, problems_to=written)
    assert (report.added, report.problem_count) == (2, 4)
    rows = list(csv.reader(written.getvalue().splitlines()))
    assert rows[0] == ["Name", "E-Mail", "Ort", "Note", "import row", "import message"]
    message = "“bo(at)example.com” is not a mail address"
    assert rows[1] == ["Bo", "bo(at)example.com", "Bergen; Nord", "'=2+2", "3", message]
    assert rows[2][:5] == ["Cy", "cy@example.com", "Voss", "x", "4"]
    assert rows[2][6] == "too many"
    assert rows[3][0] == '"Di;di@example.com;Hamar;'
    assert rows[4] == ["Flo", "", "", "", "7", "has no mail address"]
    mended = written.getvalue().replace("bo(at)", "bo@")
    again = import_subscribers(io.StringIO(mended), into=readers)
    assert again.added == 1
    person = Subscriber.objects.get(email="bo@example.com")
    assert (person.name, person.attributes) == ("Bo", {"Ort": "Bergen; Nord", "Note": "=2+2"})


@pytest.mark.django_db
def test_a_list_that_is_made_is_named_and_what_may_have_been_meant(brand: Publication, readers: MailingList) -> None:
    table = "email\na@example.com\n"
    tried = import_subscribers(io.StringIO(table), into=find_or_build_list(brand, "reders"), dry_run=True)
    sentence = "The list “reders” was not there: it would be made. There is a list “readers”: was that one meant?"
    assert import_summary.destination(tried) == sentence
    done = import_subscribers(io.StringIO(table), into=find_or_build_list(brand, "friends"))
    assert import_summary.destination(done) == "The list “friends” was not there: it was made."
    assert import_summary.destination(import_subscribers(io.StringIO(table), into=readers)) == "On the list “readers”."


@pytest.mark.django_db
def test_how_often_is_imported_changed_and_exported(readers: MailingList) -> None:
    import_subscribers(io.StringIO("email,Cadence\na@example.com,Weekly\nb@example.com,\n"), into=readers)
    report = import_subscribers(
        io.StringIO("email,cadence\na@example.com,daily\nb@example.com,\nc@example.com,hourly\n"), into=readers
    )
    assert (report.updated, report.unchanged) == (1, 1)
    assert report.problems == (RowProblem(4, "“hourly” is not a cadence: write each letter, daily, weekly"),)
    text = "".join(export_subscribers([readers]))
    assert text == "email,name,language,time_zone,cadence\na@example.com,,,,daily\nb@example.com,,,,each letter\n"
    assert import_subscribers(io.StringIO(text), into=readers).unchanged == 2


@pytest.mark.django_db
def test_exports_by_state_list_and_segment(brand: Publication, readers: MailingList) -> None:
    friends = ensure_list(brand, "friends")
    import_subscribers(io.StringIO('email,"it\'s %s"\na@example.com,"x\ny, ""z"""\nb@example.com,\n'), into=readers)
    import_subscribers(io.StringIO("email\na@example.com\n"), into=friends)
    unsubscribe(Subscriber.objects.get(email="a@example.com").key, lists=[friends], how="desk")
    both = [readers, friends]
    everyone = list(csv.DictReader(export_subscribers(both, states=list(Subscription.State), with_lists=True)))
    assert everyone[0]["it's %s"] == 'x\ny, "z"'
    assert [one["lists"].split(" ")[:-1] or one["lists"] for one in everyone][1:] == [["readers:"]]
    assert everyone[0]["lists"].startswith("friends: left 20")
    assert everyone[0]["lists"].endswith("; readers: active")
    left = list(csv.DictReader(export_subscribers(both, states=[Subscription.State.LEFT])))
    assert [one["email"] for one in left] == ["a@example.com"]
    segment = add_segment(brand, "b", rule=read("email starts with b"))
    assert [one["email"] for one in csv.DictReader(export_subscribers(both, segment=segment))] == ["b@example.com"]


@pytest.mark.django_db
def test_what_nobody_goes_on_with_is_forgotten(readers: MailingList, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\na@example.com\n")
    stage = import_stage.begin(file, name="people.csv", into=readers, reading=Reading())
    assert import_stage.begin(file, name="people.csv", into=readers, reading=Reading()).record == stage.record
    Import.objects.update(updated_at="2020-01-01T00:00:00Z")
    import_subscribers(io.StringIO("email\nb@example.com\n"), into=readers)
    assert stages() == []
    assert not Import.objects.filter(pk=stage.record.pk).exists()


@pytest.mark.django_db
def test_rows_that_a_crash_of_the_server_took_are_read_again(readers: MailingList, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\na@example.com\n")
    stage = import_stage.begin(file, name="people.csv", into=readers, reading=Reading())
    Import.objects.update(row=2, staged=1)  # as if there had been one
    assert import_subscribers(file, into=readers).added == 1
    assert not Import.objects.filter(pk=stage.record.pk).exists()


@pytest.mark.django_db
def test_two_at_the_same_file_are_told(readers: MailingList, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\na@example.com\n")
    one = import_stage.begin(file, name="people.csv", into=readers, reading=Reading())
    Import.objects.update(row=7)  # the other one was quicker
    with pytest.raises(BadInput, match="by another process"):
        one.fill([RowProblem(2, "is none")])


HEADS = [b"email,name\n", b"email;a;b\r\n", b"\xef\xbb\xbfemail\tcity\n", b"\xff\xfee\x00m\x00", b"", b"\x1f\x8b"]
CELLS = [b"a@example.com", b"A@EXAMPLE.COM", b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\xff",
         b"\xc3\xa9", b"x" * 140_000, b"\\.", b"\\N", b"b@b\xc3\xbccher.example", b"'", b"%s", b"{}"]  # fmt: skip
ODD = st.tuples(st.sampled_from(HEADS), st.lists(st.sampled_from(CELLS), max_size=14).map(b"".join)).map(b"".join)


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ODD | ODD.map(gzip.compress) | st.binary(max_size=200))
@example(b"email,\xed\xa0\x80\n")
@example(b"email,a\0b\na@example.com,1\n")
@example(b'email,name\n"a@example.com"x,1\n')
def test_any_bytes_are_people_or_one_sentence(readers: MailingList, data: bytes) -> None:
    with transaction.atomic():
        try:
            report = import_subscribers(io.BytesIO(data), into=readers, name="odd.csv")
        except BadTable as error:
            assert str(error).count("\n") == 0  # noqa: PT017 - that there is an error is not the point
            assert not Subscriber.objects.exists()
        else:
            assert Subscriber.objects.count() == report.added == readers.subscriptions.count()
            json.dumps(report.to_json())
        assert stages() == []
        transaction.set_rollback(True)


EVERYONE_GONE = """Email,Status,City
active@example.com,Subscribed,Busan
left@example.com,Unsubscribed,Seoul
bounced@example.com,Cleaned,
angry@example.com,complained,
pending@example.com,Unconfirmed,
"""


def states(on: MailingList) -> dict[str, str]:
    return dict(on.subscriptions.values_list("subscriber__email", "state"))


@pytest.mark.django_db
def test_who_got_no_mail_where_they_come_from_gets_none_here(readers: MailingList) -> None:
    tried = import_subscribers(io.StringIO(EVERYONE_GONE), into=readers, dry_run=True)
    assert not Subscriber.objects.exists()
    assert not Suppression.objects.exists()
    report = import_subscribers(io.StringIO(EVERYONE_GONE), into=readers)
    assert replace(report, dry_run=True) == tried
    assert (
        report.added,
        report.left_count,
        report.bounced_count,
        report.complained_count,
        report.unconfirmed_count,
    ) == (1, 1, 1, 1, 1)
    assert (report.departure_count, report.problem_count, report.kept_out_count) == (4, 0, 0)
    assert report.status_columns == ("Status",)
    assert [row.message for row in report.departures] == [
        *("left@example.com had left", "bounced@example.com bounced", "angry@example.com complained"),
        "pending@example.com did not confirm",
    ]
    assert states(readers) == {"active@example.com": "active", "left@example.com": "left"}
    assert dict(Suppression.objects.values_list("email", "reason")) == {
        "bounced@example.com": "hard bounce",
        "angry@example.com": "complaint",
    }
    record = Import.objects.get()
    assert (record.left_count, record.bounced_count, record.complained_count, record.unconfirmed_count) == (1, 1, 1, 1)
    assert readers.subscriptions.get(state="left").left_how == f"import {record.pk}"
    assert Subscriber.objects.get(email="active@example.com").attributes == {"City": "Busan"}
    again = import_subscribers(io.StringIO(EVERYONE_GONE.replace("Unsubscribed", "Active")), into=readers)
    assert (again.added, again.unchanged, again.kept_out_count) == (0, 1, 1)


@pytest.mark.django_db
def test_who_left_there_meanwhile_is_taken_off_here(readers: MailingList) -> None:
    import_subscribers(io.StringIO("email\nleft@example.com\nbounced@example.com\n"), into=readers)
    report = import_subscribers(io.StringIO(EVERYONE_GONE), into=readers)
    assert (report.added, report.left_count, report.taken_off_count) == (1, 1, 1)
    assert states(readers)["left@example.com"] == "left"
    assert Suppression.objects.filter(email="bounced@example.com").exists()
    again = import_subscribers(io.StringIO(EVERYONE_GONE), into=readers)
    assert (again.left_count, again.taken_off_count, again.unchanged) == (1, 0, 1)


@pytest.mark.django_db
def test_who_is_there_twice_counts_as_what_weighs_most(readers: MailingList) -> None:
    text = "email,status\na@example.com,active\nA@example.com,unsubscribed\na@example.com,active\n"
    written = io.StringIO()
    report = import_subscribers(io.StringIO(text), into=readers, problems_to=written)
    assert (report.added, report.left_count, report.problem_count) == (0, 1, 2)
    assert [problem.message for problem in report.problems] == [
        "a@example.com is in row 3 too, as someone who gets no mail",
        "a@example.com is in row 3 already",
    ]
    row = list(csv.reader(written.getvalue().splitlines()))[2]
    assert row == ["A@example.com", "unsubscribed", "3", "A@example.com had left"]
    assert list(states(readers).values()) == ["left"]


@pytest.mark.django_db
def test_values_that_nobody_knows_are_asked_about_and_nothing_is_stored(readers: MailingList) -> None:
    text = "email,Status\na@example.com,dormant\nb@example.com,active\nc@example.com,dormant\nd@example.com,vip\n"
    with pytest.raises(UnclearStatuses, match=r"Status “dormant” \(2\), Status “vip” \(1\)") as caught:
        import_subscribers(io.StringIO(text), into=readers)
    assert "--left “Status=dormant”" in str(caught.value)
    assert caught.value.values == (("Status", "dormant", 2), ("Status", "vip", 1))
    assert not Subscriber.objects.exists()
    assert (stages(), Import.objects.count()) == ([], 0)
    reading = Reading(answers=read_answers(["VIP"], ["Status=dormant"]))
    report = import_subscribers(io.StringIO(text), into=readers, reading=reading)
    assert (report.added, report.left_count) == (2, 2)
    attribute = Reading(read_mapping(["Status=attributes.status"]))
    assert import_subscribers(io.StringIO(text), into=readers, reading=attribute).kept_out_count == 2


@pytest.mark.django_db
def test_rows_that_are_kept_out_or_gone_or_bad_add_up(readers: MailingList) -> None:
    suppress([("bounced@example.com", ""), ("active@example.com", "")], reason=Suppression.Reason.MANUAL)
    text = EVERYONE_GONE + 'nobody,active,\nb@example.com,active,"x" y\nactive@example.com,active,\n'
    report = import_subscribers(io.StringIO(text), into=readers)
    counts = (report.added, report.updated, report.unchanged, report.departure_count)
    assert sum(counts) + report.problem_count + report.kept_out_count == text.count("\n") - 1
    assert Suppression.objects.get(email="bounced@example.com").reason == "manual"


FORMULAS = ("=1+1", "+49 30 1", "-5", "@SUM(A1)", "'=x", "''+y", "＝1", "'quoted'", "a=b", '=HYPERLINK("x","y")')


@pytest.mark.django_db
def test_an_export_runs_nothing_in_a_spreadsheet_and_reads_back(readers: MailingList) -> None:
    people = [
        Subscriber(email=f"{start}a{number}@example.com", name=cell, attributes={"=note": cell, "city": "Busan"})
        for number, (cell, start) in enumerate(zip(FORMULAS, "=+-'abcdef", strict=True))
    ]
    Subscriber.objects.bulk_create(people)
    Subscription.objects.bulk_create(Subscription(subscriber=person, list=readers) for person in people)
    text = "".join(export_subscribers([readers]))
    header, *rows = csv.reader(io.StringIO(text))
    assert "'=note" in header
    assert not any(cell[:1] in tuple("=+-@＝") and cell for row in (header, *rows) for cell in row)
    raw = list(csv.reader(io.StringIO("".join(export_subscribers([readers], raw=True)))))
    assert [row[1] for row in raw[1:]] == list(FORMULAS)
    assert import_subscribers(io.StringIO(text), into=readers).unchanged == len(people)
    before = dict(Subscriber.objects.values_list("email", "attributes"))
    Subscriber.objects.all().delete()
    assert import_subscribers(io.StringIO(text), into=readers).added == len(people)
    assert dict(Subscriber.objects.values_list("email", "attributes")) == before


@pytest.mark.django_db
@pytest.mark.parametrize("with_lists", [False, True])
def test_who_left_is_still_gone_when_an_export_is_imported_elsewhere(readers: MailingList, with_lists: bool) -> None:
    import_subscribers(io.StringIO(EVERYONE_GONE), into=readers)
    text = "".join(export_subscribers([readers], states=list(Subscription.State), with_lists=with_lists))
    others = ensure_list(readers.publication, "others")
    report = import_subscribers(io.StringIO(text), into=others)
    assert (report.added, report.left_count) == (1, 1)
    assert states(others) == states(readers)
    assert Subscriber.objects.get(email="active@example.com").attributes == {"City": "Busan"}


@pytest.mark.django_db
def test_undoing_an_event_puts_nobody_back_who_had_left_elsewhere(readers: MailingList) -> None:
    person = subscribe("left@example.com", to=readers).subscriber
    unsubscribe(person.key, lists=[readers], how="complaint", cause=Cause("postmark"))
    assert import_subscribers(io.StringIO(EVERYONE_GONE), into=readers).left_count == 1
    subscription = readers.subscriptions.get(subscriber=person)
    assert (subscription.left_source, subscription.left_again_at is not None) == ("postmark", True)
    assert readers.subscriptions.filter(state="left").count() == 1


@pytest.mark.django_db
def test_who_left_is_not_mailed_whatever_the_column_is_called_that_says_so(readers: MailingList) -> None:
    text = 'email,tags,Newsletter\na@example.com,news,1\nb@example.com,"news,unsubscribed",1\nc@example.com,news,0\n'
    report = import_subscribers(io.StringIO(text), into=readers)
    assert report.status_columns == ("Newsletter", "tags")
    assert states(readers) == {"a@example.com": "active", "b@example.com": "left", "c@example.com": "left"}
    assert Subscriber.objects.get(email="a@example.com").attributes == {"tags": "news", "Newsletter": "1"}


@pytest.mark.django_db
def test_a_tick_that_is_not_there_is_asked_about(readers: MailingList) -> None:
    text = "email,Newsletter\na@example.com,yes\nb@example.com,\n"
    with pytest.raises(UnclearStatuses, match="Newsletter “”"):
        import_subscribers(io.StringIO(text), into=readers)
    answered = Reading(answers=read_answers([], ["Newsletter="]))
    import_subscribers(io.StringIO(text), into=readers, reading=answered)
    assert states(readers) == {"a@example.com": "active", "b@example.com": "left"}


@pytest.mark.django_db
def test_a_table_that_is_called_after_leavers_is_not_put_on_a_list(readers: MailingList) -> None:
    text = "email\na@example.com\n"
    leavers = "unsubscribed_members_export.csv", "Bounced-2024.csv", "수신거부 명단.csv", "optouts.csv", "Opt-Out.csv"
    more = "cleaned.csv", "cleaned_members.csv", "do-not-mail.csv", "doNotMail.csv", "désabonnés.csv", "desabonnes.csv"
    for name in (*leavers, *more):
        with pytest.raises(BadTable, match="no column says so"):
            import_subscribers(io.StringIO(text), into=readers, name=name)
    for name in ("subscribed_members_export.csv", "people.csv"):
        import_subscribers(io.StringIO(text), into=readers, name=name)
    # A tidy table of people who are mailed has more than their addresses.
    import_subscribers(io.StringIO("email,name\na@example.com,A\n"), into=readers, name="cleaned.csv")
    import_subscribers(io.StringIO("email,status\nb@example.com,left\n"), into=readers, name="unsubscribed.csv")
    assert states(readers) == {"a@example.com": "active", "b@example.com": "left"}


@pytest.mark.django_db
def test_a_table_that_takes_a_large_part_of_a_list_is_asked_about(readers: MailingList, tmp_path: Path) -> None:
    addresses = [f"a{number}@example.com" for number in range(150)]
    import_subscribers(io.StringIO("\n".join(["email", *addresses])), into=readers)
    file = tmp_path / "people.csv"
    file.write_text("\n".join(["email,status", *(f"{address},inactive" for address in addresses[:100])]))
    tried = import_subscribers(file, into=readers, dry_run=True)
    assert tried.taken_off_count == 100
    question = "100 of the 150 people on this list would get no mail any more, by what “people.csv” says."
    assert tried.question == question
    assert import_summary.question(tried).endswith(question)
    assert import_subscribers(file, into=readers, dry_run=True, confirmed=True).question == ""
    with pytest.raises(ConfirmationNeeded, match=r"^100 of the 150 people on this list would get no mail any more"):
        import_subscribers(file, into=readers)
    assert set(states(readers).values()) == {"active"}
    report = import_subscribers(file, into=readers, confirmed=True)
    assert (report.taken_off_count, report.resumed_at, report.question) == (100, 0, "")
    file.write_text("\n".join(["email,status", *(f"{address},bounced" for address in addresses[100:])]))
    assert import_subscribers(file, into=readers).bounced_count == 50
