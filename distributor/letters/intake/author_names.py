"""The names in a field that is there for authors: in front matter, feeds and a page's metadata. Pure.

What stands in such a field is a name, however it is written: "bell hooks" is one as much as "Desk". Bylines, which are
lines among others, have to look like names (`people.byline`).
"""

from __future__ import annotations

import re

from distributor.letters.intake.people import EMAIL, ROLE, is_name, plain_name

_LIMIT = 20  # names in one field
_ADDRESS = re.compile(rf"[(<\[]?\s*(?:mailto:)?{EMAIL}\s*[)>\]]?")
_BY = re.compile(r"(?:by|von|par|por|di)\s+(?=\S)|(?:글|글쓴이|저자)\s*[:：]\s*", re.IGNORECASE)
_BEHIND = re.compile(r"\s+[|•·–—]\s+.*$")  # what sites put behind a name: "Ilse Marroway | The Tide"
_LIST_MARKS = re.compile(r"\s*;\s*|\s*[·ㆍ、]\s*|\s+및\s+")
_AND = re.compile(r",?\s+(?:and|und|et|y|e|och|og|en)\s+|\s*&\s*")
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|Ph\.?\s?D|M\.?\s?D|Esq|MBE|OBE)\.?")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_PARTICLES = re.compile(
    r"(?:van|von|der|den|de|del|della|di|da|dos|du|la|le|el|al|bin|ibn|ben|af|av|ter|ten|zur?)", re.IGNORECASE
)


def names_of(text: str) -> tuple[str, ...]:
    """Return the names in such a field, in its order: "A, B and C", "Marroway, Ilse", "Kim; Lee", "bell hooks".

    Addresses, a "By" before, roles, places and a site's name behind are left out. A field that can't be parted is one
    name.
    """
    text = " ".join(_ADDRESS.sub(" ", text).split()).strip(" ,|")
    text = _BEHIND.sub("", _BY.sub("", text, count=1) if _BY.match(text) else text)
    if re.match(r"https?://", text):
        return ()
    parts = [part.strip(" ,()<>") for part in _LIST_MARKS.split(text)]
    names = [_without_role(name) for part in parts for name in (_family_first(part) or _in_list(part))]
    return tuple(name for name in dict.fromkeys(names) if name)[:_LIMIT]


def _without_role(name: str) -> str:
    """ "서하늘 기자" is 서하늘: in Korean a role stands behind a name, and is none."""
    return plain_name(name) if re.search("[가-힣]", name) else name


def _in_list(text: str) -> list[str]:
    """Part a list of names at its commas and at its last "and"; where a part can be none, it is one name."""
    pieces = _AND.split(text)
    names = [name for piece in pieces for name in _parts_at_commas(piece, closed=len(pieces) > 1)]
    return names if len(names) == 1 or all(map(_can_stand_alone, names)) else [text]


def _parts_at_commas(text: str, *, closed: bool) -> list[str]:
    """`closed`: every part is a name; else a single word behind a comma is a place or an agency."""
    names: list[str] = []
    for part in (piece.strip() for piece in text.split(",")):
        if names and _SUFFIX.fullmatch(part):
            names[-1] = f"{names[-1]}, {part}"
        elif part and not (names and (ROLE.search(part) or (not closed and " " not in part and part.isascii()))):
            names.append(part)
    return names


def _can_stand_alone(name: str) -> bool:
    return not re.match(r"(?:the|a|an)\s", name, re.IGNORECASE) and len(name) <= 80


def _family_first(text: str) -> list[str]:
    """Turn "Marroway, Ilse" and "van der Berg, Jan" round; [] for what is not a family name, a comma, given names."""
    family, comma, forenames = (piece.strip() for piece in text.partition(","))
    if (
        not comma
        or not forenames
        or not _LATIN.match(family)
        or "," in forenames
        or _SUFFIX.fullmatch(forenames)
        or _AND.search(forenames)
    ):
        return []
    words = family.split()
    is_family = len(words) == 1 or all(map(_PARTICLES.fullmatch, words[:-1]))
    if not is_family or len(forenames.split()) > 3 or not is_name(forenames) or ROLE.search(forenames):
        return []
    return [f"{forenames} {family}"]
