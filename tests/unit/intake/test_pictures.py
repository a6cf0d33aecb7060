"""A letter's own pictures: within its text, beside its file, in its zip file; and those that can't be had are told."""

from __future__ import annotations

import base64
import io
import os
import re
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake import parse_apart, pictures, read_sources, read_upload, zip_files

PROSE = (
    "The lamp on the long pier was lit by hand until the spring of my ninth year, and I still look for it at dusk.\n\n"
    "What replaced it blinks by a clock that nobody winds, and the boats have learned to trust it more than us."
)


def png(size: tuple[int, int] = (900, 600), colour: str = "teal", name: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, name)
    return out.getvalue()


def letter(*lines: str) -> str:
    return "\n\n".join(("# The lamp", *lines, PROSE))


def sources(draft: Draft) -> list[str]:
    return re.findall(r'src="media:([^"]*)"', draft.body_html)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "the lamp.png").write_bytes(png())
    return tmp_path


def read(folder: Path, text: str) -> Draft:
    (folder / "letter.md").write_text(text, encoding="utf-8")
    (draft,) = read_sources(str(folder / "letter.md"))
    return draft


def test_a_picture_beside_the_letter_comes_with_it(folder: Path) -> None:
    draft = read(folder, letter("![The lamp](img/the%20lamp.png)"))
    (picture,) = draft.pictures
    assert (picture.name.width, picture.name.height, picture.name.suffix) == (900, 600, "png")
    assert sources(draft) == [str(picture.name)]
    assert 'alt="The lamp" width="900" height="600"' in draft.body_html
    assert {Image.open(io.BytesIO(content)).width for content in picture.files.values()} == {480, 900}
    assert draft.left_out == ()


def test_the_same_picture_has_the_same_name(folder: Path) -> None:
    text = letter("![](img/the%20lamp.png)", "![](/img/the%20lamp.png?w=300)", "![](./img/../img/the%20lamp.png)")
    draft = read(folder, text)
    assert len(draft.pictures) == 1
    assert draft.body_html.count(draft.pictures[0].name.reference) == 3
    assert read(folder, text).body_html == draft.body_html


def test_a_picture_is_as_wide_as_its_page_shows_it(folder: Path) -> None:
    draft = read(
        folder,
        letter('<img src="img/the lamp.png" width="300" height="999">', '<img src="img/the lamp.png" width=4000>'),
    )
    assert 'width="300" height="200"' in draft.body_html
    assert 'width="900" height="600"' in draft.body_html


def test_the_letters_own_picture_is_looked_for_too(folder: Path) -> None:
    draft = read(folder, f"---\ntitle: The lamp\nimage: img/the lamp.png\nimage_alt: A lamp\n---\n{PROSE}")
    assert draft.image_url == draft.pictures[0].name.reference
    assert draft.image_alt == "A lamp"
    gone = read(folder, f"---\ntitle: The lamp\nimage: img/gone.png\nimage_alt: A lamp\n---\n{PROSE}")
    assert (gone.image_url, gone.image_alt) == ("", "")
    assert [piece.what for piece in gone.left_out] == ["the picture img/gone.png (“A lamp”)"]
    assert "image_url" in gone.missing


def test_a_picture_of_the_letters_own_site_is_taken_from_beside_it(folder: Path) -> None:
    head = "---\ntitle: The lamp\ncanonical_url: https://pier.example/2026/the-lamp/\n---\n"
    draft = read(folder, f"{head}![](img/the%20lamp.png)\n\n![](img/other.png)\n\n{PROSE}")
    assert len(draft.pictures) == 1
    assert 'src="https://pier.example/2026/the-lamp/img/other.png"' in draft.body_html
    assert draft.left_out == ()


