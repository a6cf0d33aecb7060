"""From bytes to text, as browsers do it: what is no text is refused, what is not of its encoding is shown as “�”."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from distributor.domain.errors import SourceError

LIMIT = 10 * 1024 * 1024  # bytes
_FEW_BROKEN = 3  # characters that may be broken in a text; more of them only among ten times as many that are not
_BYTES_PER_ZERO = 1_000  # bytes for each zero byte, or it is no text
_APART = 300  # characters for each of them, or it is another encoding
_ALONE = 0.5  # of the bytes beyond ASCII in a Western European text
_WESTERN = (
    "It does not say its encoding, and was read as Western European (windows-1252), as browsers do: "
    "compare its accents and quotation marks with what you see."
)
_LOOKED_AT = 4096  # bytes in which a declaration must stand (the HTML standard says 1,024; real pages are later)

# Labels as the WHATWG Encoding Standard maps them, to Python's codecs. Only what pages really use: Python knows more
# names, and some of them are no character encodings at all.
_CODECS = {
    label: codec
    for codec, labels in {
        "utf-8": "utf-8 utf8 unicode-1-1-utf-8",
        "cp949": "euc-kr cp949 ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 uhc ms949",
        "cp932": "shift_jis shift-jis sjis windows-31j ms_kanji x-sjis",
        "euc_jp": "euc-jp x-euc-jp",
        "iso2022_jp": "iso-2022-jp",
        "gb18030": "gb2312 gbk gb18030 chinese x-gbk gb_2312-80",
        "big5hkscs": "big5 big5-hkscs x-x-big5",
        "cp1252": "windows-1252 iso-8859-1 latin1 l1 us-ascii ascii cp1252",
        "cp1250": "windows-1250",
        "cp1251": "windows-1251",
        "cp1253": "windows-1253",
        "cp1254": "windows-1254 iso-8859-9 latin5",
        "cp1255": "windows-1255",
        "cp1256": "windows-1256",
        "cp1257": "windows-1257",
        "cp1258": "windows-1258",
        "iso8859_2": "iso-8859-2 latin2",
        "iso8859_5": "iso-8859-5",
        "iso8859_7": "iso-8859-7 greek",
        "iso8859_15": "iso-8859-15 latin-9",
        "cp874": "windows-874 tis-620 iso-8859-11",
        "koi8_r": "koi8-r",
        "koi8_u": "koi8-u",
        "mac_roman": "macintosh",
    }.items()
    for label in labels.split()
}
_MAGIC = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
    b"OggS",
)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:-]{2,40})[\"']", re.IGNORECASE)


def check_size(length: int, name: str) -> None:
    """Raise SourceError when there is nothing, or more than a letter's page can be."""
    if length == 0:
        raise SourceError(f"{name} is empty: give a letter's page, its text, Markdown or a feed.")
    if length > LIMIT:
        raise SourceError(f"{name} is larger than {LIMIT // 1024 // 1024} MB: a letter's page is smaller.")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text, and a sentence for the editor where some of its bytes could not be read; "" where all could."""

    text: str
    notice: str = ""


def decode(content: bytes, *, name: str, content_type: str = "") -> DecodedText:
    """Return bytes as text: in the encoding that the server or the page declares, else as UTF-8.

    A few bytes of another encoding among many become “�”, as browsers show them, with a word about it. A page that
    declares none and has single bytes beyond ASCII, as Western European ones have, is read as windows-1252.

    Raises SourceError for what is empty, larger than 10 MB, no text, or in an encoding that is not declared or not
    the declared one.
    """
    check_size(len(content), name)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = _from_utf16(content, name)
    if content.startswith(_MAGIC) or (b"\x00" in content and not _is_page(content)):
        raise _binary(name)
    content = content.replace(b"\x00", b"")
    decoded = _decode(content, _declared_encodings(content, content_type), name)
    text = decoded.text
    controls = len(re.findall(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]", text))
    if controls > 8 and controls > len(text) / 100:
        raise _binary(name)
    if not text.strip("\ufeff \t\r\n"):
        raise SourceError(f"{name} is empty: give a letter's page, its text, Markdown or a feed.")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return DecodedText(text, decoded.notice)


def _is_page(content: bytes) -> bool:
    """Return whether this is HTML in which a few zero bytes stand; browsers pass over them."""
    few = content.count(b"\x00") <= len(content) / _BYTES_PER_ZERO
    return few and bool(re.search(rb"<html|<!doctype html", content[:_LOOKED_AT], re.IGNORECASE))


def _declared_encodings(content: bytes, content_type: str) -> list[str]:
    """Return the declared encodings, the most binding first: byte order mark, server, page."""
    if content.startswith(codecs.BOM_UTF8):
        return ["utf-8"]
    start = content[:_LOOKED_AT]
    match = re.search(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:-]{2,40})", content_type, re.IGNORECASE)
    in_page = _META.search(start) or _XML.match(start)
    return [label for label in (match[1] if match else "", in_page[1].decode("ascii") if in_page else "") if label]


def _decode(content: bytes, labels: list[str], name: str) -> DecodedText:
    encodings = [
        codec for codec in dict.fromkeys([*(_CODECS.get(label.lower(), "") for label in labels), "utf-8"]) if codec
    ]
    # Pages of several hands declare several encodings: what stands further down counts where the first is not true.
    later_codecs = (_CODECS.get(label.decode("ascii").lower(), "") for label in _META.findall(content))
    for codec in dict.fromkeys([*encodings, *(codec for codec in later_codecs if codec)]):
        try:
            return DecodedText(content.decode(codec))
        except UnicodeDecodeError:
            continue
    for codec in encodings:
        text = content.decode(codec, "replace")
        losses = text.count("\ufffd") - content.count("\ufffd".encode())
        foreign_letters = sum(1 for character in text if character > "\x7f") - losses
        if losses <= len(text) / _APART and losses <= max(_FEW_BROKEN, foreign_letters / 10):
            return DecodedText(text, _notice(text, losses, labels[0] if labels else "UTF-8"))
    if not labels and _is_page(content) and _seems_western(content):
        return DecodedText(content.decode("cp1252", "replace"), _WESTERN)
    if labels:
        raise SourceError(f"{name} says that it is in {labels[0]}, but it is not: save it as UTF-8 and try again.")
    raise SourceError(f"{name} is not in UTF-8: save it as UTF-8 and try again.")


def _from_utf16(content: bytes, name: str) -> bytes:
    try:
        return content.decode("utf-16").encode()
    except UnicodeError:
        raise SourceError(f"{name} begins as UTF-16 and is not: save it as UTF-8 and try again.") from None


def _seems_western(content: bytes) -> bool:
    """Return whether bytes beyond ASCII stand alone between letters, as accents do, and not in pairs as in Korean."""
    beyond = len(re.findall(rb"[\x80-\xff]", content))
    alone = len(re.findall(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])", content))
    return alone >= _ALONE * beyond


def _notice(text: str, broken: int, label: str) -> str:
    at = text.index("\ufffd")
    before = " ".join(re.sub(r"<[^<>]*>", " ", text[max(0, at - 60) : at]).split())[-30:].strip()
    number = "One character is" if broken == 1 else f"{broken:,} characters are"
    return f"{number} not in {label}, unlike the rest, and shown as “�”: the first stands behind “{before}”."


def _binary(name: str) -> SourceError:
    return SourceError(f"{name} is not a text: give a letter's page, its text, Markdown or a feed.")
