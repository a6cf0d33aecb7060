"""Finding people by any fragment of address and name, whether the index holds them yet or not."""

from __future__ import annotations

import pytest
from django.db import connection

from distributor.audience import search
from distributor.audience.directory import PeopleFilter, newest, people
from distributor.audience.models import SearchBacklog, Subscriber, Suppression
from distributor.letters.models import Publication
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = {
    "ana.reyes@inbox.example": "Ana Reyes",
    "minsu@naver.example": "김민수",
    "o'brien_50%@inbox.example": "Bo O'Brien \\ 'Q'",
    "sofia@office12.example": "Sofía Holm",
}
FRAGMENTS = {
    "reyes": "ana.reyes@inbox.example",
    "REYES inbox": "ana.reyes@inbox.example",
    "inbox ana": "ana.reyes@inbox.example",
    "a.r": "ana.reyes@inbox.example",
    "민수": "minsu@naver.example",
    "김민": "minsu@naver.example",
    "민": "minsu@naver.example",
    "@nav": "minsu@naver.example",
    "O'B": "o'brien_50%@inbox.example",
    "0%": "o'brien_50%@inbox.example",
    "_50": "o'brien_50%@inbox.example",
    "\\": "o'brien_50%@inbox.example",
    "'q'": "o'brien_50%@inbox.example",
    "SOFÍA": "sofia@office12.example",
    "ía": "sofia@office12.example",
    "fice12": "sofia@office12.example",
    "2": "sofia@office12.example",
}


@pytest.fixture(params=[True, False], ids=["indexed", "waiting"])
def four(request: pytest.FixtureRequest) -> None:
    Subscriber.objects.bulk_create(Subscriber(email=email, name=name) for email, name in NAMES.items())
    if request.param:
        assert search.index_backlog(100) == 4
    assert SearchBacklog.objects.exists() != request.param


def found(text: str) -> list[str]:
    return [person.email for person in newest(PeopleFilter(text=text), before=None, most=50)]


@pytest.mark.usefixtures("four")
def test_each_fragment_finds_its_person() -> None:
    assert {text: found(text) for text in FRAGMENTS} == {text: [email] for text, email in FRAGMENTS.items()}
    assert {text: [row.email for row in people(PeopleFilter(text=text))] for text in FRAGMENTS} == {
        text: [email] for text, email in FRAGMENTS.items()
    }


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("text", ["xyz", "reyes naver", "%", "%%%", "a%s", "김 김김"])
def test_what_nobody_is_like_finds_nobody(text: str) -> None:
    expected = ["o'brien_50%@inbox.example"] if text == "%" else []
    assert found(text) == expected


@pytest.mark.usefixtures("four")
def test_a_new_name_finds_at_once_and_the_old_one_no_more() -> None:
    Subscriber.objects.filter(name="Ana Reyes").update(name="Ana Lind")
    assert found("lind") == ["ana.reyes@inbox.example"]
    assert found("ana reyes") == ["ana.reyes@inbox.example"]  # the address says so still
    Subscriber.objects.filter(name="Ana Lind").update(email="ana@inbox.example")
    assert found("reyes") == []
    search.index_backlog(100)
    assert found("reyes") == []
    assert found("lind") == ["ana@inbox.example"]


@pytest.mark.usefixtures("four")
def test_who_is_erased_leaves_no_search_text() -> None:
    Subscriber.objects.get(name="Ana Reyes").delete()
    search.index_backlog(100)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audience_searchtext WHERE text LIKE '%%reyes%%'")
        assert cursor.fetchone() == (0,)
    assert not SearchBacklog.objects.exists()


def test_a_page_goes_on_below_a_number() -> None:
    publication = world.make_publication()
    world.make_list(publication, 30)
    search.index_backlog(20)
    first = newest(PeopleFilter(text="reader"), before=None, most=20)
    second = newest(PeopleFilter(text="reader"), before=first[-1].pk, most=20)
    assert [row.pk for row in (*first, *second)] == sorted((row.pk for row in Subscriber.objects.all()), reverse=True)


def test_a_short_list_is_looked_through_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    publication = world.make_publication()
    short = world.make_list(publication, 4, "short")
    world.make_list(publication, 30, "long", first=4)
    search.index_backlog(100)
    monkeypatch.setattr(search, "NEAR", 10)
    rows = newest(PeopleFilter(text="READER inbox", mailing_list=short), before=None, most=20)
    assert [row.email.partition("@")[0] for row in rows] == ["reader3", "reader2", "reader1", "reader0"]
    rows = newest(PeopleFilter(text="reader2", mailing_list=short), before=rows[0].pk, most=20)
    assert [row.email for row in rows] == ["reader2@inbox.example"]


def test_states_and_tags_narrow_it() -> None:
    publication: Publication = world.make_publication()
    readers = world.make_list(publication, 3)
    world.reader(0).subscriptions.update(state="left")
    Suppression.objects.create(email="READER1@inbox.example", reason="manual")
    Subscriber.objects.filter(email="reader2@inbox.example").update(tags=["press", "vip"])
    Subscriber.objects.create(email="nowhere@inbox.example")

    def emails(**scope: object) -> list[str]:
        return [row.email.partition("@")[0] for row in newest(PeopleFilter(**scope), before=None, most=9)]  # type: ignore[arg-type]

    assert emails(state="active") == ["reader2", "reader1"]
    assert emails(state="left") == emails(state="left", mailing_list=readers) == ["reader0"]
    assert emails(state="suppressed") == ["reader1"]
    assert emails(tag="press") == emails(tag="vip", text="reader") == ["reader2"]
    assert emails(tag="pres") == []
