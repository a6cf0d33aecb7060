"""Pictures as they are stored: upright, plain, in all their widths, and nothing that a bomb could do."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image

from distributor.rendering import photos
from distributor.rendering.renditions import renditions


def saved(picture: Image.Image, name: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


NOISE = Image.effect_noise((2400, 1200), 80).convert("RGB")


def test_a_photograph_is_a_jpeg_in_every_width() -> None:
    made = renditions(saved(NOISE, "JPEG", quality=95))
    assert (made.name.width, made.name.height, made.name.suffix) == (2000, 1000, "jpg")
    assert {width: opened(content).size for width, content in made.files.items()} == {
        480: (480, 240),
        800: (800, 400),
        1200: (1200, 600),
        2000: (2000, 1000),
    }
    assert {opened(content).format for content in made.files.values()} == {"JPEG"}


def test_a_photograph_saved_as_png_is_a_jpeg_and_a_drawing_stays_png() -> None:
    assert renditions(saved(NOISE.resize((600, 300)), "PNG")).name.suffix == "jpg"
    drawing = Image.new("RGB", (600, 300), "white")
    drawing.paste("black", (100, 100, 500, 104))
    assert renditions(saved(drawing, "WEBP", lossless=True)).name.suffix == "png"


def test_what_is_transparent_stays_so() -> None:
    picture = Image.new("RGBA", (600, 300), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (0, 0, 300, 300))
    made = renditions(saved(picture, "PNG"))
    assert made.name.suffix == "png"
    assert all(opened(content).mode == "RGBA" for content in made.files.values())


def test_it_is_upright_and_says_nothing_of_its_camera() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of a person"
    made = renditions(saved(NOISE.resize((600, 300)), "JPEG", exif=exif, comment=b"at home"))
    assert (made.name.width, made.name.height) == (300, 600)
    content = made.files[300]
    assert not opened(content).getexif()
    assert b"Camera" not in content
    assert b"at home" not in content


def test_the_same_bytes_make_the_same_name_and_others_another() -> None:
    first, second = saved(NOISE.resize((60, 30)), "PNG"), saved(NOISE.resize((60, 31)), "PNG")
    assert renditions(first).name == renditions(first).name != renditions(second).name


def test_a_tall_picture_is_not_squeezed() -> None:
    made = renditions(saved(NOISE.resize((800, 5000)), "JPEG"))
    assert (made.name.width, made.name.height) == (800, 5000)


def test_what_moves_says_so() -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("teal", "navy")]
    made = renditions(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert made.moves
    assert not renditions(saved(frames[0], "GIF")).moves


def bomb(width: int, height: int) -> bytes:
    """A PNG of one colour: some kilobytes that say they are so large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(50_000, 50_000), (9_000, 9_000), (5_000, 5_000), (10_000_000, 2)])
def test_bombs_are_refused_by_what_they_say(size: tuple[int, int]) -> None:
    with pytest.raises(photos.Unreadable, match="too large"):
        renditions(bomb(*size))


@pytest.mark.parametrize(
    "content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe EPSF", b"\xff\xd8\xff"]
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(photos.Unreadable):
        renditions(content)
