"""A letter's own picture for a network: whatever it is, within the limits, upright, and saying nothing else."""

from __future__ import annotations

import io
import random
import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from distributor.domain.capabilities import PictureLimits
from distributor.rendering import photos
from distributor.rendering.photos import Photo, Unreadable, shrink

ROOM = PictureLimits()
TIGHT = PictureLimits(max_bytes=20_000, max_side=300)


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that no format makes small."""
    depth = len(Image.new(mode, (1, 1)).tobytes())
    return Image.frombytes(mode, (width, height), random.Random(7).randbytes(width * height * depth))


def halves(width: int, height: int) -> Image.Image:
    """Red above, blue below."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width, height // 2))
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(made: Photo) -> Image.Image:
    picture = Image.open(io.BytesIO(made.content))
    picture.load()
    assert (Image.MIME[picture.format or ""], picture.size) == (made.type, (made.width, made.height))
    return picture


def near(colour: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(a - b) < 24 for a, b in zip(colour, wanted, strict=True))


def test_what_keeps_the_limits_stays_as_it_is() -> None:
    for content in (saved(halves(40, 20), "JPEG"), saved(halves(40, 20), "PNG")):
        assert shrink(content, ROOM).content == content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"])
def test_every_kind_is_made_small(kind: str) -> None:
    made = shrink(saved(halves(900, 600), kind), TIGHT)
    assert (made.type, made.width, made.height) == ("image/jpeg", 300, 200)
    assert len(made.content) <= 20_000
    assert near(opened(made).getpixel((10, 10)), (255, 0, 0))


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "AVIF", "BMP", "TIFF"])
def test_a_kind_that_the_network_does_not_take_becomes_one_that_it_takes(kind: str) -> None:
    made = shrink(saved(halves(90, 60), kind), ROOM)
    assert (made.type, made.width, made.height) == ("image/jpeg", 90, 60)
    png = shrink(saved(halves(90, 60), kind), replace(ROOM, types=("image/png",)))
    assert opened(png).format == "PNG"
    assert shrink(saved(halves(90, 60), "PNG"), replace(ROOM, types=("image/webp",))).type == "image/webp"


def test_it_is_never_enlarged_or_cropped() -> None:
    made = shrink(saved(noise(60, 20), "PNG"), replace(ROOM, max_bytes=1500))
    assert made.width / made.height == pytest.approx(3, rel=0.1)
    assert made.width <= 60
    line = shrink(saved(noise(4000, 1), "PNG"), TIGHT)
    assert (line.width, line.height) == (300, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    size = (80, 40) if orientation < 5 else (40, 80)
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    shot = halves(80, 40)
    if undo is not None:
        shot = shot.transpose(Image.Transpose(undo))
    assert shot.size == size
    made = opened(shrink(saved(shot, "JPEG", exif=exif, quality=95), ROOM))
    assert made.size == (80, 40)
    assert near(made.getpixel((40, 5)), (255, 0, 0))
    assert near(made.getpixel((40, 35)), (0, 0, 255))


def _with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    return saved(halves(40, 20), "JPEG", exif=exif)


def _with_text() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "A camera")
    return saved(halves(40, 20), "PNG", pnginfo=said)


def _with_text_behind() -> bytes:
    content = saved(halves(40, 20), "PNG")
    chunk = b"tEXtAuthor\x00A camera"
    return (
        content[:-12] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + content[-12:]
    )


def _with_segment() -> bytes:
    content = saved(halves(40, 20), "JPEG")
    segment = b"Photoshop 3.0\x00A camera"
    return content[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + content[2:]


@pytest.mark.parametrize(
    "content",
    [
        *(_with_place(), _with_text(), _with_text_behind(), _with_segment()),
        saved(halves(40, 20), "JPEG", comment=b"A camera"),
        saved(halves(40, 20), "JPEG", xmp=b"<x:xmpmeta>A camera</x:xmpmeta>"),
        saved(halves(40, 20), "GIF", comment=b"A camera"),
        saved(halves(40, 20), "WEBP", xmp=b"A camera"),
    ],
)
def test_what_a_file_says_beside_its_picture_is_taken_out(content: bytes) -> None:
    assert b"A camera" in content
    made = shrink(content, replace(ROOM, types=("image/jpeg", "image/png", "image/gif", "image/webp")))
    assert b"A camera" not in made.content
    assert not opened(made).getexif()


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (40, 20), (255, 0, 0, 0))
    palette = clear.convert("P")
    for content in (
        *(saved(clear, "PNG"), saved(clear, "WEBP"), saved(clear.convert("LA"), "PNG"), saved(clear, "GIF")),
        saved(palette, "PNG", transparency=palette.getpixel((0, 0))),
    ):
        made = opened(shrink(content, ROOM))
        assert made.mode == "RGB"
        assert near(made.getpixel((20, 10)), (255, 255, 255))


