"""Values that schemas share: each lets in only what can be stored, so that the database refuses nothing."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field

LARGEST_ID: Final = 2**63 - 1  # PostgreSQL's bigint


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a character that can't be stored (NUL)")
    return text


# Half a surrogate pair, which UTF-8 can't carry either, is refused by pydantic itself.
Text = Annotated[str, AfterValidator(_storable), Field(json_schema_extra={"pattern": r"^[^\u0000]*$"})]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
