"""What is said of an import, on the command line and on the desk alike."""

from __future__ import annotations

from collections.abc import Iterator

from distributor.audience.imports import ImportReport
from distributor.audience.text_encodings import UTF_8, label

CERTAIN = ("utf-16", "utf-32")  # told by a mark, and no guess


def origin(report: ImportReport) -> Iterator[str]:
    """Yield what was told from the table itself, and may be wrong, a sentence each."""
    if report.encoding.startswith(CERTAIN):
        yield f"It was read as {label(report.encoding)}."
    elif report.encoding not in ("", UTF_8):
        yield f"It was read as {label(report.encoding)}: see whether names look right, or give its encoding."
    if report.system:
        yield f"It looks like an export of {report.system}."
    if report.status_columns:
        columns = ", ".join(f"“{name}”" for name in report.status_columns)
        yield f"Who gets no mail is told by {columns}."


def departures(report: ImportReport) -> str:
    """Return one or two sentences on people who got no mail where they come from, "" where there are none."""
    counts = (
        (report.left_count, "had left"),
        (report.bounced_count, "bounced"),
        (report.complained_count, "complained"),
        (report.unconfirmed_count, "did not confirm"),
    )
    parts = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    if not parts:
        return ""
    removal = f" {report.taken_off_count:,} of them on this list: taken off." if report.taken_off_count else ""
    return f"Not mailed: {parts}.{removal}"


def destination(report: ImportReport) -> str:
    """Return where the people are put, and whether that list is new; of a new one, which one may have been meant."""
    if not report.is_new_list:
        return f"On the list “{report.list_slug}”."
    verb = "would be made" if report.dry_run else "was made"
    slip = f" There is a list “{report.similar_list}”: was that one meant?" if report.similar_list else ""
    return f"The list “{report.list_slug}” was not there: it {verb}.{slip}"


def question(report: ImportReport) -> str:
    """Return what a dry run says of the question that the real import asks, "" where it asks none."""
    return f"The import itself asks first whether that is meant: {report.question}" if report.question else ""
