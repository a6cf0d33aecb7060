"""What several forms have."""

from __future__ import annotations

from typing import Any

from django import forms

from distributor.desk.publication_scope import narrow
from distributor.desk.sentences import translation
from distributor.letters.models import Publication


class Choices(forms.Select):
    """A list to choose from, whose labels are said in the language of the desk."""

    def create_option(self, name: str, value: Any, label: int | str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().create_option(name, value, translation(label), *args, **kwargs)


class OfPublication(forms.Form):
    """A form that asks for a publication; where there is only one, it is known already (`several` is False)."""

    publication = forms.ModelChoiceField(
        Publication.objects.order_by("name"),
        empty_label=None,
        error_messages={"invalid_choice": "There is no such publication any more: choose again."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["publication"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = narrow(Publication.objects.order_by("name"), "pk")
        publications = list(narrow(Publication.objects.all(), "pk").values_list("pk", flat=True)[:2])
        self.several = len(publications) > 1
        if len(publications) == 1:
            self.initial.setdefault("publication", publications[0])
        field.error_messages["required"] = (
            "Choose a publication."
            if publications
            else "There is no publication yet: make one with “distributor publications add NAME --sender ADDRESS”."
        )
