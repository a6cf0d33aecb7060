"""Letters by the API."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from distributor.domain.errors import UnclearLetter
from distributor.letters.actions import take_in
from distributor.letters.intake import parse, submissions
from distributor.letters.models import Letter, LetterKey, Publication
from distributor.people.models import AuditEntry
from tests.conftest import SAMPLES
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of

pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]

GARDEN: dict[str, Any] = {
    "id": "cms-4711",
    "title": "The winter garden",
    "html": "<p>Dear reader,</p><p>the garden sleeps under its snow, and nobody wakes it.</p>",
    "series": {"title": "Letters from the garden", "number": 7},
    "authors": [{"name": "Maria Lee", "email": "maria@lantern.example", "bio": "Maria Lee gardens."}],
    "share_bar": ["Facebook", "X", "e-mail", "link"],
    "social": {"x": "What a garden does in winter"},
    "summary": "A garden in winter.",
    "canonical_url": "https://lantern.example/winter-garden",
    "published_at": "2026-03-02T09:00:00+09:00",
    "image": {"url": "https://lantern.example/garden.jpg", "alt": "A garden under snow."},
    "language": "en",
}


def sent(cms: Program, **changes: Any) -> Any:
    """Send a letter that differs from the usual one by these members, and return what became of it."""
    answer = cms.post("/letters", {**GARDEN, **changes})
    assert answer.status_code in (200, 201), answer.content
    return content_of(answer)


def test_a_letter_is_made_of_its_fields(cms: Program, publication: Publication) -> None:
    answer = cms.post("/letters", GARDEN)
    assert answer.status_code == 201
    said = content_of(answer)
    letter = said["letter"]
    assert said["created"] is True
    assert letter["share_bar"] == ["facebook", "twitter", "mail", "link"]
    assert letter["social"] == {"twitter": "What a garden does in winter"}
    assert (letter["series"], letter["authors"]) == (GARDEN["series"], GARDEN["authors"])
    assert letter["published_at"] == "2026-03-02T00:00:00Z"
    assert (letter["html"], letter["image"]) == (
        "\n".join(GARDEN["html"].split("</p><p>")).replace("reader,\nthe", "reader,</p>\n<p>the"),
        GARDEN["image"],
    )
    assert {(key["kind"], key["value"]) for key in letter["keys"]} == {
        ("id", "cms-4711"), ("program id", "cms-4711"), ("address", "lantern.example/winter-garden"),
    }  # fmt: skip
    assert answer.headers["Location"] == f"/api/v1/letters/{letter['id']}"
    assert content_of(cms.get(f"/letters/{letter['id']}")) == letter
    (version,) = Letter.objects.get().versions.all()
    assert (version.actor, version.origin) == ("admin-of-programs", "the API, by the token “CMS”")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.publication) == (
        "letters.create", f"letter {letter['id']}", publication,
    )  # fmt: skip


def test_tags_are_given_kept_where_a_source_names_none_and_taken_away(cms: Program) -> None:
    letter = sent(cms, tags=["winter", "#Gardens", "Winter"])["letter"]
    assert letter["tags"] == ["winter", "Gardens"]
    sent(cms, id="cms-4712", canonical_url="", title="Spring", html="<p>Dear reader, spring.</p>")
    assert [entry["id"] for entry in items_of(cms.get("/letters?tag=winter"))] == [letter["id"]]
    again = sent(cms, summary="Snow.")["letter"]
    assert (again["summary"], again["tags"]) == ("Snow.", ["winter", "Gardens"])
    path = f"/letters/{letter['id']}"
    assert content_of(cms.patch(path, {"title": "The garden"}))["tags"] == ["winter", "Gardens"]
    assert content_of(cms.patch(path, {"tags": []}))["tags"] == []
    assert content_of(cms.get(f"{path}/versions/4"))["changes"] == ["tags"]
    assert content_of(cms.post(f"{path}/versions/1/restore", {}))["tags"] == ["winter", "Gardens"]


def test_the_same_id_is_the_same_letter_whatever_it_says(cms: Program) -> None:
    first = sent(cms)
    again = cms.post("/letters", {"id": "cms-4711", "title": "Another title", "markdown": "Dear reader,\n\nspring."})
    assert (again.status_code, content_of(again)["created"]) == (200, False)
    assert content_of(again)["letter"]["id"] == first["letter"]["id"]
    assert content_of(again)["letter"]["version"] == 2
    assert sent(cms, id="cms-4712", canonical_url="", title="Spring", html="<p>Dear reader, spring.</p>")["created"]


def test_an_id_that_a_file_has_is_asked_about_where_the_letter_is_another(cms: Program) -> None:
    first = sent(cms)
    source = "---\ntitle: A recipe\nid: cms-4711\n---\nSalt, herring, and an hour.\n"
    (draft,) = parse(source.encode(), name="recipe.md")
    publication = Letter.objects.get(pk=first["letter"]["id"]).publication
    with pytest.raises(UnclearLetter, match="another letter has its id"):
        take_in(draft, publication=publication)


def test_an_idempotency_key_makes_one_letter_without_any_id(cms: Program) -> None:
    body = {"title": "Fog", "markdown": "Dear reader,\n\nthe fog."}
    answers = [cms.post("/letters", body, key="k1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert Letter.objects.count() == 1


def test_where_it_is_not_sure_which_letter_it_is_the_caller_says_it(cms: Program) -> None:
    body = {"title": "Fog", "markdown": "Dear reader,\n\nthe fog."}
    first = content_of(cms.post("/letters", body))["letter"]["id"]
    unclear = cms.post("/letters", body)
    assert unclear.status_code == 409
    assert content_of(unclear)["type"] == "/api/v1/problems#unclear-letter"
    assert content_of(unclear)["candidates"] == [first]
    assert content_of(cms.post("/letters", {**body, "corrects": first}))["letter"]["id"] == first
    assert content_of(cms.post("/letters", {**body, "is_new": True}))["letter"]["id"] != first
    assert cms.post("/letters", {**body, "is_new": True, "corrects": first}).status_code == 422
    assert cms.post("/letters", {**body, "corrects": first + 100}).status_code == 404


def test_front_matter_counts_and_fields_go_before_it(cms: Program) -> None:
    text = "---\ntitle: Fog\nid: fog-1\nauthor: Bo Park\nchannels: [x]\nsection: Sea\n---\n\nDear reader,\n\nthe fog."
    letter = content_of(cms.post("/letters", {"markdown": text, "section": "Land", "share_bar": ["link", "mail"]}))
    assert letter["letter"]["title"] == "Fog"
    assert letter["letter"]["section"] == "Land"
    assert letter["letter"]["share_bar"] == ["link", "mail"]
    assert [author["name"] for author in letter["letter"]["authors"]] == ["Bo Park"]
    assert LetterKey.objects.get().value == "fog-1"


def test_a_whole_page_is_understood_with_its_share_bar(cms: Program) -> None:
    page = (SAMPLES / "letter-page.html").read_text()
    letter = content_of(cms.post("/letters", {"html": page, "id": "page-1"}))["letter"]
    assert letter["share_bar"] == ["facebook", "twitter", "kakao", "mail", "link"]
    assert letter["series"]["number"] == 9


class Site(BaseHTTPRequestHandler):
    """A newsroom's site: one letter, and a feed."""

    def do_GET(self) -> None:
        is_letter = self.path == "/letter"
        feed = b"<rss version='2.0'><channel><title>L</title></channel></rss>"
        body = (SAMPLES / "letter-page.html").read_bytes() if is_letter else feed
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8" if is_letter else "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def site(loopback_allowed: None) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_letter_is_read_from_its_address(cms: Program, site: str) -> None:
    said = content_of(cms.post("/letters", {"url": f"{site}/letter", "share_bar": ["mail"]}))["letter"]
    assert (said["share_bar"], said["series"]["number"]) == (["mail"], 9)
    assert Letter.objects.get().versions.get().origin == f"{site}/letter"
    assert content_of(cms.post("/letters", {"url": f"{site}/letter"}))["created"] is False
    assert "feed" in content_of(cms.post("/letters", {"url": f"{site}/feed"}))["detail"]


