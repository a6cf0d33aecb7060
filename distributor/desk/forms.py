"""What editors type, checked: every mistake is one sentence, and nothing is stored for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy

from distributor.audience.actions import open_lists
from distributor.audience.models import MailingList, Segment
from distributor.channels import registry
from distributor.delivery.planning import slots
from distributor.desk.fields import OfPublication
from distributor.domain.errors import BadTime, DistributorError
from distributor.domain.letters import ALT_LIMIT, Draft
from distributor.domain.planning import LONGEST_HOLD_MINUTES, LONGEST_SPREAD_HOURS
from distributor.domain.times import ParsedTime, local_time, within_reach
from distributor.letters.intake import parse_apart, read_sources, read_upload
from distributor.letters.intake.remote_pictures import with_remote_pictures
from distributor.letters.intake.zip_files import ZIP_LIMIT
from distributor.letters.models import Letter, Publication
from distributor.newsroom import intake_rules
from distributor.time_words import parse_time


class SourceForm(OfPublication):
    """One letter page, from a URL, a file or pasted text; `drafts()` gives what was found in it."""

    url = forms.URLField(label="Web address", required=False, assume_scheme="https", max_length=2000)
    file = forms.FileField(required=False, allow_empty_file=True)
    text = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    image_alt = forms.CharField(required=False, max_length=ALT_LIMIT)
    copies = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].error_messages["invalid"] = "That is not a web address: it starts with http:// or https://."

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        # Only ever the web: the command line's other sources are files of this machine.
        if url and not url.lower().startswith(("http://", "https://")):
            raise ValidationError("Only addresses that start with http:// or https:// can be read.")
        return url

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        sources = [name for name in ("url", "file", "text") if _given(values.get(name))]
        if len(sources) != 1:
            raise ValidationError(
                "Give the letter in one way: its address, a file or its text."
                if not sources
                else "That is more than one letter: leave only its address, the file or the text."
            )
        try:
            drafts = _read(sources[0], values)
            values["drafts"] = list(map(with_remote_pictures, drafts)) if values.get("copies") else drafts
        except DistributorError as error:
            self.add_error(sources[0], str(error))
        else:
            self._describe(values)
        return values

    def _describe(self, values: dict[str, Any]) -> None:
        """Put what the editor says of the picture into the draft."""
        alt, drafts = values.get("image_alt", ""), values["drafts"]
        if not alt:
            return
        if len(drafts) > 1:
            self.add_error("image_alt", "These are several letters: describe each one’s picture on its own page.")
        elif not drafts[0].image_url:
            self.add_error("image_alt", "The letter has no picture to describe: leave this empty.")
        else:
            absences = tuple(name for name in drafts[0].missing if name != "image_alt")
            values["drafts"] = [replace(drafts[0], image_alt=alt, missing=absences)]

    def drafts(self) -> list[Draft]:
        """Return what was found; call it on a valid form."""
        drafts: list[Draft] = self.cleaned_data["drafts"]
        return drafts


def _given(value: Any) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def _read(kind: str, values: dict[str, Any]) -> list[Draft]:
    if kind == "url":
        return read_sources(values["url"])
    if kind == "text":
        text = values["text"].replace("\r\n", "\n")  # as forms send it
        return parse_apart(text.encode(), name="The text", content_type="text/markdown; charset=utf-8")
    file = values["file"]
    # One byte more than is allowed is enough for the size check's own sentence.
    return read_upload(file.read(ZIP_LIMIT + 1), name=file.name, content_type=file.content_type or "")


class PictureForm(forms.Form):
    """What a letter's picture shows."""

    image_alt = forms.CharField(required=False, max_length=ALT_LIMIT, widget=forms.Textarea)


