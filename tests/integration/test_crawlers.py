"""What search engines ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import lxml.etree
import pytest
from django.test import Client
from django.utils import timezone

from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.letters import slugs
from distributor.letters.models import Letter, Page, Publication
from distributor.reader import crawlers
from tests.integration import world
from tests.integration.desk import Response

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "http://127.0.0.1:8000"
SCHEMA = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

Publish = Callable[..., Letter]


@pytest.fixture
def publish(draft: Draft) -> Publish:
    brands: dict[str, Publication] = {}

    def make(title: str, brand: str = "lantern", **changes: Any) -> Letter:
        if brand not in brands:
            brands[brand] = world.make_publication(brand)
        return world.put_online(draft, brands[brand], title=title, **changes)

    return make


def rows(response: Response, each: str = "url") -> dict[str, str]:
    """Return the addresses below the site and their dates."""
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/xml")
    root = lxml.etree.fromstring(response.content)
    found = {}
    for element in root.findall(f"{SCHEMA}{each}"):
        address = element.findtext(f"{SCHEMA}loc") or ""
        assert address.isascii()
        assert address.startswith(SITE)
        found[unquote(address.removeprefix(SITE))] = element.findtext(f"{SCHEMA}lastmod") or ""
    assert len(found) == len(root)
    return found


def test_every_public_page_is_there_with_its_last_change(publish: Publish, client: Client) -> None:
    old = publish("Fog")
    publish("등대", series=SeriesView("섬에서 보내는 편지", 1), authors=(AuthorView("김민지"),))
    publish("Elsewhere", "beacon", series=None, authors=())
    world.make_publication("empty")
    changed = timezone.now() - timedelta(days=9)
    Page.objects.filter(letter=old).update(updated_at=changed)
    found = rows(client.get("/sitemap.xml"))
    assert set(found) == {
        "/lantern/",
        "/lantern/letters/fog/",
        "/lantern/letters/등대/",
        "/lantern/series/letters-from-the-pier/",
        "/lantern/series/섬에서-보내는-편지/",
        "/lantern/authors/ida-holm/",
        "/lantern/authors/김민지/",
        "/beacon/",
        "/beacon/letters/elsewhere/",
        "/empty/",
    }
    for page in ("/lantern/letters/fog/", "/lantern/series/letters-from-the-pier/", "/lantern/authors/ida-holm/"):
        assert datetime.fromisoformat(found[page]) == changed.replace(microsecond=0)
    assert datetime.fromisoformat(found["/lantern/"]) > changed
    assert found["/empty/"] == ""
    for page in found:
        assert client.get(page).status_code == 200, page


def test_too_many_for_one_file_become_one_a_publication(
    publish: Publish, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        publish(f"Letter {number}")
    publish("Elsewhere", "beacon")
    whole = rows(client.get("/sitemap.xml"))
    monkeypatch.setattr(crawlers, "MOST", 4)
    files = rows(client.get("/sitemap.xml"), "sitemap")
    assert set(files) == {"/beacon/sitemap-1.xml", "/lantern/sitemap-1.xml", "/lantern/sitemap-2.xml"}
    parts = [rows(client.get(file)) for file in files]
    assert all(len(part) <= 4 for part in parts)
    assert {key: value for part in parts for key, value in part.items()} == whole
    assert sum(map(len, parts)) == len(whole)
    for file, part in zip(files, parts, strict=True):
        assert files[file] == max(part.values())
    for wrong in ("/lantern/sitemap-0.xml", "/lantern/sitemap-3.xml", "/nobody/sitemap-1.xml"):
        assert client.get(wrong).status_code == 404, wrong


def test_a_large_sitemap_is_within_the_limits() -> None:
    longest = "/lantern/letters/" + "등" * slugs.LENGTH + "/"
    assert len(crawlers._xml("urlset", "url", [(longest, timezone.now())] * 100).content) / 100 * crawlers.MOST < 50e6


def test_robots_are_told_where_to_look_and_what_is_none_of_theirs(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert "Disallow: /desk/" in lines
    assert "Disallow: /s/" not in lines  # link previews of networks follow it


def test_the_key_for_indexnow_is_at_its_own_name_only(client: Client, settings: Any) -> None:
    assert client.get("/a1b2c3d4.txt").status_code == 404
    assert client.get("/.txt").status_code == 404
    settings.INDEXNOW_KEY = "a1b2c3d4"
    response = client.get("/a1b2c3d4.txt")
    assert (response.status_code, response.content) == (200, b"a1b2c3d4")
    assert response.headers["Content-Type"].startswith("text/plain")
    for wrong in ("/a1b2c3d5.txt", "/등대.txt", "/robots.txt/"):
        assert client.get(wrong).status_code == 404, wrong
