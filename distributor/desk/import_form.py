"""A file with people as editors give it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from distributor.audience.actions import find_or_build_list
from distributor.audience.import_rows import Reading, read_answers, read_mapping
from distributor.audience.text_encodings import LABELS
from distributor.desk.fields import Choices, OfPublication
from distributor.domain.errors import BadInput
from distributor.domain.mail_statuses import MailStatus

ATTRIBUTE = "attribute"
MEANINGS = (
    ("", "Choose …"),
    (MailStatus.ACTIVE.value, "They get mail"),
    (MailStatus.LEFT.value, "They get none"),
    (ATTRIBUTE, "Something else: the column is an attribute"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A value of a column of which nobody knows whether people with it get mail; `text` is COLUMN=VALUE."""

    text: str
    column: str
    value: str
    count: int
    meaning: str


class ImportForm(OfPublication):
    """The file, its list by short name (made where it is not there), and what its columns are, one a line."""

    list = forms.CharField(error_messages={"required": "Say which list: its short name, or one for a new list."})
    file = forms.FileField(
        allow_empty_file=True, max_length=200, error_messages={"required": "Choose a file with people."}
    )
    mapping = forms.CharField(required=False, max_length=20_000, widget=forms.Textarea)
    encoding = forms.ChoiceField(required=False, choices=[("", "Detect"), *LABELS.items()], widget=Choices)
    dry_run = forms.BooleanField(required=False)
    confirmed = forms.BooleanField(required=False)
    asks_to_confirm = False
    meanings = MEANINGS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._counts: dict[str, int] = {}

    def clean_mapping(self) -> dict[str, str]:
        lines = [line for line in str(self.cleaned_data["mapping"]).splitlines() if line.strip()]
        try:
            return read_mapping(lines)
        except BadInput as error:
            raise ValidationError(str(error)) from error

    def ask(self, values: Sequence[tuple[str, str, int]]) -> None:
        """Ask what these values mean: (column, value, how many rows)."""
        self._counts = {f"{column}={value}": count for column, value, count in values}

    def questions(self) -> Iterator[Question]:
        """Yield what is asked, and what was asked and answered before."""
        answers = {text: meaning for text, meaning in self._answers().items() if meaning}
        for text in {**answers, **self._counts}:
            column, _, value = text.rpartition("=")
            yield Question(text, column, value, self._counts.get(text, 0), answers.get(text, ""))

    def reading(self) -> Reading:
        """Return how the editor wants the file to be read."""
        columns, texts = dict(self.cleaned_data["mapping"]), defaultdict[str, list[str]](list)
        for text, meaning in self._answers().items():
            texts[meaning].append(text)
        for text in texts[ATTRIBUTE]:
            column = text.rpartition("=")[0]
            columns.setdefault(column.lower(), f"attributes.{column}")
        answers = read_answers(texts[MailStatus.ACTIVE.value], texts[MailStatus.LEFT.value])
        return Reading(columns, answers, self.cleaned_data["encoding"])

    def _answers(self) -> dict[str, str]:
        if not isinstance(self.data, QueryDict):
            return {}
        return dict(zip(self.data.getlist("unclear"), self.data.getlist("meaning"), strict=False))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("publication") and values.get("list"):
            try:
                find_or_build_list(values["publication"], values["list"])
            except BadInput as error:
                self.add_error("list", str(error))
        return values
