"""A text as one line, as titles, subjects and names are."""

from __future__ import annotations

import re

# By what they are and not by what this Python can print: `str.isprintable` is false for the joiners of family emoji,
# ZWNJ, the tag characters of flags, and every character that is newer than Python's own table.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"  # Cc, and the line and paragraph separators
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_BREAKS = re.compile(f"[ {_CONTROLS}]+")
_NO_CHARACTERS = re.compile(f"[\ufeff{_NONCHARACTERS}]")
_NO_LINE = re.compile(f"[{_CONTROLS}{_NONCHARACTERS}\ud800-\udfff]")


def one_line(text: str) -> str:
    """Return a text as one line, with every character in it that is one.

    Line breaks and control characters, and runs of spaces, become one space; white space at the ends goes. Surrogate
    pairs become what they stand for, lone ones U+FFFD; the byte order mark and noncharacters are taken out. All else
    stays: joiners, tags, no-break and ideographic spaces, what is not assigned yet.
    """
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        text = _NO_CHARACTERS.sub("", text)
    return _BREAKS.sub(" ", text).strip()


def is_line(text: str) -> bool:
    """Return whether a text is one line of characters: no break, no control character, nothing that is no character."""
    return not _NO_LINE.search(text)
