"""Parsing in a process of its own: the same drafts and sentences, and an end to whatever costs too much."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from benchmarks.support.hostile import KINDS
from distributor.domain.errors import SourceError
from distributor.letters.intake import parse, parse_apart, parser_processes
from distributor.letters.intake.refusals import NoLetter
from tests.conftest import SAMPLES

ROOT = Path(__file__).parents[3]
LETTERS = sorted(path.name for path in SAMPLES.glob("letter*"))


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    parser_processes.PROCESSES.close()


@pytest.fixture
def no_process() -> None:
    """To begin with, no process waits for a source."""
    parser_processes.PROCESSES.close()


def processes() -> list[int]:
    return [
        child.pid for child in psutil.Process().children() if "distributor.letters.intake" in " ".join(child.cmdline())
    ]


@pytest.mark.parametrize("name", LETTERS)
def test_the_drafts_are_the_same(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    url = "https://letters.example/fog"
    assert parse_apart(content, name=name, url=url) == parse(content, name=name, url=url)


def test_what_can_not_be_read_says_the_same_sentence() -> None:
    for content, kind in ((b"", SourceError), ((SAMPLES / "login-page.html").read_bytes(), NoLetter)):
        with pytest.raises(SourceError) as here:
            parse(content, name="a.html")
        with pytest.raises(SourceError) as apart:
            parse_apart(content, name="a.html")
        assert str(apart.value) == str(here.value)
        assert type(apart.value) is type(here.value) is kind


@pytest.mark.usefixtures("no_process")
def test_one_process_serves_one_source_after_the_other() -> None:
    content = (SAMPLES / "letter-page.html").read_bytes()
    parse_apart(content, name="a.html")
    before = processes()
    parse_apart(content, name="a.html")
    assert processes() == before
    assert len(before) == 1


@pytest.mark.usefixtures("no_process")
def test_what_takes_too_much_time_ends_in_a_sentence_and_the_next_source_is_read() -> None:
    """Linear, but far too much of it: a million paragraphs."""
    with pytest.raises(SourceError) as caught:
        parse_apart(KINDS["html: short paragraphs"].make(10 * 1024 * 1024), name="https://a.example/fog?token=secret")
    assert str(caught.value) == (
        "https://a.example/fog takes more than 4 seconds or too much memory to read: give the page of one letter, or "
        "its text."
    )
    assert processes() == []
    assert parse_apart((SAMPLES / "letter-page.html").read_bytes(), name="a.html")


def test_what_takes_too_much_memory_ends_in_the_same_sentence() -> None:
    """Each use of a long reference writes it out: half a megabyte becomes gigabytes."""
    reference = "[r]: /" + "u" * 400_000
    uses = "\n\n".join("[r]" * 500 for _ in range(20))
    with pytest.raises(SourceError, match="takes more than 4 seconds or too much memory to read"):
        parse_apart(f"---\ntitle: Fog\n---\n\n{reference}\n\n{uses}".encode(), name="a.md")


@pytest.mark.usefixtures("no_process")
def test_a_process_that_dies_costs_its_source_only() -> None:
    content = (SAMPLES / "letter-page.html").read_bytes()
    parse_apart(content, name="a.html")
    psutil.Process(processes()[0]).kill()
    with pytest.raises(SourceError):
        parse_apart(content, name="a.html")
    assert parse_apart(content, name="a.html")


@pytest.mark.usefixtures("no_process")
def test_an_idle_process_is_not_used_when_it_may_be_about_to_end() -> None:
    content = (SAMPLES / "letter-page.html").read_bytes()
    parse_apart(content, name="a.html")
    before = processes()
    parser_processes.PROCESSES._idle[0].idle_since -= parser_processes.KEEP_SECONDS
    assert parse_apart(content, name="a.html")
    assert len(processes()) == 1
    assert processes() != before


def test_no_more_than_two_at_once() -> None:
    content = (SAMPLES / "letter-page.html").read_bytes()
    with ThreadPoolExecutor(6) as pool:
        drafts = list(pool.map(lambda _: parse_apart(content, name="a.html"), range(12)))
    assert all(draft == drafts[0] for draft in drafts)
    assert len(processes()) <= parser_processes.AT_ONCE


@pytest.mark.usefixtures("no_process")
def test_it_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTRIBUTOR_SECRET_KEY", "hush")
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:hush@a/b")
    parse_apart((SAMPLES / "letter-page.html").read_bytes(), name="a.html")
    assert "hush" not in str(psutil.Process(processes()[0]).environ())


@pytest.mark.usefixtures("no_process")
def test_a_forked_child_takes_none_of_its_parents_processes() -> None:
    parse_apart((SAMPLES / "letter-page.html").read_bytes(), name="a.html")
    pid = os.fork()
    if not pid:
        os._exit(len(parser_processes.PROCESSES._idle))
    assert os.waitpid(pid, 0)[1] == 0
    assert len(parser_processes.PROCESSES._idle) == 1


def test_no_door_parses_without_limits() -> None:
    unbounded = re.compile(r"intake import [^\n]*\bparse\b(?!_)|intake\.parser import")
    doors = [path for path in (ROOT / "distributor").rglob("*.py") if "intake" not in path.parts]
    assert [path for path in doors if unbounded.search(path.read_text(encoding="utf-8"))] == []
