"""Writing and correcting letters on the desk, as a plain form: what works without a script works for everyone."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from lxml import html as markup
from PIL import Image

from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.letters import autosaves, edits, versions
from distributor.letters.models import Autosave, Letter, Media, Publication
from tests.integration import world
from tests.integration.desk import Response, errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "0d7f3c1e-9a4b-4c1e-8f27-5f0b7f1d2a10"
TEXT = "Dear neighbours,\n\nthe horn is **back**, and it is louder than ever.\n\nBy the pier"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def letter(publication: Publication) -> Letter:
    draft = Draft(
        source="https://lantern.example/fog",
        title="What the fog horn knows",
        body_html="<p>Dear neighbours,</p><figure><img src='https://l.example/a.jpg' alt='A horn'><figcaption>The horn"
        "</figcaption></figure><p>The horn is back, and it is louder than it ever was.</p>".replace("'", '"'),
        body_text="Dear neighbours,\n\nThe horn is back, and it is louder than it ever was.",
        canonical_url="https://lantern.example/fog",
        series=SeriesView("Letters from the Pier", 7),
        authors=(AuthorView("Ida Holm", "ida@lantern.example", "Ida keeps the light."),),
        share_bar=("twitter", "mail", "link"),
        language="en",
    )
    return world.make_letter(draft, publication)


@pytest.fixture
def jun() -> Client:
    """Another editor."""
    client = Client()
    client.force_login(world.make_colleague("jun"))
    return client


def form_of(answer: Response) -> dict[str, Any]:
    """Return what the form of a page holds, as a browser would send it."""
    page: Any = markup.document_fromstring(answer.content)
    form = page.get_element_by_id("letter-form")
    values: dict[str, Any] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value.removeprefix("\n"))
    return values


def typed(client: Client, path: str) -> dict[str, Any]:
    return form_of(client.get(path))


def new_letter(publication: Publication, **values: Any) -> dict[str, Any]:
    return {"publication": publication.pk, "key": KEY, "title": "The horn", "text": TEXT, "do": "save", **values}


def test_a_letter_is_written_word_for_word_with_all_that_is_said_of_it(
    editor: Client, publication: Publication, letter: Letter
) -> None:
    answer = editor.post(
        "/desk/letters/write/",
        new_letter(
            publication,
            series="Letters from the Pier", tags="fog, Horns, #fog", editor_note="The eighth. ― ED.", slug="horn-again",
            summary="A horn is back.", language="en-gb", section="LETTER",
            author_name=["Ida Holm", "Jun Park", ""], author_email=["", "jun@lantern.example", ""],
            author_bio=["", "Jun writes.", ""],
        ),
    )  # fmt: skip
    stored = Letter.objects.exclude(pk=letter.pk).get()
    assert answer.headers["Location"] == f"/desk/letters/{stored.pk}/"
    assert said(answer) == "The letter is saved. Look at its variants, then queue it."
    assert stored.body_html == (
        "<p>Dear neighbours,</p>\n<p>the horn is <strong>back</strong>, and it is louder than ever.</p>\n"
        "<p>By the pier</p>"
    )
    assert (stored.series, stored.number) == (letter.series, 8)
    assert (stored.tags, stored.language, stored.slug) == (["fog", "Horns"], "en-GB", "horn-again")
    ida, jun = (author.view() for author in stored.authors.order_by("bylines__position"))
    assert ida == AuthorView("Ida Holm", "ida@lantern.example", "Ida keeps the light.")
    assert jun == AuthorView("Jun Park", "jun@lantern.example", "Jun writes.")
    (version,) = stored.versions.all()
    assert (version.actor, version.origin) == ("mina", "the desk")


def test_the_same_form_twice_is_one_letter(editor: Client, publication: Publication) -> None:
    for _ in range(2):
        answer = editor.post("/desk/letters/write/", new_letter(publication))
        assert answer.status_code == 302
    assert said(answer).endswith("Nothing was changed, so there is no new version.")
    assert Letter.objects.count() == 1


def test_a_title_that_another_letter_has_makes_a_letter_of_its_own(editor: Client, letter: Letter) -> None:
    editor.post("/desk/letters/write/", new_letter(letter.publication, title=letter.title))
    assert Letter.objects.filter(title=letter.title).count() == 2


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title": " "}, "A letter needs a title: give it one."),
        ({"text": "\n \n"}, "A letter needs a text: write it."),
        ({"number": "0", "series": "Pier"}, "Give a whole number from 1 on, or leave it empty."),
        ({"number": "3"}, "A number needs its series: name it, or leave the number empty."),
        ({"language": "english, please"}, "That is no language: give its tag, such as ko or en-GB."),
        ({"canonical_url": "no where"}, "That is not a web address: it starts with http:// or https://."),
        ({"image_url": "javascript:alert(1)"}, "That is not a web address: it starts with http:// or https://."),
        (
            {"author_name": ["Ida"], "author_email": ["ida at"], "author_bio": [""]},
            "That is no mail address: correct it, or leave it empty.",
        ),
        (
            {"author_name": [""], "author_email": [""], "author_bio": ["Writes."]},
            "Name the author, or leave the whole row empty.",
        ),
    ],
)
def test_each_mistake_is_said_and_what_was_typed_is_kept(
    editor: Client, publication: Publication, values: dict[str, Any], sentence: str
) -> None:
    answer = editor.post("/desk/letters/write/", new_letter(publication, summary="Kept & here", **values))
    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert "Kept & here" in html(answer)
    assert not Letter.objects.exists()


def test_nothing_is_changed_by_saving_what_the_form_shows(editor: Client, letter: Letter) -> None:
    path = f"/desk/letters/{letter.pk}/edit/"
    values = typed(editor, path)
    assert values["text"][0].startswith("Dear neighbours,\n\n<figure>")
    answer = editor.post(path, {**values, "do": "save"})
    assert said(answer) == "Nothing was changed, so there is no new version."
    before = letter.body_html
    letter.refresh_from_db()
    assert (letter.body_html, letter.versions.count()) == (before, 1)


def test_a_typo_is_corrected_and_what_is_approved_goes_out_as_it_was(editor: Client, letter: Letter) -> None:
    world.make_list(letter.publication, 2)
    (dispatch,) = world.queue(letter, "link")
    path = f"/desk/letters/{letter.pk}/edit/"
    values = typed(editor, path)
    values["text"] = [values["text"][0].replace("louder", "quieter")]
    answer = editor.post(path, {**values, "do": "save"})
    assert said(answer) == (
        "Saved as version 2. What is approved goes out as it was approved until you approve it again below."
    )
    letter.refresh_from_db()
    assert "quieter than it ever was" in letter.body_text
    assert "<figcaption>The horn</figcaption>" in letter.body_html
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    assert "Approve again" in page
    editor.post(f"/desk/dispatches/{dispatch.pk}/approve-again/")
    dispatch.refresh_from_db()
    assert "quieter" in json.dumps(dispatch.approved_variant)


def test_two_people_on_one_letter_keep_both_changes_where_they_are_apart(
    editor: Client, jun: Client, letter: Letter
) -> None:
    path = f"/desk/letters/{letter.pk}/edit/"
    mine, theirs = typed(editor, path), typed(jun, path)
    jun.post(path, {**theirs, "title": "What the horn knows", "do": "save"})
    answer = editor.post(path, {**mine, "summary": "A horn.", "do": "save"})
    assert said(answer) == (
        "Saved as version 3. While you wrote, jun saved version 2 (Title): it is in the letter, too."
    )
    letter.refresh_from_db()
    assert (letter.title, letter.summary) == ("What the horn knows", "A horn.")


def test_the_later_of_two_who_change_the_same_is_told_and_nothing_is_overwritten(
    editor: Client, jun: Client, letter: Letter
) -> None:
    path = f"/desk/letters/{letter.pk}/edit/"
    mine, theirs = typed(editor, path), typed(jun, path)
    jun.post(path, {**theirs, "text": "Theirs entirely.", "summary": "Theirs.", "do": "save"})
    answer = editor.post(path, {**mine, "text": "Mine entirely.", "do": "save"})
    assert answer.status_code == 409
    page = html(answer)
    assert "jun changed this letter while you wrote, and the same of it: nothing of yours is saved yet." in page
    assert re.search(r"<ins>.*Theirs", page, re.DOTALL)
    letter.refresh_from_db()
    assert (letter.body_text, letter.versions.count()) == ("Theirs entirely.", 2)
    values = form_of(answer)
    assert values["text"][0].strip() == "Mine entirely."
    assert values["summary"][0].strip() == "Theirs."
    again = editor.post(path, {**values, "do": "save"})
    assert again.status_code == 302
    letter.refresh_from_db()
    assert (letter.body_text, letter.summary, letter.versions.count()) == ("Mine entirely.", "Theirs.", 3)
    assert versions.content_of(letter.versions.get(number=2)).body_text == "Theirs entirely."


def test_unsaved_work_is_kept_found_again_and_gone_once_it_is_saved(editor: Client, publication: Publication) -> None:
    values = new_letter(publication, text="Half a", author_name=["Ida"], author_email=[""], author_bio=[""])
    answer = editor.post("/desk/letters/autosave/", values)
    assert answer.status_code == 200
    assert re.fullmatch(r"\d\d:\d\d:\d\d", answer.json()["saved"])
    editor.post("/desk/letters/autosave/", {**values, "text": "Half a letter"})
    assert Autosave.objects.count() == 1
    assert f"?draft={KEY}" in html(editor.get("/desk/letters/write/"))
    page = typed(editor, f"/desk/letters/write/?draft={KEY}")
    assert (page["text"][0].strip(), page["key"], page["author_name"][0]) == ("Half a letter", [KEY], "Ida")
    assert not Letter.objects.exists()
    editor.post("/desk/letters/write/", {**page, "do": "save"})
    assert Letter.objects.get().body_text == "Half a letter"
    assert not Autosave.objects.exists()


def test_unsaved_work_is_thrown_away_after_ninety_days_though_its_writer_never_comes_back(
    editor: Client, publication: Publication
) -> None:
    from tasks.app import app  # noqa: PLC0415 - it names the settings to processes

    now = timezone.now()
    for days, key in ((91, "old"), (89, "new")):
        saved_at = now - timedelta(days=days)
        autosaves.keep({"text": ["x"]}, editor="gone", publication=publication, now=saved_at, key=key)
    app.loader.import_default_modules()
    app.tasks[app.conf.beat_schedule["forget autosaves"]["task"]]()
    assert [row.key for row in Autosave.objects.all()] == ["new"]


def test_unsaved_work_is_no_version_stops_nothing_and_is_its_writers_own(
    editor: Client, jun: Client, letter: Letter
) -> None:
    path = f"/desk/letters/{letter.pk}/edit/"
    values = typed(editor, path)
    editor.post(f"/desk/letters/{letter.pk}/autosave/", {**values, "title": "Half"})
    assert letter.versions.count() == 1
    assert typed(editor, path)["title"] == ["Half"]
    assert typed(jun, path)["title"] == [letter.title]
    assert "mina has unsaved changes of this letter" in html(jun.get(path))
    edits.edit_letter(letter, {"summary": "New."}, actor="jun", origin="the desk")
    assert editor.post(f"/desk/letters/{letter.pk}/autosave/", values).json()["version"] == 2
    assert "Somebody saved the letter since" in html(editor.get(path))
    answer = editor.post(path, {"do": "discard", "key": KEY})
    assert said(answer) == "Your unsaved changes are gone."
    assert typed(editor, path)["title"] == [letter.title]


def picture_file() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (900, 600), "navy").save(content, "PNG")
    return SimpleUploadedFile("pier.png", content.getvalue(), "image/png")


def test_a_picture_is_stored_and_stands_in_the_text_with_its_words(editor: Client, publication: Publication) -> None:
    values = new_letter(publication, do="text-picture", picture=picture_file(), picture_alt="The [old] pier")
    answer = editor.post("/desk/letters/write/", values)
    media = Media.objects.get()
    page = form_of(answer)
    assert f"![The \\[old\\] pier](http://127.0.0.1:8000/lantern/media/{media.name})" in page["text"][0]
    editor.post("/desk/letters/write/", {**page, "do": "save"})
    stored = Letter.objects.get()
    assert f'src="{media.name.reference}"' in stored.body_html
    assert 'alt="The [old] pier"' in stored.body_html
    again = typed(editor, f"/desk/letters/{stored.pk}/edit/")
    assert said(editor.post(f"/desk/letters/{stored.pk}/edit/", {**again, "do": "save"})).startswith("Nothing was")
    lead = {**again, "do": "lead-picture", "picture": picture_file(), "picture_alt": "The pier"}
    assert "The pier" in html(editor.post(f"/desk/letters/{stored.pk}/edit/", lead))


@pytest.mark.parametrize("content", [b"no picture", b""])
def test_what_is_no_picture_is_refused_with_a_reason(editor: Client, publication: Publication, content: bytes) -> None:
    file = SimpleUploadedFile("pier.png", content, "image/png")
    answer = editor.post("/desk/letters/write/", new_letter(publication, do="text-picture", picture=file))
    assert answer.status_code == 422
    assert TEXT in html(answer).replace("\r\n", "\n")
    dropped = editor.post("/desk/letters/pictures/", {"publication": publication.pk, "picture": picture_file()})
    assert dropped.json()["address"].endswith(f"/lantern/media/{Media.objects.get().name}")
    none = editor.post("/desk/letters/pictures/", {"publication": publication.pk})
    assert (none.status_code, none.json()) == (422, {"problem": "Choose a picture first."})


def test_the_preview_is_what_readers_get_and_nothing_that_runs(editor: Client, publication: Publication) -> None:
    values = new_letter(publication, text="A *word*. <script>alert(1)</script><img src=x onerror=alert(2)>")
    for answer in (
        editor.post("/desk/letters/preview/", values),
        editor.post("/desk/letters/write/", {**values, "do": "preview"}),
    ):
        assert "<p>A <em>word</em>." in html(answer)
        shown = markup.document_fromstring(answer.content)
        assert not any("onerror" in element.attrib or element.text == "alert(1)" for element in shown.iter())
    assert not Letter.objects.exists()
    nothing = html(editor.post("/desk/letters/preview/", new_letter(publication, text=" ")))
    assert ("The text, as readers will see it." in nothing, "error" in nothing) == (True, False)


def test_versions_are_listed_compared_and_restored(editor: Client, letter: Letter) -> None:
    edits.edit_letter(letter, {"title": "The horn", "tags": ["fog"]}, actor="jun", origin="the desk")
    page = html(editor.get(f"/desk/letters/{letter.pk}/versions/"))
    assert "Title, Tags" in page
    shown = html(editor.get(f"/desk/letters/{letter.pk}/versions/2/"))
    assert re.search(r"<del>What the fog horn</del>|<del>What the fog</del>|<ins>The</ins>", shown)
    late = editor.post(f"/desk/letters/{letter.pk}/versions/1/restore/", {"latest": "1"})
    assert said(late) == "jun saved version 2 meanwhile: look at it first."
    answer = editor.post(f"/desk/letters/{letter.pk}/versions/1/restore/", {"latest": "2"})
    assert said(answer).endswith("The letter says again what version 1 said: that is its version 3.")
    letter.refresh_from_db()
    assert (letter.title, letter.tags) == ("What the fog horn knows", [])
    assert editor.get(f"/desk/letters/{letter.pk}/versions/9/").status_code == 404


def test_a_script_gets_the_address_of_what_it_saved(editor: Client, publication: Publication) -> None:
    answer = editor.post("/desk/letters/write/", new_letter(publication), headers={"x-requested-with": "fetch"})
    assert answer.json() == {"address": f"/desk/letters/{Letter.objects.get().pk}/"}


def test_without_a_publication_the_form_says_what_to_do(editor: Client) -> None:
    assert editor.get("/desk/letters/write/").status_code == 200
    answer = editor.post("/desk/letters/write/", {"key": KEY, "title": "The horn", "text": TEXT, "do": "save"})
    assert "There is no publication yet" in html(answer)


def test_another_publication_offers_its_own_series_and_people(editor: Client, letter: Letter) -> None:
    tide = world.make_publication("tide")
    page = html(editor.get("/desk/letters/write/", {"publication": letter.publication_id}))
    assert 'value="Letters from the Pier" data-next="8"' in page
    assert "Letters from the Pier" not in html(editor.get("/desk/letters/write/", {"publication": tide.pk}))


def test_a_long_korean_letter_is_saved_whole(editor: Client, publication: Publication) -> None:
    text = "\n\n".join(["안개가 걷히면 항구는 다시 소리를 낸다." * 20] * 1_500)
    answer = editor.post("/desk/letters/write/", new_letter(publication, text=text))
    assert answer.status_code == 302
    assert len(Letter.objects.get().body_text) == len(text)
