"""Taking a letter's page down: it is gone everywhere at once, and can come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from distributor.audience.models import Subscription
from distributor.channels import registry, stored_variants
from distributor.channels.base import AccountField, Credentials, Intent, PostChannel
from distributor.delivery import release
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Digest, Dispatch
from distributor.delivery.variants import digest_variant
from distributor.domain.digests import Cadence
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.domain.outcomes import Accepted, Outcome, Receipt, Rejected
from distributor.insights import actions as insights
from distributor.insights.models import Read
from distributor.letters.models import Letter, Page, Publication, TakenDown
from distributor.letters.pages import DatabasePageStore
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)

Publish = Callable[..., Letter]


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def publish(publication: Publication, draft: Draft) -> Publish:
    """Take in and publish a letter that differs from the usual one by these values."""
    return lambda title, **changes: world.put_online(draft, publication, title=title, **changes)


def recall(dispatch: Dispatch) -> Outcome:
    """Take back what a dispatch published, as its rows say that it was."""
    channel: PostChannel = registry.get("link")  # type: ignore[assignment]
    dispatch.refresh_from_db()
    receipt = Receipt(str(dispatch.receipt["remote_id"]), str(dispatch.receipt["url"]))  # type: ignore[index]
    return channel.recall(Credentials(0, "web", {}), stored_variants.read(dispatch.variant or {}), receipt)


def take_down(letter: Letter) -> None:
    assert isinstance(recall(letter.dispatches.get()), Accepted)


def publish_anew(letter: Letter) -> Intent:
    intent = Intent(str(uuid4()), 1, timezone.now())
    DatabasePageStore().put(stored_variants.read(letter.dispatches.get().variant or {}), intent)
    return intent


def path(letter: Letter) -> str:
    return f"/lantern/letters/{letter.slug}/"


def test_the_page_says_that_it_was_taken_down(publish: Publish, client: Client) -> None:
    letter = publish("Fog")
    take_down(letter)
    for response in (client.get(path(letter)), client.head(path(letter))):
        assert response.status_code == 410
        assert "no-store" in response.headers["Cache-Control"]
    html = client.get(path(letter)).content.decode()
    assert "This letter was taken down" in html
    assert 'href="/lantern/"' in html
    assert "The horn is back." not in html
    assert '<meta name="robots" content="noindex">' in html
    assert not Read.objects.exists()


def test_it_goes_from_every_list_at_once(publish: Publish, client: Client) -> None:
    publish("First", series=SeriesView("Run", 1), authors=(AuthorView("Ida Holm"),))
    gone = publish("Second", series=SeriesView("Run", 2), authors=(AuthorView("Ida Holm"), AuthorView("Jun Park")))
    third = publish("Third", series=SeriesView("Run", 3), authors=(AuthorView("Ida Holm"),))
    places = [
        f"{home}{page}"
        for home in ("/lantern/", "/lantern/series/run/", "/lantern/authors/ida-holm/")
        for page in ("", "feed.rss", "feed.atom", "feed.json")
    ]
    places += ["/sitemap.xml", "/lantern/sitemap-1.xml", path(third)]
    for place in places:
        assert "second" in client.get(place).content.decode().lower(), place
    Read.objects.create(letter=gone, day=timezone.now().date(), count=99)
    take_down(gone)
    for place in places:
        assert "second" not in client.get(place).content.decode().lower(), place
    assert client.get("/lantern/authors/jun-park/").status_code == 404
    assert client.get("/lantern/authors/jun-park/feed.rss").status_code == 200  # empty, for those who follow it
    assert insights.top_letters(gone.publication, timezone.now().date()) == []


def test_it_can_be_published_again_and_is_no_new_letter_then(publish: Publish, client: Client) -> None:
    letter = publish("Fog")
    first = timezone.now() - timedelta(days=3)
    Page.objects.update(published_at=first)
    take_down(letter)
    publish_anew(letter)
    assert client.get(path(letter)).status_code == 200
    assert not TakenDown.objects.exists()
    page = Page.objects.get()
    assert page.published_at == first
    assert page.updated_at > first + timedelta(days=2)
    assert client.get("/lantern/feed.json").json()["items"][0]["title"] == "Fog"


def test_a_recall_that_is_repeated_changes_nothing(publish: Publish) -> None:
    letter = publish("Fog")
    take_down(letter)
    before = TakenDown.objects.get().at
    take_down(letter)
    assert TakenDown.objects.get().at == before


def test_a_newer_dispatchs_page_is_not_an_older_ones_to_take_down(publish: Publish, client: Client) -> None:
    letter = publish("Fog")
    publish_anew(letter)
    outcome = recall(letter.dispatches.get())
    assert isinstance(outcome, Rejected)
    assert "published anew" in outcome.reason
    assert client.get(path(letter)).status_code == 200


@pytest.mark.parametrize("remote_id", ["", "17"])
def test_a_receipt_that_names_no_dispatch_is_believed(publish: Publish, client: Client, remote_id: str) -> None:
    """One that an editor confirmed, and those from before, are for the letter's only page."""
    letter = publish("Fog")
    dispatch = letter.dispatches.get()
    dispatch.receipt = {"remote_id": remote_id, "url": ""}
    dispatch.save()
    assert isinstance(recall(dispatch), Accepted)
    assert client.get(path(letter)).status_code == 410


