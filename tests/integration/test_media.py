"""Pictures of letters: stored with them, served for good, shown by pages, mails and posts."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import Client, override_settings
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image

from config import media as media_settings
from distributor import paths
from distributor.channels import pictures
from distributor.delivery import withdrawal
from distributor.domain.capabilities import PictureLimits
from distributor.domain.errors import BadSettings, ServiceAway, SourceError
from distributor.domain.letters import Draft
from distributor.domain.variants import Picture
from distributor.letters import actions, media_store
from distributor.letters.intake import read_sources
from distributor.letters.models import Letter, Media, Publication
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

PROSE = "The lamp on the long pier was lit by hand until the spring of my ninth year, and I still look for it at dusk."


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """A letter with a picture beside its file."""
    Image.effect_noise((1600, 800), 60).convert("RGB").save(tmp_path / "pier.jpg")
    text = (
        f"---\ntitle: The lamp\nimage: pier.jpg\nimage_alt: The pier\n---\n![The pier](pier.jpg)\n\n{PROSE}\n\n{PROSE}"
    )
    (tmp_path / "lamp.md").write_text(text, encoding="utf-8")
    return read_sources(str(tmp_path / "lamp.md"))[0]


@pytest.fixture
def letter(draft: Draft, publication: Publication) -> Letter:
    return actions.take_in(draft, publication=publication).letter  # known by its file


def files() -> list[str]:
    folder = paths.home() / "media"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def _empty_store() -> None:
    for name in files():
        (paths.home() / "media" / name).unlink()


def test_a_letters_pictures_are_stored_with_it_once(letter: Letter, draft: Draft, publication: Publication) -> None:
    media = Media.objects.get(publication=publication)
    assert files() == sorted(f"{media.digest[:2]}/{media.name.file(width)}" for width in (480, 800, 1200, 1600))
    assert (media.width, media.height) == (1600, 800)
    assert letter.image_url == media.name.reference
    actions.take_in(draft, publication=publication)
    assert Media.objects.count() == 1
    other = world.make_publication("other")
    actions.take_in(draft, publication=other)
    assert len(files()) == 4  # two publications, the same files
    folder = paths.home() / "media" / media.digest[:2]
    assert oct(folder.stat().st_mode)[-3:] == "700"
    assert oct(next(folder.iterdir()).stat().st_mode)[-3:] == "600"


def test_a_file_that_was_left_half_written_is_written_anew(draft: Draft, publication: Publication) -> None:
    name = draft.pictures[0].name
    path = paths.home() / "media" / name.digest[:2] / name.file(480)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    world.make_letter(draft, publication)
    assert Image.open(io.BytesIO(path.read_bytes())).width == 480


def test_the_view_of_a_letter_has_addresses(letter: Letter) -> None:
    view = letter.view(site_url="https://site.example", url="")
    name = Media.objects.get().name
    assert view.image_url == f"https://site.example/lantern/media/{name}"
    assert f'src="https://site.example/lantern/media/{name}"' in view.body_html
    assert "media:" not in view.body_html


def test_a_picture_is_served_for_good_as_what_it_is(letter: Letter, client: Client) -> None:
    name = Media.objects.get().name
    response = client.get(f"/lantern/media/{name.file(480)}")
    assert response.status_code == 200
    assert Image.open(io.BytesIO(response.content)).size == (480, 240)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert "Set-Cookie" not in response


def test_nothing_else_is_served(letter: Letter, client: Client) -> None:
    name = Media.objects.get().name
    world.make_publication("other")
    for path in (
        f"/other/media/{name}",
        f"/nowhere/media/{name}",
        f"/lantern/media/{str(name).replace('jpg', 'png')}",
        f"/lantern/media/{name.digest}-1600x801.jpg",
        f"/lantern/media/{name.digest}-1600x800-481.jpg",
        "/lantern/media/..%2f..%2fsecret_key",
    ):
        response = client.get(path)
        assert response.status_code == 404, path
        assert "immutable" not in response.get("Cache-Control", "")
    (paths.home() / "media" / name.digest[:2] / str(name)).unlink()
    assert client.get(f"/lantern/media/{name}").status_code == 404


def test_the_page_and_the_mail_show_it(draft: Draft, publication: Publication, client: Client) -> None:
    letter = world.put_online(draft, publication, source="https://lantern.example/lamp")
    page = client.get(f"/lantern/letters/{letter.slug}/", headers={"User-Agent": world.BROWSER})
    name = Media.objects.get().name
    assert f"{name.file(480)} 480w" in page.content.decode()
    for source in re.findall(r'srcset="([^"]*)"', page.content.decode()):
        for address in source.split(", "):
            path = address.split(" ")[0].removeprefix(settings.SITE_URL)
            assert client.get(path).status_code == 200


def test_a_post_has_it_from_the_store(letter: Letter) -> None:
    url = letter.view(site_url=settings.SITE_URL, url="").image_url
    loaded = pictures.load(Picture(url=url, alt="The pier", card={"title": "x"}), PictureLimits(max_side=300))
    assert (loaded.width, loaded.height, loaded.alt) == (300, 150, "The pier")
    gone = url.replace("-1600x800", "-1600x801")
    with pytest.raises(SourceError, match="is gone"):
        media_store.at_address(gone)
    assert media_store.at_address("https://elsewhere.example/lantern/media/x.jpg") is None


def test_a_picture_stays_for_the_mails_that_show_it(
    draft: Draft, publication: Publication, client: Client, tmp_path: Path
) -> None:
    letter = world.put_online(draft, publication, source="https://lantern.example/lamp")
    name = Media.objects.get().name
    Image.effect_noise((700, 300), 60).convert("RGB").save(tmp_path / "pier.jpg")
    (changed,) = read_sources(str(tmp_path / "lamp.md"))
    actions.take_in(changed, publication=publication, corrects=letter)
    withdrawal.withdraw(letter, recall=True, confirmed=True)
    assert Media.objects.count() == 2
    assert client.get(f"/lantern/media/{name}").status_code == 200


def test_a_store_that_cant_be_used_stores_no_letter(draft: Draft, publication: Publication) -> None:
    blocked = {**settings.STORAGES, "media": {**settings.STORAGES["media"], "OPTIONS": {"location": "/proc/no"}}}
    with override_settings(STORAGES=blocked):
        with pytest.raises(ServiceAway, match="can’t be used"):
            actions.take_in(draft, publication=publication)
        with pytest.raises(ServiceAway):
            media_store.check()
    assert not Letter.objects.exists()
    media_store.check()


# An S3-compatible service.


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret/+",
    )
    client.create_bucket(Bucket="letters")
    yield f"s3+http://key:secret%2F%2B@{host}:{port}/letters/pictures?region=us-east-1"
    server.stop()


def test_pictures_go_to_an_s3_compatible_service(
    bucket: str, draft: Draft, publication: Publication, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTOR_MEDIA_URL", bucket)
    with override_settings(STORAGES={**settings.STORAGES, "media": media_settings.storage()}):
        world.make_letter(draft, publication)
        name = Media.objects.get().name
        assert storages["media"].exists(f"{name.digest[:2]}/{name.file(480)}")
        assert files() == []
        media_store.check()
        response = client.get(f"/lantern/media/{name.file(480)}")
        assert Image.open(io.BytesIO(response.content)).size == (480, 240)
        storages["media"].delete(f"{name.digest[:2]}/{name}")
        assert client.get(f"/lantern/media/{name}").status_code == 404
        monkeypatch.setattr(storages["media"], "_bucket", None)
        monkeypatch.setattr(storages["media"], "bucket_name", "gone")
        answer = client.get(f"/lantern/media/{name.file(800)}")
        assert answer.status_code in (404, 503)
        assert "immutable" not in answer.get("Cache-Control", "")


@pytest.mark.parametrize(
    "url", ["https://x.example/b", "s3://host", "s3://host/", "s3://key@host/b", "s3://k:s@[::1/b", "s3://k:s@host:x/b"]
)
def test_an_address_of_a_store_that_cant_be_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTRIBUTOR_MEDIA_URL", url)
    with pytest.raises(BadSettings, match="has to be s3://KEY:SECRET@HOST/BUCKET"):
        media_settings.storage()


def test_how_old_a_picture_is(letter: Letter) -> None:
    assert Media.objects.get().created_at <= timezone.now()
    assert str(Media.objects.get()).endswith("1600x800.jpg")
