"""What an editor chooses on the page of a letter's review, and what they write for one channel of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.earliest_release import zone_of
from distributor.delivery.review import Choice
from distributor.desk.forms import QueueForm, share_bar
from distributor.domain.letters import ALT_LIMIT
from distributor.domain.overrides import TEXT_LIMIT, URL_LIMIT, Override, Part
from distributor.letters.models import Letter
from distributor.newsroom import intake_rules

TEMPLATE: Final = "template"  # as the template has it
NONE: Final = "none"
CUSTOM: Final = "own"
_MODES: Final = ((TEMPLATE, TEMPLATE), (NONE, NONE), (CUSTOM, CUSTOM))
_A_WHILE: Final = timedelta(minutes=1)


class ReviewForm(QueueForm):
    """Where a letter goes, to whom and when: at first what is planned of it as drafts, else its share bar."""

    def __init__(self, *args: Any, letter: Letter, drafts: Sequence[Dispatch] = (), **kwargs: Any) -> None:
        super().__init__(*args, letter=letter, initial=_initial(letter, drafts), **kwargs)

    @property
    def choice(self) -> Choice:
        """What was chosen, of a valid form."""
        values = self.cleaned_data
        moment = values["when"]
        return Choice(
            tuple(values["channels"]),
            tuple(values["lists"]),
            segment=values["segment"],
            at=moment.at if moment else None,
            next_slot=values["next_slot"],
            hold_minutes=values["hold"],
            spread_hours=values["over"] or 0,
        )


def _initial(letter: Letter, drafts: Sequence[Dispatch]) -> dict[str, Any]:
    bar = tuple(intake_rules.of_letter(letter).channels) or share_bar(letter)
    names = dict.fromkeys([*bar, *(draft.channel for draft in drafts if draft.channel in registry.names())])
    values: dict[str, Any] = {"channels": list(names), "hold": letter.publication.hold_minutes}
    mail = next((draft for draft in drafts if draft.target_key.startswith("lists:")), None)
    if mail is not None and (list_ids := list(mail.lists.values_list("pk", flat=True))):
        values |= {"lists": list_ids, "segment": mail.segment_id, "over": mail.spread_hours or None}
    times = [draft.due_at for draft in drafts if _has_time(draft)]
    if times and min(times) > timezone.now():
        local = min(times).astimezone(zone_of(letter.publication))
        values |= {"day": f"{local:%Y-%m-%d}", "clock": f"{local:%H:%M}"}
    return values


def _has_time(draft: Dispatch) -> bool:
    """Whether somebody gave a draft a time: what has none is planned for the end of its hold."""
    return draft.due_at > draft.created_at + timedelta(minutes=draft.hold_minutes) + _A_WHILE


class VariantForm(forms.Form):
    """An editor's own text, picture and link for one channel. What stayed as it was shown is left alone."""

    text = forms.CharField(required=False, strip=False, max_length=TEXT_LIMIT)
    base = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    picture_mode = forms.ChoiceField(choices=_MODES, required=False)
    picture = forms.CharField(required=False, max_length=URL_LIMIT)
    picture_alt = forms.CharField(required=False, max_length=ALT_LIMIT)
    link_mode = forms.ChoiceField(choices=_MODES, required=False)
    link = forms.CharField(required=False, max_length=URL_LIMIT)

    def clean_text(self) -> str:
        text = _lines(self.cleaned_data["text"])
        if not text.strip():
            raise ValidationError(_("A post needs a text: write one, or go back to the template’s."))
        return text

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("picture_mode") == CUSTOM and not values.get("picture"):
            self.add_error("picture", _("Give the picture’s address."))
        if values.get("link_mode") == CUSTOM and not values.get("link"):
            self.add_error("link", _("Give the address that it leads to."))
        return values

    def changes(self, before: Override) -> dict[str, str]:
        """Return what is to be written that `before` does not say, of a valid form."""
        values = self.cleaned_data
        texts = {}
        if values["text"].strip() != _lines(values["base"]).strip():
            texts["text"] = values["text"]
        if values["picture_mode"] in (NONE, CUSTOM):
            is_own = values["picture_mode"] == CUSTOM
            texts["picture"] = values["picture"] if is_own else ""
            texts["picture_alt"] = values["picture_alt"] if is_own else ""
        if values["link_mode"] in (NONE, CUSTOM):
            texts["link"] = values["link"] if values["link_mode"] == CUSTOM else ""
        return texts if replace(before, **texts) != before else {}

    def resets(self, before: Override) -> tuple[Part, ...]:
        """Return which of the parts that an editor wrote before go back to the template."""
        modes: Mapping[Part, str] = {
            "picture": self.cleaned_data["picture_mode"],
            "link": self.cleaned_data["link_mode"],
        }
        return tuple(part for part in before.parts if modes.get(part) == TEMPLATE)

    def content(self, before: Override) -> Override:
        """Return what a variant would be made with, of a valid form."""
        return replace(before.without(self.resets(before)), **self.changes(before))


def values_of(content: Override, text: str) -> dict[str, str]:
    """Return a form's values for what is written of a variant whose text is this."""

    def mode(value: str | None) -> str:
        return TEMPLATE if value is None else CUSTOM if value else NONE

    return {
        "text": text,
        "base": text,
        "picture_mode": mode(content.picture),
        "picture": content.picture or "",
        "picture_alt": content.picture_alt or "",
        "link_mode": mode(content.link),
        "link": content.link or "",
    }


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
