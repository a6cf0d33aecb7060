"""Templates by the API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.api.conftest import Program, content_of

pytestmark = pytest.mark.usefixtures("broker")


def test_a_publications_templates_are_read(
    cms: Program, publication: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "templates" / publication.slug
    for name, text in (("email/subject.txt", "Own: {{ letter.title }}"), ("social/pier.txt", "Pier")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.setenv("DISTRIBUTOR_HOME", str(tmp_path))
    entries = content_of(cms.get("/publications/lantern/templates"))["templates"]
    by_name = {entry["name"]: (entry["is_own"], entry["overrides"]) for entry in entries}
    assert by_name["email/subject.txt"] == (True, True)
    assert by_name["social/pier.txt"] == (True, False)
    assert by_name["email/letter.html"] == (False, False)
    assert content_of(cms.get("/publications/lantern/template", name="social/pier.txt"))["source"] == "Pier"


def test_nothing_but_templates_is_read(cms: Program, program: Callable[..., Program], publication: Publication) -> None:
    for name in ("../secrets", "/etc/passwd", "desk/base.html", "email/../desk/base.html"):
        assert cms.get("/publications/lantern/template", name=name).status_code == 404
    assert cms.get("/publications/nowhere/templates").status_code == 404
    bound = program(of=world.make_publication("beacon"))
    assert bound.get("/publications/lantern/templates").status_code == 404
    assert program("letters:read").get("/publications/lantern/templates").status_code == 403


def test_a_template_is_tried_stored_compared_and_taken_back(cms: Program, publication: Publication) -> None:
    base, name = "/publications/lantern/template", "social/twitter.txt"
    ours = content_of(cms.get(base, name=name))["source"]
    broken = cms.put(f"{base}?name={name}", {"source": "One\n{{ letter.titel }}"})
    assert (broken.status_code, content_of(broken)["line"]) == (422, 2)
    assert cms.post(f"{base}/check?name={name}", {"source": "{{ letter.title }}"}).status_code == 200
    assert content_of(cms.get(base, name=name))["version"] == 0
    stored = content_of(cms.put(f"{base}?name={name}", {"source": "{{ letter.title }}!", "base": 0}))
    assert (stored["is_stored"], stored["version"], stored["source"]) == (True, 1, "{{ letter.title }}!")
    assert cms.put(f"{base}?name={name}", {"source": "{{ letter.title }}?", "base": 0}).status_code == 409
    shown = content_of(cms.get(f"{base}/versions/1", name=name))
    assert "".join(piece["text"] for piece in shown["pieces"] if piece["state"] != "added") == ours
    assert content_of(cms.post(f"{base}/ours?name={name}"))["source"] == ours
    assert content_of(cms.post(f"{base}/versions/1/restore?name={name}"))["source"] == "{{ letter.title }}!"
    versions = content_of(cms.get(f"{base}/versions", name=name))["items"]
    assert [(version["number"], version["is_ours"]) for version in versions] == [(3, False), (2, True), (1, False)]
    assert cms.get(f"{base}/versions/9", name=name).status_code == 404