class TimeForm(forms.Form):
    """A time in the publication's time zone, as people write it."""

    when = forms.CharField(required=False, max_length=100)

    def __init__(self, *args: Any, publication: Publication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(publication.time_zone)

    def clean_when(self) -> ParsedTime | None:
        text = str(self.cleaned_data["when"])
        if not text:
            return None
        try:
            return parse_time(text, now=timezone.now(), zone=self._zone)
        except BadTime as error:
            raise ValidationError(str(error)) from error


class QueueForm(TimeForm):
    """Where a letter goes and when. The channels are offered in the order of its share bar, then all others."""

    channels = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one channel."},
    )
    lists = forms.ModelMultipleChoiceField(
        MailingList.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    clock = forms.TimeField(required=False, input_formats=["%H:%M", "%H:%M:%S"])
    next_slot = forms.BooleanField(required=False)
    hold = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_HOLD_MINUTES)

    over = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_SPREAD_HOURS)

    segment = forms.ModelChoiceField(
        Segment.objects.none(), required=False, empty_label=gettext_lazy("Everyone on them")
    )

    field_order = ("channels", "lists", "segment", "day", "clock", "next_slot", "when", "hold", "over")

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        bar = tuple(intake_rules.of_letter(letter).channels) or share_bar(letter)
        kwargs.setdefault("initial", {"channels": bar, "hold": letter.publication.hold_minutes})
        super().__init__(*args, publication=letter.publication, **kwargs)
        channels, lists, hold = self.fields["channels"], self.fields["lists"], self.fields["hold"]
        assert isinstance(channels, forms.MultipleChoiceField)
        assert isinstance(lists, forms.ModelMultipleChoiceField)
        order = (*bar, *(name for name in registry.names() if name not in bar))
        channels.choices = [(name, registry.get(name).capabilities.label) for name in order]
        lists.queryset = open_lists(letter.publication).order_by("name")
        segments = self.fields["segment"]
        assert isinstance(segments, forms.ModelChoiceField)
        segments.queryset = letter.publication.segments.order_by("name")
        segments.error_messages["invalid_choice"] = "There is no such segment any more: choose again."
        self.segments_offered = segments.queryset.exists()
        self.lists_offered = list(lists.queryset)
        if len(self.lists_offered) == 1:
            self.initial.setdefault("lists", [self.lists_offered[0].pk])
        hold.error_messages["max_value"] = "Hold it for a week at most (10080 minutes), or give it a later time."
        over = self.fields["over"]
        wrong = f"Give whole hours, up to {LONGEST_SPREAD_HOURS}, or leave it empty."
        over.error_messages.update(dict.fromkeys(("max_value", "min_value", "invalid"), wrong))
        hold.error_messages["min_value"] = hold.error_messages["invalid"] = "Hold: give whole minutes, 0 for none."
        self.fields["day"].error_messages["invalid"] = "Give a day, such as 2026-12-01."
        self.fields["clock"].error_messages["invalid"] = "Give a time of day, such as 09:00."
        after = slots.earliest_slot(timezone.now(), hold=self._hold(letter.publication))
        times = slots.free_slots(letter.publication, registry.CHANNELS, after, letter=letter)
        self.next_slots = {registry.get(name).capabilities.label: at for name, at in times.items()}

    def _hold(self, publication: Publication) -> timedelta:
        """Return the hold that was typed, else the publication's own."""
        try:
            minutes = self.fields["hold"].clean(self["hold"].value())
        except ValidationError:
            minutes = None  # said beside the field
        return timedelta(minutes=publication.hold_minutes if minutes is None else minutes)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self._clean_time(values)
        mail_capabilities = [
            registry.get(name).capabilities
            for name in values.get("channels", ())
            if registry.get(name).capabilities.addressed
        ]
        if mail_capabilities and self.lists_offered and not values.get("lists") and "lists" not in self.errors:
            self.add_error("lists", f"Choose who gets it, or leave {mail_capabilities[0].label} out.")
        return values

    def _clean_time(self, values: dict[str, Any]) -> None:
        """Make one time of what was picked, written or left to the slots; more than one of them is a mistake."""
        if {"when", "day", "clock"} & set(self.errors):
            return
        day, clock = values["day"], values["clock"]
        if bool(day) != bool(clock):
            missing = "clock" if day else "day"
            self.add_error(missing, "Choose a time too." if day else "Choose a day too.")
            return
        if (values["when"] is not None) + (day is not None) + bool(values["next_slot"]) > 1:
            self.add_error("when", "That is more than one time: pick a day and time, write one, or take the next slot.")
        elif day is not None:
            try:
                picked_time = local_time(datetime.combine(day, clock), self._zone)
                values["when"] = within_reach(picked_time, timezone.now(), self._zone)
            except (BadTime, OverflowError) as error:
                self.add_error("day", str(error) if isinstance(error, BadTime) else "Choose a day of these years.")


def share_bar(letter: Letter) -> list[str]:
    """Return the channels that the letter goes to by itself, in order; those that there are not are left out."""
    names = dict.fromkeys(letter.share_bar or letter.publication.share_bar)
    return [name for name in names if name in registry.names()]


def unknown_channels(letter: Letter) -> list[str]:
    """Return the channels that the letter's share bar names and that there are not."""
    return [name for name in dict.fromkeys(letter.share_bar) if name not in registry.names()]
