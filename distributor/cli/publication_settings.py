"""How commands read and show a publication's settings (`letters.publication_settings`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from distributor.cli import output
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from distributor.letters.models import Publication
    from distributor.letters.publication_settings import PublicationSetting, RawValue


def values_of(pairs: Mapping[str, str]) -> dict[str, RawValue]:
    """Return what was given on the command line as settings take it: a picture is read from its file.

    Raises BadInput for a file that can't be read; what is no setting stays as it is.
    """
    from distributor.letters.publication_settings import SETTINGS

    pictures = {name for name, setting in SETTINGS.items() if setting.input == "picture"}
    return {name: _picture(text) if name in pictures and text else text for name, text in pairs.items()}


def _picture(path: str) -> bytes:
    from distributor.letters.publication_settings.values import LARGEST_UPLOAD

    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(LARGEST_UPLOAD + 1)
    except OSError as error:
        raise BadInput(f"“{path}” can’t be read: {error.strerror or error}.") from None


def show(publication: Publication, settings: Iterable[PublicationSetting], *, as_json: bool) -> None:
    """Write these settings of a publication."""
    settings = tuple(settings)
    if as_json:
        shown = [setting.to_json(publication) for setting in settings]
        output.write_json({"publication": publication.slug, "settings": shown})
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("name", "value", "what it does", box=None, pad_edge=False, header_style="dim")
    for setting in settings:
        value = setting.text_of(publication)
        table.add_row(setting.name, Text(value) if value else Text(setting.empty, style="dim"), setting.help)
    if settings:
        output.console().print(table)
