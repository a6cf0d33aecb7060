"""A draft's own pictures: `data:` ones, and those beside the letter. They become media, or are told to be missing.

What is on the web stays there, unless copies are asked for (`remote_pictures`).
"""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape, unescape
from urllib.parse import unquote, urlsplit

from distributor.domain.letters import Draft, DraftPicture, LeftOut
from distributor.domain.media_names import MediaName
from distributor.letters.intake import body_pictures
from distributor.letters.intake.picture_folders import LARGEST, PictureFolder, PictureRefused
from distributor.letters.intake.sanitise import plain_text, without_empty
from distributor.letters.intake.tracking_pixels import counts_openings
from distributor.rendering import photos
from distributor.rendering.renditions import Renditions, renditions

MOST_PICTURES = 60  # of one letter
MOST_BYTES = 150 * 1024 * 1024  # of all pictures of a letter, as they come

_IMAGE = re.compile(r'<img((?:\s+[\w-]+(?:="[^"]*")?)*)\s*/?>')
_FIGURE = re.compile(r"<figure\b[^>]*>(?:(?!<figure\b).)*?</figure>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_DATA = re.compile(r"data:image/[\w.+-]+(?:;[\w=-]+)*?(;base64)?,(.*)", re.DOTALL | re.IGNORECASE)
_SVG = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg\b", re.DOTALL | re.IGNORECASE
)
_CAPTION = re.compile(r"</?(?:figure|figcaption)\b[^>]*>")
_PATH = f"{body_pictures.SCHEME}:"


class NoPicture(Exception):
    """A picture that can't be had; `str(error)` is a sentence on why, for an editor."""


Find = Callable[[str], bytes | None]
"""Returns the bytes behind a picture's address, None for one that stays as it is. Raises NoPicture."""


def with_own_pictures(draft: Draft, folder: PictureFolder | None = None) -> Draft:
    """Return the draft with its `data:` pictures and those in its folder as media; what is missing is in `left_out`.

    A draft without a folder came alone: a path in it leads nowhere.
    """

    def find(source: str) -> bytes | None:
        if source.startswith("data:"):
            return _data_content(source)
        for path in _paths(source, draft):
            content = _beside(path, folder)
            if content is not None:
                return content
        if not source.startswith(_PATH):
            return None
        if folder is None:
            raise NoPicture("The letter came without its folder: give the folder, or a zip file that holds both.")
        raise NoPicture("There is no such file beside the letter: put it there, or give its address on the web.")

    return PictureWork(draft, find).result()


def picture_of(content: bytes) -> Renditions:
    """Return a picture's files. Raises NoPicture for what is none, too large, or SVG."""
    if len(content) > LARGEST:
        raise NoPicture(f"It is larger than {LARGEST // 1024 // 1024} MB: give a smaller one.")
    if _SVG.match(content[:2000]):
        raise NoPicture("It is SVG, which mails don’t show and which can hold scripts: give it as PNG or JPEG.")
    try:
        return renditions(content)
    except photos.Unreadable as error:
        raise NoPicture(str(error)) from error


def with_copies(draft: Draft, names: Mapping[str, MediaName]) -> Draft:
    """Return the draft with pictures of the web as the media that were copied from these addresses before."""
    work = PictureWork(draft, lambda _source: None)
    work.take({source: DraftPicture(name, {}, source) for source, name in names.items()})
    return work.result()


def remote_sources(draft: Draft) -> list[str]:
    """Return the addresses on the web of a draft's pictures, each once."""
    body = (_attributes(match).get("src", "") for match in _IMAGE.finditer(draft.body_html))
    sources = dict.fromkeys(source for source in (draft.image_url, *body) if source.startswith(("http://", "https://")))
    return [source for source in sources if not counts_openings(source)]


def _paths(source: str, draft: Draft) -> list[str]:
    """Return where beside the letter a picture may be, for one on the letter's own site too: both may have it."""
    if source.startswith(_PATH):
        return [source.removeprefix(_PATH)]
    try:
        picture, page = urlsplit(source), urlsplit(draft.canonical_url)
    except ValueError:
        return []
    if not page.hostname or picture.hostname != page.hostname:
        return []
    beside = posixpath.relpath(picture.path or "/", posixpath.dirname(page.path) or "/")
    return [path for path in (beside, picture.path.lstrip("/")) if path and not path.startswith("../")]


def _beside(path: str, folder: PictureFolder | None) -> bytes | None:
    try:
        return folder.picture(path) if folder else None
    except PictureRefused as error:
        raise NoPicture(f"It is not taken: {error}.") from error


def _data_content(source: str) -> bytes:
    match = _DATA.fullmatch(source)
    if match is None:
        raise NoPicture("What stands in its place is no picture.")
    data = re.sub(r"\s", "", unquote(match[2])) if match[1] else match[2]
    try:
        return base64.b64decode(data + "=" * (-len(data) % 4)) if match[1] else unquote(data).encode("latin-1")
    except (binascii.Error, ValueError) as error:
        raise NoPicture("What stands in its place is a damaged picture.") from error


