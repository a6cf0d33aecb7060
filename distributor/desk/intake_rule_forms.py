"""The fields by which editors say what becomes of letters that come by themselves."""

from __future__ import annotations

from typing import Any

from django import forms

from distributor.desk.fields import OfPublication
from distributor.domain.errors import BadInput
from distributor.newsroom import intake_rules
from distributor.newsroom.intake_rules import MOST_HOLD, MOST_NEWS, RuleSettings

_WHOLE = "Give a whole number."


class IntakeRuleForm(OfPublication):
    """A form with the rules of a feed or door; what can't be kept is said beside the field that it is about."""

    name = forms.CharField(required=False, max_length=200)
    approve = forms.BooleanField(required=False)
    news_limit = forms.IntegerField(
        min_value=0, max_value=MOST_NEWS, error_messages={"required": _WHOLE, "invalid": _WHOLE}
    )
    hold_minutes = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_HOLD, error_messages={"invalid": _WHOLE}
    )
    channels = forms.CharField(required=False, max_length=500)
    lists = forms.CharField(required=False, max_length=2_000)
    segment = forms.CharField(required=False, max_length=50)
    series = forms.CharField(required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("publication") is None or self.errors:
            return values
        values = dict(values)  # an error takes its field out of the cleaned ones
        for name in ("channels", "lists", "segment", "series", "hold_minutes"):
            try:
                intake_rules.check(values["publication"], self._rules(values, only=name))
            except BadInput as error:
                self.add_error(name, str(error))
        return values

    def rules(self) -> RuleSettings:
        """Return what was chosen; call it on a valid form."""
        return self._rules(self.cleaned_data)

    @staticmethod
    def initial_of(rules: RuleSettings) -> dict[str, Any]:
        """Return rules as the fields have them."""
        return {
            "approve": rules.approve,
            "news_limit": rules.news_limit,
            "hold_minutes": rules.hold_minutes,
            "channels": ", ".join(rules.channels),
            "lists": ", ".join(rules.lists),
            "segment": rules.segment,
            "series": rules.series,
        }

    def _rules(self, values: dict[str, Any], *, only: str = "") -> RuleSettings:
        """Return the rules in a form's values; `only` one of them, and nothing for the others."""
        chosen_values: dict[str, Any] = {
            "channels": _words(values["channels"].lower()),
            "lists": _words(values["lists"]),
            "segment": values["segment"].strip(),
            "series": values["series"],
            "hold_minutes": values["hold_minutes"],
        }
        if only:
            return RuleSettings(**{only: chosen_values[only]})
        return RuleSettings(**chosen_values, approve=values["approve"], news_limit=values["news_limit"])


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.replace("\n", ",").split(",") if word.strip()))
