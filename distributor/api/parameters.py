"""What operations take, in types that several of them share: nothing that the database can't store gets through."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from django.db.models import Model, QuerySet
from ninja import Path, Query, Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

from distributor.api.authentication import ApiRequest, check_publication
from distributor.api.problems import ProblemError

MOST_ID: Final = 2**63 - 1  # of PostgreSQL's bigint
LONGEST_NAME: Final = 200
YEARS: Final = range(1000, 9999)  # letters of an archive may be old
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")

Row = TypeVar("Row", bound=Model)


def storable(text: str) -> str:
    """Return a text as it is. Raises ValueError for one with what PostgreSQL can't store: NUL, half a character."""
    if _UNSTORABLE.search(text):
        raise ValueError("it has characters that no text has")
    return text


def storable_moment(moment: datetime) -> datetime:
    """Return a time as it is. Raises ValueError for one that some zone or PostgreSQL can't say: beyond `YEARS`."""
    if moment.year not in YEARS:
        raise ValueError(f"it is no time between the years {YEARS[0]} and {YEARS[-1]}")
    return moment


Id = Annotated[int, Path(ge=1, le=MOST_ID, description="Its id.")]
IdFilter = Annotated[int | None, Query(ge=1, le=MOST_ID)]
Text = Annotated[str, AfterValidator(storable)]
Moment = Annotated[AwareDatetime, AfterValidator(storable_moment)]
Slug = Annotated[Text, StringConstraints(max_length=50)]  # a short name, as of a publication or a list
Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(storable)]
NameFilter = Annotated[str, Query(max_length=LONGEST_NAME), AfterValidator(storable)]


class Body(Schema):
    """What a request says. A member that there is not is refused: what is mistyped must not be passed over."""

    model_config = ConfigDict(extra="forbid")


def row_of(request: ApiRequest, rows: QuerySet[Row], pk: Any) -> Row:
    """Return a row that has a `publication`. Raises ProblemError `not-found` for none, and for one of another one."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise ProblemError("not-found", "There is nothing of that id here.")
    check_publication(request, getattr(row, "publication", None))
    return row
