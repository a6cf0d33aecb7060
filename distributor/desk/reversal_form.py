"""What is to be undone, as editors type it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from distributor.delivery.models import Dispatch
from distributor.desk.fields import Choices
from distributor.domain.errors import BadInput
from distributor.domain.reversals import REASONS, ReversalFilter, normalize
from distributor.insights.reversals import clock_zone
from distributor.insights.sources import SOURCES
from distributor.time_words import parse_past

_LARGEST = 2**63 - 1
MAILINGS_OFFERED = 100  # the latest
_TITLE = 60  # characters


class ReversalForm(forms.Form):
    """Everything is optional, but something has to be given. Call `filter` on a valid form."""

    since = forms.CharField(required=False, max_length=60)
    until = forms.CharField(required=False, max_length=60)
    reason = forms.ChoiceField(
        required=False, choices=[("", "Any"), *((reason, reason) for reason in REASONS)], widget=Choices
    )
    source = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), *((name, f"{name}: {words}") for name, words in SOURCES.items())],
        widget=Choices,
    )
    domain = forms.CharField(required=False, max_length=254)
    dispatch = forms.IntegerField(required=False, min_value=1, max_value=_LARGEST, widget=Choices)
    complaints = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = str(self["dispatch"].value() or "")
        choices = [("", "Any"), *_mailings()]
        if number not in dict(choices):
            choices.append((number, f"Dispatch {number[:20]}"))
        self.fields["dispatch"].widget.choices = choices

    def clean_since(self) -> datetime | None:
        return self._moment("since")

    def clean_until(self) -> datetime | None:
        return self._moment("until")

    def _moment(self, name: str) -> datetime | None:
        text = str(self.cleaned_data[name])
        try:
            return parse_past(text, now=timezone.now(), zone=clock_zone()) if text else None
        except BadInput as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                normalize(self.filter())
            except BadInput as error:
                raise ValidationError(str(error)) from error
        return values

    def filter(self) -> ReversalFilter:
        """Return what was typed."""
        values = self.cleaned_data
        names = ("since", "until", "reason", "source", "domain", "dispatch", "complaints")
        return ReversalFilter(**{name: values.get(name) for name in names})  # type: ignore[arg-type]


def _mailings() -> list[tuple[str, str]]:
    """Return the latest mailings as choices, by number and name."""
    mailings = Dispatch.objects.filter(spread_from__isnull=False).select_related("letter", "digest", "publication")
    return [
        (str(dispatch.pk), f"{dispatch.pk}: {dispatch.title[:_TITLE]}, {dispatch.target[:_TITLE]}")
        for dispatch in mailings.order_by("-pk")[:MAILINGS_OFFERED]
    ]
