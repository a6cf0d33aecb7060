"""Accounts and apps as editors type them: forms made of what a channel says it needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from distributor.channels.base import Field
from distributor.desk.fields import OfPublication

LONGEST = 20_000  # characters; a signing key or a list of numbers


class FieldsForm(forms.Form):
    """One input for each of a channel's fields. Values that are secret are never shown again."""

    def __init__(self, *args: Any, asked: Iterable[Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [field for field in asked if not field.hidden]
        for field in self.asked:
            self.fields[field.name] = forms.CharField(
                label=field.label,
                help_text=field.help,
                required=not (field.optional or field.make),
                max_length=LONGEST,
                widget=forms.Textarea if field.lines else forms.PasswordInput if field.secret else forms.TextInput,
                error_messages={"required": f"Give it: {field.label}."},
            )

    def values(self) -> dict[str, str]:
        """Return what was typed, without what was left empty."""
        return {field.name: given for field in self.asked if (given := self.cleaned_data[field.name].strip())}


class AccountForm(FieldsForm, OfPublication):
    """An account whose values are typed in."""

    name = forms.CharField(max_length=200, error_messages={"required": "Give it a name that editors know it by."})


class ConnectForm(FieldsForm, OfPublication):
    """What is asked before going to the network."""


class AppForm(FieldsForm):
    """The newsroom's app at a network; a secret that is left empty stays as it was."""
