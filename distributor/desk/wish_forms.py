"""A publication's wishes for one channel as editors choose them: a form made of what the channel can be wished."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from distributor.channels.base import Wish
from distributor.delivery import wishes
from distributor.delivery.wishes import Standing
from distributor.domain.errors import BadInput


class WishesForm(forms.Form):
    """One input for each wish: a box for yes or no, a list for other choices, else a line of text.

    Every input is in the form as the browser sends it, so a box that is not ticked is a “no”.
    """

    prefix = "wish"  # a channel names its wishes as it likes

    def __init__(self, *args: Any, standing: Sequence[Standing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        for one in standing:
            self.fields[one.wish.name] = _field(one)

    def wished(self) -> dict[str, str]:
        """Return what is wished, by name; call it on a valid form."""
        return {one.wish.name: self.cleaned_data[one.wish.name] for one in self.standing}


class _YesOrNo(forms.BooleanField):
    def clean(self, value: Any) -> str:
        return wishes.YES if super().clean(value) else wishes.NO


class _Wished(forms.CharField):
    """A choice or a text, judged as the command line judges it."""

    def __init__(self, wish: Wish, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.wish = wish

    def clean(self, value: Any) -> str:
        try:
            return wishes.checked(self.wish, str(super().clean(value)))
        except BadInput as error:
            raise forms.ValidationError(str(error)) from None


def _field(one: Standing) -> forms.Field:
    wish = one.wish
    if wish.choices == wishes.YES_OR_NO:
        return _YesOrNo(required=False, initial=one.value == wishes.YES)
    choices = [(choice, _said(wish, choice)) for choice in wish.choices]
    widget = forms.Select(choices=choices) if choices else forms.TextInput(attrs={"autocomplete": "off"})
    return _Wished(wish, initial=one.value, widget=widget)


def _said(wish: Wish, choice: str) -> str:
    said = wish.says.get(choice, choice)
    return f"{said} (the default)" if choice == wish.default else said
