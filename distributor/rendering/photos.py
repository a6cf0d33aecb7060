"""Pictures made to keep a network's limits: turned upright, scaled down, recompressed, without their camera's notes."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from distributor.domain.capabilities import PictureLimits
from distributor.lazy_modules import LazyModule

if TYPE_CHECKING:
    from PIL import Image, ImageCms, ImageOps
else:
    Image, ImageCms, ImageOps = map(LazyModule, ("PIL.Image", "PIL.ImageCms", "PIL.ImageOps"))

MOST_PIXELS = 80_000_000
MOST_RATIO = 100  # pixels a byte: photographs have 1 to 20. Plain surfaces have more, and no reason to be that large
PIXELS_AT_ANY_RATIO = 16_000_000
# What letters' pictures come as. Others stay closed: some are opened by running further programs.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
_FORMAT_OF_TYPE = {"image/jpeg": "JPEG", "image/webp": "WEBP", "image/png": "PNG"}  # the first that a network takes
_QUALITIES = (88, 80, 70)  # smaller pictures look better than coarser ones
_FAR = 3  # so many times too large: no quality will do
_SMALLER = 0.75  # of each side, when no quality is enough
_LEAST = 0.3

# What a decoder notes of how a file is written. Anything else was put in by a person, a camera or a program: a place, a
# name, a comment, a smaller picture from before it was cropped.
_HARMLESS = frozenset(
    {
        *("jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression", "adobe"),
        *("adobe_transform", "gamma", "srgb", "chromaticity", "interlace", "aspect", "background", "version"),
        *("loop", "duration", "timestamp", "icc_profile", "compression", "blend", "disposal", "default_image"),
    }
)
_PLAIN_SEGMENTS = frozenset({"APP0", "APP2", "APP14"})  # JFIF, the colour profile, Adobe's note on colours


@cache
def _damage_errors() -> tuple[type[Exception], ...]:
    """Return what Pillow raises for broken files."""
    return (
        *(OSError, ValueError, SyntaxError, TypeError, LookupError, AttributeError, EOFError, ArithmeticError),
        *(RuntimeError, MemoryError, struct.error, Image.DecompressionBombError, Image.DecompressionBombWarning),
    )


class Unreadable(Exception):
    """These bytes are no picture, one too large to open, or one that can't be made as small as is asked."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture's bytes, its media type and size in pixels."""

    content: bytes = field(repr=False)
    type: str
    width: int
    height: int


def shrink(content: bytes, limits: PictureLimits, *, transparent: bool = False) -> Photo:
    """Return the picture as it is where it keeps the limits, else scaled down and recompressed until it does.

    It is never enlarged or cropped. What is transparent becomes white, or with `transparent` (for PNG alone) stays so;
    of moving pictures the first one is taken, and what a file says beside its picture (place, camera, comments) is
    taken out: what is passed on was asked for, that was not. Raises Unreadable.
    """
    try:
        # Pillow warns of odd files that can be read all the same.
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            picture, media_type = _open(content, limits, transparent=transparent)
    except _damage_errors() as error:
        raise Unreadable("That is not a picture that can be read.") from error
    if media_type:
        return Photo(content, media_type, picture.width, picture.height)
    return _smaller(picture, limits)


def picture_of(content: bytes, *, side: int) -> tuple[Image.Image, str, bool]:
    """Return a file's picture as it is stored with a letter, the media type that it came as, and whether it moves.

    The picture is upright, in sRGB, RGB or with what is transparent RGBA, at most `side` pixels a side, and says
    nothing beside itself. Raises Unreadable.
    """
    try:
        with (
            warnings.catch_warnings(action="ignore", category=UserWarning),
            Image.open(io.BytesIO(content), formats=_FORMATS) as source,
        ):
            _check_size(source, content)
            kind, moves = Image.MIME.get(source.format or "", ""), bool(getattr(source, "is_animated", False))
            source.draft("RGB", (side, side))
            return _upright(source, side, transparent=True), kind, moves
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable("The picture is too large.") from error
    except _damage_errors() as error:
        raise Unreadable("That is not a picture that can be read.") from error


def encoded(picture: Image.Image, media_type: str, *, quality: int = 82) -> bytes:
    """Return the bytes of a picture of ours as JPEG or PNG."""
    out = io.BytesIO()
    if media_type == "image/png":
        picture.save(out, "PNG", compress_level=6)
    else:
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def flat(picture: Image.Image) -> Image.Image:
    """Return a picture of ours without transparency: what shows through is white."""
    return _flat(picture)


def _open(content: bytes, limits: PictureLimits, *, transparent: bool) -> tuple[Image.Image, str]:
    """Return the picture upright, in plain colours, within `max_side`; and its media type if it can stay as it is."""
    with Image.open(io.BytesIO(content), formats=_FORMATS) as source:
        _check_size(source, content)
        kind = Image.MIME.get(source.format or "", "")
        side = limits.max_side
        if small := max(source.size) <= side and len(content) <= limits.max_bytes:
            source.load()  # also finds the end missing, and what is said behind the picture
        else:
            source.draft("RGB", (side, side))  # a JPEG is decoded at a fraction of its size
        if small and kind in limits.types and source.mode in ("RGB", "L", "P") and _says_nothing(source):
            return source, kind
        return _upright(source, side, transparent=transparent), ""


def _check_size(source: Image.Image, content: bytes) -> None:
    """Refuse what would unpack to far more than a picture is, before it is unpacked."""
    pixels = source.width * source.height
    if pixels > MOST_PIXELS or pixels > max(PIXELS_AT_ANY_RATIO, MOST_RATIO * len(content)):
        raise Unreadable("The picture is too large.")


def _upright(source: Image.Image, side: int, *, transparent: bool) -> Image.Image:
    upright = ImageOps.exif_transpose(source)
    picture = _clear(upright) if transparent and _is_clear(upright) else _flat(upright)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return picture


def _says_nothing(picture: Image.Image) -> bool:
    is_moving = getattr(picture, "is_animated", False)
    segments = {name for name, _ in getattr(picture, "applist", ())}  # of a JPEG
    metadata = segments - _PLAIN_SEGMENTS or picture.info.keys() - _HARMLESS
    return not is_moving and not metadata and not picture.getexif()


def _smaller(picture: Image.Image, limits: PictureLimits) -> Photo:
    """Return the picture in as few bytes as are asked for; it takes the loss of pixels before that of their quality."""
    kind = next((kind for kind in _FORMAT_OF_TYPE if kind in limits.types), "")
    if not kind:
        raise Unreadable("The network takes no picture that can be made here.")
    while True:
        for encoded_picture in _tries(picture, _FORMAT_OF_TYPE[kind]):
            if len(encoded_picture) <= limits.max_bytes:
                return Photo(encoded_picture, kind, picture.width, picture.height)
            if len(encoded_picture) > limits.max_bytes * _FAR:
                break
        if picture.size == (1, 1):
            raise Unreadable("The picture can’t be made as small as the network wants it.")
        share = min(max((limits.max_bytes * 1.5 / len(encoded_picture)) ** 0.5, _LEAST), _SMALLER)
        size = max(int(picture.width * share), 1), max(int(picture.height * share), 1)
        picture = picture.resize(size, Image.Resampling.LANCZOS)


def _tries(picture: Image.Image, name: str) -> Iterator[bytes]:
    """Yield the picture's bytes, in ever lower quality where its format has one."""
    for quality in _QUALITIES if name != "PNG" else _QUALITIES[:1]:
        out = io.BytesIO()
        if name == "JPEG":
            picture.save(out, name, quality=quality, optimize=True, progressive=True)
        elif name == "WEBP":
            picture.save(out, name, quality=quality)
        else:
            picture.save(out, name, optimize=True)
        yield out.getvalue()


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture in RGB, what is transparent on white, in the colours that screens take for granted (sRGB)."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # 16 bits a pixel, of which the upper ones are seen
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    if _is_clear(picture):
        with_alpha = picture.convert("RGBA")
        picture = Image.new("RGB", with_alpha.size, "white")
        picture.paste(with_alpha, mask=with_alpha.getchannel("A"))
    if picture.mode == "P":
        picture = picture.convert("RGB")
    if profile:
        picture = _in_srgb(picture, profile)
    plain = picture.convert("RGB")
    plain.info.clear()
    return plain


def _is_clear(picture: Image.Image) -> bool:
    """Whether parts of it are transparent, or may be."""
    return picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info


def _clear(picture: Image.Image) -> Image.Image:
    """Return the picture in RGBA, in the colours that screens take for granted (sRGB)."""
    profile, with_alpha = picture.info.get("icc_profile"), picture.convert("RGBA")
    if not profile:
        with_alpha.info.clear()
        return with_alpha
    plain = _in_srgb(with_alpha.convert("RGB"), profile).convert("RGB")
    plain.putalpha(with_alpha.getchannel("A"))
    plain.info.clear()
    return plain


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source_profile = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        result = ImageCms.profileToProfile(picture, source_profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture  # a profile that is broken or not for these colours
    return result or picture