def test_a_picture_that_is_not_there_is_told_with_its_caption(folder: Path) -> None:
    figure = '<figure><img src="img/gone.jpg" alt="Gone"><figcaption>At noon, from the quay</figcaption></figure>'
    draft = read(folder, letter(figure, "![](img/away.jpg) beside words"))
    assert "<img" not in draft.body_html
    assert "noon" not in draft.body_text
    assert "beside words" in draft.body_text
    first, second = draft.left_out
    assert first.what == "the picture img/gone.jpg (“Gone”)"
    assert first.why.startswith("There is no such file beside the letter")
    assert (first.html, first.length) == ("At noon, from the quay", 22)
    assert second.what == "the picture img/away.jpg"


def test_neither_dots_nor_links_lead_out_of_the_folder(folder: Path) -> None:
    inner = folder / "letters"
    inner.mkdir()
    (inner / "linked.png").symlink_to(folder / "img" / "the lamp.png")
    draft = read(inner, letter("![](../img/the%20lamp.png)", "![](linked.png)", "![](..%2Fimg%2Fthe%20lamp.png)"))
    assert draft.pictures == ()
    assert len(draft.left_out) == 2  # two are one
    assert all("outside the letter’s folder" in piece.why for piece in draft.left_out)


def test_what_is_no_picture_is_told(folder: Path) -> None:
    (folder / "a.svg").write_text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
    (folder / "b.png").write_bytes(b"GIF89a nothing")
    Image.new("1", (20_000, 20_000)).save(folder / "c.png")
    os.mkfifo(folder / "d.png")
    draft = read(folder, letter("![](a.svg)", "![](b.png)", "![](c.png)", "![](d.png)"))
    assert [piece.why.split(":")[0] for piece in draft.left_out] == [
        "It is SVG, which mails don’t show and which can hold scripts",
        "That is not a picture that can be read.",
        "The picture is too large.",
        "There is no such file beside the letter",
    ]


def test_moving_pictures_stand_still_and_it_is_told(folder: Path) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("teal", "navy")]
    frames[0].save(folder / "wave.gif", save_all=True, append_images=frames[1:])
    draft = read(folder, letter("![](wave.gif)"))
    assert draft.notices == ("The picture wave.gif moves, and only its first picture is stored.",)
    assert draft.pictures[0].name.suffix == "png"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes])
def test_a_picture_within_the_text_is_stored_beside_it(encode: object) -> None:
    data = encode(png((30, 20))).decode()  # type: ignore[operator]
    page = f"<h1>The lamp</h1><p>{PROSE}</p><p><img alt=Dot src='data:image/png;base64,{data}'></p>"
    (draft,) = parse_apart(page.encode(), name="letter.html", url="https://pier.example/lamp")
    assert [picture.name.width for picture in draft.pictures] == [30]
    assert "data:" not in draft.body_html


@pytest.mark.parametrize("data", ["base64,AAAA", "base64,&&&&", ",%FF", "utf8,<svg/>", "base64"])
def test_a_damaged_picture_within_the_text_is_told(data: str) -> None:
    page = f"<h1>The lamp</h1><p>{PROSE}</p><p><img alt=Dot src='data:image/png;{data}'></p>"
    (draft,) = parse_apart(page.encode(), name="letter.html")
    assert "<img" not in draft.body_html
    assert [piece.what for piece in draft.left_out] == ["a picture within the text (“Dot”)"]


def test_a_letter_that_came_alone_says_so() -> None:
    (draft,) = parse_apart(letter("![The lamp](img/lamp.png)").encode(), name="letter.md")
    assert draft.left_out[0].why.startswith("The letter came without its folder: give the folder, or a zip file")


def test_so_many_pictures_and_no_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        (folder / f"{number}.png").write_bytes(png((10 + number, 10)))
    monkeypatch.setattr(pictures, "MOST_PICTURES", 3)
    draft = read(folder, letter(*(f"![]({number}.png)" for number in range(4))))
    assert len(draft.pictures) == 3
    assert "at most 3 pictures" in draft.left_out[0].why
    monkeypatch.setattr(pictures, "LARGEST", 50)
    assert all("larger than" in piece.why for piece in read(folder, letter("![](0.png)")).left_out)