def test_colours_for_print_and_of_16_bits() -> None:
    ink = Image.new("CMYK", (40, 20), (0, 255, 255, 0))
    red = opened(shrink(saved(ink, "JPEG"), ROOM))
    assert red.mode == "RGB"
    assert near(red.getpixel((5, 5)), (255, 0, 0))
    grey = opened(shrink(saved(Image.new("I;16", (40, 20), 0x8000), "PNG"), ROOM))
    assert near(grey.getpixel((5, 5)), (128, 128, 128))
    bits = opened(shrink(saved(Image.new("1", (40, 20), 1), "PNG"), ROOM))
    assert near(bits.getpixel((5, 5)), (255, 255, 255))


def test_colours_of_a_profile_become_those_of_screens() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = saved(halves(900, 600), "JPEG", icc_profile=profile)
    made = opened(shrink(content, TIGHT))
    assert "icc_profile" not in made.info
    assert near(made.getpixel((10, 10)), (255, 0, 0))
    assert shrink(saved(halves(900, 600), "JPEG", icc_profile=b"broken"), TIGHT).width == 300


def test_of_moving_pictures_the_first_is_taken() -> None:
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue", "green")]
    for kind in ("GIF", "WEBP", "PNG"):
        content = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
        made = shrink(content, replace(ROOM, types=("image/gif", "image/webp", "image/png", "image/jpeg")))
        assert not getattr(opened(made), "is_animated", False)
        assert near(opened(made).convert("RGB").getpixel((5, 5)), (255, 0, 0))


def test_noise_is_made_small_too() -> None:
    made = shrink(saved(noise(1500, 1000), "PNG"), replace(ROOM, max_bytes=100_000))
    assert len(made.content) <= 100_000
    assert made.width > 200
    assert opened(made).size == (made.width, made.height)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"no picture", b"%PDF-1.7", b"<svg/>", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        saved(noise(90, 60), "JPEG")[:2000],
        saved(noise(90, 60), "PNG")[:2000],
        saved(noise(90, 60), "WEBP")[:2000],
    ],
)
@pytest.mark.parametrize("limits", [ROOM, PictureLimits(max_side=20)])
def test_what_is_no_whole_picture_is_refused(content: bytes, limits: PictureLimits) -> None:
    with pytest.raises(Unreadable):
        shrink(content, limits)


def _png(width: int, height: int) -> bytes:
    """A small file that claims to be a large picture."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        for body in (head, b"IDAT" + zlib.compress(b"\0" * 1000), b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("size", [(9000, 9000), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_unpacks_to_too_much_is_not_unpacked(size: tuple[int, int]) -> None:
    assert size[0] * size[1] > photos.MOST_PIXELS
    with pytest.raises(Unreadable):
        shrink(_png(*size), ROOM)


def test_a_large_picture_of_few_bytes_is_not_unpacked() -> None:
    """Eighty kilobytes of one colour would take hundreds of megabytes."""
    with pytest.raises(Unreadable, match="too large"):
        shrink(_png(8000, 8000), ROOM)
    assert len(_png(8000, 8000)) * photos.MOST_RATIO < 8000 * 8000 < photos.MOST_PIXELS


def test_limits_that_nothing_keeps() -> None:
    with pytest.raises(Unreadable, match="as small"):
        shrink(saved(halves(40, 20), "PNG"), PictureLimits(max_bytes=10))
    with pytest.raises(Unreadable, match="no picture"):
        shrink(saved(halves(40, 20), "PNG"), replace(ROOM, types=("image/heic",)))


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(st.integers(1, 90), st.integers(1, 90)),
    st.sampled_from(["RGB", "L", "CMYK", "RGBA", "P", "1", "LA"]),
    st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF"]),
    st.integers(700, 9000),
    st.integers(1, 100),
    st.sampled_from([("image/jpeg",), ("image/png", "image/jpeg"), ("image/webp",), ("image/gif", "image/jpeg")]),
)
def test_the_result_keeps_the_limits(
    size: tuple[int, int], mode: str, kind: str, most: int, side: int, types: tuple[str, ...]
) -> None:
    picture = noise(*size, "RGBA").convert("RGB" if mode == "CMYK" else mode).convert(mode)
    try:
        content = saved(picture, kind)
    except OSError:  # this kind has no such colours
        return
    made = shrink(content, PictureLimits(max_bytes=most, max_side=side, types=types))
    assert len(made.content) <= most
    assert max(made.width, made.height) <= side
    assert made.width <= size[0]
    assert made.height <= size[1]
    assert made.type in types
    assert opened(made).size == (made.width, made.height)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "BMP"]),
    st.integers(0, 3000),
    st.binary(min_size=1, max_size=8),
    st.sampled_from([ROOM, PictureLimits(max_side=10)]),
)
def test_damaged_bytes_are_a_picture_or_are_refused(kind: str, at: int, junk: bytes, limits: PictureLimits) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = bytearray(saved(noise(30, 20), kind, **({"exif": exif} if kind in ("JPEG", "PNG", "WEBP") else {})))
    at %= len(content)
    content[at : at + len(junk)] = junk
    try:
        made = shrink(bytes(content), limits)
    except Unreadable:
        return
    assert max(made.width, made.height) <= limits.max_side
