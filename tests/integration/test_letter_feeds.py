"""What can be followed: feeds and pages of publications, series and authors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

import feedparser
import lxml.etree
import lxml.html
import pytest
from django.test import Client
from django.utils import timezone
from lxml.html import HtmlElement

from distributor.channels.base import Intent
from distributor.delivery.models import Dispatch
from distributor.delivery.variants import composition
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.domain.outcomes import Receipt
from distributor.letters import actions
from distributor.letters.models import Author, Letter, Page, Publication
from distributor.letters.pages import DatabasePageStore
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "http://127.0.0.1:8000"
KINDS = ("rss", "atom", "json")
ATOM = "{http://www.w3.org/2005/Atom}"
PIER, IDA = "/lantern/series/letters-from-the-pier/", "/lantern/authors/ida-holm/"

Publish = Callable[..., Letter]


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def publish(publication: Publication, draft: Draft) -> Publish:
    """Take in and publish a letter that differs from the usual one by these values."""
    return partial(world.put_online, draft, publication)


def take_down(letter: Letter) -> None:
    dispatch = letter.dispatches.get()
    DatabasePageStore().remove(composition.draft(dispatch), Receipt(str(dispatch.key)))


def publish_anew(letter: Letter) -> None:
    DatabasePageStore().put(composition.draft(letter.dispatches.get()), Intent(str(Dispatch().key), 1, timezone.now()))


def titles(client: Client, home: str, kind: str) -> list[str]:
    response = client.get(f"{home}feed.{kind}")
    assert response.status_code == 200, response
    if kind == "json":
        return [item["title"] for item in response.json()["items"]]
    return [entry.title for entry in feedparser.parse(response.content).entries]


@pytest.mark.parametrize("kind", KINDS)
def test_each_feed_holds_its_own_letters(publish: Publish, client: Client, kind: str) -> None:
    publish(title="First")
    publish(title="Second", series=SeriesView("Another run", 1))
    publish(title="Third", authors=(AuthorView("Jun Park"), AuthorView("Ida Holm")))
    assert titles(client, "/lantern/", kind) == ["Third", "Second", "First"]
    assert titles(client, PIER, kind) == ["Third", "First"]
    assert titles(client, "/lantern/series/another-run/", kind) == ["Second"]
    assert titles(client, IDA, kind) == ["Third", "Second", "First"]
    assert titles(client, "/lantern/authors/jun-park/", kind) == ["Third"]


@pytest.mark.parametrize("home", ["/lantern/", PIER, IDA])
def test_an_atom_feed_is_as_rfc_4287_wants_it(publish: Publish, client: Client, settings: Any, home: str) -> None:
    settings.WEBSUB_HUB = "https://hub.example/"
    publish(title="First", authors=(AuthorView("Ida Holm"),))
    publish(title="Second")
    response = client.get(f"{home}feed.atom")
    root = lxml.etree.fromstring(response.content)
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "self": f"{SITE}{home}feed.atom",
        "alternate": f"{SITE}{home}",
        "hub": "https://hub.example/",
    }
    assert root.findtext(f"{ATOM}id") == f"{SITE}{home}"
    newest = Page.objects.order_by("-updated_at")[0].updated_at
    assert root.findtext(f"{ATOM}updated") == newest.isoformat()
    entries = root.findall(f"{ATOM}entry")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
    for entry in entries:
        for wanted in ("id", "title", "updated", "published", "author", "content"):
            assert len(entry.findall(f"{ATOM}{wanted}")) == 1, wanted


@pytest.mark.parametrize("home", ["/lantern/", PIER, IDA])
def test_an_rss_feed_has_its_own_address_and_hub(publish: Publish, client: Client, settings: Any, home: str) -> None:
    settings.WEBSUB_HUB = "https://hub.example/"
    letter = publish()
    channel = lxml.etree.fromstring(client.get(f"{home}feed.rss").content).find("channel")
    assert channel is not None
    links = {link.get("rel"): link.get("href") for link in channel.findall(f"{ATOM}link")}
    assert links == {"self": f"{SITE}{home}feed.rss", "hub": "https://hub.example/"}
    assert channel.findtext("link") == f"{SITE}{home}"
    guid = channel.find("item/guid")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == (f"{SITE}/lantern/letters/{letter.slug}/", "true")


@pytest.mark.parametrize("home", ["/lantern/", PIER, IDA])
def test_a_json_feed_has_its_own_address_and_hub(publish: Publish, client: Client, settings: Any, home: str) -> None:
    publish()
    assert "hubs" not in client.get(f"{home}feed.json").json()
    settings.WEBSUB_HUB = "https://hub.example/"
    feed = client.get(f"{home}feed.json").json()
    assert (feed["feed_url"], feed["home_page_url"]) == (f"{SITE}{home}feed.json", f"{SITE}{home}")
    assert feed["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert feed["items"][0]["date_modified"] == feed["items"][0]["date_published"]


def test_subscribers_find_the_hub_in_the_header(publish: Publish, client: Client, settings: Any) -> None:
    publish()
    assert client.get("/lantern/feed.rss").headers["Link"] == f'<{SITE}/lantern/feed.rss>; rel="self"'
    settings.WEBSUB_HUB = "https://hub.example/"
    for kind in KINDS:
        own = f'<{SITE}{PIER}feed.{kind}>; rel="self"'
        assert client.head(f"{PIER}feed.{kind}").headers["Link"] == f'<https://hub.example/>; rel="hub", {own}'


def test_links_in_feeds_are_plain(publish: Publish, publication: Publication, client: Client) -> None:
    publication.channel_options = {"link": {"campaign": True, "short": True}}
    publication.save()
    publish()
    for kind in KINDS:
        content = client.get(f"/lantern/feed.{kind}").content.decode()
        assert "utm_" not in content
        assert f"{SITE}/s/" not in content


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_is_fetched_again_when_and_only_when_it_changed(publish: Publish, client: Client, kind: str) -> None:
    letter = publish(title="First")
    seen: set[str] = set()

    def changed(home: str = PIER) -> bool:
        """Ask as a feed reader does that has what it got last."""
        last = known.get(home)
        conditions = {"If-None-Match": last} if last else {}
        response = client.get(f"{home}feed.{kind}", headers=conditions)
        known[home] = response.headers["ETag"]
        assert response.status_code == (304 if last == known[home] else 200)
        assert bool(response.content) == (response.status_code == 200)
        return response.status_code == 200

    known: dict[str, str] = {}
    assert changed()
    assert not changed()
    publish(title="Of another run", series=SeriesView("Another run", 1), authors=())
    assert not changed()
    publish(title="Second")
    assert changed()
    publish_anew(letter)
    assert changed()
    take_down(Letter.objects.get(title="Second"))
    assert changed()
    assert not changed()
    seen.update(known.values())
    assert len(seen) == 1


def test_the_last_change_never_runs_backwards(publish: Publish, client: Client) -> None:
    """Of readers that know no ETag: what was taken down has to be news to them as well."""
    publish(title="First")
    Page.objects.update(published_at=timezone.now() - timedelta(days=2), updated_at=timezone.now() - timedelta(days=2))
    publish(title="Second")
    Page.objects.filter(letter__title="Second").update(updated_at=timezone.now() - timedelta(days=1))
    before = client.get("/lantern/feed.rss").headers["Last-Modified"]
    assert client.get("/lantern/feed.rss", headers={"If-Modified-Since": before}).status_code == 304
    take_down(Letter.objects.get(title="Second"))
    response = client.get("/lantern/feed.rss", headers={"If-Modified-Since": before})
    assert response.status_code == 200
    assert "Second" not in response.content.decode()


def test_a_feed_without_letters_is_valid_and_stays_as_it_is(publication: Publication, client: Client) -> None:
    for kind in KINDS:
        first, again = (client.get(f"/lantern/feed.{kind}") for _ in range(2))
        assert first.content == again.content
        assert first.headers["ETag"] == again.headers["ETag"]
    assert not feedparser.parse(client.get("/lantern/feed.atom").content).bozo


def test_what_was_never_published_is_nobodys_to_follow(publication: Publication, draft: Draft, client: Client) -> None:
    world.make_letter(draft, publication)
    for home in (PIER, IDA):
        assert client.get(home).status_code == 404
        for kind in KINDS:
            assert client.get(f"{home}feed.{kind}").status_code == 404
    assert client.get("/lantern/authors/nobody/feed.rss").status_code == 404


def test_kinds_that_there_are_not_are_not_found(publish: Publish, client: Client) -> None:
    publish()
    for home in ("/lantern/", PIER, IDA):
        assert client.get(f"{home}feed.pigeon").status_code == 404


def texts(page: HtmlElement, path: str) -> list[str]:
    """Return what an XPath that names attributes finds, in the page's order."""
    values = page.xpath(path)
    assert isinstance(values, list)
    return [str(value) for value in values]


