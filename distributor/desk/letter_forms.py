"""The form of a letter: what an editor writes, checked field by field. What was typed is kept, whatever is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from distributor.desk.fields import OfPublication
from distributor.domain import media_names
from distributor.domain.letter_content import LetterContent
from distributor.domain.letters import ALT_LIMIT
from distributor.letters import editor_saves
from distributor.letters.intake import drafts
from distributor.letters.intake.letter_fields import AuthorFields, LetterFields, SeriesFields
from distributor.letters.models import Letter, Publication

Values = Mapping[str, Sequence[str]]  # the fields as a browser sends them, by their names

AUTHOR_FIELDS: Final = ("author_name", "author_email", "author_bio")
MOST_AUTHORS: Final = 20
LONGEST_TEXT: Final = 1_000_000  # characters
LONGEST_NOTE: Final = 10_000
LONGEST_BIO: Final = 2_000
HIGHEST_NUMBER: Final = 100_000
# Which fields of the form stand for a field of the letter's content.
FORM_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "body_html": ("text",),
    "series": ("series", "number"),
    "authors": AUTHOR_FIELDS,
    **{name: (name,) for name in ("title", "editor_note", "section", "language", "canonical_url", "summary", "tags")},
    "image_url": ("image_url",),
    "image_alt": ("image_alt",),
}


class LetterForm(OfPublication):
    """A letter as an editor writes it; for one that is stored its publication and its address stay as they are."""

    key = forms.UUIDField()
    base = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    title = forms.CharField(
        max_length=drafts.TITLE_LIMIT, error_messages={"required": gettext_lazy("A letter needs a title: give it one.")}
    )
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        strip=False,
        error_messages={"required": gettext_lazy("A letter needs a text: write it.")},
    )
    series = forms.CharField(max_length=drafts.SERIES_LIMIT, required=False)
    number = forms.IntegerField(min_value=1, max_value=HIGHEST_NUMBER, required=False)
    editor_note = forms.CharField(max_length=LONGEST_NOTE, required=False)
    summary = forms.CharField(max_length=drafts.SUMMARY_LIMIT, required=False)
    language = forms.CharField(max_length=35, required=False)
    tags = forms.CharField(max_length=drafts.MOST_TAGS * drafts.TAG_LIMIT, required=False)
    slug = forms.CharField(max_length=100, required=False)
    section = forms.CharField(max_length=drafts.SECTION_LIMIT, required=False)
    canonical_url = forms.URLField(max_length=drafts.URL_LIMIT, required=False, assume_scheme="https")
    image_url = forms.CharField(max_length=drafts.URL_LIMIT, required=False)
    image_alt = forms.CharField(max_length=ALT_LIMIT, required=False)

    def __init__(self, *args: Any, letter: Letter | None = None, values: Values | None = None, **kwargs: Any) -> None:
        """Show these `values` without judging them; a bound form has `data` instead."""
        if values is not None:
            kwargs["initial"] = {name: texts[0] for name, texts in values.items() if texts}
        super().__init__(*args, **kwargs)
        if letter is not None:
            del self.fields["publication"], self.fields["slug"]
        self.values: Values = values if values is not None else values_of_data(self.data)
        self.author_errors: dict[int, str] = {}
        number = gettext("Give a whole number from 1 on, or leave it empty.")
        self.fields["number"].error_messages.update(dict.fromkeys(("min_value", "max_value", "invalid"), number))
        self.fields["canonical_url"].error_messages["invalid"] = gettext(
            "That is not a web address: it starts with http:// or https://."
        )

    @property
    def authors(self) -> list[tuple[AuthorFields, str]]:
        """Each row of authors as it was typed, with what is wrong with it."""
        columns = [self.values.get(name, ()) for name in AUTHOR_FIELDS]
        rows = zip_longest(*columns, fillvalue="")
        return [
            (AuthorFields(name=name.strip(), email=email.strip(), bio=bio.strip()), self.author_errors.get(at, ""))
            for at, (name, email, bio) in enumerate(rows)
        ]

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise ValidationError(self.fields["text"].error_messages["required"])
        return text

    def clean_language(self) -> str:
        language = str(self.cleaned_data["language"])
        if language and not drafts.language_tag(language):
            raise ValidationError(gettext("That is no language: give its tag, such as ko or en-GB."))
        return language

    def clean_image_url(self) -> str:
        address = str(self.cleaned_data["image_url"])
        if address and not address.startswith(("http://", "https://")):
            raise ValidationError(gettext("That is not a web address: it starts with http:// or https://."))
        return address

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for at, (author, _) in enumerate(self.authors):
            if problem := _author_problem(author):
                self.author_errors[at] = problem
        if len(self.authors) > MOST_AUTHORS:
            self.author_errors[MOST_AUTHORS] = gettext("A letter has twenty authors at most.")
        if self.author_errors:
            raise ValidationError(gettext("Look at the authors: something there can’t be saved."))
        if values.get("number") and not values.get("series"):
            self.add_error("series", gettext("A number needs its series: name it, or leave the number empty."))
        return values

    def letter_fields(self, *, next_number: int | None = None) -> LetterFields:
        """Return what a valid form says of the letter beside its text. `next_number` goes where none was given."""
        values = self.cleaned_data
        series = values["series"]
        number = values["number"] or next_number
        fields = LetterFields(
            title=values["title"],
            summary=" ".join(values["summary"].split()),
            editor_note=values["editor_note"].replace("\r\n", "\n"),
            authors=[author for author, _ in self.authors if author["name"]],
            series=SeriesFields(title=series, number=number) if series else None,
            section=values["section"],
            language=values["language"],
            canonical_url=values["canonical_url"],
            image_url=values["image_url"],
            image_alt=" ".join(values["image_alt"].split()),
            tags=[tag.strip() for tag in values["tags"].split(",") if tag.strip()],
        )
        if values.get("slug"):
            fields["slug"] = values["slug"]
        return fields


def values_of_data(data: QueryDict | Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the fields of a letter's form as they were sent, without what is not the letter's."""
    if not isinstance(data, QueryDict):
        return {}
    names = ("publication", *LetterForm.base_fields, *AUTHOR_FIELDS)
    return {name: [str(text) for text in data.getlist(name)] for name in names if name in data}


