"""An editor's own words, picture and link for one variant, in place of what its template makes of the letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from distributor.domain.errors import BadInput
from distributor.domain.letters import LetterView

Part = Literal["text", "picture", "link"]
PARTS: tuple[Part, ...] = ("text", "picture", "link")
TEXT_LIMIT = 100_000  # characters: more than any network takes
URL_LIMIT = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Override:
    """What an editor set for one variant; None where the template's is kept.

    `text` is that of the post, which is fitted as the template's would be. `picture` is an absolute address, "" for a
    post without a picture; `picture_alt` describes it. `link` is where the post leads, "" for nowhere.
    """

    text: str | None = None
    picture: str | None = None
    picture_alt: str | None = None
    link: str | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """Which parts are the editor's own, in a fixed order; () where all is the template's."""
        return tuple(part for part in PARTS if getattr(self, part) is not None)

    def without(self, parts: tuple[Part, ...]) -> Override:
        """Return it with these parts back to the template's."""
        changes: dict[str, Any] = dict.fromkeys(parts)
        if "picture" in parts:
            changes["picture_alt"] = None
        return replace(self, **changes)

    def view(self, letter: LetterView) -> LetterView:
        """Return the letter as this variant's template sees it; its page stays what readers pass on."""
        changes: dict[str, Any] = {"own_text": self.text}
        if self.picture is not None:
            changes |= {"image_url": self.picture, "image_alt": self.picture_alt or ""}
        elif self.picture_alt is not None:
            changes["image_alt"] = self.picture_alt
        if self.link is not None:
            changes |= {"url": self.link, "plain_url": letter.shared_url}
        return replace(letter, **changes)


NO_OVERRIDE = Override()


def validate(override: Override) -> Override:
    """Return an override as it is stored. Raises BadInput, in a sentence that says what to do."""
    text = None if override.text is None else _lines(override.text)
    if text == "":
        raise BadInput("A post needs a text: write one, or go back to the template’s.")
    if text and len(text) > TEXT_LIMIT:
        raise BadInput(f"The text has {len(text):,} characters, and no network takes more than {TEXT_LIMIT:,}.")
    for name in ("picture", "link"):
        _check_address(name, getattr(override, name))
    return replace(override, text=text)


def _lines(text: str) -> str:
    """Return a text without what forms and databases make trouble of: odd ends of lines, NUL, blanks around it."""
    return "\n".join(text.replace("\x00", "").splitlines()).strip()


def _check_address(name: str, address: str | None) -> None:
    if not address:
        return
    whole = address.startswith(("https://", "http://")) and "." in address and not any(map(str.isspace, address))
    if not whole or len(address) > URL_LIMIT:
        raise BadInput(
            f"“{address[:80]}” is no address for the {name}: give a whole one, such as https://example.org/."
        )
