"""Pictures by the API."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from distributor.letters.models import Letter, Media, Publication
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of

pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]


def picture(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 300), colour).save(out, "PNG")
    return out.getvalue()


def upload(caller: Program, content: bytes, content_type: str = "image/png", path: str = "/media") -> Any:
    headers = {"Authorization": f"Bearer {caller.token}"}
    return caller.client.post(f"/api/v1{path}", content, content_type=content_type, headers=headers)


def test_a_picture_is_stored_once_and_is_a_letters(cms: Program, publication: Publication) -> None:
    first, again = upload(cms, picture()), upload(cms, picture())
    assert (first.status_code, again.status_code) == (201, 200)
    stored = content_of(first)
    assert content_of(again)["id"] == stored["id"]
    assert (stored["width"], stored["height"]) == (600, 300)
    assert content_of(cms.get(first.headers["Location"].removeprefix("/api/v1"))) == stored
    assert [item["id"] for item in items_of(cms.get("/media"))] == [stored["id"]]
    body = {
        "title": "Snow",
        "html": f"<p>Dear reader,</p><figure><img src='{stored['url']}' alt='Snow'></figure><p>It is cold.</p>",
        "image": {"url": stored["reference"], "alt": "A garden"},
    }
    letter = content_of(cms.post("/letters", body))["letter"]
    row = Letter.objects.get()
    assert row.image_url == stored["reference"]
    assert f'src="{stored["reference"]}"' in row.body_html
    lead, inner = content_of(cms.get(f"/letters/{letter['id']}/pictures"))["pictures"]
    assert (lead["media"], inner["media"]) == (stored, stored)
    assert (lead["is_lead"], lead["alt"], inner["is_lead"], inner["alt"]) == (True, "A garden", False, "Snow")


def test_a_picture_comes_in_a_form_too(cms: Program) -> None:
    headers = {"Authorization": f"Bearer {cms.token}"}
    form = {"file": SimpleUploadedFile("a.png", picture(), "image/png")}
    answer = cms.client.post("/api/v1/media?publication=lantern", form, headers=headers)
    assert answer.status_code == 201, answer.content
    assert Media.objects.get().width == 600


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "image/png", 422),
        (b"no picture", "image/png", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 422),
        (b"x", "multipart/form-data", 400),
        (b"--b--", "multipart/form-data; boundary=b", 422),
    ],
    ids=["nothing", "text", "svg", "no boundary", "no file"],
)
def test_what_is_no_picture_is_refused(content: bytes, content_type: str, status: int, cms: Program) -> None:
    answer = upload(cms, content, content_type)
    assert answer.status_code == status, answer.content
    assert Media.objects.count() == 0


def test_what_a_picture_shows_is_said(cms: Program) -> None:
    body = {"title": "Snow", "html": "<p>Dear reader.</p>", "image": {"url": "https://lantern.example/a.jpg"}}
    letter = content_of(cms.post("/letters", body))["letter"]
    said = content_of(cms.put(f"/letters/{letter['id']}/image/alt", {"alt": "A garden"}))
    assert (said["image"]["alt"], said["version"]) == ("A garden", 2)
    (lead,) = content_of(cms.get(f"/letters/{letter['id']}/pictures"))["pictures"]
    assert (lead["url"], lead["media"]) == ("https://lantern.example/a.jpg", None)
    bare = content_of(cms.post("/letters", {"title": "Fog", "html": "<p>Dear reader, fog.</p>"}))["letter"]
    assert cms.put(f"/letters/{bare['id']}/image/alt", {"alt": "A garden"}).status_code == 422


def test_pictures_are_each_publications_own(
    cms: Program, program: Callable[..., Program], publication: Publication
) -> None:
    beacon = world.make_publication("beacon")
    stored = content_of(upload(cms, picture(), path="/media?publication=lantern"))
    bound = program(of=beacon)
    assert items_of(bound.get("/media")) == []
    assert bound.get(f"/media/{stored['id']}").status_code == 404
    body = {"title": "Snow", "html": "<p>Dear reader.</p>", "image": {"url": stored["reference"]}}
    assert bound.post("/letters", body).status_code == 422
    assert upload(program("letters:read"), picture("navy")).status_code == 403
