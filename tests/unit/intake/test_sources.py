"""Files, folders and standard input; whatever can't be used is refused in one sentence."""

from __future__ import annotations

import codecs
import io
import os
from pathlib import Path

import pytest

from distributor.domain.errors import BadInput, SourceError
from distributor.domain.source_keys import SourceKey
from distributor.letters.intake import parse, read_sources
from distributor.letters.intake.text_encoding import LIMIT

SAMPLES = Path(__file__).parents[2] / "samples"
PAGE = (SAMPLES / "letter-minimal.html").read_bytes()


def refusal(source: str, **options: object) -> str:
    with pytest.raises(SourceError) as caught:
        read_sources(source, **options)  # type: ignore[arg-type]
    said = str(caught.value)
    assert isinstance(caught.value, BadInput)
    assert said.endswith(".")
    assert "\n" not in said
    return said


def test_standard_input() -> None:
    (draft,) = read_sources("-", stdin=io.BytesIO(PAGE))
    assert draft.title == "On keeping a small garden"
    assert refusal("-", stdin=io.BytesIO(b"")).startswith("Standard input is empty")


def test_the_same_source_is_the_same_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "letter.html").write_bytes(PAGE)
    (first,) = read_sources(str(tmp_path / "letter.html"))
    monkeypatch.chdir(tmp_path)
    (again,) = read_sources("letter.html")
    assert first.keys == again.keys == (SourceKey("file", str((tmp_path / "letter.html").resolve())),)
    (piped,) = read_sources("-", stdin=io.BytesIO(PAGE))
    assert piped.keys == ()
    (named,) = read_sources("-", stdin=io.BytesIO(b"---\nid: garden\n---\n# A garden\n\nIt grows, and I look at it.\n"))
    assert named.keys == (SourceKey("id", "garden"),)


def test_a_file_among_drafts_is_withheld(tmp_path: Path) -> None:
    for folder in ("_posts", "_drafts"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "letter.html").write_bytes(PAGE)
    assert read_sources(str(tmp_path / "_posts"))[0].withheld == ""
    assert read_sources(str(tmp_path / "_drafts"))[0].withheld == "It lies in the folder “_drafts”."


def test_a_folder_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b.html", "a.html"):
        (tmp_path / name).write_bytes(PAGE.replace(b"small garden", name[:1].encode() + b" garden"))
    (tmp_path / ".hidden.html").write_bytes(b"\x00")
    (tmp_path / "style.css").write_bytes(b"p {}")
    (tmp_path / "picture.png").write_bytes((SAMPLES / "picture.png").read_bytes())
    (tmp_path / "index.html").write_bytes((SAMPLES / "index-page.html").read_bytes())
    (tmp_path / "below").mkdir()
    assert [draft.title for draft in read_sources(str(tmp_path))] == ["On keeping a a garden", "On keeping a b garden"]


def test_the_subfolders_of_a_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "1.html").write_bytes(PAGE)
    for name in ("1_files", ".git", "2024", "2025"):
        (tmp_path / name).mkdir()
    (notice,) = read_sources(str(tmp_path))[0].notices
    assert notice == ("The folder’s subfolders were not read: “2024”, “2025”. Name a subfolder to take its letters in.")
    (tmp_path / "1.html").unlink()
    assert f"name one, as “{tmp_path / '2024'}”" in refusal(str(tmp_path))


def test_a_folder_with_an_unreadable_file_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    (tmp_path / "b.bin").write_bytes(b"\x00\x01\x02")
    assert "“b.bin” is not a text" in refusal(str(tmp_path))


def test_folders_without_letters(tmp_path: Path) -> None:
    assert "has no files in it" in refusal(str(tmp_path))
    (tmp_path / "index.html").write_bytes((SAMPLES / "index-page.html").read_bytes())
    assert "No file in the folder" in refusal(str(tmp_path))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b" \n\t \n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        ((SAMPLES / "picture.png").read_bytes(), "is not a text"),
        (b"%PDF-1.7 and so on", "is not a text"),
        (b"A title\x00\n\nSome words, and more of them.", "is not a text"),
        ("Ein Titel\n\nGr\xfc\xdfe aus M\xfcnchen, und zwar viele.".encode("latin-1"), "is not in UTF-8"),
        (b"\xff\xfe\x00\xd8A\x00", "begins as UTF-16 and is not"),
        (b'<meta charset="euc-kr"><h1>T</h1><p>\xff\xfe\xfd, and so on and on.</p>', "says that it is in euc-kr"),
        (b'<meta charset="rot13"><h1>T</h1><p>\xff\xfe, and so on and on.</p>', "says that it is in rot13"),
    ],
)
def test_files_that_can_not_be_used(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "letter.html").write_bytes(content)
    assert problem in refusal(str(tmp_path / "letter.html"))


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "letter.html").open("wb") as file:
        file.truncate(LIMIT * 100)  # sparse: takes no room
    assert "“letter.html” is larger than 10 MB" in refusal(str(tmp_path / "letter.html"))


def test_what_is_not_there(tmp_path: Path) -> None:
    assert "There is no file or folder" in refusal(str(tmp_path / "nothing.html"))
    assert "There is no file or folder" in refusal("x" * 5000)
    assert "can't be opened" in refusal("a\x00b")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    (tmp_path / "letter.html").write_bytes(PAGE)
    (tmp_path / "letter.html").chmod(0)
    assert "can't be opened: Permission denied" in refusal(str(tmp_path / "letter.html"))


@pytest.mark.parametrize(
    "source", ["ftp://x.example/a", "file:///etc/passwd", "gopher://x.example", "mailto:a@x.example"]
)
def test_other_schemes(source: str) -> None:
    assert refusal(source).startswith("Only http and https addresses can be read")


@pytest.mark.parametrize("source", ["http://", "https:///x", "http://[::1"])
def test_addresses_that_are_none(source: str) -> None:
    assert "not a complete web address" in refusal(source)


@pytest.mark.parametrize(
    ("name", "content_type", "text"),
    [
        ("letter", "", "# A title\n\nHello there, all of you who read this."),
        ("letter.txt", "text/plain", "A title\n\nHello there, all of you who read this."),
        ("letter", "text/html; charset=utf-8", "<h1>A title</h1><p>Hello there, all of you who read this.</p>"),
        ("letter.txt", "", "<!doctype html><h1>A title</h1><p>Hello there, all of you who read this.</p>"),
        ("https://x.example/letter?format=md", "text/markdown", "# A title\n\nHello there, all of you who read this."),
        ("letter.txt", "", "---\ntitle: A title\n---\nHello there, all of you who read this."),
    ],
)
def test_kinds_are_told_by_what_is_said_and_how_it_begins(name: str, content_type: str, text: str) -> None:
    (draft,) = parse(text.encode(), name=name, content_type=content_type)
    assert (draft.title, draft.body_text) == ("A title", "Hello there, all of you who read this.")


def test_what_the_database_can_not_hold_is_not_handed_on() -> None:
    text = f"{'T' * 150}\x01 title\n\nHello there,\x02 all of you who read this.\ud7ff"
    (draft,) = parse(text.encode(), name="letter.txt")
    assert "\x01" not in draft.title
    assert "\x02" not in draft.body_text
    head = f"<head><link rel=canonical href='https://x.example/{'a' * 600}'><title>{'T' * 900}</title></head>"
    page = f"{head}<p>Hello there, all of you.</p>"
    (draft,) = parse(page.encode(), name="letter.html")
    assert (len(draft.title), draft.canonical_url) == (500, "")
    assert len(draft.source) <= 500
