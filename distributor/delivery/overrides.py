"""An editor's own text, picture or link for one dispatch's variant: written, read, and taken back to the template.

Each state is kept. What is approved already goes out as it was approved, until it is approved again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import QuerySet

from distributor.channels import registry
from distributor.delivery.models import Dispatch, Override
from distributor.delivery.planning import approval
from distributor.delivery.transitions import locked, state_of
from distributor.delivery.variants import composition, letter_links, source_changes
from distributor.delivery.variants.previews import Preview, concerns_of
from distributor.delivery.variants.source_changes import SourceChange
from distributor.domain import overrides as rules
from distributor.domain.errors import BadInput, StateError, TemplateError
from distributor.domain.overrides import NO_OVERRIDE, PARTS, Part
from distributor.domain.states import State, refusal
from distributor.domain.variants import Concern
from distributor.letters import versions

STATES = (State.DRAFT, State.HELD, State.SCHEDULED, State.PAUSED, State.BLOCKED, State.FAILED)
ACT = "be edited"


@dataclass(frozen=True, slots=True)
class VariantState:
    """A dispatch's variant as it would be approved now: `override` is the editor's latest, None for the template's.

    `change` says what differs from what is approved.
    """

    dispatch: Dispatch
    preview: Preview
    override: Override | None
    change: SourceChange

    @property
    def own_parts(self) -> tuple[Part, ...]:
        """Which parts are the editor's."""
        return self.override.content.parts if self.override is not None else ()


@transaction.atomic
def edit_variant(
    dispatch_id: int,
    *,
    text: str | None = None,
    picture: str | None = None,
    picture_alt: str | None = None,
    link: str | None = None,
    by: str = "",
) -> VariantState:
    """Write an editor's own text, picture (an address, "" for none) or link ("" for none) for one variant.

    What is None stays as it was. The text is fitted and checked as the template's; the preview says how it comes out.
    `by` is a user's name. Raises BadInput for what can't be used, and StateError where it can't be edited any more.
    """
    dispatch = _editable(dispatch_id)
    changes: dict[str, str | None] = {
        name: value
        for name, value in (("text", text), ("picture", picture), ("picture_alt", picture_alt), ("link", link))
        if value is not None
    }
    if not changes:
        raise BadInput("Give a text, a picture or a link.")
    if picture is not None and picture_alt is None:
        changes["picture_alt"] = None  # the words were another picture's
    before = _latest(dispatch)
    content = rules.validate(replace(before.content if before is not None else NO_OVERRIDE, **changes))
    if before is None or content != before.content:
        _write(dispatch, content, by)
    return state(dispatch)


@transaction.atomic
def reset_variant(dispatch_id: int, *, parts: Sequence[Part] = PARTS, by: str = "") -> VariantState:
    """Take these parts of a variant back to the template. Raises StateError where none of them is an editor's."""
    dispatch = _editable(dispatch_id)
    before = _latest(dispatch)
    if before is None or not set(before.content.parts) & set(parts):
        raise StateError("It is the template’s already: nobody has edited it.")
    _write(dispatch, before.content.without(tuple(parts)), by)
    return state(dispatch)


def state(dispatch: Dispatch) -> VariantState:
    """Return a dispatch's variant as it would be approved now, with what an editor should know of it."""
    channel = registry.get(dispatch.channel)
    latest = _latest(dispatch)
    override = latest if latest is not None and latest.content.parts else None
    try:
        variant = composition.afresh(dispatch).variant
        preview = Preview(channel.name, channel.capabilities.label, variant, concerns_of(variant, channel))
    except TemplateError as error:
        preview = Preview(channel.name, channel.capabilities.label, None, (Concern(str(error), "refuse"),))
    return VariantState(dispatch, preview, override, source_changes.of_dispatch(dispatch))


def history(dispatch: Dispatch) -> QuerySet[Override]:
    """Return all that editors wrote for a variant, the oldest first."""
    return dispatch.overrides.select_related("version").defer("version__content").order_by("number")


def _latest(dispatch: Dispatch) -> Override | None:
    return dispatch.overrides.select_related("version").order_by("number").last()


def _write(dispatch: Dispatch, content: rules.Override, by: str) -> None:
    assert dispatch.letter is not None
    Override.objects.create(
        dispatch=dispatch,
        number=dispatch.overrides.count() + 1,
        text=content.text,
        picture=content.picture,
        picture_alt=content.picture_alt,
        link=content.link,
        version=versions.latest(dispatch.letter),
        actor=by,
    )


def _editable(dispatch_id: int) -> Dispatch:
    """Return a dispatch, locked, whose variant can be edited. Raises BadInput and StateError."""
    dispatch = locked(dispatch_id)
    registry.get(dispatch.channel)
    if dispatch.letter is None or not letter_links.takes_short(dispatch.channel):
        label = registry.label(dispatch.channel)
        raise BadInput(f"{label}: only posts are edited by themselves. This says what the letter says: correct that.")
    if state_of(dispatch) not in STATES:
        raise StateError(refusal(state_of(dispatch), ACT))
    if approval.has_begun(dispatch):
        raise StateError("Some of it may be out: it goes on as it began.")
    return dispatch
