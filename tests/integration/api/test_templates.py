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
