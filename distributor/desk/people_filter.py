"""Whom an editor looks for: as a form, in an address, and as the audience takes it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from distributor.audience.directory import PeopleFilter
from distributor.audience.models import MailingList, Segment
from distributor.audience.tags import all_tags
from distributor.desk.publication_scope import narrow

STATES: Final = (
    ("", _("Any state")),
    ("active", _("On a list now")),
    ("left", _("On no list any more")),
    ("suppressed", _("Get no mail")),
)


class ListChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none when it runs
    """A mailing list; where there are several publications, with its publication's name."""

    def label_from_instance(self, obj: Any) -> str:
        name = f"{obj.name} ({obj.publication.name})"
        return f"{name} – {_('archived')}" if obj.archived_at else name


class PeopleFilterForm(forms.Form):
    """Everything is optional. Call `filter` on a valid form."""

    q = forms.CharField(required=False, max_length=200)
    list = ListChoiceField(MailingList.objects.none(), required=False, empty_label=_("All lists"))
    state = forms.ChoiceField(required=False, choices=STATES)
    tag = forms.ChoiceField(required=False)
    segment = forms.ModelChoiceField(Segment.objects.none(), required=False, empty_label=_("Any segment"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists, segments, tag = self.fields["list"], self.fields["segment"], self.fields["tag"]
        assert isinstance(lists, forms.ModelChoiceField)
        assert isinstance(segments, forms.ModelChoiceField)
        assert isinstance(tag, forms.ChoiceField)
        lists.queryset = MailingList.objects.select_related("publication").order_by("publication__name", "name")
        segments.queryset = Segment.objects.select_related("publication").order_by("name")
        self.tags = all_tags()
        tag.choices = [("", _("Any tag")), *((name, name) for name in self.tags)]
        sentence = _("That is not there any more: choose again.")
        for field in (lists, segments, tag):
            field.error_messages["invalid_choice"] = sentence

    def filter(self) -> PeopleFilter:
        """Return what was asked for."""
        values = self.cleaned_data
        return PeopleFilter(
            text=values["q"].strip(),
            mailing_list=values["list"],
            state=values["state"] or None,
            tag=values["tag"],
            segment=values["segment"],
        )

    def query(self) -> dict[str, str]:
        """Return what was asked for as the parameters of an address, without what can't be used."""
        values = self.cleaned_data
        rows = {name: str(values[name].pk) if values.get(name) else "" for name in ("list", "segment")}
        texts = {name: values.get(name, "").strip() for name in ("q", "state", "tag")} | rows
        return {name: text for name, text in texts.items() if text}


def open_list_rows() -> QuerySet[MailingList]:
    """Return the lists that are not archived, with their publications."""
    rows = narrow(MailingList.objects.filter(archived_at=None).select_related("publication"))
    return rows.order_by("publication__name", "name")
