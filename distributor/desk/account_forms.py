"""Accounts and apps as editors type them: forms made of what a channel says it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from distributor.channels.base import AccountField
from distributor.desk.fields import OfPublication

LONGEST = 20_000  # characters
LONGEST_LIST = 200_000  # characters; ten thousand phone numbers, say


class FieldsForm(forms.Form):
    """One input for each of a channel's fields. Values that are secret are never shown again.

    `stored` are lists that are kept where they are left empty: how many entries each has, by the field's name.
    """

    def __init__(
        self, *args: Any, asked: Iterable[AccountField], stored: Mapping[str, int] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [field for field in asked if not field.hidden]
        self.stored = stored or {}
        for field in self.asked:
            self.fields[field.name] = forms.CharField(
                label=field.label,
                help_text=field.help,
                required=not (field.optional or field.make or field.name in self.stored),
                max_length=LONGEST_LIST if field.lines else LONGEST,
                widget=_widget(field),
                error_messages={"required": f"Give it: {field.label}."},
            )

    def values(self) -> dict[str, str]:
        """Return what was typed, without what was left empty."""
        values = {field.name: self.cleaned_data[field.name].replace("\r\n", "\n").strip() for field in self.asked}
        return {name: value for name, value in values.items() if value}


def _widget(field: AccountField) -> type[forms.Widget]:
    if field.lines:
        return forms.Textarea
    return forms.PasswordInput if field.secret else forms.TextInput


class AccountForm(FieldsForm, OfPublication):
    """An account whose values are typed in."""

    name = forms.CharField(max_length=200, error_messages={"required": "Give it a name that editors know it by."})


class ConnectForm(FieldsForm, OfPublication):
    """What is asked before going to the network."""


class AppForm(FieldsForm):
    """The newsroom's app at a network; a secret that is left empty stays as it was."""
