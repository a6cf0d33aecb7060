"""The public pages: what readers, feed readers and mail providers get."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import feedparser
import lxml.html
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from PIL import Image

from distributor.audience.models import Subscription
from distributor.delivery.mail.link_tokens import RecipientLinks
from distributor.domain.capabilities import PictureLimits
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.insights.models import Read
from distributor.letters import actions
from distributor.letters.intake import parse
from distributor.letters.models import Letter, Page, Publication
from tests.conftest import SAMPLES
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)

BROWSER = world.BROWSER
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def publish(publication: Publication, draft: Draft) -> Callable[..., Letter]:
    """Take in and publish a letter that differs from the usual one by these values."""
    return partial(world.put_online, draft, publication)


def page_of(letter: Letter, client: Client, **headers: str) -> str:
    response = client.get(f"/lantern/letters/{letter.slug}/", headers={"User-Agent": BROWSER, **headers})
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_letters_page_has_every_part_of_the_anatomy_in_order(publish: Callable[..., Letter], client: Client) -> None:
    html = page_of(publish(share_bar=("kakao", "facebook", "twitter", "mail", "link")), client)
    parts = [
        "Settings",
        "font-size",
        ">-2</button>",
        ">-1</button>",
        ">+1</button>",
        ">+2</button>",
        "What the fog horn knows</h1>",
        "Kakao share button",
        "Facebook share button",
        "Twitter share button",
        "Mail share button",
        "Link share button",
        "<em>This is the 9th letter. ― ED.</em>",
        "By <bdi>Ida Holm</bdi>",
        "Dear neighbours,",
        "Ida Holm keeps the light.",
        "</span> CLOSE",
        "Top 10 Stories",
        "go top",
        "LETTER</span>",
    ]
    body = html[html.index("<body") :]
    places = [body.index(part) for part in parts]
    assert places == sorted(places)
    assert "No. 9" in body


def test_our_own_page_is_understood_by_our_own_intake(publication: Publication, client: Client) -> None:
    (draft,) = parse((SAMPLES / "letter-page.html").read_bytes(), name="letter-page.html")
    letter = actions.take_in(draft, publication=publication).letter
    world.work(*world.queue(letter, "link"))
    (read,) = parse(page_of(letter, client).encode(), name="page.html")
    for part in ("title", "share_bar", "series", "editor_note", "authors", "section", "body_text", "canonical_url"):
        assert getattr(read, part) == getattr(draft, part), part


def test_a_letter_that_is_not_published_is_not_found(publication: Publication, draft: Draft, client: Client) -> None:
    letter = world.make_letter(draft, publication)
    response = client.get(f"/lantern/letters/{letter.slug}/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_sent_is_sent_on_the_page_too(publish: Callable[..., Letter], client: Client) -> None:
    letter = publish()
    letter.title, letter.body_html = "Another title", "<p>Another text</p>"
    letter.save()
    letter.bylines.get().author.delete()
    html = page_of(letter, client)
    assert "What the fog horn knows" in html
    assert "Ida Holm keeps the light." in html
    assert "Another" not in html


def test_what_others_read_about_the_page(publish: Callable[..., Letter], client: Client) -> None:
    html = page_of(publish(image_url="https://lantern.example/fog.jpg"), client)
    assert '<html lang="en">' in html
    assert '<link rel="canonical" href="https://lantern.example/letters/fog">' in html
    for name, value in {
        "og:type": "article",
        "og:title": "What the fog horn knows",
        "og:url": "http://127.0.0.1:8000/lantern/letters/what-the-fog-horn-knows/",
        "og:image": "https://lantern.example/fog.jpg",
        "og:site_name": "The Lantern Post",
        "article:section": "LETTER",
    }.items():
        assert f'<meta property="{name}" content="{value}">' in html
    assert set(re.findall(r'alternate" type="application/([a-z]+)\+(?:xml|json)"', html)) == {"rss", "atom", "feed"}
    article = json.loads(re.findall(r'ld\+json">(.*?)</script>', html)[0])
    assert (article["@type"], article["headline"]) == ("Article", "What the fog horn knows")
    home = "http://127.0.0.1:8000/lantern/authors/ida-holm/"
    assert article["author"] == [{"@type": "Person", "name": "Ida Holm", "url": home}]


def _meta(html: str, name: str) -> str:
    for meta in lxml.html.fromstring(html).iter("meta"):
        if name in (meta.get("property"), meta.get("name")):
            return str(meta.get("content") or "")
    return ""


def test_what_a_link_to_a_page_shows(publish: Callable[..., Letter], client: Client) -> None:
    own = page_of(
        publish(image_url="https://lantern.example/fog.jpg", image_alt="Fog over the pier", title="A picture"), client
    )
    assert _meta(own, "og:image:alt") == _meta(own, "twitter:image:alt") == "Fog over the pier"
    assert _meta(own, "og:image:width") == ""
    drawn = page_of(publish(title="안개"), client)
    assert _meta(drawn, "og:image").startswith("http://127.0.0.1:8000/lantern/letters/%EC%95%88%EA%B0%9C/card-")
    assert _meta(drawn, "og:image:alt") == "안개"
    assert _meta(drawn, "twitter:card") == "summary_large_image"
    answer = client.get(_meta(drawn, "og:image").removeprefix("http://127.0.0.1:8000"))
    assert answer.headers["Content-Type"] == _meta(drawn, "og:image:type") == "image/png"
    size = int(_meta(drawn, "og:image:width")), int(_meta(drawn, "og:image:height"))
    assert Image.open(io.BytesIO(answer.content)).size == size


def test_a_card_at_its_address(
    publish: Callable[..., Letter],
    client: Client,
    post_channel: ScriptedChannel,
    publication: Publication,
    draft: Draft,
) -> None:
    letter = publish()
    post_channel.pictures = PictureLimits(size=(800, 400))
    for width, height in ((1200, 630), (800, 400)):
        answer = client.get(f"/lantern/letters/{letter.slug}/card-{width}x{height}.png")
        assert Image.open(io.BytesIO(answer.content)).size == (width, height)
        assert "public, max-age=" in answer.headers["Cache-Control"]
        again = client.get(
            f"/lantern/letters/{letter.slug}/card-{width}x{height}.png",
            headers={"If-None-Match": answer.headers["ETag"]},
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == answer.headers["ETag"]
    assert client.get(f"/lantern/letters/{letter.slug}/card-801x400.png").status_code == 404
    assert client.post(f"/lantern/letters/{letter.slug}/card-800x400.png").status_code == 405
    assert not Read.objects.exists()
    unpublished = world.make_letter(replace(draft, source="https://lantern.example/x"), publication)
    assert client.get(f"/lantern/letters/{unpublished.slug}/card-1200x630.png").status_code == 404


def test_a_card_shows_what_went_out(publish: Callable[..., Letter], client: Client) -> None:
    letter = publish()
    address = f"/lantern/letters/{letter.slug}/card-1200x630.png"
    before = client.get(address).content
    Letter.objects.update(title="Another title")
    assert client.get(address).content == before


def test_a_hostile_letter_stays_text_everywhere(publish: Callable[..., Letter], client: Client) -> None:
    letter = publish(
        title=HOSTILE,
        body_html=f"<p>{HOSTILE}</p><p onclick=alert(3)>x</p><a href=javascript:alert(4)>y</a><iframe src=/>",
        body_text=HOSTILE,
        editor_note=HOSTILE,
        section=HOSTILE[:60],
        authors=(AuthorView(HOSTILE, "", HOSTILE),),
        series=SeriesView(HOSTILE, 1),
    )
    for address in (f"/lantern/letters/{letter.slug}/", "/lantern/", f"/lantern/series/{letter.series.slug}/"):  # type: ignore[union-attr]
        html = client.get(address, headers={"User-Agent": BROWSER}).content.decode()
        assert acting(html) == set(), address
        assert "{{ 7*7 }}" in html
    feed = feedparser.parse(client.get("/lantern/feed.rss").content)
    assert not feed.bozo
    assert feed.entries[0].title == HOSTILE


def acting(html: str) -> set[str]:
    """Whatever could act in a page and is not ours."""
    found: set[str] = set()
    for element in lxml.html.document_fromstring(html).iter():
        ours = element.get("src", "").startswith("/static/") or element.get("type") == "application/ld+json"
        if element.tag in ("iframe", "object", "embed", "base") or (element.tag == "script" and not ours):
            found.add(str(element.tag))
        found |= {str(name) for name in element.keys() if str(name).startswith("on")}  # noqa: SIM118
        found |= {str(value) for value in element.values() if str(value).strip().lower().startswith("javascript:")}
        found |= {"img"} if element.get("src") == "x" else set()
    return found


def test_a_korean_letter_has_its_language_address_and_date(publish: Callable[..., Letter], client: Client) -> None:
    letter = publish(
        title="등대는 혼자 켜지지 않습니다",
        language="ko",
        series=SeriesView("섬에서 보내는 편지", 7),
        published_at=timezone.now().replace(year=2026, month=3, day=2, hour=12),
    )
    html = page_of(letter, client)
    assert '<html lang="ko">' in html
    assert "2026년 3월 2일" in html
    assert letter.series is not None
    assert client.get(f"/lantern/series/{letter.series.slug}/").status_code == 200
    assert 'content="http://127.0.0.1:8000/lantern/letters/%EB%93%B1' in html


def test_previous_and_next_follow_the_numbers_of_the_series(publish: Callable[..., Letter], client: Client) -> None:
    run = "Letters from the Pier"
    third, first, second = (publish(title=f"Letter {n}", series=SeriesView(run, n)) for n in (3, 1, 2))
    publish(title="Letter of another series", series=SeriesView("Another", 2))
    turns = {
        letter.title: re.findall(r'rel="(prev|next)" href="([^"]+)"', page_of(letter, client))
        for letter in (first, second, third)
    }
    path = "/lantern/letters/letter-{}/".format
    assert turns == {
        "Letter 1": [("next", path(2))],
        "Letter 2": [("prev", path(1)), ("next", path(3))],
        "Letter 3": [("prev", path(2))],
    }
    listed = client.get("/lantern/series/letters-from-the-pier/").content.decode()
    assert all(f"Letter {n}</a>" in listed for n in (1, 2, 3))
    assert "another series" not in listed


def test_a_series_without_published_letters_is_not_found(
    publication: Publication, draft: Draft, client: Client
) -> None:
    world.make_letter(draft, publication)
    assert client.get("/lantern/series/letters-from-the-pier/").status_code == 404


@pytest.mark.parametrize(
    ("method", "headers", "counted"),
    [
        ("GET", {"User-Agent": BROWSER}, 1),
        ("HEAD", {"User-Agent": BROWSER}, 0),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, 0),
        ("GET", {"User-Agent": "facebookexternalhit/1.1"}, 0),
        ("GET", {"User-Agent": "curl/8.5.0"}, 0),
        ("GET", {}, 0),
        ("GET", {"User-Agent": BROWSER, "Sec-Purpose": "prefetch;prerender"}, 0),
        ("GET", {"User-Agent": BROWSER, "Sec-Fetch-Dest": "iframe"}, 0),
    ],
)
def test_only_people_count_as_readers(
    publish: Callable[..., Letter], client: Client, method: str, headers: dict[str, str], counted: int
) -> None:
    letter = publish()
    assert client.generic(method, f"/lantern/letters/{letter.slug}/", headers=headers).status_code == 200
    assert sum(Read.objects.values_list("count", flat=True)) == counted


def test_the_top_10_is_what_was_read_most(publish: Callable[..., Letter], client: Client) -> None:
    letters = [publish(title=f"Letter {number}") for number in range(12)]
    today = timezone.now().date()
    for reads, letter in enumerate(letters, start=1):
        Read.objects.create(letter=letter, day=today - timedelta(days=1), count=reads)
    Read.objects.create(letter=letters[0], day=today - timedelta(days=90), count=999)
    html = page_of(letters[11], client)
    stories = re.findall(r"<li><a [^>]*><bdi>(Letter \d+)</bdi></a></li>", html[html.index("Top 10 Stories") :])
    assert stories == [f"Letter {number}" for number in range(11, 1, -1)]
    page_of(letters[11], client)
    assert Read.objects.get(letter=letters[11], day=today).count == 2


def test_the_front_page_lists_publications_or_leads_to_the_only_one(client: Client) -> None:
    assert "Nothing has been published here yet" in client.get("/").content.decode()
    world.make_publication()
    assert client.get("/").headers["Location"] == "/lantern/"
    assert "No letter has been published yet" in client.get("/lantern/").content.decode()
    world.make_publication("beacon")
    html = client.get("/").content.decode()
    assert "/lantern/" in html
    assert "/beacon/" in html
    assert client.get("/nobody/").status_code == 404


def test_long_lists_have_pages(publish: Callable[..., Letter], client: Client) -> None:
    for number in range(21):
        publish(title=f"Letter {number:02}")
    first, second = (client.get(f"/lantern/?page={page}").content.decode() for page in (1, 2))
    assert "Letter 20</a>" in first
    assert "Letter 00</a>" not in first
    assert "Letter 00</a>" in second
    for page in ("nonsense", "", "0", "-1", "3", "9" * 30, "9" * 5000, "%00", "1.5"):
        assert client.get(f"/lantern/?page={page}").status_code == 404, page


@pytest.mark.parametrize(("kind", "version"), [("rss", "rss20"), ("atom", "atom10")])
def test_feeds_are_valid_and_hold_the_whole_text(
    publish: Callable[..., Letter], client: Client, kind: str, version: str
) -> None:
    publish(title="Fish & “chips” <raw>\x0b", authors=(), body_html="<p>One &amp; two</p><p>Three</p>")
    publish()
    response = client.get(f"/lantern/feed.{kind}")
    feed = feedparser.parse(response.content, response_headers={"content-type": response.headers["Content-Type"]})
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == version
    assert feed.feed.title == "The Lantern Post"
    newest, other = feed.entries
    assert newest.title == "What the fog horn knows"
    assert newest.link == "http://127.0.0.1:8000/lantern/letters/what-the-fog-horn-knows/"
    assert newest.content[-1].value == "<p>Dear neighbours,</p><p>The horn is back.</p>"
    assert newest.author == "Ida Holm"
    assert "Fish & “chips”" in other.title
    assert other.content[-1].value == "<p>One &amp; two</p><p>Three</p>"


def test_the_json_feed_is_valid(publish: Callable[..., Letter], client: Client) -> None:
    publish()
    response = client.get("/lantern/feed.json")
    assert response.headers["Content-Type"].startswith("application/feed+json")
    feed = response.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://127.0.0.1:8000/lantern/feed.json"
    (item,) = feed["items"]
    assert item["id"] == item["url"]
    assert item["content_html"].startswith("<p>Dear neighbours,</p>")
    assert item["authors"] == [{"name": "Ida Holm"}]


def test_a_feed_that_did_not_change_is_not_sent_again(publish: Callable[..., Letter], client: Client) -> None:
    publish()
    first = client.get("/lantern/feed.atom")
    again = client.get("/lantern/feed.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert again.status_code == 304
    assert client.get("/lantern/feed.pigeon").status_code == 404
    assert client.get("/nobody/feed.rss").status_code == 404


@pytest.fixture
def leaving(publish: Callable[..., Letter], publication: Publication) -> tuple[str, Subscription]:
    """A subscriber's link out of the list that a mail went to, and the subscription that it ends."""
    readers = world.make_list(publication, 1)
    letter = publish(title="A mail")
    (dispatch,) = world.queue(letter, "mail", lists=[readers])
    subscription = readers.subscriptions.get()
    return RecipientLinks(dispatch.pk).of(subscription.subscriber_id)["unsubscribe_url"].removeprefix(
        "http://127.0.0.1:8000"
    ), subscription


