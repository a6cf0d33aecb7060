"""One action for many people, as editors choose it: first which one and for whom, then what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distributor.audience import bulk
from distributor.audience.bulk import Selection, Tally
from distributor.audience.models import MailingList
from distributor.audience.subscriptions import Agreement
from distributor.audience.tags import normal_tag
from distributor.desk.people_filter import ListChoiceField, PeopleFilterForm
from distributor.domain.errors import BadInput
from distributor.insights.reversals import clock_zone
from distributor.time_words import parse_past

MOST_CHOSEN: Final = 1_000
ACTIONS: Final = (
    ("add-tag", _("Add a tag")),
    ("remove-tag", _("Remove a tag")),
    ("put-on", _("Put on a list")),
    ("take-off", _("Take off a list")),
    ("move", _("Move from list to list")),
    ("suppress", _("Suppress: no mail any more")),
)
# What a action needs besides people.
NEEDS: Final = {
    "add-tag": ("tag_name",),
    "remove-tag": ("tag_name",),
    "put-on": ("target", "evidence", "agreed_at"),
    "take-off": ("origin",),
    "move": ("origin", "target"),
    "suppress": ("detail",),
}


class ConsentFields(forms.Form):
    """That people agreed to get letters: where and to which words, and when."""

    evidence = forms.CharField(required=False, max_length=300)
    agreed_at = forms.CharField(required=False, max_length=60)

    def agreement(self) -> Agreement:
        """Return what was typed; call it on a valid form that has `evidence`. Without `agreed_at` it is now."""
        return Agreement(self.cleaned_data["agreed_at"] or timezone.now(), self.cleaned_data["evidence"])

    def clean_agreed_at(self) -> Any:
        text = str(self.cleaned_data["agreed_at"]).strip()
        try:
            return parse_past(text, now=timezone.now(), zone=clock_zone()) if text else None
        except BadInput as error:
            raise ValidationError(str(error)) from error

    def need_consent(self) -> None:
        """Add an error where nobody said how people agreed."""
        if not self.cleaned_data.get("evidence", "").strip() and "evidence" not in self.errors:
            self.add_error("evidence", _("Say how they agreed to get letters: nobody is put on a list without."))


class BulkForm(ConsentFields):
    """`filter_form` says whom the search is about; `people` are those who are chosen by themselves."""

    action = forms.ChoiceField(choices=ACTIONS)
    people = forms.CharField(required=False)
    everyone = forms.BooleanField(required=False)
    tag_name = forms.CharField(required=False, max_length=60)
    origin = ListChoiceField(MailingList.objects.none(), required=False, empty_label=_("Choose a list"))
    target = ListChoiceField(MailingList.objects.none(), required=False, empty_label=_("Choose a list"))
    detail = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, filter_form: PeopleFilterForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filter_form = filter_form
        self.tags = filter_form.tags
        lists = MailingList.objects.select_related("publication").order_by("publication__name", "name")
        for name, rows in (("origin", lists), ("target", lists.filter(archived_at=None))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    @property
    def needs(self) -> tuple[str, ...]:
        """The fields that the chosen action needs."""
        return NEEDS.get(self.data.get("action", ""), ())

    @property
    def title(self) -> str:
        """The chosen action in words."""
        return str(dict(ACTIONS).get(self.data.get("action", ""), ""))

    def clean_people(self) -> tuple[int, ...]:
        return self.chosen_ids()

    def chosen_ids(self) -> tuple[int, ...]:
        """Return the numbers of those who are chosen, MOST_CHOSEN at most."""
        texts = self.data.getlist("people") if hasattr(self.data, "getlist") else []
        numbers = (int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19)
        return tuple(dict.fromkeys(numbers))[:MOST_CHOSEN]

    def has_selection(self) -> bool:
        """Whether somebody is chosen, or all that the search is about."""
        return "everyone" in self.data or bool(self.chosen_ids())

    def selection(self) -> Selection:
        """Return whom it is about."""
        if "everyone" in self.data:
            return Selection(scope=self.filter_form.filter())
        return Selection(ids=self.chosen_ids())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name in self.needs:
            if name in ("target", "origin") and not values.get(name) and name not in self.errors:
                self.add_error(name, _("Choose a list."))
        if "evidence" in self.needs:
            self.need_consent()
        if "tag_name" in self.needs:
            try:
                values["tag_name"] = normal_tag(values.get("tag_name", ""))
            except BadInput as error:
                self.add_error("tag_name", str(error))
        return values

    def run(self, tally: Tally, *, actor: str) -> None:
        """Do it, call it on a valid form; `tally` says how far it is. Raises BadInput."""
        self._actions(tally, actor)[self.cleaned_data["action"]](self.selection())

    def _actions(self, tally: Tally, actor: str) -> dict[str, Callable[[Selection], int]]:
        values = self.cleaned_data
        detail = values["detail"] or f"by {actor}"
        origin, target = values["origin"], values["target"]
        return {
            "add-tag": lambda people: bulk.add_tag(people, values["tag_name"], tally),
            "remove-tag": lambda people: bulk.remove_tag(people, values["tag_name"], tally),
            "put-on": lambda people: bulk.put_on(people, target, self.agreement(), actor=actor, tally=tally),
            "take-off": lambda people: bulk.take_off(people, origin, reason=f"taken off by {actor}", tally=tally),
            "move": lambda people: bulk.move(people, origin=origin, target=target, actor=actor, tally=tally),
            "suppress": lambda people: bulk.suppress(people, detail=detail, tally=tally),
        }

    def record(self) -> dict[str, str]:
        """Return what was chosen, for the record of who did what."""
        values = self.cleaned_data
        chosen_values = {name: str(values[name]) for name in self.needs if name != "agreed_at" and values.get(name)}
        return {**chosen_values, **self.filter_form.query()} if "everyone" in self.data else chosen_values

    def address(self) -> str:
        """Return where the editor came from."""
        query = urlencode(self.filter_form.query())
        return f"{reverse('desk:people')}{'?' if query else ''}{query}"
