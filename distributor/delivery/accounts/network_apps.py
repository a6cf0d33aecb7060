"""The newsroom's own apps at networks: their keys, by which accounts are connected and tokens renewed."""

from __future__ import annotations

from collections.abc import Mapping

from distributor.channels import registry
from distributor.channels.base import AccountField
from distributor.channels.connect_flow import AppKeys
from distributor.delivery.accounts import accounts, encryption
from distributor.delivery.models import NetworkApp
from distributor.domain.errors import BadSettings


def fields(channel: str) -> tuple[AccountField, ...]:
    """Return what an app at this network has, nothing where none is needed. Raises UnknownChannel."""
    flow = registry.get(channel).connect_flow
    return flow.app_fields if flow else ()


def save(channel: str, values: Mapping[str, str], *, practice: bool = False) -> None:
    """Store an app's keys; a field that is left out keeps what was stored. Raises BadSettings."""
    app_fields = fields(channel)
    label = registry.get(channel).capabilities.label
    if not app_fields:
        raise BadSettings(f"{label} needs no app of yours.")
    unknown = sorted(set(values) - {field.name for field in app_fields})
    if unknown:
        raise BadSettings(
            f"An app at {label} has no “{unknown[0]}”: it has {', '.join(field.name for field in app_fields)}."
        )
    merged_values = {
        **_stored_values(channel, practice=practice),
        **{name: value for name, value in values.items() if value},
    }
    missing_labels = [
        field.label
        for field in app_fields
        if not (field.optional or field.hidden) and not merged_values.get(field.name)
    ]
    if missing_labels:
        raise BadSettings(f"An app at {label} also needs: {', '.join(missing_labels)}.")
    NetworkApp.objects.update_or_create(
        channel=channel, practice=practice, defaults={"sealed": encryption.seal(merged_values)}
    )


def is_ready(channel: str, *, practice: bool = False) -> bool:
    """Whether accounts of this channel can be connected in the browser now."""
    flow = registry.get(channel).connect_flow
    if flow is None:
        return False
    required_fields = [field for field in flow.app_fields if not (field.optional or field.hidden)]
    return not required_fields or NetworkApp.objects.filter(channel=channel, practice=practice).exists()


def public_values(channel: str) -> dict[str, str]:
    """Return what of an app may be shown: values that are no secrets."""
    values = _stored_values(channel, practice=False)
    return {field.name: values.get(field.name, "") for field in fields(channel) if not field.secret}


def keys(channel: str, *, practice: bool = False) -> AppKeys:
    """Return the app's keys for one call, empty ones where none are stored.

    Raises CredentialsError when they can't be decrypted and ServiceAway when the practice world is not running.
    """
    endpoint = accounts.practice_endpoint(channel) if practice else ""
    return AppKeys(_stored_values(channel, practice=practice), endpoint)


def _stored_values(channel: str, *, practice: bool) -> dict[str, str]:
    app = NetworkApp.objects.filter(channel=channel, practice=practice).first()
    return encryption.unseal(bytes(app.sealed)) if app else {}
