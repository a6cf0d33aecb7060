"""Undoing in bulk by the API: looked at first, asked about, and recorded."""

from __future__ import annotations

from django.utils import timezone

from distributor.api.authentication import ApiRequest
from distributor.api.operations import note
from distributor.api.v1.schemas.reversals import ReversalAnswer, ReversalOrder, preview_as_read, reversal_as_read
from distributor.domain.errors import ConfirmationNeeded
from distributor.insights import reversals


def reverse(request: ApiRequest, order: ReversalOrder, *, suppressions_only: bool) -> ReversalAnswer:
    """Undo what an order is about, or say what that would be.

    Raises ConfirmationNeeded for what nobody has agreed to, and for complaints of which nothing is said; BadInput for
    an order that can't be meant.
    """
    scope = order.scope(suppressions_only=suppressions_only)
    if not order.dry_run:
        scope = reversals.with_end(scope, timezone.now())
    preview = reversals.preview(scope)
    answer = ReversalAnswer(preview=preview_as_read(preview), record=None)
    if order.dry_run or not preview.total:
        return answer
    if preview.complaints and order.complaints is None:
        raise ConfirmationNeeded(
            f"{preview.complaints:,} of them said that this is spam: say “complaints” true or false."
        )
    if not order.confirmed:
        raise ConfirmationNeeded(preview.sentence)
    record = reversals.reverse(scope, actor=request.auth.actor)
    note(request, subject=f"reversal {record.pk}", lifted=record.suppressions, put_back=record.subscriptions)
    answer.record = reversal_as_read(record)
    return answer
