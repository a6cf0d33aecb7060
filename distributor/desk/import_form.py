"""A file with people as editors give it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from distributor.audience.actions import find_or_build_list
from distributor.audience.import_rows import read_mapping
from distributor.desk.fields import OfPublication
from distributor.domain.errors import BadInput


class ImportForm(OfPublication):
    """The file, its list by short name (made where it is not there), and what its columns are, one a line."""

    list = forms.CharField(error_messages={"required": "Say which list: its short name, or one for a new list."})
    file = forms.FileField(
        allow_empty_file=True, max_length=200, error_messages={"required": "Choose a file with people."}
    )
    mapping = forms.CharField(required=False, max_length=20_000, widget=forms.Textarea)
    dry_run = forms.BooleanField(required=False)

    def clean_mapping(self) -> dict[str, str]:
        lines = [line for line in str(self.cleaned_data["mapping"]).splitlines() if line.strip()]
        try:
            return read_mapping(lines)
        except BadInput as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("publication") and values.get("list"):
            try:
                find_or_build_list(values["publication"], values["list"])
            except BadInput as error:
                self.add_error("list", str(error))
        return values