def test_few_letters_are_fetched_at_once(cms: Program, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "_fetches", threading.BoundedSemaphore(1))
    with submissions._turn(needed=True):
        answer = cms.post("/letters", {"url": f"{site}/letter"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert cms.post("/letters", {"url": f"{site}/letter"}).status_code == 201


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"html": ""}, "Give the letter's text in one way"),
        ({"markdown": "Both."}, "Give the letter's text in one way"),
        ({"title": "", "html": "<p>Dear reader</p>"}, "no title"),
        ({"language": "none at all"}, "no language"),
        ({"image": {"url": "media:0123456789abcdef01234567-10x10.png"}}, "upload it first"),
        ({"html": "<rss><channel></channel></rss>"}, "feed"),
        ({"url": "http://127.0.0.1:1/letter", "html": None}, "can't be read"),
        ({"publication": "nowhere"}, "no publication"),
        ({"titel": "A slip"}, "There is no member of that name"),
        ({"published_at": "2026-03-02T09:00:00"}, "a time with its zone"),
        ({"canonical_url": "javascript:alert(1)"}, "canonical_url"),
        ({"title": "x" * 501}, "500"),
        ({"title": "nul \0"}, "characters that no text has"),
        ({"corrects": 2**63}, "At most"),
        ({"share_bar": ["x" * 33]}, "32"),
        ({"authors": [{"name": "Maria", "email": "no address"}]}, "email"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_and_nothing_is_stored(change: dict[str, Any], words: str, cms: Program) -> None:
    answer = cms.post("/letters", {**GARDEN, **change})
    assert answer.status_code == 422, answer.content
    assert words in answer.content.decode()
    assert Letter.objects.count() == 0


def test_lists_are_filtered_and_sparse(cms: Program, publication: Publication) -> None:
    garden = sent(cms)["letter"]["id"]
    fog = sent(
        cms, id="fog", canonical_url="", title="Fog", html="<p>Dear reader, the fog.</p>", series=None, authors=[]
    )
    fog_id = fog["letter"]["id"]

    def ids(**query: Any) -> list[int]:
        return [item["id"] for item in items_of(cms.get("/letters", **query))]

    assert ids() == [fog_id, garden]
    assert ids(series="Letters from the garden") == ids(series="letters-from-the-garden") == [garden]
    assert ids(author="Maria Lee") == ids(search="under its SNOW") == ids(source_id="cms-4711") == [garden]
    assert ids(canonical_url=GARDEN["canonical_url"]) == [garden]
    assert ids(created_since="2030-01-01T00:00:00Z") == []
    assert ids(published_before="2026-03-02T00:00:01Z", created_since="2020-01-01T00:00:00Z") == [fog_id, garden]
    world.queue(Letter.objects.get(pk=fog_id), "link")
    assert (ids(state="unqueued"), ids(state="scheduled"), ids(state="sent")) == ([garden], [fog_id], [])
    (item, _) = items_of(cms.get("/letters", fields="title,html"))
    assert item == {"id": fog_id, "title": "Fog", "html": "<p>Dear reader, the fog.</p>"}
    assert "html" not in items_of(cms.get("/letters"))[0]
    assert cms.get("/letters", fields="titel").status_code == 422
    assert cms.get("/letters", state="burning").status_code == 422


def test_a_change_is_the_next_version(cms: Program) -> None:
    letter = sent(cms)["letter"]
    path = f"/letters/{letter['id']}"
    tag = cms.get(path).headers["ETag"]
    answer = cms.patch(path, {"title": "The spring garden", "series": None, "share_bar": ["mail"]}, if_match=tag)
    said = content_of(answer)
    assert (said["title"], said["series"], said["share_bar"], said["version"]) == (
        "The spring garden",
        None,
        ["mail"],
        2,
    )
    assert said["html"] == letter["html"]
    late = cms.patch(path, {"title": "Too late"}, if_match=tag)
    assert (late.status_code, content_of(late)["current"]["title"]) == (412, "The spring garden")
    same = content_of(cms.patch(path, {"title": "The spring garden"}))
    assert same["version"] == 2


def test_a_new_text_is_understood_and_what_is_not_said_stays(cms: Program) -> None:
    letter = sent(cms)["letter"]
    path = f"/letters/{letter['id']}"
    said = content_of(
        cms.patch(path, {"markdown": "*The 8th letter from the garden. ― ED.*\n\nDear reader,\n\nspring."})
    )
    assert said["text"] == "Dear reader,\n\nspring."
    assert said["editor_note"].startswith("The 8th letter")
    assert (said["title"], said["authors"], said["canonical_url"]) == (
        GARDEN["title"], GARDEN["authors"], GARDEN["canonical_url"],
    )  # fmt: skip


def test_what_is_read_can_be_sent_back(cms: Program) -> None:
    letter = sent(cms)["letter"]
    names = ("title", "html", "summary", "editor_note", "authors", "series", "section", "language", "published_at",
             "canonical_url", "image", "share_bar", "social")  # fmt: skip
    said = content_of(cms.patch(f"/letters/{letter['id']}", {name: letter[name] for name in names}))
    assert {**said, "updated_at": letter["updated_at"]} == letter


def test_an_alternative_text_is_taken_away(cms: Program) -> None:
    letter = sent(cms)["letter"]
    image = {"url": GARDEN["image"]["url"], "alt": ""}
    assert content_of(cms.patch(f"/letters/{letter['id']}", {"image": image}))["image"] == image
    assert content_of(cms.patch(f"/letters/{letter['id']}", {"image": None}))["image"] is None


@pytest.mark.parametrize("change", [{"title": ""}, {"html": ""}, {"language": "??"}, {"url": "https://a.example/"}])
def test_a_change_that_cannot_be_made_changes_nothing(change: dict[str, Any], cms: Program) -> None:
    letter = sent(cms)["letter"]
    assert cms.patch(f"/letters/{letter['id']}", {**change, "summary": "Other"}).status_code == 422
    assert content_of(cms.get(f"/letters/{letter['id']}")) == letter


def test_an_address_of_another_letter_is_not_taken(cms: Program) -> None:
    sent(cms)
    other = sent(cms, id="fog", canonical_url="", title="Fog", html="<p>Dear reader, the fog.</p>")["letter"]
    answer = cms.patch(f"/letters/{other['id']}", {"canonical_url": GARDEN["canonical_url"]})
    assert answer.status_code == 422
    moved = content_of(cms.patch(f"/letters/{other['id']}", {"canonical_url": "https://lantern.example/fog"}))
    assert {"kind": "address", "value": "lantern.example/fog"} in moved["keys"]


def test_what_was_left_out_is_put_back(cms: Program) -> None:
    letter = sent(cms, html=f"{GARDEN['html']}<p hidden>Between us.</p>")["letter"]
    (piece,) = letter["left_out"]
    assert (piece["what"], piece["html"]) == ("hidden text", "<p>Between us.</p>")
    path = f"/letters/{letter['id']}/left-out/0"
    assert cms.post(path, {"what": "comments"}).status_code == 422
    said = content_of(cms.post(path, {"what": "hidden text"}))
    assert said["html"].endswith("<p>Between us.</p>")
    assert (said["left_out"], said["version"]) == ([], 2)


def test_a_token_sees_its_publications_letters_alone(
    cms: Program, program: Callable[..., Program], publication: Publication
) -> None:
    world.make_publication("beacon")
    here = sent(cms, publication="lantern")["letter"]["id"]
    there = sent(cms, publication="beacon")["letter"]["id"]
    assert here != there
    bound = program(of=publication)
    assert [item["id"] for item in items_of(bound.get("/letters"))] == [here]
    assert bound.get(f"/letters/{there}").status_code == 404
    assert bound.patch(f"/letters/{there}", {"title": "Mine"}).status_code == 404
    assert bound.post("/letters", {**GARDEN, "publication": "beacon"}).status_code == 403
    assert bound.post("/letters", {**GARDEN, "corrects": there}).status_code == 404
    assert cms.get(f"/letters/{2**63}").status_code == 422


def test_scopes_of_letters(program: Callable[..., Program]) -> None:
    reads = program("letters:read")
    assert reads.post("/letters", GARDEN).status_code == 403
    assert program("letters:write").get("/letters").status_code == 403
    assert reads.get("/letters").status_code == 200


def test_versions_say_what_changed_and_come_back(cms: Program) -> None:
    letter = sent(cms)["letter"]
    path = f"/letters/{letter['id']}"
    cms.patch(path, {"title": "The spring garden", "image": None})
    latest, first = items_of(cms.get(f"{path}/versions"))
    assert (latest["number"], latest["changes"], latest["actor"]) == (
        2, ["title", "image_url", "image_alt"], "admin-of-programs",
    )  # fmt: skip
    assert first["number"] == 1
    shown = content_of(cms.get(f"{path}/versions/2"))
    assert (shown["since"], shown["differences"][0]["after"]) == (1, "The spring garden")
    assert shown["content"]["title"] == "The spring garden"
    assert content_of(cms.get(f"{path}/versions/1"))["differences"] == []
    assert content_of(cms.get(f"{path}/versions/1", since=2))["differences"][0]["before"] == "The spring garden"
    restored = content_of(cms.post(f"{path}/versions/1/restore"))
    assert (restored["title"], restored["image"], restored["version"]) == (GARDEN["title"], GARDEN["image"], 3)
    assert content_of(cms.post(f"{path}/versions/1/restore"))["version"] == 3
    assert cms.get(f"{path}/versions/9").status_code == cms.post(f"{path}/versions/9/restore").status_code == 404
    assert cms.get(f"{path}/versions/{2**31}").status_code == 422


def test_a_letter_is_taken_in_and_queued_in_one_step(cms: Program, publication: Publication) -> None:
    said = sent(cms, queue={"channels": ["link"], "hold_minutes": 5, "approve": True})
    (dispatch,) = said["queue"]["dispatches"]
    assert (dispatch["channel"], dispatch["state"], dispatch["hold_minutes"]) == ("link", "held", 5)
    assert AuditEntry.objects.get().details == {"created": True, "dispatches": [dispatch["id"]]}
    again = sent(cms, queue={"channels": ["link"], "approve": True})
    assert again["queue"]["dispatches"] == []
    assert "already and stays as it is" in again["queue"]["notes"][0]
    assert sent(cms)["queue"] is None


def test_what_cannot_be_queued_is_not_taken_in(cms: Program, program: Callable[..., Program]) -> None:
    assert cms.post("/letters", {**GARDEN, "queue": {"channels": ["pigeon"]}}).status_code == 422
    assert cms.post("/letters", {**GARDEN, "queue": {"lists": ["nobody"]}}).status_code == 422
    drafts = {**GARDEN, "queue": {"channels": ["link"]}}
    assert program("letters:write").post("/letters", drafts).status_code == 403
    writer = program("letters:write", "dispatches:write")
    assert writer.post("/letters", {**GARDEN, "queue": {"channels": ["link"], "approve": True}}).status_code == 403
    assert Letter.objects.count() == 0
    assert writer.post("/letters", drafts).status_code == 201
