"""The time that an editor picks for what is to go out: a day and a time of day on the publication's clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from distributor.delivery.models import Dispatch
from distributor.delivery.planning.earliest_release import zone_of
from distributor.domain.calendar_grid import FIRST_YEAR, LAST_YEAR, ClockHour, on_day, wall_moment
from distributor.domain.times import zone_label

WHOLE: Final = "letter"  # all of the letter that is not out
ALONE: Final = "one"
SCOPES: Final = ((WHOLE, _("All channels of the letter")), (ALONE, _("Only this one")))


class WhenForm(forms.Form):
    """A time for a dispatch, and whether its whole letter moves with it. `at` and `whole` are of a valid form."""

    day = forms.DateField(
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Give a day, such as 2026-12-01."), "required": _("Choose a day.")},
    )
    clock = forms.TimeField(
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": _("Give a time of day, such as 09:00."), "required": _("Choose a time.")},
    )
    fold = forms.ChoiceField(choices=(("0", "0"), ("1", "1")), required=False)
    scope = forms.ChoiceField(choices=SCOPES, required=False)

    def __init__(self, data: Mapping[str, Any], *, dispatch: Dispatch) -> None:
        super().__init__(data)
        self._zone = zone_of(dispatch.publication)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(_("Choose a day of a year that calendars have."))
        return day

    @property
    def at(self) -> datetime:
        """The chosen moment (UTC)."""
        values = self.cleaned_data
        return wall_moment(values["day"], values["clock"], self._zone, fold=int(values["fold"] or 0))

    @property
    def whole(self) -> bool:
        """Whether all of the letter moves."""
        return bool(self.cleaned_data["scope"] != ALONE)

    @property
    def occurrences(self) -> list[tuple[str, str]]:
        """The two moments that a time means on the day when the clocks go back, by `fold`; none elsewhere."""
        if not self.is_valid():
            return []
        day, clock = self.cleaned_data["day"], self.cleaned_data["clock"]
        moments = [wall_moment(day, clock, self._zone, fold=fold) for fold in (0, 1)]
        same_clock = {moment.astimezone(self._zone).time() for moment in moments} == {clock}
        if moments[0] == moments[1] or not same_clock:
            return []
        return [(str(fold), f"{clock:%H:%M} {zone_label(moment, self._zone)}") for fold, moment in enumerate(moments)]

    @property
    def skip_sentence(self) -> str:
        """Say so where the clocks skip the chosen time, "" where they don't."""
        if not self.is_valid():
            return ""
        at, clock = self.at.astimezone(self._zone), self.cleaned_data["clock"]
        if at.time() == clock:
            return ""
        return gettext("The clocks skip %(clock)s on that day: it means %(at)s.") % {
            "clock": f"{clock:%H:%M}",
            "at": f"{at:%H:%M} {zone_label(at, self._zone)}",
        }


def values_of(dispatch: Dispatch, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return a form's values for what an address asks: a day of the grid, an hour of it, or nothing.

    What is not given is as the dispatch has it; where its own time has passed, that is the next full hour.
    """
    zone = zone_of(dispatch.publication)
    at = dispatch.due_at
    if at < timezone.now():
        at = (timezone.now() + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    day, hour = _day(parameters.get("day", "")), _hour(parameters)
    if day is not None and "clock" not in parameters:
        at = on_day(at, day, zone, hour=hour)
    local = at.astimezone(zone)
    fold = str(local.fold)
    texts = {"day": f"{local:%Y-%m-%d}", "clock": f"{local:%H:%M}", "fold": fold, "scope": WHOLE}
    if "clock" in parameters:
        texts.update({"day": "", "clock": "", "fold": "0"})
        return {name: parameters.get(name, text) for name, text in texts.items()}
    return {**texts, "scope": parameters.get("scope", WHOLE)}


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _hour(parameters: Mapping[str, str]) -> ClockHour | None:
    """Return the hour of the grid that an address names; None for none."""
    hour, fold = parameters.get("hour", ""), parameters.get("fold", "0")
    if not (hour.isascii() and hour.isdigit() and int(hour[:3]) < 24 and fold in ("0", "1")):
        return None
    return ClockHour(int(hour[:3]), int(fold))
