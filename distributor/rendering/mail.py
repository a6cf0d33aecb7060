"""The recipient pass: a mail variant, compiled once, rendered for each recipient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from distributor.domain.recipients import Recipient
from distributor.domain.text_lines import one_line
from distributor.domain.variants import Variant
from distributor.rendering.compilation import CompiledPart
from distributor.rendering.quoted_printable import one_kind_of_break

_HTML = "mail (HTML, for a recipient)"
_TEXT = "mail (text, for a recipient)"
_SUBJECT = "mail (subject, for a recipient)"


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail for one recipient. `subject` is one line; line breaks of the other two are LF."""

    subject: str
    html: str
    text: str


class EncodedMail(NamedTuple):
    """A mail for one recipient, ready for its place in a message.

    `subject` is one line of text. `html` and `text` are quoted-printable: ASCII, lines of at most 76 characters ended
    by CRLF, none of which begins with a dot. They decode to what RenderedMail has, with CRLF for LF.
    """

    subject: str
    html: str
    text: str


class _Lenient(dict[str, Any]):
    """Attributes, and "" for those that are not among them."""

    def __missing__(self, _name: str) -> str:
        return ""


class RecipientPass:
    """A mail variant's subject, HTML and text as templates that see `recipient` and nothing else.

    An attribute that a recipient does not have is an error, with `lenient` nothing is written for it.

    Raises TemplateError when one of them can't be compiled. May be used by several threads at once.
    """

    def __init__(self, variant: Variant, *, lenient: bool = False) -> None:
        self._variant = variant
        self._lenient = lenient
        self._subject = CompiledPart(variant.subject, _SUBJECT, html=False)
        self._same_subject = None if self._subject.constant is None else one_line(self._subject.constant)
        self._html = CompiledPart(variant.html, _HTML, html=True, encode=True)
        self._text = CompiledPart(variant.text, _TEXT, html=False, encode=True)

    def encode(self, recipient: Recipient) -> EncodedMail:
        """Return the mail for one recipient, encoded. Raises TemplateError as `render` does."""
        recipient = self._prepared(recipient)
        subject = self._same_subject
        if subject is None:
            subject = one_line(self._subject.render(recipient))
        return EncodedMail(subject, self._html.render(recipient), self._text.render(recipient))

    def render(self, recipient: Recipient) -> RenderedMail:
        """Return the mail for one recipient, to be shown or given to an interface that wants plain text.

        Raises TemplateError when it needs what this recipient does not have.
        """
        html, text = self._plain
        recipient = self._prepared(recipient)
        return RenderedMail(
            one_line(self._subject.render(recipient)),
            one_kind_of_break(html.render(recipient)),
            one_kind_of_break(text.render(recipient)),
        )

    def _prepared(self, recipient: Recipient) -> Recipient:
        return replace(recipient, attributes=_Lenient(recipient.attributes)) if self._lenient else recipient

    @cached_property
    def _plain(self) -> tuple[CompiledPart, CompiledPart]:
        return CompiledPart(self._variant.html, _HTML, html=True), CompiledPart(self._variant.text, _TEXT, html=False)
