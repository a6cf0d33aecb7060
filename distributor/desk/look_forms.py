"""How a publication's mails and pages look, as a form: some of its settings, with what becomes of a colour."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext, gettext_lazy

from distributor.desk.publication_setting_forms import PublicationSettingsForm, SettingInput
from distributor.letters.models import Publication
from distributor.letters.publication_settings import SETTINGS
from distributor.rendering import colours
from distributor.rendering.fonts import FONTS

LABELS: Final = {"system": gettext_lazy("The reader’s system font")}
NAMES: Final = ("colour", "logo", "text-font", "heading-font")


@dataclass(frozen=True, slots=True)
class ColourReading:
    """How a colour reads as text on one side: the contrast that it has, what it is made into, and that one's."""

    side: str
    contrast: float
    result: str
    result_contrast: float

    @property
    def is_changed(self) -> bool:
        """Whether it had to be made darker or lighter."""
        return self.contrast < colours.READABLE


class LookForm(PublicationSettingsForm):
    """The colour, logo and fonts of a publication."""

    def __init__(self, *args: Any, publication: Publication, **kwargs: Any) -> None:
        super().__init__(*args, publication=publication, **kwargs)
        names = {*NAMES, *(f"remove-{name}" for name in NAMES)}
        for name in [name for name in self.fields if name not in names]:
            del self.fields[name]

    @property
    def inputs(self) -> list[SettingInput]:
        """The inputs, in the order of the page."""
        return [self._input(SETTINGS[name]) for name in NAMES]

    def publication_with(self, publication: Publication) -> Publication:
        """Return the publication as it would be, for a preview: what can't be used, and a new logo, are left out."""
        if not self.is_bound:
            return publication
        self.is_valid()
        values = {
            SETTINGS[name].field: SETTINGS[name].check(self.cleaned_data[name])
            for name in NAMES
            if name in self.cleaned_data and SETTINGS[name].input != "picture"
        }
        draft_publication = copy(publication)
        for field, value in values.items():
            setattr(draft_publication, field, value)
        return draft_publication


def font_choices(usual: str) -> list[tuple[str, str]]:
    """Return the fonts as a list to choose from; `usual` is what the empty choice is called."""
    return [("", usual), *((name, str(LABELS.get(name, font.label))) for name, font in FONTS.items())]


def readings(colour: str) -> list[ColourReading]:
    """Return how a colour (`#rrggbb`) reads on light paper and on dark; nothing for none."""
    if not colour:
        return []
    sides = ((gettext("Light pages"), colours.LIGHT, False), (gettext("Dark pages"), colours.DARK, True))
    return [_reading(colour, side, paper, dark=dark) for side, paper, dark in sides]


def _reading(colour: str, side: str, paper: colours.RGB, *, dark: bool) -> ColourReading:
    result = colours.accents(colour, dark=dark).accent
    return ColourReading(
        side,
        colours.contrast(colours.parse(colour), paper),
        result,
        colours.contrast(colours.parse(result), paper),
    )