@dataclass(slots=True)
class PictureWork:
    """Turns the pictures of one draft into media. `find` says which of them."""

    draft: Draft
    find: Find
    stays: bool = False  # what can't be had stays where it is
    _pictures: dict[str, DraftPicture] = field(default_factory=dict)
    _losses: list[LeftOut] = field(default_factory=list)
    _notices: list[str] = field(default_factory=list)
    _reasons: dict[str, str] = field(default_factory=dict)
    _bytes: int = 0

    def take(self, pictures: Mapping[str, DraftPicture]) -> None:
        """Have the media of these addresses already."""
        self._pictures.update(pictures)

    def result(self) -> Draft:
        """Return the draft with its pictures."""
        html = self.draft.body_html
        body = _FIGURE.sub(self._figure, html)
        body = _IMAGE.sub(self._image, body)
        image_url = self._lead()
        if body != html:
            body = without_empty(body)
        names = {picture.name: picture for picture in (*self.draft.pictures, *self._pictures.values())}
        return replace(
            self.draft,
            body_html=body,
            body_text=plain_text(body) if body != html else self.draft.body_text,
            image_url=image_url,
            image_alt=self.draft.image_alt if image_url else "",
            pictures=tuple(names.values()),
            left_out=(*self.draft.left_out, *dict.fromkeys(self._losses)),
            notices=(*self.draft.notices, *dict.fromkeys(self._notices)),
            missing=self.draft.missing if image_url or not self.draft.image_url else (*self.draft.missing, "image_url"),
        )

    def _lead(self) -> str:
        source = self.draft.image_url
        if not source:
            return ""
        try:
            picture = self._picture(source)
        except NoPicture as error:
            return source if self._say(source, self.draft.image_alt, str(error)) else ""
        return picture.name.reference if picture else source

    def _figure(self, match: re.Match[str]) -> str:
        """A figure goes with its only picture: its caption would speak of nothing."""
        images = list(_IMAGE.finditer(match[0]))
        if self.stays or len(images) != 1:
            return match[0]
        attributes = _attributes(images[0])
        try:
            self._picture(attributes.get("src", ""))
        except NoPicture as error:
            self._say(attributes["src"], attributes.get("alt", ""), str(error), piece=_IMAGE.sub("", match[0]))
            return ""
        return match[0]

    def _image(self, match: re.Match[str]) -> str:
        attributes = _attributes(match)
        source = attributes.get("src", "")
        try:
            picture = self._picture(source) if source else None
        except NoPicture as error:
            return match[0] if self._say(source, attributes.get("alt", ""), str(error)) else ""
        if picture is None:
            return match[0]
        # As wide as the source shows it, never wider than it is.
        width, height = picture.name.within(int(attributes.get("width") or picture.name.width))
        attributes |= {"src": picture.name.reference, "width": str(width), "height": str(height)}
        markup = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        return f"<img{markup}>"

    def _picture(self, source: str) -> DraftPicture | None:
        """Return the media of an address, None for one that stays as it is. Raises NoPicture."""
        if source in self._pictures:
            return self._pictures[source]
        if source in self._reasons:
            raise NoPicture(self._reasons[source])
        try:
            content = self.find(source)
            if content is None:
                return None
            self._pictures[source] = self._media(source, content)
        except NoPicture as error:
            self._reasons[source] = str(error)
            raise
        return self._pictures[source]

    def _media(self, source: str, content: bytes) -> DraftPicture:
        self._bytes += len(content)
        if len(self._pictures) >= MOST_PICTURES or self._bytes > MOST_BYTES:
            raise NoPicture(
                f"A letter has at most {MOST_PICTURES} pictures, of {MOST_BYTES // 1024 // 1024} MB together: "
                "leave out some."
            )
        files = picture_of(content)
        if files.moves:
            self._notices.append(f"{_label_first(source)} moves, and only its first picture is stored.")
        return DraftPicture(files.name, files.files, source if source.startswith(("http:", "https:")) else "")

    def _say(self, source: str, alt: str, reason: str, *, piece: str = "") -> bool:
        """Tell that a picture can't be had; return whether it stays where it is."""
        if self.stays:
            self._notices.append(f"{_label_first(source)} is not copied and is shown from its site. {reason}")
            return True
        caption = plain_text(piece)
        label = f"{_label(source)} (“{alt[:80]}”)" if alt else _label(source)
        explanation = f"{reason} Its caption is left out with it." if caption else reason
        self._losses.append(LeftOut(label, explanation, html=_CAPTION.sub("", piece).strip(), length=len(caption)))
        return False


def _attributes(match: re.Match[str]) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(match[1])}


def _label(source: str) -> str:
    """Return what sentences call a picture."""
    if source.startswith("data:"):
        return "a picture within the text"
    plain = unquote(source.removeprefix(_PATH)).partition("?")[0]
    return f"the picture {plain if len(plain) <= 120 else '…' + plain[-119:]}"


def _label_first(source: str) -> str:
    """Return the same at a sentence's beginning."""
    name = _label(source)
    return f"{name[0].upper()}{name[1:]}"
