"""An intake door as editors type it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from distributor.desk.fields import Choices
from distributor.desk.intake_rule_forms import IntakeRuleForm
from distributor.domain.errors import BadInput
from distributor.newsroom import door_actions
from distributor.newsroom.door_actions import KINDS, DoorKind, DoorSettings
from distributor.newsroom.formats import mapped_json
from distributor.newsroom.models import IntakeDoor

LABELS: dict[DoorKind, str] = {
    "ghost": "Ghost",
    "wordpress": "WordPress",
    "json": "Any system that sends JSON",
    "mail": "Mail",
}


class DoorForm(IntakeRuleForm):
    """Kind and rules; a door that is there keeps its publication and kind."""

    kind = forms.ChoiceField(
        choices=[(kind, LABELS[kind]) for kind in KINDS],
        widget=Choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose where letters come from."),
    )
    mapping = forms.CharField(required=False, max_length=5_000, widget=forms.Textarea)
    header = forms.CharField(required=False, max_length=100)
    senders = forms.CharField(required=False, max_length=5_000, widget=forms.Textarea)

    def __init__(self, *args: Any, door: IntakeDoor | None = None, **kwargs: Any) -> None:
        settings = door_actions.settings_of(door) if door else DoorSettings()
        kwargs["initial"] = {
            **self.initial_of(settings.rules),
            "name": settings.name,
            "mapping": "\n".join(f"{name} = {path}" for name, path in settings.mapping.items()),
            "header": settings.header,
            "senders": "\n".join(settings.senders),
            **({"publication": door.publication_id, "kind": door.kind} if door else {}),
        }
        super().__init__(*args, **kwargs)
        self.fields["publication"].disabled = self.fields["kind"].disabled = door is not None

    def clean_mapping(self) -> dict[str, str]:
        lines = [line.partition("=") for line in self.cleaned_data["mapping"].splitlines() if line.strip()]
        if any(not path.strip() for _, _, path in lines):
            raise ValidationError("Write each line as FIELD = PATH, such as title = post.title.")
        try:
            return mapped_json.check({name.strip().lower(): path.strip() for name, _, path in lines})
        except BadInput as error:
            raise ValidationError(str(error)) from error

    def settings(self) -> DoorSettings:
        """Return what was chosen; call it on a valid form."""
        values = self.cleaned_data
        senders = values["senders"].replace(",", "\n").split("\n")
        return DoorSettings(
            values["name"],
            self.rules(),
            values["mapping"],
            values["header"],
            tuple(text.strip() for text in senders if text.strip()),
        )
