"""`inspect`, `fit` and `preview`: commands without a database, run here."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from distributor.cli.commands import cli
from distributor.cli.errors import run_command

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "letter-page.html"
BAR = ["facebook", "twitter", "kakao", "mail", "link"]


class Runner:
    """Runs a command in this process and returns its exit code, output and complaint."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
        self._capsys, self._monkeypatch, self.home = capsys, monkeypatch, home

    def run(self, *arguments: str | Path, given: str | bytes = b"") -> tuple[int, str, str]:
        data = given if isinstance(given, bytes) else given.encode()
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = run_command(cli, [str(one) for one in arguments])
        return code, *self._capsys.readouterr()

    def fine(self, *arguments: str | Path, given: str | bytes = b"") -> Any:
        code, out, said = self.run(*arguments, "--json", given=given)
        assert code == 0, said
        return json.loads(out)

    def refused(self, *arguments: str | Path, given: str | bytes = b"") -> str:
        """Run what has to be refused with exit code 2 and one sentence, the same in JSON; return that."""
        code, out, said = self.run(*arguments, "--json", given=given)
        assert code == 2, (out, said)
        assert said.count("\n") == 1, said
        assert json.loads(out.splitlines()[-1]) == {"error": said.strip()}
        return said.strip()


@pytest.fixture
def bare(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runner:
    return Runner(capsys, monkeypatch, tmp_path)


class TestSources:
    def test_inspect_answers_with_every_key(self, bare: Runner) -> None:
        letter = bare.fine("inspect", SAMPLE)
        assert list(letter) == [
            "title", "series", "editor_note", "authors", "section", "language", "published_at", "canonical_url",
            "image_url", "image_alt", "share_bar", "summary", "social", "tags", "slug", "language_inferred", "withheld",
            "left_out", "notices", "body_html", "body_text", "missing", "keys", "feed",
        ]  # fmt: skip
        assert letter["share_bar"] == BAR
        assert bare.fine("inspect", "-", given=SAMPLE.read_bytes())["title"] == letter["title"]
        assert letter["title"] in bare.run("inspect", SAMPLE)[1]

    def test_a_folder_answers_with_a_line_for_each_letter(self, bare: Runner) -> None:
        folder = bare.home / "letters"
        folder.mkdir()
        (folder / "a.md").write_text("# First\n\nDear all,\n\nThe first letter says that the light is on again.\n")
        (folder / "b.md").write_text("# Second\n\nDear all,\n\nThe second letter says that it is still on.\n")
        lines = bare.run("inspect", folder, "--json")[1].splitlines()
        assert [json.loads(line)["title"] for line in lines] == ["First", "Second"]

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("gone.html", None, "There is no file"),
            ("empty.html", b"", "is empty"),
            ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "is not a text"),
            ("latin.txt", "Zoë’s letter\n\nDear café,\n".encode("cp1252") * 20, "UTF-8"),
            ("huge.html", b"<p>" + b"a" * 10_500_000, "10 MB"),
            (
                "login.html",
                b"<html><body><form><input name=user><input name=password></form></body></html>",
                "holds no letter",
            ),
        ],
    )
    @pytest.mark.parametrize("command", ["inspect", "preview"])
    def test_a_bad_file_is_one_sentence(
        self, bare: Runner, command: str, name: str, content: bytes | None, words: str
    ) -> None:
        file = bare.home / name
        if content is not None:
            file.write_bytes(content)
        said = bare.refused(command, file)
        assert words in said
        assert name in said

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("http://127.0.0.1:9/", "not a public"),
            ("http://localhost/", "not a public"),
            ("http://[::1]/", "not a public"),
            ("http://169.254.169.254/latest/meta-data", "keeps its machines’ secrets"),
            ("http://no-such-host.invalid/", "can't be reached"),
            ("ftp://example.com/", "http"),
            ("http://", ""),
        ],
    )
    def test_a_bad_address_is_one_sentence(self, bare: Runner, url: str, words: str) -> None:
        assert words in bare.refused("inspect", url)


class TestFit:
    def test_one_text(self, bare: Runner) -> None:
        assert bare.fine("fit", "--channel", "twitter", given="Hello, harbor!\n") == {
            "channel": "twitter", "length": 14, "limit": 280, "valid": True, "parts": ["Hello, harbor!"],
        }  # fmt: skip

    def test_too_long_is_cut_or_threaded(self, bare: Runner) -> None:
        text = "바다가 보인다. " * 60
        cut = bare.fine("fit", "--channel", "twitter", given=text)
        assert cut["length"] > 280
        assert not cut["valid"]
        assert len(cut["parts"]) == 1
        assert len(bare.fine("fit", "--channel", "twitter", "--thread", given=text)["parts"]) > 1

    def test_lines(self, bare: Runner) -> None:
        given = "\n".join(json.dumps(text) for text in ("one", "zwei\n\n", "셋", "\ud83d")) + "\n\n"
        code, out, _ = bare.run("fit", "--channel", "kakao", "--lines", given=given)
        assert code == 0
        assert [json.loads(line)["length"] for line in out.splitlines()] == [3, 6, 1, 1]

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (b"plain", "Line 2 is not JSON"),
            (b"7", "Line 2 is not a JSON string"),
            (b'"\xff"', "Line 2 is not UTF-8"),
            (b"[" * 100_000, "Line 2 is not JSON"),
        ],
    )
    def test_a_bad_line_is_named(self, bare: Runner, line: bytes, words: str) -> None:
        assert words in bare.refused("fit", "--channel", "twitter", "--lines", given=b'"fine"\n' + line + b"\n")

    def test_other_bad_input(self, bare: Runner) -> None:
        assert "There is no channel “pigeon”: choose from" in bare.refused("fit", "--channel", "pigeon")
        assert "not UTF-8" in bare.refused("fit", "--channel", "twitter", given=b"\xff\xfe")


class TestPreview:
    def test_every_channel_of_the_bar(self, bare: Runner) -> None:
        made = bare.fine("preview", SAMPLE)
        assert [one["channel"] for one in made["previews"]] == BAR
        by_name = {one["channel"]: one for one in made["previews"]}
        assert by_name["twitter"]["variant"]["length"] <= by_name["twitter"]["variant"]["limit"] == 280
        assert by_name["mail"]["mail"]["subject"]
        assert "{{" not in by_name["mail"]["mail"]["html"]

    def test_for_people(self, bare: Runner) -> None:
        code, out, _ = bare.run("preview", SAMPLE, "--channel", "twitter", "--channel", "mail")
        assert code == 0
        assert "of 280" in out
        assert "Subject:" in out
        assert "Facebook" not in out

    def test_an_unknown_channel(self, bare: Runner) -> None:
        assert "There is no channel “pigeon”" in bare.refused("preview", SAMPLE, "--channel", "pigeon")
