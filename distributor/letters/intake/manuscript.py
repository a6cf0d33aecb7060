"""A Markdown text on its way from its editor's or site generator's dialect to CommonMark. Pure.

Code is set aside while dialects are read, since what stands in it is meant as it is. What is left out is noted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from distributor.domain.letters import LeftOut
from distributor.letters.intake import dom
from distributor.letters.intake.parts import one_line

_FENCE: Final = re.compile(
    r"^(?P<before>[ \t>]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?)(?P<fence>`{3,}|~{3,})(?P<info>[^\n`]*)\n"
    r"(?P<body>.*?)(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SPAN: Final = re.compile(
    r"(?<!`)(?P<ticks>`+)(?!`)(?P<body>(?:(?!\n[ \t]*\n).){1,2000}?)(?<!`)(?P=ticks)(?!`)", re.DOTALL
)
# No text has this character: what is read from bytes is refused with it.
_MARK: Final = re.compile("\x00(\\d{1,9})\x00")


@dataclass(slots=True)
class Manuscript:
    """A text, the code that was set aside from it, and what was left out of it. `fields` is its front matter."""

    text: str
    fields: dict[str, Any]
    omissions: list[LeftOut] = field(default_factory=list)
    _code: list[str] = field(default_factory=list)

    def set_code_aside(self, replacement: Callable[[str, str], str | None]) -> None:
        """Take blocks and spans of code out of the text.

        `replacement` gets a block's language and content, and returns the text that stands for it, or None to keep it.
        """

        def block(match: re.Match[str]) -> str:
            instead = replacement(match["info"].strip(), match["body"])
            return self.set_aside(match[0]) if instead is None else instead

        self.text = _FENCE.sub(block, self.text.replace("\x00", ""))
        self.text = _SPAN.sub(lambda match: self.set_aside(match[0]), self.text)

    def set_aside(self, piece: str) -> str:
        """Keep a piece of text from being read further; return the mark that stands for it."""
        self._code.append(piece)
        return f"\x00{len(self._code) - 1}\x00"

    def whole(self, text: str) -> str:
        """Return a text with what was set aside back in its places."""
        for _ in range(len(self._code) and 3):  # code in a piece that was set aside as a whole
            text = _MARK.sub(lambda match: self._code[int(match[1])] if int(match[1]) < len(self._code) else "", text)
        return text

    def replace(self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> None:
        """Replace what a pattern matches, wherever it is no code."""
        self.text = pattern.sub(replacement, self.text)

    def leave_out(self, name: str, reason: str, text: str = "") -> str:
        """Note what is left out, with the text by which it can be put back; return what stands in its place."""
        text = self.whole(text).strip()
        html = "".join(f"<p>{dom.escape(one_line(piece))}</p>" for piece in re.split(r"\n\s*\n", text) if piece.strip())
        self.omissions.append(LeftOut(name, reason, html, len(text)))
        return ""