def test_korean_names_are_followed_as_others_are(publish: Publish, client: Client) -> None:
    publish(title="등대", series=SeriesView("섬에서 보내는 편지", 7), authors=(AuthorView("김민지", "", "섬에 산다."),))
    author, run = "/lantern/authors/김민지/", "/lantern/series/섬에서-보내는-편지/"
    for home in (author, run):
        for asked in (home, quote(home)):
            page = client.get(asked)
            assert page.status_code == 200
            html = lxml.html.document_fromstring(page.content.decode())
            (canonical,) = texts(html, "//link[@rel='canonical']/@href")
            assert canonical.isascii()
            assert unquote(canonical) == f"{SITE}{home}"
            feeds = texts(html, "//link[@rel='alternate']/@href")
            assert all(feed.isascii() for feed in feeds)
            assert [unquote(feed) for feed in feeds[:3]] == [f"{home}feed.{kind}" for kind in KINDS]
            assert all(client.get(feed).status_code == 200 for feed in feeds)
        feed = client.get(f"{home}feed.atom")
        assert feed.headers["Link"].isascii()
        assert not feedparser.parse(feed.content).bozo
    assert "섬에 산다." in client.get(author).content.decode()


def test_an_authors_page_has_name_bio_and_letters(publish: Publish, client: Client) -> None:
    publish(title="First")
    publish(title="Second", authors=(AuthorView("Jun Park"),))
    html = client.get(IDA).content.decode()
    assert "Ida Holm</h1>" in html
    assert "Ida Holm keeps the light." in html
    assert "First</a>" in html
    assert "Second</a>" not in html
    assert '<meta property="og:type" content="profile">' in html


