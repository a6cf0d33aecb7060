"""One person, as editors type them in and change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.audience.subscriptions import Attribute, PersonDraft
from distributor.audience.tags import all_tags, normal_tags
from distributor.desk.bulk_forms import ConsentFields
from distributor.desk.people_filter import ListChoiceField, open_list_rows
from distributor.domain.errors import BadInput
from distributor.domain.mail_addresses import normal_address

BLANK_ROWS: Final = 3
LONGEST_NAME, LONGEST_VALUE = 100, 2_000
CADENCES: Final = (
    (Subscription.Cadence.EACH_LETTER.value, _("Each letter")),
    (Subscription.Cadence.DAILY.value, _("Daily digest")),
    (Subscription.Cadence.WEEKLY.value, _("Weekly digest")),
)


class PersonFields(forms.Form):
    """What is known of a person. Tags are written one after the other, with commas between."""

    email = forms.CharField(max_length=320, error_messages={"required": _("Give the mail address.")})
    name = forms.CharField(required=False, max_length=200)
    language = forms.CharField(required=False, max_length=35)
    time_zone = forms.CharField(required=False, max_length=64)
    tags = forms.CharField(required=False, max_length=3_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_tags = all_tags()

    def clean_email(self) -> str:
        email = normal_address(str(self.cleaned_data["email"]))
        if email is None:
            raise ValidationError(_("That is not a mail address: it is written like ana@inbox.example."))
        return email

    def clean_tags(self) -> list[str]:
        try:
            return normal_tags(str(self.cleaned_data["tags"]).split(","))
        except BadInput as error:
            raise ValidationError(str(error)) from error


class NewPersonForm(PersonFields, ConsentFields):
    """Somebody new, and the lists to put them on: for those it has to be said how they agreed."""

    lists = forms.ModelMultipleChoiceField(MailingList.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = self.fields["lists"]
        assert isinstance(lists, forms.ModelMultipleChoiceField)
        lists.queryset = open_list_rows()
        lists.error_messages["invalid_choice"] = _("One of the lists is not there any more: choose again.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("lists"):
            self.need_consent()
        return values

    def draft(self) -> PersonDraft:
        """Return what was typed; call it on a valid form. What is empty says nothing of somebody who is there."""
        values = self.cleaned_data
        return PersonDraft(
            email=values["email"],
            name=values["name"] or None,
            language=values["language"] or None,
            time_zone=values["time_zone"] or None,
            tags=values["tags"] or None,
            lists=list(values["lists"]),
            consent=self.agreement() if values["lists"] else None,
        )


class PlaceForm(ConsentFields):
    """A list to put somebody on."""

    target = ListChoiceField(
        MailingList.objects.none(), empty_label=_("Choose a list"), error_messages={"required": _("Choose a list.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target = self.fields["target"]
        assert isinstance(target, forms.ModelChoiceField)
        target.queryset = open_list_rows()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.need_consent()
        return values


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One attribute in the form: `is_fixed` where its value is no plain text, number or yes and no."""

    name: str
    text: str
    is_fixed: bool = False


class PersonForm(PersonFields):
    """Somebody who is there. An attribute whose name or value is emptied is removed.

    The page says with it what it showed, and only what differs from that is changed: what a program stored while the
    page was open stays.
    """

    def __init__(self, *args: Any, person: Subscriber, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "email": person.email,
            "name": person.name,
            "language": person.language,
            "time_zone": person.time_zone,
            "tags": ", ".join(person.tags),
        }
        super().__init__(*args, **kwargs)
        self._attributes: Mapping[str, Any] = person.attributes

    def attribute_rows(self) -> list[AttributeRow]:
        """Return the attributes as they were typed, or are stored, with blank rows for new ones."""
        fixed_rows = [
            AttributeRow(name, str(value), is_fixed=True)
            for name, value in self._attributes.items()
            if isinstance(value, dict | list)
        ]
        pairs = self._pairs() if self.is_bound else [(name, _text(value)) for name, value in self._plain().items()]
        rows = [AttributeRow(name, text) for name, text in pairs if name or text]
        return [*fixed_rows, *rows, *[AttributeRow("", "")] * BLANK_ROWS]

    def shown_attributes(self) -> dict[str, str]:
        """Return the attributes that the page showed first, by name, as it wrote them."""
        if self.is_bound:
            return {name: text for name, text in self._pairs("shown_name", "shown_value") if name}
        return {name: _text(value) for name, value in self._plain().items()}

    def shown_tags(self) -> str:
        """Return the tags that the page showed first."""
        return str(self.data.get("shown_tags", self.initial["tags"]))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        names = [name for name, text in self._pairs() if name and text]
        if len(set(names)) < len(names):
            self.add_error(None, _("Two attributes have the same name: give one of them another."))
        elif any(not name for name, text in self._pairs() if text):
            self.add_error(None, _("An attribute needs a name too."))
        elif any(len(name) > LONGEST_NAME or len(text) > LONGEST_VALUE for name, text in self._pairs()):
            self.add_error(None, _("An attribute is too long: its name can have 100 characters, its value 2,000."))
        return values

    def draft(self, person: Subscriber) -> PersonDraft:
        """Return what was changed about somebody, as they are stored now; call it on a valid form."""
        values = self.cleaned_data
        texts = {name: text for name, text in self._pairs() if name}
        shown_texts = self.shown_attributes()
        removed_names = [name for name in {**shown_texts, **texts} if not texts.get(name) and name in self._plain()]
        removals: dict[str, Attribute] = dict.fromkeys(removed_names)
        typed_values = {
            name: _value(text, self._attributes.get(name))
            for name, text in texts.items()
            if text and text != shown_texts.get(name)
        }
        tags, shown_tags = set(values["tags"]), {tag.strip() for tag in self.shown_tags().split(",")}
        return PersonDraft(
            email=person.email,
            name=values["name"],
            language=values["language"],
            time_zone=values["time_zone"],
            tags=sorted((set(person.tags) - (shown_tags - tags)) | (tags - shown_tags)),
            attributes={**removals, **typed_values},
        )

    def _plain(self) -> dict[str, Any]:
        return {name: value for name, value in self._attributes.items() if not isinstance(value, dict | list)}

    def _pairs(self, names_of: str = "attribute_name", values_of: str = "attribute_value") -> list[tuple[str, str]]:
        if not isinstance(self.data, QueryDict):
            return []
        names, texts = self.data.getlist(names_of), self.data.getlist(values_of)
        return [
            (name.replace("\0", "").strip(), text.replace("\0", "").strip())
            for name, text in zip(names, texts, strict=False)
        ]


def _text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _value(text: str, earlier_value: Any) -> Attribute:
    """Return a value of the kind that it was of, where the text can be one."""
    if isinstance(earlier_value, bool) and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if isinstance(earlier_value, int | float) and not isinstance(earlier_value, bool):
        for kind in (int, float):
            try:
                number = kind(text)
            except ValueError:
                continue
            return number if abs(number) <= 2**53 else text
    return text
