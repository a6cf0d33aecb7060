"""Where things are: the data folder and the templates, for a checkout and for an installed wheel."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def home() -> Path:
    """Return the data folder (`DISTRIBUTOR_HOME`, default `.distributor` in the working directory), absolute."""
    return Path(os.environ.get("DISTRIBUTOR_HOME") or ".distributor").expanduser().resolve()


def templates() -> Path:
    """Return the templates folder: `templates/` of a checkout, or the copy that the wheel carries."""
    beside = _PACKAGE.parent / "templates"
    return beside if (beside / "email").is_dir() else _PACKAGE / "_templates"


def channels() -> Path:
    """Return the folder of the channels: each has the template by which the desk draws its variants."""
    return _PACKAGE / "channels"


def catalogs() -> Path:
    """Return the folder of the desk's translations, one folder a language."""
    return _PACKAGE / "locale"


def package_folder(name: str) -> Path:
    """Return the folder of an installed package, without loading it."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def own_templates() -> Path:
    """Return the folder in which publications keep templates of their own, one folder a slug."""
    return home() / "templates"


def sample() -> Path:
    """Return the sample letter page that the demo sends: of a checkout, or the copy that the wheel carries."""
    beside = _PACKAGE.parent / "tests" / "samples" / "letter-page.html"
    return beside if beside.is_file() else _PACKAGE / "_samples" / "letter-page.html"


def kept_site_url() -> Path:
    """Return the file in which `distributor up` keeps where it listens."""
    return home() / "site_url"


def practice_description() -> Path:
    """Return the file in which a running practice world says where it is."""
    return home() / "practice.json"
