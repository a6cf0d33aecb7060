"""What one setting of a publication is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal

from django.db.models import Field

from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.rendering.photos import Photo

RawValue = str | bytes
Value = str | int | bool | time | date | list[str] | Photo | None
Input = Literal["text", "list", "email", "number", "time", "date", "choice", "yes-no", "colour", "picture"]


@dataclass(frozen=True, slots=True)
class PublicationSetting:
    """One setting. `read` makes a value of what is given, never empty, and raises BadInput with one sentence.

    `empty` says in words what holds where it is left empty. `input` is how a form asks for it; `offers` are values that
    a form can offer, all that there are for a `choice`. `column` names the model's field where it is another one.
    """

    name: str
    label: str
    help: str
    group: str
    read: Callable[[Any], Value]
    show: Callable[[Any], str] = str
    empty: str = ""
    input: Input = "text"
    offers: Callable[[], Sequence[str]] = tuple
    required: bool = False
    column: str = ""

    @property
    def field(self) -> str:
        """The name of the model's field."""
        return self.column or self.name.replace("-", "_")

    @property
    def default(self) -> Any:
        """What holds where nothing is set."""
        return self._model_field.get_default()

    @property
    def longest(self) -> int | None:
        """The most characters that a text may have."""
        return getattr(self._model_field, "max_length", None)

    @property
    def _model_field(self) -> Field[Any, Any]:
        field = Publication._meta.get_field(self.field)  # noqa: SLF001 - Django's own name for it
        assert isinstance(field, Field)
        return field

    def text_of(self, publication: Publication) -> str:
        """Return its value as editors write it; "" where it is empty."""
        value = getattr(publication, self.field)
        return "" if value is None else self.show(value)

    def check(self, raw_value: RawValue) -> Value:
        """Return what is given as its value; nothing is the default. Raises BadInput with one sentence."""
        if isinstance(raw_value, str):
            raw_value = raw_value.strip()
        if not raw_value:
            if self.required:
                raise BadInput("It can’t be empty.")
            default: Value = self.default
            return default
        if isinstance(raw_value, bytes) != (self.input == "picture"):
            raise BadInput("Give a picture." if self.input == "picture" else "Give text.")
        value = self.read(raw_value)
        if isinstance(value, str) and self.longest and len(value) > self.longest:
            raise BadInput(f"It is too long: {self.longest} characters at most.")
        return value

    def to_json(self, publication: Publication) -> dict[str, str]:
        """Return it and its value, as texts."""
        return {
            "name": self.name,
            "label": self.label,
            "help": self.help,
            "group": self.group,
            "empty": self.empty,
            "value": self.text_of(publication),
        }