def test_what_was_taken_down_is_not_found_by_its_intent(publish: Publish) -> None:
    letter = publish("Fog")
    intent = Intent(str(letter.dispatches.get().key), 1, timezone.now())
    assert DatabasePageStore().find(intent) is not None
    take_down(letter)
    assert DatabasePageStore().find(intent) is None


def test_the_others_lead_to_the_newsrooms_own_page_then(publish: Publish, post_channel: ScriptedChannel) -> None:
    letter = publish("Fog")
    take_down(letter)
    world.connect(letter.publication, "scripted")
    (post,) = world.queue(letter, "scripted")
    world.work(post)
    assert post.variant is not None
    assert post.variant["link"].startswith("https://lantern.example/letters/fog?utm_source=scripted")


def test_the_desk_shows_that_it_is_gone(publish: Publish, editor: Client) -> None:
    letter = publish("Fog")
    take_down(letter)
    assert editor.get(f"/desk/dispatches/{letter.dispatches.get().pk}/").status_code == 200
    assert editor.get(f"/desk/letters/{letter.pk}/").status_code == 200
    assert "The horn is back." in editor.get(f"{path(letter)}preview/").content.decode()


@pytest.fixture
def run(publication: Publication, mail_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch) -> Dispatch:
    """A digest that was planned with two letters, and whose dispatch waits to be sent."""
    readers = world.make_list(publication, 1)
    Subscription.objects.update(cadence=Subscription.Cadence.DAILY)
    now = timezone.now()
    pages = Page.objects.select_related("letter__publication").order_by("-published_at")
    shown = [asdict(digest_variant.digest_letter(page)) for page in pages]
    top = [{"title": one["title"], "url": one["url"]} for one in shown]
    digest = Digest.objects.create(
        publication=publication, cadence="daily", zone="UTC", day=now.date(), cutoff=now, letters=shown, top=top
    )
    mail_channel.fields = (AccountField("url", "Address", secret=True),)
    monkeypatch.setitem(registry.CHANNELS, "mail", mail_channel)
    accounts.connect(publication, "mail", "main", {"url": "smtp://127.0.0.1:25"})
    dispatch = Dispatch.objects.create(
        publication=publication,
        digest=digest,
        channel="mail",
        account=publication.accounts.get(),
        target_key="digest",
        target="daily digest",
        state="scheduled",
        due_at=now,
    )
    dispatch.lists.set([readers])
    return dispatch


@pytest.fixture
def two(publish: Publish) -> tuple[Letter, Letter]:
    return publish("First"), publish("Second")


def test_a_digest_that_was_planned_goes_out_without_it(two: tuple[Letter, Letter], run: Dispatch) -> None:
    take_down(two[1])
    world.work(run)
    assert run.state in ("sending", "sent")
    assert run.variant is not None
    assert run.variant["parts"] == ["First"]
    run.digest.refresh_from_db()  # type: ignore[union-attr]
    assert [one["title"] for one in run.digest.letters] == ["First"]  # type: ignore[union-attr]
    assert [one["title"] for one in run.digest.top] == ["First"]  # type: ignore[union-attr]


def test_a_digest_of_which_nothing_is_left_asks_a_person(
    two: tuple[Letter, Letter], run: Dispatch, mail_channel: ScriptedChannel
) -> None:
    for letter in two:
        take_down(letter)
    release.tick()
    run.refresh_from_db()
    world.send(run.pk)
    run.refresh_from_db()
    assert (run.state, run.reason) == ("paused", "Its letters were taken down: cancel it.")
    assert mail_channel.asked == []


def test_the_next_digest_has_no_such_letter(two: tuple[Letter, Letter], publication: Publication) -> None:
    take_down(two[1])
    now = timezone.now() + timedelta(hours=1)
    sample = digest_variant.sample(
        publication,
        Cadence.DAILY,
        since=now - timedelta(hours=20),
        now=now,
    )
    assert sample is not None
    assert "First" in sample.text
    assert "Second" not in sample.text
