"""A mailing list as editors type it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from distributor.audience.models import MailingList
from distributor.desk.fields import OfPublication


class ListFields(forms.Form):
    """What can be different about a list at any time."""

    name = forms.CharField(max_length=200, error_messages={"required": _("Give it a name, as readers shall see it.")})
    is_public = forms.BooleanField(required=False)
    welcome = forms.CharField(required=False, max_length=2_000, widget=forms.Textarea)


class NewListForm(OfPublication, ListFields):
    """A new list; its short name, by which commands and programs know it, is for good."""

    slug = forms.SlugField(required=False, max_length=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wrong = _("Use small letters, digits and “-” for the short name, 50 at most.")
        self.fields["slug"].error_messages.update(dict.fromkeys(("invalid", "max_length"), wrong))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("name") and "slug" not in self.errors:
            slug = values.get("slug") or slugify(values["name"])[:50].strip("-")
            if not slug or slugify(slug) != slug:
                self.add_error("slug", _("Give it a short name too: small letters, digits and “-”."))
            elif MailingList.objects.filter(publication=values.get("publication"), slug=slug).exists():
                sentence = _("There is a list “%(slug)s” already: choose another short name.")
                self.add_error("slug", sentence % {"slug": slug})
            values["slug"] = slug
        return values
