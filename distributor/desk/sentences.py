"""What other rooms say, in the language of the desk.

Domain, channels and apps write English and store it, and know nothing of languages. Their sentences are in the
catalogs like the desk's own, with `{name}` where a value stands, and are looked up when they are shown.
"""

from __future__ import annotations

from django.utils.translation import gettext


def translation(sentence: str) -> str:
    """Return a sentence of another room in the language of the request; as it is where the catalog lacks it."""
    return gettext(sentence) if sentence else ""
