"""Letters that are stored at once: equal ones are one letter, and others do not wait for each other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

import pytest

from distributor.domain.errors import UnclearLetter
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.domain.source_keys import id_keys
from distributor.letters.actions import Intake, take_in, take_in_all
from distributor.letters.models import Author, Letter, Publication, Series
from tests.integration import world
from tests.integration.rivals import while_open

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


def draft(name: str, *, title: str = "", text: str = "", slug: str = "") -> Draft:
    return Draft(
        source=f"/letters/{name}.md",
        title=title or f"The {name}",
        body_html=f"<p>{text or f'It is about {name}.'}</p>",
        body_text=text or f"It is about {name}.",
        slug=slug,
        keys=id_keys(name),
    )


CREDITS: Final[dict[str, Any]] = {"authors": (AuthorView("Maria Lee"),), "series": SeriesView("Letters from the pier")}


@pytest.mark.parametrize("is_waited_for", [False, True])
def test_who_is_through_while_the_other_is_not(publication: Publication, is_waited_for: bool) -> None:
    take_in(replace(draft("pier"), **CREDITS), publication=publication)
    seen: list[bool] = []
    name = "fog" if is_waited_for else "lamp"

    def rival() -> Intake:
        intake = take_in(replace(draft(name), **CREDITS), publication=publication)
        seen.append(Letter.objects.filter(title="The fog").exists())
        return intake

    deed = partial(take_in, replace(draft("fog"), **CREDITS), publication=publication)
    future = while_open(deed, rival)

    assert future.result().created is not is_waited_for
    assert seen == [is_waited_for]  # what is not committed is not seen: it did not wait
    assert Letter.objects.count() == (2 if is_waited_for else 3)


def test_the_same_title_and_text_from_another_place_asks_though_both_come_at_once(publication: Publication) -> None:
    def rival() -> Intake:
        return take_in(replace(draft("lamp"), title="THE FOG", body_text="It is about fog."), publication=publication)

    future = while_open(lambda: take_in(draft("fog"), publication=publication), rival)

    with pytest.raises(UnclearLetter):
        future.result()


def test_addresses_differ_though_both_come_at_once(publication: Publication) -> None:
    take_in(draft("fog", slug="fog"), publication=publication)

    def rival() -> Intake:
        return take_in(draft("pier", slug="fog-2"), publication=publication)

    future = while_open(lambda: take_in(draft("lamp", slug="fog"), publication=publication), rival)

    assert future.result().created
    assert sorted(Letter.objects.values_list("slug", flat=True)) == ["fog", "fog-2", "fog-2-2"]


def test_a_new_author_and_series_of_two_letters_at_once_are_one(publication: Publication) -> None:
    def with_credits(name: str, bio: str = "") -> Draft:
        return replace(
            draft(name), authors=(AuthorView("Maria Lee", bio=bio),), series=SeriesView("Letters from the pier")
        )

    def rival() -> Intake:
        return take_in(with_credits("lamp", "She keeps the lamp."), publication=publication)

    future = while_open(lambda: take_in(with_credits("fog"), publication=publication), rival)

    assert future.result().created
    assert [author.bio for author in Author.objects.all()] == ["She keeps the lamp."]
    assert Series.objects.count() == 1


def test_a_source_of_several_letters_waits_for_all_others(publication: Publication) -> None:
    def rival() -> int:
        now = Letter.objects.get(title="The pier").created_at
        drafts = [draft("fog"), draft("lamp")]
        return len(take_in_all(drafts, publication=publication, now=now).intakes)

    take_in(draft("pier"), publication=publication)
    future = while_open(lambda: take_in(draft("fog"), publication=publication), rival)

    assert future.result() == 2
    assert Letter.objects.count() == 3
