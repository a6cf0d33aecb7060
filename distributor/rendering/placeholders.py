"""What the letter pass leaves for the recipient pass.

In the letter pass `{{ recipient.name }}` writes a mark; at the end each mark becomes the Jinja2 expression that it
stands for, and everything else is made safe from being read as Jinja2. So a letter about templates, or a title with
`{{` in it, arrives as it was written.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

import jinja2

from distributor.domain.recipient_fields import RecipientField
from distributor.domain.recipients import Recipient

_FIELDS = frozenset(field.name for field in fields(Recipient))
URL_VALUE = "url_value"  # the filter of the recipient pass that percent-encodes a value
# What people write of themselves, or a table says of them; our own links and tokens are addresses already.
_VALUE = re.compile(r"\{\{ (recipient\.(?:name|email|language|attributes)\b.*) \}\}")
_HTML_ADDRESS = re.compile(r'(?P<start>\s(?:href|src|action|background)=")(?P<address>[^"]*)')
_TEXT_ADDRESS = re.compile(r"(?P<start>)(?P<address>(?:https?://|mailto:)[^\s<>\"]*)")
_OPENING_BRACE = re.compile(r"\{(?=[{%#])")
_OPENING = "{{ '{' }}"  # how Jinja2 writes a brace; it is worked out once, when the mail is compiled


def _literal(text: str) -> str:
    """Return a text as Jinja2 writes it. Not in JSON's escapes: Jinja2 reads those of an emoji as two broken halves."""
    return json.dumps(text, ensure_ascii=False)


def as_source(text: str) -> str:
    """Return a text as Jinja2 source that writes it, whatever stands in it."""
    return _OPENING_BRACE.sub(_OPENING, text)


class Placeholder:
    """Something that only the recipient pass knows. It can be written out, and nothing else."""

    def __init__(self, source: str) -> None:
        self._source = source

    def _refuse(self, *_: Any) -> Any:
        raise jinja2.TemplateRuntimeError(
            f"{self._source} is known for each recipient only: it can be written out as it is, and to test or change "
            "it, write per_recipient(…) around the Jinja2 that is to be worked out later, in quotes"
        )

    __str__ = __html__ = __bool__ = __len__ = __iter__ = __contains__ = __add__ = __radd__ = __mod__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse

    def jinja(self) -> str:
        """Return what the recipient pass is to work out."""
        return self._source


class _Expression(Placeholder):
    def jinja(self) -> str:
        return f"{{{{ {self._source} }}}}"


class _Attributes(_Expression):
    def __getattr__(self, name: str) -> _Expression:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, key: Any) -> _Expression:
        return _Expression(f"{self._source}[{_literal(str(key))}]")

    def get(self, key: object, default: object = "") -> _Expression:
        """Return an attribute, and what stands in its place for those who have none."""
        return _Expression(f"{self._source}.get({_literal(str(key))}, {_literal(str(default))})")


class _Recipient(_Expression):
    """`recipient` in the letter pass."""

    def jinja(self) -> str:
        self._refuse()
        return super().jinja()

    def __getattr__(self, name: str) -> _Expression:
        if name not in _FIELDS:
            raise AttributeError(name)
        return (_Attributes if name == "attributes" else _Expression)(f"recipient.{name}")


class Placeholders:
    """The marks of one letter. `sign` must not occur in what is rendered."""

    def __init__(self, sign: str) -> None:
        self._sign = sign
        self._sources: list[str] = []

    def context(self) -> dict[str, Any]:
        """Return what templates of the letter pass get for the recipient pass."""
        return {"recipient": _Recipient("recipient"), "per_recipient": Placeholder}

    def finalize(self, value: Any) -> Any:
        """Return a value as the letter pass writes it: Jinja2's `finalize`."""
        if not isinstance(value, Placeholder):
            return value
        self._sources.append(value.jinja())
        return f"{self._sign}n{len(self._sources) - 1}e"

    def field(self, field: RecipientField) -> str:
        """Return what stands for a field that the letter's own text writes: one of a few, and never a template."""
        source = f"recipient.attributes[{_literal(field.name)}]" if field.is_attribute else f"recipient.{field.name}"
        if field.substitute:
            item = f"recipient.attributes.get({_literal(field.name)}, '')" if field.is_attribute else source
            source = f"{item} | default({_literal(field.substitute)}, true)"
        return str(self.finalize(Placeholder(f"{{{{ {source} }}}}")))

    def encoded_in_addresses(self, text: str, *, html: bool) -> str:
        """Return a rendered text in which a recipient's values within a web address are percent-encoded.

        A value with which an address begins is the address itself, and stays.
        """
        mark = re.compile(rf"{self._sign}n(\d+)e")

        def encoded(match: re.Match[str]) -> str:
            source = self._sources[int(match[1])]
            value = _VALUE.fullmatch(source)
            return self.finalize(Placeholder(f"{{{{ {value[1]} | {URL_VALUE} }}}}")) if value else match[0]

        def in_address(match: re.Match[str]) -> str:
            start, address = match["start"], match["address"]
            first = mark.match(address)
            head = first.end() if first else 0
            return f"{start}{address[:head]}{mark.sub(encoded, address[head:])}"

        return (_HTML_ADDRESS if html else _TEXT_ADDRESS).sub(in_address, text)

    def in_(self, text: str) -> bool:
        """Whether a rendered text depends on the recipient."""
        return self._sign in text

    def source(self, text: str) -> str:
        """Return the Jinja2 source for the recipient pass that a rendered letter stands for."""
        mark = rf"{self._sign}n(\d+)e"
        safe = re.sub(rf"\{{(?=[{{%#]|{mark})", _OPENING, text)
        return re.sub(mark, lambda match: self._sources[int(match[1])], safe)
