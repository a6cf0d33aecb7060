"""What waits for a person: each with a sentence on it, and the one button that leads to what helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from distributor.audience.held_people import held_people
from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.delivery.variants import source_changes
from distributor.desk.publication_scope import narrow
from distributor.desk.sentences import translation
from distributor.domain.states import State
from distributor.insights import unproven_events
from distributor.letters.models import Letter
from distributor.newsroom import feed_reports
from distributor.newsroom.models import Arrival

MOST: Final = 30  # of each kind: of the others their number is said
RECENT: Final = timedelta(days=14)  # a failure that nobody has tried again by then is history
_WAITING: Final = (State.UNCONFIRMED.value, State.BLOCKED.value, State.PAUSED.value)
_URGENCY: Final = Case(
    *(
        When(state=state.value, then=Value(rank))
        for rank, state in enumerate((State.UNCONFIRMED, State.FAILED, State.BLOCKED, State.PAUSED))
    )
)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for a person. `state` colours it; `action` is the address of its button.

    `posts`: pressing the button does it; else it leads there. `title` is what it is about, in `language`.
    """

    state: str
    title: str
    sentence: str
    button: str
    action: str
    language: str = ""
    posts: bool = False


@dataclass(frozen=True, slots=True)
class NeedList:
    """What waits for a person, the most urgent first, at most `MOST` of a kind.

    `remainder` is how many more have stopped, and letters more have drafts.
    """

    needs: Sequence[Need]
    remainder: int

    @property
    def count(self) -> int:
        """How much waits in all."""
        return len(self.needs) + self.remainder


def needs(now: datetime, *, answers: bool = True, decides: bool = True) -> NeedList:
    """Return what waits for a person now (aware). The number of queries does not grow with it.

    With `answers` also what arrived and asks, with `decides` what came back of mails: that is for editors.
    """
    stop_rows = _stops(now)
    stop_needs, draft_needs = list(_dispatches(stop_rows)), list(_drafts())
    remainder = _remainder(stop_needs, stop_rows) + _remainder(draft_needs, _letters_with_drafts())
    further = [*(_arrivals() if answers else ()), *(_returns() if decides else ())]
    return NeedList([*stop_needs, *_changes(), *draft_needs, *further], remainder)


def _remainder(shown: Sequence[Need], rows: QuerySet[Any]) -> int:
    return rows.count() - len(shown) if len(shown) == MOST else 0


def _stops(now: datetime) -> QuerySet[Dispatch]:
    """Return what stopped and does not go on by itself."""
    failures = Q(state=State.FAILED.value, last__gte=now - RECENT)
    rows = narrow(Dispatch.objects.alias(last=Coalesce("released_at", "due_at")))
    return rows.filter(Q(state__in=_WAITING) | failures)


def _dispatches(stop_rows: QuerySet[Dispatch]) -> Iterator[Need]:
    """What stopped, by its urgency, and of each state the newest first."""
    rows = stop_rows.select_related("letter", "digest", "publication", "account").only(
        "channel", "target", "state", "reason", "remedy", "spread_from", "approved_at", "account__needs_reconnect",
        "letter__title", "letter__language", "publication__language", "digest__cadence", "digest__day", "digest__zone",
    )  # fmt: skip
    for dispatch in rows.order_by(_URGENCY, "-pk")[:MOST]:
        button, action, posts = _way_out(dispatch)
        label = translation(registry.label(dispatch.channel))
        yield Need(
            state=dispatch.state,
            title=dispatch.title,
            sentence=f"{label}: {translation(dispatch.reason)}" if dispatch.reason else f"{label} → {dispatch.target}",
            button=button,
            action=action,
            language=_language(dispatch),
            posts=posts,
        )


def _way_out(dispatch: Dispatch) -> tuple[str, str, bool]:
    """Return the button of what stopped: its words, its address, and whether pressing it is the deed."""
    home = reverse("desk:dispatch", args=[dispatch.pk])
    page = f"{reverse('desk:letter', args=[dispatch.letter_id])}#dispatch-{dispatch.pk}" if dispatch.letter_id else home
    if dispatch.state == State.UNCONFIRMED.value:
        return gettext("Say whether it is out"), page, False
    if dispatch.state == State.BLOCKED.value and _wants_account(dispatch):
        return gettext("Connect an account"), f"{reverse('desk:accounts')}#channel-{dispatch.channel}", False
    if dispatch.state == State.FAILED.value and dispatch.spread_from is None:
        return gettext("Try again"), reverse("desk:act", args=[dispatch.pk, "retry"]), True
    return gettext("Look at it"), page, False


