"""A publication's settings for one channel as editors choose them: a form made of what the channel can be set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from distributor.channels.base import ChannelSetting
from distributor.delivery.variants import channel_settings
from distributor.delivery.variants.channel_settings import SettingState
from distributor.domain.errors import BadInput


class ChannelSettingsForm(forms.Form):
    """One input for each setting: a box for yes or no, a list for other choices, else a line of text.

    Every input is in the form as the browser sends it, so a box that is not ticked is a “no”.
    """

    prefix = "setting"  # a channel names its settings as it likes

    def __init__(self, *args: Any, states: Sequence[SettingState], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.states = states
        for state in states:
            self.fields[state.setting.name] = _field(state)

    def chosen_ids(self) -> dict[str, str]:
        """Return what is chosen, by name; call it on a valid form."""
        return {state.setting.name: self.cleaned_data[state.setting.name] for state in self.states}


class _YesOrNoField(forms.BooleanField):
    def clean(self, value: Any) -> str:
        return channel_settings.YES if super().clean(value) else channel_settings.NO


class _SettingField(forms.CharField):
    """A choice or a text, judged as the command line judges it."""

    def __init__(self, setting: ChannelSetting, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.setting = setting

    def clean(self, value: Any) -> str:
        try:
            return channel_settings.check(self.setting, str(super().clean(value)))
        except BadInput as error:
            raise forms.ValidationError(str(error)) from None


def _field(state: SettingState) -> forms.Field:
    setting = state.setting
    if setting.choices == channel_settings.YES_OR_NO:
        return _YesOrNoField(required=False, initial=state.value == channel_settings.YES)
    choices = [(choice, _choice_label(setting, choice)) for choice in setting.choices]
    widget = forms.Select(choices=choices) if choices else forms.TextInput(attrs={"autocomplete": "off"})
    return _SettingField(setting, initial=state.value, widget=widget)


def _choice_label(setting: ChannelSetting, choice: str) -> str:
    label = setting.says.get(choice, choice)
    return f"{label} (the default)" if choice == setting.default else label
