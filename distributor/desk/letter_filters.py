"""Looking for letters: by words, by what became of them, and by when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.desk.publication_scope import narrow
from distributor.desk.sentences import translation
from distributor.domain.calendar_grid import FIRST_YEAR, LAST_YEAR, calendar_day
from distributor.domain.states import State
from distributor.letters.models import Author, Byline, Letter, Publication, Series

LONGEST: Final = 200  # characters that are looked for

# What became of a letter, by the states of its dispatches; “new” is what was not queued.
GROUPS: Final = {
    "new": (_("Not queued yet"), ()),
    "draft": (_("To approve"), (State.DRAFT,)),
    "planned": (_("Planned"), (State.HELD, State.SCHEDULED)),
    "now": (_("Going out"), (State.SENDING,)),
    "stopped": (_("Stopped"), (State.PAUSED, State.BLOCKED, State.UNCONFIRMED)),
    "failed": (_("Failed"), (State.FAILED, State.PARTLY)),
    "sent": (_("Sent"), (State.SENT, State.RECALLING)),
    "over": (_("Cancelled or deleted"), (State.CANCELLED, State.RECALLED)),
}


class LetterFilter(forms.Form):
    """Which letters are looked for; all fields may be empty. What is wrong is said beside it, and filters nothing."""

    q = forms.CharField(required=False, max_length=LONGEST)
    state = forms.ChoiceField(
        required=False, choices=[("", _("Any state")), *((name, words) for name, (words, _states) in GROUPS.items())]
    )
    channel = forms.ChoiceField(required=False)
    series = forms.ModelChoiceField(Series.objects.none(), required=False, empty_label=_("Any series"))
    author = forms.ModelChoiceField(Author.objects.none(), required=False, empty_label=_("Any author"))
    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel, series, author = self.fields["channel"], self.fields["series"], self.fields["author"]
        assert isinstance(channel, forms.ChoiceField)
        assert isinstance(series, forms.ModelChoiceField)
        assert isinstance(author, forms.ModelChoiceField)
        channel.choices = [
            ("", _("Any channel")),
            *((name, translation(registry.label(name))) for name in registry.names()),
        ]
        series.queryset = narrow(Series.objects.order_by("title"))
        author.queryset = narrow(Author.objects.order_by("name"))
        for name in ("since", "until"):
            self.fields[name].error_messages["invalid"] = _("Give a day, such as 2026-12-01.")

    def clean_q(self) -> str:
        text = str(self.cleaned_data["q"])
        if "\x00" in text:
            raise ValidationError(_("Write it without control characters."))
        return text

    def clean_since(self) -> date | None:
        return _in_calendar(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return _in_calendar(self.cleaned_data["until"])

    @property
    def is_used(self) -> bool:
        """Whether anything is looked for."""
        return self.is_valid() and any(self.cleaned_data.values())

    def letters(self) -> QuerySet[Letter]:
        """Return the letters, the newest first, with what the list shows of them in a fixed number of queries."""
        rows = narrow(Letter.objects.select_related("publication", "series").order_by("-created_at", "-pk"))
        self.is_valid()
        values = self.cleaned_data
        if text := values.get("q"):
            number = text[1:] if text[:1] in "Ll" else text
            by_number = Q(pk=int(number)) if number.isascii() and number.isdigit() and len(number) < 18 else Q()
            rows = (
                rows.filter(Q(title__icontains=text) | by_number) if by_number else rows.filter(title__icontains=text)
            )
        if values.get("series"):
            rows = rows.filter(series=values["series"])
        if values.get("author"):
            rows = rows.filter(Exists(Byline.objects.filter(letter=OuterRef("pk"), author=values["author"])))
        dispatches = Dispatch.objects.filter(letter=OuterRef("pk"))
        if channel := values.get("channel"):
            dispatches = dispatches.filter(channel=channel)
        if state := values.get("state"):
            states = [each.value for each in GROUPS[state][1]]
            rows = rows.filter(Exists(dispatches.filter(state__in=states)) if states else ~Exists(dispatches))
        elif channel:
            rows = rows.filter(Exists(dispatches))
        return _with_lights(_between(rows, values.get("since"), values.get("until")))


def _between(rows: QuerySet[Letter], since: date | None, until: date | None) -> QuerySet[Letter]:
    """Return those that were added, went out or are to, between two days on the first publication's clock."""
    zone = ZoneInfo(
        narrow(Publication.objects.order_by("name"), "pk").values_list("time_zone", flat=True).first() or "UTC"
    )
    span: dict[str, datetime] = {}
    if since:
        span["gte"] = calendar_day(since, zone).begins
    if until:
        span["lt"] = calendar_day(until + timedelta(days=1), zone).begins
    if not span:
        return rows
    times = (
        Q(**{f"{field}__{bound}": moment for bound, moment in span.items()}) for field in ("due_at", "released_at")
    )
    planned, out = times
    dispatches = Dispatch.objects.filter(planned | out, letter=OuterRef("pk"))
    added = Q(**{f"created_at__{bound}": moment for bound, moment in span.items()})
    return rows.filter(added | Exists(dispatches))


def _with_lights(rows: QuerySet[Letter]) -> QuerySet[Letter]:
    dispatches = (
        Dispatch.objects.select_related("account")
        .order_by("position", "pk")
        .only("letter", "channel", "target", "state", "due_at", "released_at", "account__practice")
    )
    authors = Author.objects.only("name").order_by("bylines__position")
    return rows.only(
        "title", "language", "number", "created_at", "series__title",
        "publication__name", "publication__language", "publication__time_zone", "publication__slug",
    ).prefetch_related(Prefetch("dispatches", dispatches), Prefetch("authors", authors))  # fmt: skip


def _in_calendar(day: date | None) -> date | None:
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR - 1:
        raise ValidationError(_("Choose a day of a year that calendars have."))
    return day