def _wants_account(dispatch: Dispatch) -> bool:
    """Whether what is blocked waits for an account, and for nothing else, such as a list or a channel."""
    account = dispatch.account
    if account is None:
        return dispatch.channel in registry.names()
    return bool(account.needs_reconnect) or dispatch.remedy == "reconnect"


def _changes() -> Iterator[Need]:
    """What is approved and differs from its letter by now."""
    approved = (State.HELD.value, State.SCHEDULED.value)
    rows = narrow(Dispatch.objects.filter(state__in=approved, letter__isnull=False))
    rows = rows.select_related("letter", "publication")
    rows = rows.select_related("version").defer(
        "variant", "approved_variant", "letter__body_html", "letter__body_text", "version__content"
    )
    seen: set[int | None] = set()
    for change in source_changes.of(rows.order_by("due_at")[: 5 * MOST]).values():
        dispatch = change.dispatch
        if not change.waits_for_person or dispatch.letter_id in seen:
            continue
        seen.add(dispatch.letter_id)
        yield Need(
            state="paused",
            title=dispatch.title,
            sentence=translation(change.sentences[0]),
            button=gettext("See the difference"),
            action=reverse("desk:difference", args=[dispatch.pk]),
            language=_language(dispatch),
        )


def _drafts() -> Iterator[Need]:
    """Letters with something to approve, the first to go out first."""
    drafts = Count("dispatches", filter=Q(dispatches__state=State.DRAFT.value))
    due = Min("dispatches__due_at", filter=Q(dispatches__state=State.DRAFT.value))
    letters = _letters_with_drafts().annotate(drafts=drafts, due=due).select_related("publication")
    letters = letters.only("title", "language", "publication__language").order_by("due", "pk")
    for letter in letters[:MOST]:
        count = letter.drafts
        yield Need(
            state=State.DRAFT.value,
            title=letter.title,
            sentence=ngettext("%(count)s channel to approve", "%(count)s channels to approve", count)
            % {"count": count},
            button=gettext("Review"),
            action=reverse("desk:review", args=[letter.pk]),
            language=letter.language or letter.publication.language,
        )


def _letters_with_drafts() -> QuerySet[Letter]:
    return narrow(Letter.objects.filter(pk__in=Dispatch.objects.filter(state=State.DRAFT.value).values("letter")))


def _arrivals() -> Iterator[Need]:
    """What came from feeds and at doors, and asks which letter it is or whether it goes out."""
    feeds = (
        narrow(feed_reports.open_questions(), "feed__publication")
        .order_by()
        .values_list("feed", "feed__name")
        .annotate(Count("pk"))
    )
    doors = (
        narrow(Arrival.objects.filter(state=Arrival.State.ASKS), "door__publication")
        .order_by()
        .values_list("door", "door__name")
    )
    for kind, rows in (("feed", feeds), ("door", doors.annotate(Count("pk")))):
        for number, name, count in rows[:MOST]:
            sentence = ngettext("%(count)s arrival waits for an answer", "%(count)s arrivals wait for an answer", count)
            action = reverse(f"desk:{kind}", args=[number])
            yield Need("unconfirmed", name, sentence % {"count": count}, gettext("Answer"), action)


def _returns() -> Iterator[Need]:
    """What came back of mails, and acts on nobody before a person decides."""
    if count := held_people():
        sentence = ngettext(
            "%(count)s person is held after many refusals", "%(count)s people are held after many refusals", count
        )
        yield Need("paused", gettext("Returns"), sentence % {"count": count}, gettext("Decide"), reverse("desk:held"))
    if count := unproven_events.undecided().count():
        sentence = ngettext("%(count)s report that is not proven", "%(count)s reports that are not proven", count)
        yield Need(
            "paused", gettext("Returns"), sentence % {"count": count}, gettext("Decide"), reverse("desk:returns")
        )


def _language(dispatch: Dispatch) -> str:
    return (dispatch.letter.language if dispatch.letter else "") or dispatch.publication.language
