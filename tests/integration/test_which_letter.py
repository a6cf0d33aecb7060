"""Which letter a source is: by its keys, never by its title, and by a person's word where that is not sure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from distributor.domain.errors import BadInput, UnclearLetter
from distributor.domain.letters import Draft
from distributor.domain.source_keys import SourceKey
from distributor.letters import actions, versions
from distributor.letters.intake import parse
from distributor.letters.models import Letter, LetterKey, Publication, SourceFeed
from tests.integration import world
from tests.integration.desk import html, said

pytestmark = pytest.mark.django_db
HORN = "The horn is back on the pier since Monday, and it calls every forty seconds when the fog comes in."
GAUGE = "A gauge was put up by the ferry when my mother sold fish here, and it still reports each hour."
NEW = "/desk/letters/new/"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


def entry(title: str = "The horn", link: str = "https://harbor.example/a", guid: str = "1", text: str = HORN) -> Draft:
    feed = (
        '<rss version="2.0"><channel><title>Harbor</title><link>https://harbor.example/</link><item>'
        f"<title>{title}</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid>"
        f"<description>{text}</description></item></channel></rss>"
    )
    return parse(feed.encode(), name="feed.rss")[0]


def typed(title: str, text: str) -> Draft:
    return parse(f"# {title}\n\n{text}\n".encode(), name="The text", content_type="text/markdown")[0]


def take_in(draft: Draft, publication: Publication) -> Letter:
    return actions.take_in(draft, publication=publication).letter


@pytest.mark.parametrize(
    "again",
    [
        entry(link="https://harbor.example/a?utm_source=rss&amp;utm_medium=rss&amp;utm_campaign=a"),
        entry(link="http://harbor.example/a/"),
        entry(link="https://www.new-harbor.example/a"),
        entry(guid="https://harbor.example/?p=17"),
        entry(title="The horns"),
        entry(title="The horns", link="https://new-harbor.example/a"),
    ],
    ids=["campaign", "scheme and slash", "host", "guid", "title", "title and host"],
)
def test_one_entry_is_one_letter_however_its_link_is_written(again: Draft, publication: Publication) -> None:
    assert take_in(entry(), publication).pk == take_in(again, publication).pk
    assert Letter.objects.count() == 1


def test_each_source_adds_its_keys(publication: Publication) -> None:
    letter = take_in(entry(), publication)
    take_in(entry(guid="https://harbor.example/?p=17"), publication)
    take_in(entry(guid="https://harbor.example/?p=17", link="https://harbor.example/the-horn"), publication)
    assert take_in(entry(link="https://harbor.example/the-horn", guid="9"), publication).pk == letter.pk


def test_two_letters_of_one_title_are_two(publication: Publication) -> None:
    first = take_in(entry("Weekly", "https://harbor.example/w1", "1"), publication)
    second = take_in(entry("Weekly", "https://harbor.example/w2", "2", text=GAUGE), publication)
    assert first.pk != second.pk
    assert {first.slug, second.slug} == {"weekly", "weekly-2"}


def test_a_letter_is_another_one_in_another_publication(publication: Publication) -> None:
    assert take_in(entry(), publication).pk != take_in(entry(), world.make_publication("beacon")).pk


def test_a_typed_letter_is_its_own_and_a_title_that_is_there_is_asked_about(publication: Publication) -> None:
    first = take_in(typed("Weekly", HORN), publication)
    with pytest.raises(UnclearLetter, match=rf"“Weekly” may correct L{first.pk} “Weekly”, or be a letter of its own"):
        take_in(typed("Weekly", GAUGE), publication)
    with pytest.raises(UnclearLetter):
        take_in(typed("Weekli", HORN), publication)
    assert take_in(typed("Another", GAUGE), publication).pk != first.pk
    own = actions.take_in(typed("Weekly", GAUGE + " So it is."), publication=publication, is_new=True)
    assert own.created


def test_a_person_says_that_it_corrects_a_letter(publication: Publication) -> None:
    letter = take_in(typed("Weekly", HORN), publication)
    result = actions.take_in(typed("The weekly letter", GAUGE), publication=publication, corrects=letter)
    assert (result.created, result.letter.pk, result.letter.title) == (False, letter.pk, "The weekly letter")
    assert versions.latest(letter).changes == ["title", "body_html", "body_text"]


def test_a_correction_brings_its_keys(publication: Publication) -> None:
    letter = take_in(typed("The horn", HORN), publication)
    actions.take_in(entry(), publication=publication, corrects=letter)
    assert take_in(entry("The horn again"), publication).pk == letter.pk


def test_keys_of_two_letters_are_asked_about_and_the_answer_settles_it(publication: Publication) -> None:
    first = take_in(entry("One", "https://harbor.example/1", "tag:harbor.example,2026:1"), publication)
    second = take_in(entry("Two", "https://harbor.example/2", "tag:harbor.example,2026:2", GAUGE), publication)
    mixed = entry("Two", "https://harbor.example/2", "tag:harbor.example,2026:1", GAUGE)
    with pytest.raises(UnclearLetter, match="belong to different letters") as caught:
        take_in(mixed, publication)
    assert caught.value.candidates == (first.pk, second.pk)
    actions.take_in(mixed, publication=publication, corrects=second)
    assert take_in(mixed, publication).pk == second.pk


def test_a_moved_file_is_asked_about(publication: Publication, tmp_path: Path) -> None:
    draft = typed("The horn", HORN)
    take_in(replace(draft, keys=(SourceKey("file", str(tmp_path / "a.md")),)), publication)
    with pytest.raises(UnclearLetter, match="another place"):
        take_in(replace(draft, keys=(SourceKey("file", str(tmp_path / "b.md")),)), publication)


def test_a_file_that_holds_another_letter_now_is_asked_about(publication: Publication) -> None:
    key = (SourceKey("file", "/this-week.md"),)
    first = take_in(replace(typed("The horn", HORN), keys=key), publication)
    gauge = replace(typed("The gauge", GAUGE), keys=key)
    with pytest.raises(UnclearLetter, match="another letter was there before"):
        take_in(gauge, publication)
    own = actions.take_in(gauge, publication=publication, is_new=True).letter
    assert own.pk != first.pk
    assert take_in(gauge, publication).pk == own.pk


def test_all_doubts_are_told_at_once_and_nothing_is_stored(publication: Publication) -> None:
    for title in ("A", "B", "C", "D"):
        take_in(typed(title, f"{HORN} {title}"), publication)
    drafts = [typed(title, f"{GAUGE} {title}") for title in ("New", "A", "B", "C", "D")]
    with pytest.raises(UnclearLetter, match="The same goes for 1 more"):
        actions.take_in_all(drafts, publication=publication, now=timezone.now())
    assert Letter.objects.count() == 4
    with pytest.raises(BadInput, match="These are 5 letters"):
        actions.take_in_all(drafts, publication=publication, now=timezone.now(), corrects=Letter.objects.first())


def test_an_id_that_was_copied_along_is_asked_about(publication: Publication) -> None:
    key = (SourceKey("id", "77"),)
    first = take_in(replace(typed("The horn", HORN), keys=key), publication)
    with pytest.raises(UnclearLetter, match="another letter has its id"):
        take_in(replace(typed("The gauge", GAUGE), keys=key), publication)
    assert take_in(replace(typed("The horn", GAUGE), keys=key), publication).pk == first.pk


@pytest.mark.parametrize("key", [SourceKey("id", "77"), SourceKey("address", "harbor.example/a")])
def test_two_letters_of_one_source_have_each_their_own_key(key: SourceKey, publication: Publication) -> None:
    drafts = [replace(typed("The horn", HORN), keys=(key,)), replace(typed("The gauge", GAUGE), keys=(key,))]
    with pytest.raises(BadInput, match=f"“The horn” and “The gauge” are two letters with the same {key.kind}"):
        actions.take_in_all(drafts, publication=publication, now=timezone.now())
    assert Letter.objects.count() == 0


def test_a_letter_of_another_publication_is_not_corrected(publication: Publication) -> None:
    other = take_in(typed("Weekly", HORN), world.make_publication("beacon"))
    with pytest.raises(BadInput, match="name one of The Lantern Post"):
        actions.take_in(typed("Weekly", GAUGE), publication=publication, corrects=other)


class TestOnTheDesk:
    def question(self, editor: Client, publication: Publication, title: str = "Weekly") -> dict[str, str]:
        """Paste a letter that is not clear and return what the form then sends along."""
        page = editor.post(NEW, {"publication": publication.pk, "text": f"# {title}\n\n{GAUGE}\n"})
        assert page.status_code == 409
        kept = re.search(r'name="kept" value="([^"]+)"', html(page))
        assert kept
        return {"kept": kept[1]}

    def test_a_pasted_letter_of_a_title_that_is_there_is_asked_about(
        self, editor: Client, publication: Publication
    ) -> None:
        letter = take_in(typed("Weekly", HORN), publication)
        kept = self.question(editor, publication)
        assert Letter.objects.count() == 1
        assert "here already" in said(editor.post(NEW, {**kept, "answer": str(letter.pk)}))
        letter.refresh_from_db()
        assert GAUGE in letter.body_text
        version = versions.latest(letter)
        assert (version.number, version.actor, version.origin) == (2, "mina", "the desk")

    def test_or_it_is_a_letter_of_its_own(self, editor: Client, publication: Publication) -> None:
        take_in(typed("Weekly", HORN), publication)
        answer = {**self.question(editor, publication), "answer": "new"}
        assert "Letter added" in said(editor.post(NEW, answer))
        assert Letter.objects.filter(title="Weekly").count() == 2

    def test_an_uploaded_file_need_not_be_given_again(self, editor: Client, publication: Publication) -> None:
        take_in(typed("Weekly", HORN), publication)
        file = SimpleUploadedFile("weekly.md", f"# Weekly\n\n{GAUGE}\n".encode(), "text/markdown")
        page = editor.post(NEW, {"publication": publication.pk, "file": file})
        kept = re.search(r'name="kept" value="([^"]+)"', html(page))
        assert kept
        editor.post(NEW, {"kept": kept[1], "answer": "new"})
        assert Letter.objects.count() == 2

    def test_what_was_kept_is_not_changed_on_the_way(self, editor: Client, publication: Publication) -> None:
        take_in(typed("Weekly", HORN), publication)
        kept = self.question(editor, publication)["kept"]
        assert "too old" in said(editor.post(NEW, {"kept": kept[:-2] + "xx", "answer": "new"}))
        assert "too old" in said(editor.post(NEW, {"kept": "", "answer": "new"}))
        assert "names no letter" in said(editor.post(NEW, {"kept": kept, "answer": "fog"}))
        assert editor.post(NEW, {"kept": kept, "answer": ""}).status_code == 409
        assert Letter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_sources_said_before_becomes_keys() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("letters", "0004_media")])
    apps = executor.loader.project_state([("letters", "0004_media")]).apps
    publication = apps.get_model("letters", "Publication").objects.create(slug="lantern", name="The Lantern Post")
    sources = {
        "https://harbor.example/a?utm_source=rss": "https://harbor.example/a?utm_source=rss",
        "http://harbor.example/a/": "http://harbor.example/a/",
        "https://harbor.example/fetched": "",
        "https://harbor.example/feed#7": "",
        "tag:harbor.example,2026:9": "",
        "file:/letters/a.md": "",
        "slug:salt-11": "",
        "title:0123": "",
    }
    for number, (source, canonical) in enumerate(sources.items()):
        apps.get_model("letters", "Letter").objects.create(
            publication=publication, source=source, canonical_url=canonical, slug=str(number), title=str(number),
            body_html="", body_text="",
        )  # fmt: skip

    later = MigrationExecutor(connection)
    later.migrate(later.loader.graph.leaf_nodes())

    keys = LetterKey.objects.order_by("letter__pk").values_list("letter__slug", "kind", "value")
    assert list(keys) == [
        ("0", "address", "harbor.example/a"),
        ("2", "address", "harbor.example/fetched"),
        ("3", "guid", "harbor.example/feed 7"),
        ("4", "guid", "tag:harbor.example,2026:9"),
        ("5", "file", "/letters/a.md"),
        ("6", "id", "salt-11"),
    ]
    assert Letter.objects.get(slug="7").source == ""


class TestFeeds:
    def read(self, publication: Publication, *entries: Draft, at: datetime) -> tuple[actions.Intake, ...]:
        return actions.take_in_all(entries, publication=publication, now=at).intakes

    def test_a_feed_is_archive_first_and_then_news(self, publication: Publication) -> None:
        begin = datetime(2026, 3, 2, 9, tzinfo=UTC)
        old = [entry(f"Letter {n}", f"https://harbor.example/{n}", str(n), f"{HORN} {n}") for n in range(3)]
        first = self.read(publication, *old, at=begin)
        assert [intake.entry_kind for intake in first] == ["archive"] * 3

        new = entry("The gauge", "https://harbor.example/gauge", "9", GAUGE)
        older = entry("The first", "https://harbor.example/first", "0", GAUGE[::-1])
        older = replace(older, published_at=datetime(2020, 1, 1, tzinfo=UTC))
        second = self.read(publication, new, *old, older, at=datetime(2026, 3, 3, 9, tzinfo=UTC))
        assert [intake.entry_kind for intake in second] == ["news", "known", "known", "known", "archive"]

        feed = SourceFeed.objects.get()
        assert (feed.name, feed.connected_at) == ("harbor.example", begin)
        assert feed.read_at == datetime(2026, 3, 3, 9, tzinfo=UTC)

    def test_a_feed_without_ids_is_known_when_it_is_read_again(self, publication: Publication) -> None:
        items = "".join(
            f"<item><title>No id {number}</title><description>{HORN} {number}</description></item>"
            for number in range(2)
        )
        feed = (
            f'<rss version="2.0"><channel><title>H</title><link>https://harbor.example/</link>{items}</channel></rss>'
        )
        for kind in ("archive", "known"):
            intakes = self.read(publication, *parse(feed.encode(), name="feed.rss"), at=timezone.now())
            assert [intake.entry_kind for intake in intakes] == [kind] * 2
        news = f"<item><title>The gauge</title><description>{GAUGE}</description></item>"
        wider = parse(feed.replace("<item>", f"{news}<item>", 1).encode(), name="feed.rss")
        kinds = [intake.entry_kind for intake in self.read(publication, *wider, at=timezone.now())]
        assert kinds == ["news", "known", "known"]

    def test_what_is_not_clear_keeps_no_news_back(self, publication: Publication) -> None:
        letter = take_in(typed("The horn", HORN), publication)
        moved = entry("The horn", "https://harbor.example/2", "tag:harbor.example,2026:2")
        news = entry("News", "https://harbor.example/3", "tag:harbor.example,2026:3", GAUGE[::-1])
        result = actions.take_in_all([moved, news], publication=publication, now=timezone.now())
        assert [intake.letter.title for intake in result.intakes] == ["News"]
        assert [doubt.candidates for doubt in result.doubts] == [(letter.pk,)]
        answered = actions.take_in_all([moved, news], publication=publication, now=timezone.now(), corrects=letter)
        assert answered.intakes[0].letter.pk == letter.pk
        assert answered.doubts == ()

    def test_another_publication_reads_it_first(self, publication: Publication) -> None:
        now = timezone.now()
        self.read(publication, entry(), at=now)
        (intake,) = self.read(world.make_publication("beacon"), entry(), at=now)
        assert intake.entry_kind == "archive"

    def test_what_is_no_feed_is_news(self, publication: Publication) -> None:
        (intake,) = self.read(publication, typed("Weekly", HORN), at=timezone.now())
        assert intake.entry_kind == "news"