def test_an_authors_slug_is_unique_and_stays(publication: Publication, draft: Draft) -> None:
    names = ("Ida Holm", "Ida  Holm", "ida holm", "***", "김민지")
    letter = actions.take_in(replace(draft, authors=tuple(map(AuthorView, names))), publication=publication).letter
    slugs = list(letter.authors.order_by("bylines__position").values_list("slug", flat=True))
    assert slugs[:3] == ["ida-holm", "ida-holm-2", "ida-holm-3"]
    assert re.fullmatch("[0-9a-f]{12}", slugs[3])
    assert slugs[4] == "김민지"
    again = replace(draft, authors=(AuthorView("Ida Holm", bio="New bio"), *map(AuthorView, names[1:])))
    actions.take_in(again, publication=publication)
    assert list(letter.authors.order_by("bylines__position").values_list("slug", flat=True)) == slugs
    other = actions.take_in(draft, publication=world.make_publication("beacon")).letter
    assert other.authors.get().slug == "ida-holm"
    assert Author.objects.count() == 6


def test_a_letters_page_names_all_that_it_can_be_followed_by(publish: Publish, client: Client) -> None:
    letter = publish(title="First", authors=(AuthorView("Ida Holm"), AuthorView("Jun Park")))
    html = lxml.html.document_fromstring(client.get(f"/lantern/letters/{letter.slug}/").content.decode())
    homes = ("/lantern/", PIER, IDA, "/lantern/authors/jun-park/")
    assert texts(html, "//link[@rel='alternate']/@href") == [f"{home}feed.{kind}" for home in homes for kind in KINDS]
    assert texts(html, "//a[@rel='author']/@href") == [IDA, "/lantern/authors/jun-park/"]
    titled = texts(html, "//link[@rel='alternate']/@title")
    assert titled[3] == "Letters from the Pier – The Lantern Post"


def test_a_page_says_when_it_was_changed(publish: Publish, client: Client) -> None:
    letter = publish()
    path = f"/lantern/letters/{letter.slug}/"
    assert "article:modified_time" not in client.get(path).content.decode()
    publish_anew(letter)
    html = client.get(path).content.decode()
    changed = Page.objects.get().updated_at.isoformat()
    assert f'<meta property="article:modified_time" content="{changed}">' in html
    article = json.loads(re.findall(r'ld\+json">(.*?)</script>', html)[0])
    assert article["dateModified"] == changed
    assert article["datePublished"] == Page.objects.get().published_at.isoformat()


def test_a_cards_picture_stands_in_where_a_letter_has_none(publish: Publish, client: Client) -> None:
    letter = publish()
    path = f"/lantern/letters/{letter.slug}/"
    html = client.get(path).content.decode()
    assert f'<meta property="og:image" content="{SITE}{path}card-1200x630.png">' in html
    assert '<meta name="twitter:card" content="summary_large_image">' in html
    page = Page.objects.get()
    page.variant["data"]["image"] = "https://lantern.example/fog.jpg"
    page.save()
    assert 'og:image" content="https://lantern.example/fog.jpg"' in client.get(path).content.decode()


def test_further_pages_of_a_list_are_pages_of_their_own(publish: Publish, client: Client) -> None:
    for number in range(21):
        publish(title=f"Letter {number:02}")
    first, second = (client.get(f"{IDA}?page={page}").content.decode() for page in (1, 2))
    assert f'<link rel="canonical" href="{SITE}{IDA}">' in first
    assert f'<link rel="canonical" href="{SITE}{IDA}?page=2">' in second
