"""A segment as editors type it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from distributor.audience.models import Segment
from distributor.audience.segments import condition
from distributor.desk.fields import OfPublication
from distributor.domain.errors import BadInput
from distributor.domain.segment_words import read_words_or_json, spell, to_json
from distributor.domain.segments import Rule, parse
from distributor.letters.models import Publication

LONGEST_RULE = 100_000  # characters; a thousand values of a hundred each


class SegmentForm(OfPublication):
    """Name and rule; a segment that is there keeps its publication and short name, by which commands know it."""

    name = forms.CharField(max_length=200, error_messages={"required": "Give it a name, as editors shall see it."})
    slug = forms.SlugField(required=False, max_length=50)
    rule = forms.CharField(
        max_length=LONGEST_RULE, widget=forms.Textarea, error_messages={"required": "Say who is in it."}
    )

    def __init__(self, *args: Any, segment: Segment | None, **kwargs: Any) -> None:
        self._known = segment
        if segment is not None:
            kwargs["initial"] = {
                "publication": segment.publication_id,
                "name": segment.name,
                "slug": segment.slug,
                "rule": spell(parse(segment.rule)),
            }
        super().__init__(*args, **kwargs)
        self.fields["publication"].disabled = self.fields["slug"].disabled = segment is not None
        wrong = "Use small letters, digits and “-” for the short name, 50 at most."
        self.fields["slug"].error_messages.update(dict.fromkeys(("invalid", "max_length"), wrong))

    def clean_rule(self) -> Rule:
        try:
            return read_words_or_json(str(self.cleaned_data["rule"]).replace("\r\n", "\n"))
        except BadInput as error:
            raise ValidationError(str(error)) from error

    def readable_rule(self) -> Rule | None:
        """Return the rule that the field of the page shows, None for none and for what can't be read."""
        try:
            return read_words_or_json(str(self["rule"].value() or "").replace("\r\n", "\n")[:LONGEST_RULE])
        except BadInput:
            return None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self._known is None and values.get("name") and "slug" not in self.errors:
            values["slug"] = self._new_slug(values.get("publication"), values.get("slug") or slugify(values["name"]))
        if values.get("publication") and values.get("rule"):
            try:
                condition(values["rule"], values["publication"])  # its lists have to be there
            except BadInput as error:
                self.add_error("rule", str(error))
        return values

    def _new_slug(self, publication: Publication | None, slug: str) -> str:
        if not slug or slugify(slug) != slug:
            self.add_error("slug", "Give it a short name too: small letters, digits and “-”.")
        elif Segment.objects.filter(publication=publication, slug=slug[:50]).exists():
            self.add_error(
                "slug", f"There is a segment “{slug[:50]}” already: choose another short name, or change it."
            )
        return slug[:50]

    def segment(self) -> Segment:
        """Return what was typed as a segment that is not stored; call it on a valid form."""
        values = self.cleaned_data
        return Segment(
            publication=values["publication"], slug=values["slug"], name=values["name"], rule=to_json(values["rule"])
        )
