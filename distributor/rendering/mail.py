"""The recipient pass: a mail variant, compiled once, rendered for each recipient."""

from __future__ import annotations

from dataclasses import dataclass

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from distributor.rendering.environment import named_errors

_HTML = "mail (HTML, for a recipient)"
_TEXT = "mail (text, for a recipient)"
_SUBJECT = "mail (subject, for a recipient)"


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail for one recipient. `subject` is one line."""

    subject: str
    html: str
    text: str


class RecipientPass:
    """A mail variant's subject, HTML and text as templates that see `recipient` and nothing else.

    Raises TemplateError when one of them can't be compiled. May be used by several threads at once.
    """

    def __init__(self, variant: Variant) -> None:
        self._subject = _compiled(variant.subject, _SUBJECT, html=False)
        self._html = _compiled(variant.html, _HTML, html=True)
        self._text = _compiled(variant.text, _TEXT, html=False)

    def render(self, recipient: Recipient) -> RenderedMail:
        """Return the mail for one recipient. Raises TemplateError when it needs what this recipient does not have."""
        with named_errors(_SUBJECT):
            subject = self._subject.render(recipient=recipient)
        with named_errors(_HTML):
            html = self._html.render(recipient=recipient)
        with named_errors(_TEXT):
            text = self._text.render(recipient=recipient)
        return RenderedMail(one_line(subject), html, text)


def one_line(text: str) -> str:
    """Return a text as one line without control characters, as a header needs it."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _compiled(source: str, name: str, *, html: bool) -> jinja2.Template:
    made = SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=html, keep_trailing_newline=True)
    with named_errors(name):
        template = made.from_string(source)
    template.filename = name  # so that an error says in which part of the mail it is
    return template
