"""Imports on the desk: trying a file, putting its people on a list, and what is said of its rows."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from distributor.audience import import_stage
from distributor.audience.actions import find_or_build_list
from distributor.audience.import_rows import Reading, Row
from distributor.audience.models import Import, MailingList, Subscriber, Subscription
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.desk import Response, errors, html

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/desk/imports/"
PEOPLE = "email,name\nida@inbox.example,Ida\nnobody,\nbo@inbox.example,Bo\n"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


def upload(client: Client, publication: Publication, content: str | bytes, **values: str) -> Response:
    data = content.encode() if isinstance(content, str) else content
    given = {"publication": publication.pk, "list": "readers", "file": SimpleUploadedFile("people.csv", data)}
    return client.post(PATH, {**given, **values})


def test_people_are_put_on_a_new_list_and_refused_rows_are_named(publication: Publication, editor: Client) -> None:
    page = html(upload(editor, publication, PEOPLE))
    assert "“nobody” is not a mail address" in page
    assert 'scope="row">3</th>' in page
    assert set(MailingList.objects.get(slug="readers").subscriptions.values_list("subscriber__name", flat=True)) == {
        "Ida", "Bo",
    }  # fmt: skip
    assert "2 added, 0 updated, 0 unchanged, 1 refused" in html(editor.get(PATH))


def test_trying_says_the_same_and_stores_nothing(publication: Publication, editor: Client) -> None:
    page = html(upload(editor, publication, PEOPLE, dry_run="on"))
    assert "Dry run: nothing was stored" in page
    assert "“nobody” is not a mail address" in page
    assert not Subscriber.objects.exists()
    assert not MailingList.objects.exists()
    assert not Import.objects.exists()


def test_gzip_and_columns_by_other_names(publication: Publication, editor: Client) -> None:
    people = gzip.compress(b"E-Post;Ort;Notes\nida@inbox.example;Bergen;secret\n")
    page = html(upload(editor, publication, people, mapping="E-Post=email\r\nOrt=attributes.city\r\nNotes=-\r\n"))
    assert "Done" in page
    assert Subscriber.objects.get().attributes == {"city": "Bergen"}


def test_who_left_is_kept_out_and_told(publication: Publication, editor: Client) -> None:
    upload(editor, publication, PEOPLE)
    Subscription.objects.filter(subscriber__name="Ida").update(state="left")
    page = html(upload(editor, publication, PEOPLE))
    assert "Kept out (1)" in page
    assert Subscription.objects.filter(state="active").count() == 1


@pytest.mark.parametrize(
    ("values", "content", "sentence"),
    [
        ({}, "", "is empty"),
        ({}, b"caf\xe9", "has no column “email”"),
        ({}, "name\nIda\n", "has no column “email”"),
        ({}, gzip.compress(b"email\n" * 99)[:-9], "is gzipped and damaged"),
        ({"list": "Two words"}, PEOPLE, "can't be a list's short name"),
        ({"list": ""}, PEOPLE, "Say which list"),
        ({"mapping": "E-Post"}, PEOPLE, "maps no column"),
        ({"mapping": "Post=email"}, PEOPLE, "has no column “post” to map"),
    ],
)
def test_a_mistake_gets_one_sentence_and_stores_nothing(
    values: dict[str, str], content: str | bytes, sentence: str, publication: Publication, editor: Client
) -> None:
    answer = upload(editor, publication, content, **values)
    assert answer.status_code == 422
    (wrong,) = errors(answer)
    assert sentence in wrong
    assert not MailingList.objects.exists()
    assert not Import.objects.exists()


def test_a_file_is_needed(publication: Publication, editor: Client) -> None:
    answer = editor.post(PATH, {"publication": publication.pk, "list": "readers"})
    assert errors(answer) == ["Choose a file with people."]


def test_a_large_file_is_read_from_where_it_was_uploaded_to(
    publication: Publication, editor: Client, settings: Any
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    assert "“nobody” is not a mail address" in html(upload(editor, publication, PEOPLE))
    assert Subscriber.objects.count() == 2


def test_what_is_being_read_and_what_was_interrupted_is_shown(publication: Publication, editor: Client) -> None:
    stage = import_stage.begin(
        object(), name="big.csv", into=find_or_build_list(publication, "readers"), reading=Reading()
    )
    stage.fill([Row(2, "ida@inbox.example"), Row(3, "bo@inbox.example")])
    assert "2 rows read for the list readers" in html(editor.get("/desk/imports/running/"))
    assert "2 rows so far" in html(editor.get(PATH))
    Import.objects.update(updated_at="2026-01-01T00:00:00Z")
    assert "big.csv" not in html(editor.get("/desk/imports/running/"))
    assert "interrupted" in html(editor.get(PATH))


def test_the_same_file_goes_on_where_it_was_interrupted(
    publication: Publication, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_stage, "CHUNK", 1)
    real, calls = import_stage.Stage._chunk, []

    def dying(self: import_stage.Stage, *args: object) -> bool:
        calls.append(1)
        if len(calls) == 3:
            raise SystemExit
        return real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(import_stage.Stage, "_chunk", dying)
    with pytest.raises(SystemExit):
        upload(editor, publication, PEOPLE)
    page = html(upload(editor, publication, PEOPLE))
    assert "It went on after row 3" in page
    assert Subscriber.objects.count() == 2


OTHER_SYSTEM = "email,name,subscribed_to_emails\nida@inbox.example,Ida,true\nbo@inbox.example,Bo,false\n"
UNCLEAR = "email,Status\nida@inbox.example,active\nbo@inbox.example,dormant\n"


def test_who_left_elsewhere_is_told_before_and_after(publication: Publication, editor: Client) -> None:
    for values in ({"dry_run": "on"}, {}):
        page = html(upload(editor, publication, OTHER_SYSTEM, **values))
        assert "It looks like an export of Ghost." in page
        assert "told by “subscribed_to_emails”" in page
        assert "Not mailed: 1 had left." in page
        assert "bo@inbox.example had left" in page
    assert Subscription.objects.get(subscriber__name="Bo").state == "left"
    assert "1 added, 0 updated, 0 unchanged, 1 had left" in html(editor.get(PATH))


def test_a_value_that_nobody_knows_is_asked_about_with_a_form(publication: Publication, editor: Client) -> None:
    answer = upload(editor, publication, UNCLEAR, dry_run="on")
    assert answer.status_code == 422
    assert "say below what they mean" in errors(answer)[0]
    page = html(answer)
    assert 'name="unclear" form="import-form" value="Status=dormant"' in page
    assert "1 row" in page
    assert not Subscriber.objects.exists()
    page = html(upload(editor, publication, UNCLEAR, dry_run="on", unclear="Status=dormant", meaning="left"))
    assert "Not mailed: 1 had left." in page
    assert '<option value="left" selected>' in page  # so that the import after the dry run is told the same
    upload(editor, publication, UNCLEAR, unclear="Status=dormant", meaning="left")
    assert dict(Subscription.objects.values_list("subscriber__email", "state")) == {
        "ida@inbox.example": "active",
        "bo@inbox.example": "left",
    }


@pytest.mark.parametrize(("meaning", "attributes"), [("active", {}), ("attribute", {"Status": "dormant"})])
def test_a_value_means_mail_or_nothing(
    meaning: str, attributes: dict[str, str], publication: Publication, editor: Client
) -> None:
    upload(editor, publication, UNCLEAR, unclear="Status=dormant", meaning=meaning)
    person = Subscriber.objects.get(email="bo@inbox.example")
    assert person.attributes == attributes
    assert person.subscriptions.get().state == "active"


def test_an_encoding_is_told_and_can_be_chosen(publication: Publication, editor: Client) -> None:
    data = "email,name\nlu@inbox.example,Łukasz Żółć\n".encode("cp1250")
    assert "read as Western European" in html(upload(editor, publication, data, dry_run="on"))
    upload(editor, publication, data, encoding="cp1250")
    assert Subscriber.objects.get().name == "Łukasz Żółć"


def test_taking_off_a_large_part_of_a_list_wants_a_tick(
    publication: Publication, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distributor.audience.imports.LARGE_LOSS", 1)
    upload(editor, publication, PEOPLE)
    gone = "email,status\nida@inbox.example,left\n"
    answer = upload(editor, publication, gone)
    assert errors(answer) == [
        "1 of the 2 people on this list would get no mail any more, by what “people.csv” says. Nothing was stored."
    ]
    assert 'name="confirmed" form="import-form"' in html(answer)
    assert Subscription.objects.filter(state="active").count() == 2
    assert "1 of them on this list: taken off." in html(upload(editor, publication, gone, confirmed="on"))
    assert Subscription.objects.filter(state="active").count() == 1
