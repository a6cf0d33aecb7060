"""A publication's settings as editors give them: a form made of their table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.letters.publication_settings import SETTINGS, PublicationSetting, RawValue
from distributor.letters.publication_settings.values import LARGEST_UPLOAD, NO, YES

_INPUT_TYPES = {"email": "email", "number": "number", "time": "time", "date": "date"}


@dataclass(frozen=True, slots=True)
class SettingInput:
    """One setting with its input, as the page shows it; `removal` is the box that takes a picture away."""

    setting: PublicationSetting
    field: forms.BoundField
    removal: forms.BoundField | None = None


class PublicationSettingsForm(forms.Form):
    """One input for each setting. It says what an editor has changed, by what the page showed: others may edit, too."""

    prefix = "setting"

    def __init__(self, *args: Any, publication: Publication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for setting in SETTINGS.values():
            self.fields[setting.name] = setting_field(setting, setting.text_of(publication))
            if setting.input == "picture" and getattr(publication, setting.field):
                self.fields[_removal(setting)] = forms.BooleanField(required=False)

    @property
    def groups(self) -> Iterator[tuple[str, list[SettingInput]]]:
        """The inputs below their groups' names, in the table's order."""
        for group, settings in groupby(SETTINGS.values(), lambda setting: setting.group):
            yield group, [self._input(setting) for setting in settings]

    def _input(self, setting: PublicationSetting) -> SettingInput:
        removal = self[_removal(setting)] if _removal(setting) in self.fields else None
        return SettingInput(setting, self[setting.name], removal)

    def changes(self) -> dict[str, RawValue]:
        """Return what was changed, by the settings' names; call it on a valid form."""
        values = {name: self.cleaned_data[name] for name in self.changed_data if name in SETTINGS}
        removals = {name: "" for name in SETTINGS if self.cleaned_data.get(f"remove-{name}") and name not in values}
        return {**values, **removals}


def _removal(setting: PublicationSetting) -> str:
    return f"remove-{setting.name}"


class _TextField(forms.CharField):
    """A text, judged as the command line judges it, and kept as it was written."""

    def __init__(self, setting: PublicationSetting, **kwargs: Any) -> None:
        super().__init__(required=False, show_hidden_initial=True, **kwargs)
        self.setting = setting

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            self.setting.check(text)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from None
        return text


class _YesOrNoField(forms.BooleanField):
    def clean(self, value: Any) -> str:
        return YES if super().clean(value) else NO


class _PictureField(forms.FileField):
    """A picture's bytes; nothing where none was chosen."""

    def __init__(self, setting: PublicationSetting) -> None:
        super().__init__(required=False, allow_empty_file=True, max_length=200)
        self.setting = setting

    def clean(self, data: Any, initial: Any = None) -> bytes:
        upload = super().clean(data, initial)
        content = upload.read(LARGEST_UPLOAD + 1) if isinstance(upload, UploadedFile) else b""
        try:
            self.setting.check(content)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from None
        return bytes(content)


def setting_field(setting: PublicationSetting, text: str) -> forms.Field:
    """Return the field of a form for a setting that now has this text."""
    if setting.input == "picture":
        return _PictureField(setting)
    if setting.input == "yes-no":
        return _YesOrNoField(required=False, show_hidden_initial=True, initial=text == YES)
    return _TextField(setting, initial=text, widget=_widget(setting))


def _widget(setting: PublicationSetting) -> forms.Widget:
    if setting.input == "choice":
        return forms.Select(choices=[(offer, offer) for offer in setting.offers()])
    widget = forms.TextInput({"autocomplete": "off"})
    widget.input_type = _INPUT_TYPES.get(setting.input, "text")
    return widget