def values_of_content(content: LetterContent, publication: Publication) -> dict[str, list[str]]:
    """Return what a letter says as its form has it."""
    authors = content.authors
    return {
        "title": [content.title],
        "text": [editor_saves.markdown_of(content, publication)],
        "series": [content.series.title if content.series else ""],
        "number": [str(content.series.number) if content.series and content.series.number is not None else ""],
        "editor_note": [content.editor_note],
        "author_name": [author.name for author in authors],
        "author_email": [author.email for author in authors],
        "author_bio": [author.bio for author in authors],
        "summary": [content.summary],
        "language": [content.language],
        "tags": [", ".join(content.tags)],
        "section": [content.section],
        "canonical_url": [content.canonical_url],
        "image_url": [media_names.address(content.image_url, editor_saves.site_url(publication))],
        "image_alt": [content.image_alt],
    }


def _author_problem(author: AuthorFields) -> str:
    """Return what is wrong with a row of authors, "" for nothing."""
    if not author["name"]:
        return gettext("Name the author, or leave the whole row empty.") if author["email"] or author["bio"] else ""
    if len(author["name"]) > drafts.NAME_LIMIT:
        return gettext("That name is too long: give one of at most 200 characters.")
    if len(author["bio"]) > LONGEST_BIO:
        return gettext("That is too long for a few words about the author: give at most 2,000 characters.")
    if author["email"]:
        try:
            validate_email(author["email"])
        except ValidationError:
            return gettext("That is no mail address: correct it, or leave it empty.")
    return ""