def state(subscription: Subscription) -> str:
    subscription.refresh_from_db()
    return str(subscription.state)


def test_following_the_link_only_asks(leaving: tuple[str, Subscription], client: Client) -> None:
    path, subscription = leaving
    assert client.head(path).status_code == 200
    response = client.get(path)
    assert response.status_code == 200
    assert "Leave “Readers”?" in response.content.decode()
    assert state(subscription) == "active"


def test_one_click_leaves_at_once_without_cookie_or_redirect(leaving: tuple[str, Subscription]) -> None:
    path, subscription = leaving
    provider = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = provider.post(path, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert not response.cookies
        assert "You have left “Readers”" in response.content.decode()
        assert state(subscription) == "left"
    assert provider.post(path, "List-Unsubscribe=One-Click", content_type="text/plain").status_code == 200


def test_a_link_of_a_forgotten_mail_still_leads_out(leaving: tuple[str, Subscription]) -> None:
    _, subscription = leaving
    path = RecipientLinks(10**6).of(subscription.subscriber_id)["unsubscribe_url"].removeprefix("http://127.0.0.1:8000")
    assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert state(subscription) == "left"


def test_a_damaged_link_is_refused_in_a_sentence(leaving: tuple[str, Subscription], client: Client) -> None:
    path, subscription = leaving
    for damaged in (f"{path[:-4]}/", "/u/nonsense/"):
        for response in (client.get(damaged), client.post(damaged)):
            assert response.status_code == 404
            assert "copy all of it from the mail" in response.content.decode()
    assert state(subscription) == "active"


def test_an_editor_sees_the_page_before_it_is_published(publication: Publication, draft: Draft, client: Client) -> None:
    letter = world.make_letter(draft, publication)
    path = f"/lantern/letters/{letter.slug}/preview/"
    assert client.get(path).headers["Location"].startswith("/desk/login/")
    client.force_login(User.objects.create_user("reader"))
    assert client.get(path).status_code == 403
    client.force_login(world.make_colleague("editor"))
    assert "The horn is back." in client.get(path).content.decode()
    assert not Page.objects.exists()
    assert not Read.objects.exists()


def test_every_answer_carries_a_strict_policy(publish: Callable[..., Letter], client: Client) -> None:
    letter = publish()
    for path in (
        "/lantern/",
        f"/lantern/letters/{letter.slug}/",
        "/desk/login/",
        "/nowhere/",
        "/static/reader/reader.js",
    ):
        response = client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        response.close()


def test_a_page_that_breaks_says_sorry_and_nothing_more(
    publish: Callable[..., Letter], monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = publish()
    monkeypatch.setattr("distributor.reader.pages.letter_context", lambda *_, **__: 1 / 0)
    response = Client(raise_request_exception=False).get(f"/lantern/letters/{letter.slug}/")
    assert response.status_code == 500
    html = response.content.decode()
    assert "Something went wrong" in html
    assert "ZeroDivision" not in html


def test_kakaos_script_is_let_in_where_the_publication_has_a_key_only(
    publish: Callable[..., Letter], client: Client, editor: Client
) -> None:
    letter = publish(share_bar=("kakao", "mail"))
    address = f"/lantern/letters/{letter.slug}/"
    assert "kakao" not in client.get(address).headers["Content-Security-Policy"]
    brand = letter.publication
    brand.channel_options = {"kakao": {"more": {"javascript_key": "0123456789abcdef"}}}
    brand.save()
    response = client.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self' https://t1.kakaocdn.net;" in policy
    assert "form-action 'self' https://sharer.kakao.com;" in policy
    assert 'data-key="0123456789abcdef"' in response.content.decode()
    assert '<script src="https' not in response.content.decode()
    assert "kakao" not in client.get("/lantern/").headers["Content-Security-Policy"]
