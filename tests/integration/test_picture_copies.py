"""Copies of a letter's pictures on the web, where an editor asks for them: over real HTTP, by the guarded client."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from distributor.channels.addresses import ALLOWED_NETWORKS
from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters import actions
from distributor.letters.intake import parse_apart, remote_pictures
from distributor.letters.intake.remote_pictures import with_remote_pictures
from distributor.letters.models import Letter, Media, Publication
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

PROSE = "The lamp on the long pier was lit by hand until the spring of my ninth year, and I still look for it at dusk."


def picture(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 300), colour).save(out, "PNG")
    return out.getvalue()


class Site(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        answers = {
            "/lamp.png": (200, picture()),
            "/text.png": (200, b"no picture"),
            "/lead.png": (200, picture("navy")),
        }
        status, body = answers.get(self.path.partition("?")[0], (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def site(loopback_allowed: None) -> Iterator[str]:
    Site.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def draft(site: str) -> Draft:
    text = (
        f"---\nid: lamp\ntitle: The lamp\nimage: {site}/lead.png\n---\n{PROSE}\n\n![The lamp]({site}/lamp.png?w=1)\n\n"
        f"![Gone]({site}/gone.png)\n\n![Odd]({site}/text.png)\n\n{PROSE}"
    )
    return parse_apart(text.encode(), name="lamp.md")[0]


def test_pictures_stay_where_they_are_unless_copies_are_asked_for(draft: Draft, site: str) -> None:
    assert draft.pictures == ()
    assert f'src="{site}/lamp.png?w=1"' in draft.body_html
    assert Site.asked == []


def test_copies_are_media_and_what_cant_be_copied_stays_and_is_told(draft: Draft, site: str) -> None:
    copied = with_remote_pictures(draft)
    assert len(copied.pictures) == 2
    assert sorted(picture.source for picture in copied.pictures) == [f"{site}/lamp.png?w=1", f"{site}/lead.png"]
    assert copied.image_url.startswith("media:")
    assert f'src="{site}/gone.png"' in copied.body_html
    assert f'src="{site}/text.png"' in copied.body_html
    assert copied.left_out == ()
    gone, odd = copied.notices
    assert gone.startswith(f"The picture {site}/gone.png is not copied and is shown from its site. ")
    assert "404" in gone
    assert odd.endswith("That is not a picture that can be read.")


def test_addresses_of_this_network_are_not_read(draft: Draft) -> None:
    ALLOWED_NETWORKS._parts.pop("loopback of tests")
    copied = with_remote_pictures(draft)
    assert copied.pictures == ()
    assert len(copied.notices) == 4
    assert Site.asked == []


def test_nobody_waits_longer_than_a_minute(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_pictures, "ALL_WITHIN", 0.0)
    copied = with_remote_pictures(draft)
    assert all("no time left" in notice for notice in copied.notices)
    assert copied.body_html == draft.body_html


def test_each_picture_has_its_own_time(draft: Draft) -> None:
    seconds: list[float] = []

    def fetch(url: str, within: float) -> bytes:
        seconds.append(within)
        raise SourceError(f"{url} does not answer in time: try again later.")

    with_remote_pictures(draft, fetch)
    assert all(0 < within <= remote_pictures.ONE_WITHIN for within in seconds)


def test_the_same_letter_again_keeps_its_copies(draft: Draft) -> None:
    publication = world.make_publication()
    letter = actions.take_in(with_remote_pictures(draft), publication=publication).letter
    body, image = letter.body_html, letter.image_url
    again = actions.take_in(draft, publication=publication).letter
    assert (again.body_html, again.image_url) == (body, image)
    assert again.versions.count() == 1
    elsewhere = actions.take_in(draft, publication=world.make_publication("other")).letter
    assert "media:" not in elsewhere.body_html


def test_the_desk_copies_where_it_is_asked_to(site: str, editor: Client) -> None:
    publication = world.make_publication()
    text = f"# The lamp\n\n{PROSE}\n\n![The lamp]({site}/lamp.png)\n\n{PROSE}"
    form = {"publication": publication.pk, "text": text}
    editor.post("/desk/letters/new/", {**form, "copies": "1"})
    assert [media.source for media in Media.objects.all()] == [f"{site}/lamp.png"]
    assert "media:" in Letter.objects.get().body_html


def test_the_desk_takes_a_zip_file(editor: Client) -> None:
    publication: Publication = world.make_publication()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("lamp.md", f"# The lamp\n\n{PROSE}\n\n![The lamp](img/lamp.png)\n\n{PROSE}")
        archive.writestr("img/lamp.png", picture())
    upload = SimpleUploadedFile("issue.zip", out.getvalue(), "application/zip")
    editor.post("/desk/letters/new/", {"publication": publication.pk, "file": upload})
    letter = Letter.objects.get()
    assert Media.objects.get().name.reference in letter.body_html
    page = editor.get(f"/desk/letters/{letter.pk}/").content.decode()
    assert 'src="media:' not in page
