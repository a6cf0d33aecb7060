"""A further publication: what it needs to begin with; all else is in its settings."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from distributor.desk.access import admin_of_all
from distributor.desk.publication_setting_forms import setting_field
from distributor.domain.errors import BadInput
from distributor.letters.actions import create_publication
from distributor.letters.models import Publication
from distributor.letters.publication_settings import SETTINGS
from distributor.people import audit

FIRST: Final = ("name", "language", "time-zone", "sender-name", "sender-email", "share-bar")


class NewPublicationForm(forms.Form):
    """The settings that a publication begins with, and the short name that its addresses keep for good."""

    slug = forms.CharField(
        label=_("Short name"),
        help_text=_(
            "In the addresses of its pages, such as “harbor”. It stays as it is. Left empty, it is made of the name."
        ),
        required=False,
        max_length=50,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIRST:
            setting = SETTINGS[name]
            default = setting.default
            self.fields[name] = setting_field(setting, setting.show(default) if default else "")
            self.fields[name].label, self.fields[name].help_text = setting.label, setting.help

    @property
    def inputs(self) -> list[forms.BoundField]:
        """The inputs in their order: the name, the short name, then the others."""
        return [self[name] for name in (FIRST[0], "slug", *FIRST[1:])]


@admin_of_all
@require_http_methods(["GET", "HEAD", "POST"])
def new_publication(request: HttpRequest) -> HttpResponse:
    """Ask for a publication's first settings, or make it and go on to all of them."""
    form = NewPublicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (publication := _create(request, form)):
        messages.success(request, gettext("%(name)s is made. Connect its accounts next.") % {"name": publication.name})
        return redirect("desk:publication-settings", publication.slug)
    context = {"form": form, "here": "settings"}
    return render(request, "desk/new_publication.html", context, status=422 if form.is_bound else 200)


def _create(request: HttpRequest, form: NewPublicationForm) -> Publication | None:
    """Make the publication; what stands in its way becomes the form's error."""
    values = form.cleaned_data
    try:
        publication = create_publication(
            name=values["name"],
            slug=values["slug"],
            sender_name=values["sender-name"],
            sender_email=values["sender-email"],
            time_zone=values["time-zone"],
            language=values["language"],
            share_bar=values["share-bar"].split(","),
        )
    except BadInput as error:
        form.add_error("slug", str(error))
        return None
    actor = request.user.get_username()
    audit.record("publication.create", actor=actor, door="desk", subject=publication.slug, publication=publication)
    return publication
