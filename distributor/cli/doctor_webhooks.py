"""What `doctor` says of endpoints: those that were switched off by themselves, and those that fail."""

from __future__ import annotations

from collections.abc import Iterator

from distributor.domain.findings import Finding


def endpoints() -> Iterator[Finding]:
    """Say which endpoints get nothing though nobody wanted that; nothing where migrations are not applied."""
    from django.db import ProgrammingError

    from distributor.webhooks import endpoints

    try:
        rows = list(endpoints.endpoints())
    except ProgrammingError:
        return
    for row in rows:
        name, state = f"webhook {row.pk}", endpoints.state_of(row)
        if row.disabled_reason:
            advice = f"Once it is mended: “distributor webhooks edit {row.pk} --on”."
            yield Finding(name, "wrong", f"{row} is switched off. {row.disabled_reason} {advice}")
        elif state == "failing":
            yield Finding(name, "note", f"{row} fails: “distributor webhooks attempts {row.pk}” says why.")