def test_a_folder_of_letters_shares_its_pictures(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.md").write_text(letter("![](img/the%20lamp.png)").replace("lamp\n", f"{name}\n"), "utf-8")
    drafts = read_sources(str(folder))
    assert [len(draft.pictures) for draft in drafts] == [1, 1]
    assert drafts[0].pictures[0].name == drafts[1].pictures[0].name


# Zip files.


def test_a_zip_file_brings_letters_and_pictures(tmp_path: Path) -> None:
    content = zipped(
        {
            "issue/first.md": letter("![](img/a.png)").encode(),
            "issue/second.md": letter("![](/shared/b.png)", "![](../shared/b.png)", "![](../../b.png)").encode(),
            "issue/img/a.png": png((30, 20)),
            "shared/b.png": png((40, 20)),
            "issue/readme.txt": b"x",
            "__MACOSX/issue/first.md": b"\0\0\1",
            "issue/.hidden.md": letter().encode(),
            "issue/page_files/ad.html": f"<h1>Ad</h1><p>{PROSE}</p>".encode(),
        }
    )
    drafts = read_upload(content, name="issue.zip")
    assert [draft.source for draft in drafts] == ["zip:issue.zip/issue/first.md", "zip:issue.zip/issue/second.md"]
    assert [[picture.name.width for picture in draft.pictures] for draft in drafts] == [[30], [40]]
    assert drafts[1].body_html.count("<img") == 2
    assert [piece.what for piece in drafts[1].left_out] == ["the picture ../../b.png"]
    (tmp_path / "issue.zip").write_bytes(content)
    assert [draft.pictures for draft in read_sources(str(tmp_path / "issue.zip"))] == [
        draft.pictures for draft in drafts
    ]


def refusal(content: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        read_upload(content, name="issue.zip")
    return str(caught.value)


def test_a_zip_file_without_letters_says_so() -> None:
    assert refusal(zipped({"a.png": png()})).startswith("No file in “issue.zip” holds a letter")
    assert refusal(zipped({})).startswith("No file in “issue.zip” holds a letter")


def test_bombs_are_refused_before_they_unpack(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "unpacks to far more than it says" in refusal(zipped({"a.md": b"a" * 5_000_000}))
    many = zipped({f"{number}.md": b"" for number in range(zip_files.MOST_ENTRIES + 1)})
    assert "more than 2,000 files" in refusal(many)
    long = bytearray(zipped({"a.md": b"x"}))
    long[-10:-6] = struct.pack("<I", zip_files.MOST_DIRECTORY + 1)
    assert "too many files" in refusal(bytes(long))
    monkeypatch.setattr(zip_files, "MOST_UNPACKED", 100)
    assert "unpacks to more than" in refusal(zipped({"a.md": letter().encode()}))
    monkeypatch.setattr(zip_files, "ZIP_LIMIT", 100)
    assert "larger than" in refusal(zipped({"a.md": letter().encode()}))


def test_a_size_that_is_a_lie_gains_nothing() -> None:
    honest = zipped({"a.md": b"a" * 5_000_000})
    lie = honest.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 1_000))
    assert "can’t be read" in refusal(lie)


def test_encrypted_and_broken_zip_files_are_refused() -> None:
    locked = bytearray(zipped({"a.md": letter().encode()}))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[locked.index(signature) + offset] |= 1
    assert "it is encrypted" in refusal(bytes(locked))
    assert "broken zip file" in refusal(zipped({"a.md": letter().encode()})[:60])
    assert "packed in a way" in refusal(zipped({"a.md": letter().encode()}, zipfile.ZIP_LZMA))
    damaged = bytearray(zipped({"a.md": letter().encode()}, zipfile.ZIP_STORED))
    damaged[60] ^= 0xFF
    assert "it is damaged" in refusal(bytes(damaged))
